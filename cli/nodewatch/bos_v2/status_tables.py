"""Tables that say why, since when, and what next: of one component, and of a session's nodes that are not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import expectation_rules, tables
from nodewatch.statuses import commands_to_type
from nodewatch.table import Cell, Fields, Page

if TYPE_CHECKING:
    from nodewatch.bos_v2.expectation_rules import Expectation
    from nodewatch.bos_v2.types import Component
    from nodewatch.documents import Document
    from nodewatch.times import Clock


def explained_component_page(document: Component, template: str, options: Document, clock: Clock) -> Page:
    """Return one node: where it is in its boot, what that means and what comes next, then its states.

    `template` is the session template that its session was created from, as far as that is known.
    """
    found = expectation_rules.expect(document, options, clock, template)
    where, *states = tables.component_page(document, clock, found.attempts)
    return [where, *expectation_page(document, found, options), *states]


def expectation_page(document: Component, found: Expectation, options: Document) -> Page:
    """Return what to expect of a component, in the words of the guide page "Component Status", and what to type."""
    page: Page = [
        Fields(
            [
                ("Means", found.means),
                ("BOS waits for", found.waits_for),
                ("BOS does next", found.next),
                ("Stuck", Cell(found.stuck, "bad")),
                (
                    "Limits",
                    expectation_rules.ASSUMED_LIMITS if expectation_rules.limit_is_assumed(document, options) else "",
                ),
            ]
        )
    ]
    return page + commands_to_type(found.commands)
