"""What is waited for and watched of Horizon: which questions a look asks, and which rules read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.errors import NotFound
from nodewatch.horizon import outcome, rules, tables
from nodewatch.horizon.shared import clock
from nodewatch.watch.model import Watched, passes

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.app import App
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Statuses


def policy(app: App, full: str, ask: Callable[[], Survey], node: str | None, *, long: bool) -> Watched:
    """Return how to follow a policy (`org/nmp`, or nothing for all of them) on the nodes that `ask` asks.

    A node that was named is waited for before it has a status, too.
    """
    seen: list[Survey] = []

    def look() -> outcome.Look:
        found = ask()
        if found.interrupted:
            raise KeyboardInterrupt
        if found.troubled and not found.statuses and not found.silent:
            raise next(iter(found.troubled.values()))
        if not seen and not found.statuses and not node:
            raise NotFound(f"no node has a status of {full or 'any policy'}.")
        seen[:] = [found]
        flat = {
            name if full else f"{name} {nmp}": status
            for name, statuses in found.statuses.items()
            for nmp, status in statuses.items()
        }
        troubled = {name: passes(error) for name, error in found.troubled.items()}
        silent, awaited = (0, found.silent) if node else (len(found.silent), [])
        return outcome.Look(full or "all policies", "nodes" if full else "policies", flat, silent, awaited, troubled)

    return Watched(
        look=look,
        document=lambda _: rules.by_node(seen[0].statuses, full, long=long),
        table=lambda _: tables.nmp_status(seen[0], clock(app), long=long),
        states=outcome.states,
        outcome=outcome.outcome,
        nodes=lambda _: tables.node_rows(seen[0].statuses),
        left="left without a status",
    )


def node(app: App, name: str, ask: Callable[[], Statuses], again: str, *, long: bool) -> Watched:
    """Return how to follow the statuses of one node, that `ask` asks for; `NotFound` if it has none at first."""

    def look() -> outcome.Look:
        found = ask()
        if not found:
            raise NotFound(f"{name} has no status of a policy.")
        return outcome.Look(name, "policies", found)

    return Watched(
        look=look,
        document=lambda look: rules.all_of(look.statuses) if long else rules.words_of(look.statuses),
        table=lambda look: tables.node_statuses(look.statuses, clock(app), long=long, again=again),
        states=outcome.states,
        outcome=outcome.outcome,
        left="left without a status",
    )
