"""What the watching of a list of sessions asks BOS at each look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import kinds, rules, verdict_rules
from nodewatch.bos_v2.client import BosClient
from nodewatch.bos_v2.list_tables import with_failed
from nodewatch.bos_v2.outcome import SessionLook
from nodewatch.bos_v2.sessions_outcome import SessionsLook, session_kind
from nodewatch.documents import as_text, id_of, part
from nodewatch.errors import NotFound, UnreadableAnswer, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.app import App
    from nodewatch.bos_v2.kinds import Node
    from nodewatch.bos_v2.types import Session
    from nodewatch.documents import Document


class SessionListWatcher:
    """Looks at the sessions that fit the filters again and again, and at those that ran when they did: to their end.

    A look asks for the list; for the record of each session that ran, and has left the list, as a filter has it; and
    for the status of each one that is not complete, or was not at the look before; for the components of one that is
    complete now, if its percentages do not tell a single node, and of one that stands still with some staged, which BOS
    never calls complete where it was applied. A complete one stays as it is. How many nodes of the others are failed is
    asked at the first look, where it is shown.
    """

    def __init__(self, app: App, filters: Document) -> None:
        self.app, self.filters, self.view, fits = app, app.list.narrowed(filters), app.list.view, app.list.fits()
        self.chosen_by_failures = fits is not None and "failed" in fits.fields
        self.tells_failures = app.list.uses("failed")
        self.failed: dict[str, int] | None = None
        self.followed: dict[str, SessionLook] = {}
        self.ran: set[str] = set()
        app.list.keep_all()

    def look(self) -> SessionsLook:
        """Return what is known now."""
        bos = BosClient(self.app.backend("bos"))
        found = {key_of(session): session for session in self.fitting_sessions(bos)}
        for name, before in self.followed.items():
            if name not in found and (session := self.record_again(bos, before)) is not None:
                found[name] = session
        looks = {name: self.look_at(bos, name, session) for name, session in found.items()}
        self.followed = {name: look for name, look in looks.items() if look is not None}
        self.ran.update(name for name, look in self.followed.items() if session_kind(look) != "waiting")
        if self.tells_failures:
            known = bos.failed_counts() if self.failed is None else self.failed
            self.failed = {**known, **failed_counts(self.followed.values())}
        return SessionsLook(list(found.values()), self.followed, len(self.ran), self.failed or {})

    def fitting_sessions(self, bos: BosClient) -> list[Session]:
        """Return the sessions that fit what the options ask for."""
        sessions = list(bos.sessions(**self.filters))
        if self.view is None:
            return sessions
        from nodewatch.lists.view import filter_records

        records = with_failed(sessions, bos.failed_counts()) if self.chosen_by_failures else sessions
        fitting = set(map(key_of, filter_records(self.view, records, self.app.clock)))
        return [session for session in sessions if key_of(session) in fitting]

    def record_again(self, bos: BosClient, before: SessionLook) -> Session | None:
        """Return the record of a session that is not in the list, None if it is gone; what was complete stays so."""
        if before.made_again or before.status.get("status") == "complete":
            return before.session
        try:
            return bos.session(as_text(before.session.get("name")), as_text(before.session.get("tenant")) or None)
        except NotFound:
            return None

    def look_at(self, bos: BosClient, name: str, session: Session) -> SessionLook | None:
        """Return how far a session is that runs, or ran at the look before; None for another, or one that is gone."""
        before, start = self.followed.get(name), part(session, "status").get("start_time")
        complete = part(session, "status").get("status") == "complete"
        if before is None and complete:
            return None
        if before is not None and (before.made_again or before.status.get("status") == "complete"):
            return before
        if before is not None and start != part(before.session, "status").get("start_time"):
            return before._replace(made_again=as_text(start))
        try:
            status = bos.session_status(as_text(session.get("name")), as_text(session.get("tenant")) or None)
        except NotFound:
            return None
        except WrongUsage as error:
            raise UnreadableAnswer(f"the list has a session that cannot be asked for: {error.message}") from error
        over, shares = status.get("status") == "complete", verdict_rules.shares_of(status)
        at_rest = not over and bool(shares.staged) and not shares.in_progress
        nodes: dict[str, Node] = {}
        staged: list[str] = []
        if at_rest or (over and (verdict_rules.node_count(status) or 0) > verdict_rules.COUNTED_EXACTLY):
            nodes = kinds.nodes_by_id(bos.components(session=session.get("name"), fields=rules.PROGRESS_FIELDS))
        if at_rest and nodes:
            staged = [id_of(each) for each in bos.components(staged_session=session.get("name"), fields=("id",))]
        return SessionLook(session, status, nodes, staged, whole=over or at_rest)


def key_of(session: Document) -> str:
    """Return what a session is called among those of all tenants."""
    return rules.saved_key(as_text(session.get("name")), as_text(session.get("tenant")))


def failed_counts(looks: Iterable[SessionLook]) -> dict[str, int]:
    """Return how many nodes failed of each of the sessions, by its name, as their statuses have it."""
    return {as_text(look.session.get("name")): verdict_rules.count_failed(look.status) for look in looks}
