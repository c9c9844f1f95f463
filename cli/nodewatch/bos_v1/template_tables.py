"""Tables of the session templates of BOS v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import as_text
from nodewatch.lists.templates import SPECIFIERS, boot_sets, nodes_of_boot_set
from nodewatch.table import Cell, Fields, Heading, Line, Page

if TYPE_CHECKING:
    from nodewatch.bos_v1.types import SessionTemplate


def template_page(document: SessionTemplate) -> Page:
    """Return one session template, boot set by boot set."""
    fields = [(name, as_text(value)) for name, value in document.items() if name not in ("name", "boot_sets")]
    page: Page = [Fields([("Template", Cell(as_text(document.get("name")), "strong")), *fields])]
    for name, boot_set in boot_sets(document).items():
        shown = [field for field, _ in SPECIFIERS]
        others = [(field, as_text(value)) for field, value in boot_set.items() if field not in shown]
        page += [Heading(f"Boot set {name}"), Fields([("Nodes", nodes_of_boot_set(boot_set)), *others])]
    return page


def stored_template_page(name: object) -> Page:
    """Return the name of the template that was stored, as the server answers it."""
    return [Line(as_text(name))]
