"""What BOS v1 makes of a request for a session, as pure functions ("BOS v1 API"): its nodes, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.documents import Document


def apply_limit(nodes: Iterable[str], limit: str) -> list[str]:
    """Return the nodes that a session's limit leaves: a comma list; `&name` keeps only, and `!name` takes away.

    Groups and roles are known to the hardware state manager alone; here they are names of no node.

    >>> apply_limit(["x1", "x2", "x3"], "x1,x3,nobody"), apply_limit(["x1", "x2"], "!x1"), apply_limit(["x1", "x2"], "")
    (['x1', 'x3'], ['x2'], ['x1', 'x2'])
    >>> apply_limit(["x1", "x2", "x3"], "x1,x2,&x2"), apply_limit(["x1", "x2", "x3"], "all,!x2")
    (['x2'], ['x1', 'x3'])
    """
    found = list(dict.fromkeys(nodes))
    terms = [term.strip() for term in limit.split(",") if term.strip()]
    added = {term for term in terms if term[0] not in "&!"}
    kept = [node for node in found if node in added] if added.isdisjoint(("", "all", "*")) and added else found
    for term in terms:
        if term[0] == "&":
            kept = [node for node in kept if node == term[1:]]
        elif term[0] == "!":
            kept = [node for node in kept if node != term[1:]]
    return kept


def template_fault(template: Document, name: str) -> str | None:
    """Return why no session can be made from a template, in the server's words; None if one can."""
    boot_sets = part(template, "boot_sets")
    if not boot_sets:
        return f"Session template '{name}' must have one or more defined boot sets for creation of a session."
    fields = ("node_groups", "node_list", "node_roles_groups")
    for boot_set in boot_sets:
        if not any(part(boot_sets, boot_set).get(field) for field in fields):
            return (
                f"Session template '{name}' boot set '{boot_set}' must have at least one hardware specifier field "
                f"provided ({', '.join(fields)}); None defined."
            )
    return None
