"""What a wait for a session, or a watch of it, asks BOS at each look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import kinds, outcome, rules, verdict_rules
from nodewatch.bos_v2.client import BosClient
from nodewatch.documents import as_text, id_of, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2.kinds import Node
    from nodewatch.bos_v2.outcome import SessionLook
    from nodewatch.bos_v2.types import ExtendedStatus, Session
    from nodewatch.documents import Document


class SessionWatcher:
    """Looks at one session again and again, and asks no more than what can have changed.

    Of 20,000 nodes the status is 1 KB, the session 280 KB, the components are 26 MB. So a look asks

    1. the status. If nothing in it is new but its duration, and nothing was left open, that is all: whatever a node
       does, one of the counts and shares that the status is made of changes with it.
    2. the session, at the first look, and when its state or one of its times has changed: another session of the same
       name was made at another time.
    3. all components, page by page, where nothing less can tell: at the first look, to know by name whatever is missing
       later; when the count of nodes has changed, for some have left or come; when it may be the end, because the
       components and the status have to agree on it; when they did not; and when the time has run out. A watch, which
       shows each node, asks for all whenever the status has changed; `--fail-fast`, when it may have to end.
    4. the failed components alone, when their share, or the errors, have changed: what has failed may leave later.

    It may be the end when the session is complete; or when none of its nodes is in a phase, and BOS, asked for a single
    one that is enabled, has none: it disables the nodes that are at their end, and no status shows that.

    Between two looks one `Node` is kept of each component, which those that are alike share; their documents only if
    a table is made of them.
    """

    def __init__(self, app: App, name: str) -> None:
        self.app, self.name = app, name
        self.every_change, self.every_failure = bool(app.flags.get("watch")), bool(app.flags.get("fail_fast"))
        self.with_documents = app.settings.format == "table"
        self.options: dict[str, object] = {}
        self.began = ""
        self.before: SessionLook | None = None

    def look(self) -> SessionLook:
        """Return what is known now."""
        self.before = self.next_look(last=False)
        return self.before

    def last_look(self) -> SessionLook:
        """Return what is known when the time has run out: of every component."""
        self.before = self.next_look(last=True)
        return self.before

    def next_look(self, *, last: bool) -> SessionLook:
        """Return the look before with what has changed since, or a new one."""
        bos, before = BosClient(self.app.backend("bos")), self.before
        status = bos.session_status(self.name)
        if before is None:
            return self.look_at_all(bos, bos.session(self.name), status)
        if not self.every_change:  # a wait shows them at the end only, when all are asked again
            before = before._replace(components=())
        old = before.status
        session = before.session
        if record_of(status) != record_of(old):
            session = bos.session(self.name)
        changed = known_of(status) != known_of(old)
        if last or self.wants_all(bos, before, status, changed=changed):
            return self.look_at_all(bos, session, status)
        if not changed:
            return before._replace(status=status)
        found = before.nodes
        if failures_of(status) != failures_of(old):
            failed = bos.components(session=self.name, status="failed", fields=rules.PROGRESS_FIELDS)
            found = {**found, **kinds.nodes_by_id(failed)}
        return before._replace(session=session, status=status, nodes=found, whole=False)

    def wants_all(self, bos: BosClient, before: SessionLook, status: ExtendedStatus, *, changed: bool) -> bool:
        """Return whether all components have to be asked, to know what is new or whether it is the end."""
        counted = verdict_rules.node_count(status) != verdict_rules.node_count(before.status)
        failures = failures_of(status) != failures_of(before.status)
        if counted or (changed and self.every_change) or (failures and self.every_failure):
            return True
        if status.get("status") == "complete":
            return changed
        if verdict_rules.shares_of(status).in_progress:
            return False
        if before.whole and not changed and outcome.work_state(before) != "at work":
            return outcome.proof_of_end(before) == "unclear"
        return not bos.components(session=self.name, enabled=True, page_size=1, fields=("id",))

    def look_at_all(self, bos: BosClient, session: Session, status: ExtendedStatus) -> SessionLook:
        """Return a look with all components."""
        found: dict[str, Node] = {}
        documents: list[Document] = []
        alike: dict[str, object] = {}
        for page in bos.pages(session=self.name, fields=rules.PROGRESS_FIELDS):
            found.update(kinds.nodes_by_id(page))
            if self.with_documents:
                documents += [rules.progress_of(component, alike) for component in page]
        staged = list(self.ids_staged(bos)) if verdict_rules.may_be_staged(status) else []
        if documents and not self.options and any(node.enabled for node in found.values()):
            self.options = bos.limits()
        start = as_text(part(session, "status").get("start_time"))
        self.began = self.began or start
        made_again = start if start != self.began else ""
        return outcome.SessionLook(session, status, found, staged, documents, made_again)

    def ids_staged(self, bos: BosClient) -> Iterator[str]:
        """Return the ids of the components that are staged for the session, whether it was applied to them or not."""
        for page in bos.pages(staged_session=self.name, fields=("id",)):
            yield from (id_of(component) for component in page)


def known_of(status: ExtendedStatus) -> object:
    """Return what a status says of the nodes: all of it but how long it has taken.

    >>> known_of({"timing": {"start_time": "S", "duration": "0:01:00"}, "percent_failed": 0.0})
    {'timing': {'start_time': 'S'}, 'percent_failed': 0.0}
    """
    timing = {name: value for name, value in part(status, "timing").items() if name != "duration"}
    return {**status, "timing": timing}


def record_of(status: ExtendedStatus) -> Sequence[object]:
    """Return what a status says that stands in the session's record."""
    timing = part(status, "timing")
    return status.get("status"), timing.get("start_time"), timing.get("end_time")


def failures_of(status: ExtendedStatus) -> Sequence[object]:
    """Return what a status says of failures and errors."""
    return status.get("percent_failed"), status.get("error_summary")
