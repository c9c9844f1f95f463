"""Tables of one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import as_text, part
from nodewatch.horizon.meant_rules import is_registered
from nodewatch.table import Cell, Fields, Line, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.horizon.types import Node, Policy
    from nodewatch.times import Clock


def node_page(name: str, document: Node | None, clock: Clock) -> Page:
    """Return what a node is, what is installed on it, and when it was last heard of."""
    document = document or {}
    installed = part(document, "softwareVersions")
    parts = (("agent", "horizon"), ("certificate", "certificate"), ("configuration", "config"))
    return [
        Fields(
            [
                ("Node", Cell(name, "strong")),
                ("State", "registered" if is_registered(document) else Cell("not registered", "warn")),
                ("Type", ", ".join(filter(None, (as_text(document.get("nodeType")), as_text(document.get("arch")))))),
                ("Pattern", as_text(document.get("pattern"))),
                (
                    "Installed",
                    ", ".join(f"{what} {as_text(installed[key])}" for what, key in parts if installed.get(key)),
                ),
                ("Heartbeat", clock.with_age(document.get("lastHeartbeat"))),
            ]
        )
    ]


def policies_without_status(policies: Mapping[str, Policy | None]) -> Page:
    """Return the policies that are meant for a node and of which it has no status; nothing where there is none."""
    said = [name + ("" if (policy or {}).get("enabled") else " (disabled)") for name, policy in policies.items()]
    return [Line(", ".join(said), "warn", lead="Meant for it, without a status: ")] if said else []


def not_told(why: str) -> Page:
    """Return that more of a node could not be asked, and why."""
    return [Line(why, "warn", lead="What the node is could not be asked: ")]
