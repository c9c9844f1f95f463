"""Tables of session templates, and of what BOS v2 says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import as_text, names_in, part
from nodewatch.lists.templates import boot_sets, nodes_of_boot_set
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Cell, Fields, Heading, Line, Page, Style

if TYPE_CHECKING:
    from nodewatch.bos_v2.types import Applied, SessionTemplate
    from nodewatch.documents import Document


def configuration_name(document: Document) -> str:
    """Return the configuration that a template, or a boot set, asks for."""
    return as_text(part(document, "cfs").get("configuration"))


def configuration_words(template: Document) -> str:
    """Return how the nodes of a template are configured.

    >>> configuration_words({"enable_cfs": True, "cfs": {"configuration": "c"}})
    'c'
    >>> configuration_words({"enable_cfs": False})
    'not configured'
    """
    return "not configured" if template.get("enable_cfs") is False else configuration_name(template)


def template_page(document: SessionTemplate) -> Page:
    """Return one session template, boot set by boot set."""
    page: Page = [
        Fields(
            [
                ("Template", Cell(as_text(document.get("name")), "strong")),
                ("Description", as_text(document.get("description"))),
                ("Configuration", configuration_words(document)),
                ("Tenant", as_text(document.get("tenant"))),
            ]
        )
    ]
    for name, boot_set in boot_sets(document).items():
        page.append(Heading(f"Boot set {name}"))
        page.append(
            Fields(
                [
                    ("Nodes", nodes_of_boot_set(boot_set)),
                    ("Architecture", as_text(boot_set.get("arch"))),
                    ("Image", as_text(boot_set.get("path"))),
                    ("Type", as_text(boot_set.get("type"))),
                    ("ETag", as_text(boot_set.get("etag"))),
                    ("Kernel parameters", as_text(boot_set.get("kernel_parameters"))),
                    ("Root file system", as_text(boot_set.get("rootfs_provider"))),
                    ("Passed to it", as_text(boot_set.get("rootfs_provider_passthrough"))),
                    ("Configuration", configuration_name(boot_set)),
                ]
            )
        )
    return page


def applied_page(document: Applied) -> Page:
    """Return on which nodes the staged session was started, and on which not."""
    endings: tuple[tuple[str, Style], ...] = (("succeeded", "good"), ("ignored", "warn"), ("failed", "bad"))
    page: Page = []
    for ending, style in endings:
        names = names_in(document.get(ending))
        if names:
            page.append(Line(fold(names), style, lead=f"{ending.capitalize()} ({len(names)}): "))
    return page


def options_page(document: Document) -> Page:
    """Return the options of the service, as they are spelt."""
    return [Fields([(name, option_text(value)) for name, value in document.items()])]


def option_text(value: object) -> str:
    """Return an option's value as `options update` takes it.

    >>> option_text(True), option_text(15), option_text("7d")
    ('true', '15', '7d')
    """
    return str(value).lower() if isinstance(value, bool) else as_text(value)


def version_page(document: Document) -> Page:
    """Return the version of the service."""
    numbers = [as_text(document.get(part)) for part in ("major", "minor", "patch")]
    return [Fields([("BOS", ".".join(filter(None, numbers)))])]


def health_page(document: Document) -> Page:
    """Return how the service and its database are."""
    rows = (("API", "apiStatus"), ("Database", "dbStatus"))
    return [
        Fields(
            [
                (name, Cell(as_text(document.get(field)), "good" if document.get(field) == "ok" else "bad"))
                for name, field in rows
            ]
        )
    ]
