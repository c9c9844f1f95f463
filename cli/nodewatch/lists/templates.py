"""What the lists of session templates of BOS v1 and v2 have in common: the boot sets of a template, and their nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import names_in, part
from nodewatch.lists.listing import At, Attribute
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Column

if TYPE_CHECKING:
    from nodewatch.documents import Document

SPECIFIERS = (("node_list", ""), ("node_roles_groups", "role "), ("node_groups", "group "))


def boot_sets(template: Document) -> dict[str, Document]:
    """Return the boot sets of a template by their names, those that are objects."""
    found = part(template, "boot_sets")
    return {name: part(found, name) for name in found}


def nodes_of_boot_set(boot_set: Document) -> str:
    """Return which nodes are in a boot set: names folded, roles and groups as such.

    >>> boot_set = {"node_list": ["x2", "x1"], "node_roles_groups": ["Compute"], "node_groups": ["uan", "login"]}
    >>> nodes_of_boot_set(boot_set)
    'x[1-2], role Compute, group uan, group login'
    """
    found = []
    for field, word in SPECIFIERS:
        names = names_in(boot_set.get(field))
        found += [f"{word}{name}" for name in names] if word else [fold(names)] if names else []
    return ", ".join(found)


TEMPLATE_ATTRIBUTES: tuple[Attribute[Document], ...] = (
    Attribute("name", "the session template's name", At("name"), Column("Template")),
    Attribute(
        "boot_sets",
        "the names of its boot sets",
        lambda template, _: ", ".join(boot_sets(template)),
        Column("Boot sets", 2),
    ),
    Attribute(
        "nodes",
        "which nodes, roles and groups boot",
        lambda template, _: "; ".join(filter(None, map(nodes_of_boot_set, boot_sets(template).values()))),
        Column("Nodes", wraps=True),
    ),
)
