"""Tables of the session templates of BOS v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.documents import names_in, part, text
from nodewatch.nodes.nodeset import fold, natural
from nodewatch.table import Cell, Column, Fields, Grid, Line, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.bos_v1.types import SessionTemplate

SPECIFIERS = (("node_roles_groups", "role "), ("node_groups", "group "))


def templates(documents: Iterable[SessionTemplate]) -> Page:
    """Return the session templates, by name."""
    rows = [
        [
            text(template.get("name")),
            ", ".join(part(template, "boot_sets")),
            "; ".join(
                filter(None, (members(part(part(template, "boot_sets"), key)) for key in part(template, "boot_sets")))
            ),
            text(part(template, "cfs").get("configuration")),
        ]
        for template in sorted(documents, key=lambda each: natural(text(each.get("name"))))
    ]
    columns = [Column("Template"), Column("Boot sets", 2), Column("Nodes", wraps=True), Column("Configuration", 3)]
    return [Grid(columns, rows, empty="There are no session templates.")]


def members(boot_set: Mapping[str, Any]) -> str:
    """Return which nodes are in a boot set: names folded, roles and groups as such.

    >>> members({"node_list": ["x2", "x1"], "node_roles_groups": ["Compute"], "node_groups": ["uan"]})
    'x[1-2], role Compute, group uan'
    """
    nodes = names_in(boot_set.get("node_list"))
    found = [f"{word}{name}" for field, word in SPECIFIERS for name in names_in(boot_set.get(field))]
    return ", ".join([*([fold(nodes)] if nodes else []), *found])


def template(document: SessionTemplate) -> Page:
    """Return one session template, boot set by boot set."""
    fields = [(name, text(value)) for name, value in document.items() if name not in ("name", "boot_sets")]
    page: Page = [Fields([("Template", Cell(text(document.get("name")), "strong")), *fields])]
    for name in part(document, "boot_sets"):
        boot_set = part(part(document, "boot_sets"), name)
        shown = ("node_list", *(field for field, _ in SPECIFIERS))
        others = [(field, text(value)) for field, value in boot_set.items() if field not in shown]
        page.append(Fields([("Nodes", members(boot_set)), *others], heading=f"Boot set {name}"))
    return page


def stored(name: Any) -> Page:
    """Return the name of the template that was stored, as the server answers it."""
    return [Line(text(name))]
