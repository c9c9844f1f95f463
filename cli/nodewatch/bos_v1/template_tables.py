"""Tables of the session templates of BOS v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.documents import as_text, names_in, part
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Cell, Fields, Heading, Line, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.bos_v1.types import SessionTemplate

SPECIFIERS = (("node_roles_groups", "role "), ("node_groups", "group "))


def boot_sets(template: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the boot sets of a template by their names."""
    found = part(template, "boot_sets")
    return {name: part(found, name) for name in found}


def nodes_of_boot_set(boot_set: Mapping[str, Any]) -> str:
    """Return which nodes are in a boot set: names folded, roles and groups as such.

    >>> nodes_of_boot_set({"node_list": ["x2", "x1"], "node_roles_groups": ["Compute"], "node_groups": ["uan"]})
    'x[1-2], role Compute, group uan'
    """
    nodes = names_in(boot_set.get("node_list"))
    found = [f"{word}{name}" for field, word in SPECIFIERS for name in names_in(boot_set.get(field))]
    return ", ".join([*([fold(nodes)] if nodes else []), *found])


def template(document: SessionTemplate) -> Page:
    """Return one session template, boot set by boot set."""
    fields = [(name, as_text(value)) for name, value in document.items() if name not in ("name", "boot_sets")]
    page: Page = [Fields([("Template", Cell(as_text(document.get("name")), "strong")), *fields])]
    for name, boot_set in boot_sets(document).items():
        shown = ("node_list", *(field for field, _ in SPECIFIERS))
        others = [(field, as_text(value)) for field, value in boot_set.items() if field not in shown]
        page += [Heading(f"Boot set {name}"), Fields([("Nodes", nodes_of_boot_set(boot_set)), *others])]
    return page


def stored(name: Any) -> Page:
    """Return the name of the template that was stored, as the server answers it."""
    return [Line(as_text(name))]
