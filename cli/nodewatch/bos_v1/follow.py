"""What is waited for and watched of BOS v1: which questions a look asks, and which rules read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v1 import outcome, rules, tables
from nodewatch.bos_v1.client import BosV1Client
from nodewatch.documents import part
from nodewatch.watch.model import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nodewatch.app import App
    from nodewatch.table import Page, Record


def follow_session(app: App, name: str) -> Subject[outcome.Look, Record]:
    """Return how to follow a session, with all its boot sets."""
    seen: list[rules.BootSets] = []

    def look() -> outcome.Look:
        bos = BosV1Client(app.backend("bos"))
        status = bos.status(name)
        seen[:] = [bos.parts(name, status)]
        return outcome.Look(f"session {name}", status, part(status, "metadata"), seen[0].boot_sets)

    return make_subject(look, lambda look: tables.session_status_page(look.document, seen[0], app.clock))


def follow_boot_set(app: App, session: str, name: str) -> Subject[outcome.Look, Record]:
    """Return how to follow a boot set."""

    def look() -> outcome.Look:
        found = BosV1Client(app.backend("bos")).boot_set(session, name)
        return outcome.Look(f"boot set {name}", found, part(found, "metadata"), {name: found})

    return make_subject(
        look,
        lambda look: tables.boot_set_page(look.document, session, name, app.clock),
        lambda look: tables.boot_set_nodes(look.document),
    )


def follow_phase(app: App, session: str, boot_set: str, name: str) -> Subject[outcome.Look, Record]:
    """Return how to follow a phase; its boot set tells which nodes failed an earlier one."""

    def look() -> outcome.Look:
        bos = BosV1Client(app.backend("bos"))
        found = bos.phase(session, boot_set, name)
        whole = {boot_set: bos.boot_set(session, boot_set)}
        return outcome.Look(f"phase {name}", found, part(found, "metadata"), whole, name)

    return make_subject(
        look,
        lambda look: tables.phase_page(look.document, session, boot_set, name, app.clock),
        lambda look: tables.phase_nodes(look.document),
    )


def follow_category(app: App, session: str, boot_set: str, phase: str, name: str) -> Subject[outcome.Look, Record]:
    """Return how to follow a category: it is over when its phase is."""

    def look() -> outcome.Look:
        bos = BosV1Client(app.backend("bos"))
        found = bos.category(session, boot_set, phase, name)
        document = bos.boot_set(session, boot_set)
        metadata = part(rules.find_by_name(rules.phases_of(document), phase), "metadata")
        return outcome.Look(f"phase {phase}", found, metadata, {boot_set: document}, phase)

    return make_subject(
        look,
        lambda look: tables.category_page(look.document, session, boot_set, phase, name),
        lambda look: tables.category_nodes(look.document),
    )


def make_subject(
    look: Callable[[], outcome.Look],
    table: Callable[[outcome.Look], Page],
    nodes: Callable[[outcome.Look], Iterable[Record]] | None = None,
) -> Subject[outcome.Look, Record]:
    """Return how to follow what the look brings."""
    return Subject(
        look=look,
        document=lambda look: look.document,
        table=table,
        states=outcome.node_states,
        outcome=outcome.outcome,
        nodes=nodes,
        gone_means="gone",
    )
