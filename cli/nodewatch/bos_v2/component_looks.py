"""What a wait for components, or a watch of them, asks BOS at each look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.arrays import StoredArray
from nodewatch.bos_v2 import kinds, rules
from nodewatch.bos_v2.client import BosClient
from nodewatch.bos_v2.components_outcome import ComponentsLook
from nodewatch.bos_v2.status_rules import COMPONENT_CHART
from nodewatch.bos_v2.types import Component, Session
from nodewatch.documents import as_text, id_of, part
from nodewatch.errors import NotFound, NotPermitted, ServiceTrouble, UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2.client import Filters

MOVING_STATUSES = ",".join(word for word in COMPONENT_CHART.statuses if word not in ("stable", "failed"))


class KeptArray(StoredArray[Component]):
    """A stored array whose texts are all in memory, and in no file: a tenth of what its documents take.

    >>> array = KeptArray(['{"id": "x1"}', '{"id": "x2"}'])
    >>> found = array.those(lambda each: each["id"] == "x2")
    >>> len(array), list(found), list(found)
    (2, [{'id': 'x2'}], [{'id': 'x2'}])
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.kept = list(texts)
        super().__init__(self.kept)

    def those(self, wanted: Callable[[Component], bool]) -> KeptArray:
        """Return the elements whose documents are wanted."""
        return KeptArray(text for text, document in zip(self.kept, self, strict=True) if wanted(document))


class ComponentsWatcher:
    """Looks at the components that fit the filters at first again and again: also when they fit no more.

    The first look asks what the rule of the end, and `--filter`, look at. After that one alone is asked that BOS acts
    on, for while there is one that is not at its end the wait goes on; where that is none of those that were chosen,
    all that BOS acts on. The documents of all that were chosen are what is printed: they are asked at the end, and when
    the time has run out; by a watch, and where `--fail-fast` waits for a failure, at every look. A wait has those of
    the local store as texts.

    Which components are those of a session is not known before it is set up: until then it is waited for. One that it
    was set up for, and that has left it by the first look, never came to its end for all that is known. At the end it
    has to be the same session: another one of its name began at another time.
    """

    def __init__(self, app: App, filters: Filters) -> None:
        self.app, self.filters = app, filters
        self.fields = (*app.list.fields(), *rules.PROGRESS_FIELDS) if app.list.fields() else ()
        self.every_change = bool(app.flags.get("watch") or app.flags.get("fail_fast"))
        # Filters that a node does not leave by getting on.
        self.standing: Filters = {"ids": filters.get("ids"), "session": filters.get("session")}
        self.chosen: set[str] = set()
        self.before: ComponentsLook
        self.began = ""
        self.whole_session = False

    def look(self) -> ComponentsLook:
        """Return what is known now."""
        bos = BosClient(self.app.backend("bos"))
        if self.chosen and not self.every_change and self.still_moving(bos):
            self.before = self.before._replace(documents=())
        elif self.chosen or self.every_change:
            self.before = self.last_look()
        else:
            self.before = self.first_look(bos, self.deciding_fields())
            if not self.before.pending and not any(node.kind == "moving" for node in self.before.nodes.values()):
                self.before = self.last_look()
        return self.before

    def deciding_fields(self) -> Sequence[str]:
        """Return the members of components that tell whether they fit, and are at their end."""
        fits = self.app.list.fits()
        return (*rules.PROGRESS_FIELDS, "last_action.action", *(fits.fields if fits else ()))

    def first_look(self, bos: BosClient, fields: Sequence[str]) -> ComponentsLook:
        """Return the components that fit, chosen for all looks to come; none while their session is pending."""
        session = self.filters.get("session")
        found = list(bos.components(fields=fields, **self.app.list.narrowed(self.filters)))
        if session and (not found or any(map(in_set_up, found))):
            record = session_of(bos, session)
            if part(record, "status").get("status") == "pending":
                return ComponentsLook({}, 0, session)
            self.began = self.began or start_of(record)
            found = list(bos.components(fields=fields, **self.app.list.narrowed(self.filters)))  # there may be more now
        bos.check_known([[name] for name in (self.filters.get("ids") or "").split(",") if name], found)
        wanted = self.app.list.narrowed(self.filters)
        self.whole_session = {name for name, value in wanted.items() if value not in (None, "")} == {"session"}
        self.chosen = {id_of(component) for component in self.app.list.fitting(found)}
        self.app.list.keep_all()
        return self.look_at(found)

    def still_moving(self, bos: BosClient) -> bool:
        """Return whether BOS works on one of the chosen components, for all that a cheap question tells."""
        enabled: Filters = {**self.standing, "enabled": True}
        if not self.standing["ids"]:
            single: Filters = {**enabled, "status": MOVING_STATUSES, "page_size": 1}
            first = next(map(id_of, bos.components(**single, fields=("id",))), "")
            if not first or first in self.chosen:
                return bool(first)
        found = kinds.nodes_by_id(bos.components(fields=rules.PROGRESS_FIELDS, **enabled))
        return any(node.kind == "moving" and name in self.chosen for name, node in found.items())

    def last_look(self) -> ComponentsLook:
        """Return what is known of all that were chosen."""
        bos = BosClient(self.app.backend("bos"))
        if not self.chosen:
            return self.first_look(bos, self.fields)
        found = bos.components(fields=self.fields, **self.standing)
        if isinstance(found, StoredArray) and not self.every_change:
            return self.look_at(KeptArray(found.texts))
        return self.look_at(list(found))

    def left_before(self) -> list[str]:
        """Return which nodes the session was set up for and that were not chosen: they had left it by the first look.

        It is asked only where all that were chosen are stable. Raise `NotFound` if it is another session by now.
        """
        record = told_of(BosClient(self.app.backend("bos")), self.filters.get("session"))
        start = start_of(record)
        if start and self.began and start != self.began:
            raise NotFound(f"session {self.filters.get('session')} was deleted, and made again at {start}.")
        return sorted(set_up_for(record) - self.chosen) if self.whole_session else []

    def look_at(self, found: list[Component] | KeptArray) -> ComponentsLook:
        """Return the look at these components, as far as they were chosen."""

        def chosen(component: Component) -> bool:
            return id_of(component) in self.chosen

        documents = found.those(chosen) if isinstance(found, KeptArray) else list(filter(chosen, found))
        nodes = kinds.nodes_by_id(documents)
        stable = len(nodes) == len(self.chosen) and all(node.kind == "stable" for node in nodes.values())
        never_seen = self.left_before() if stable and self.filters.get("session") else []
        return ComponentsLook(nodes, len(self.chosen), documents=documents, never_seen=never_seen)


def in_set_up(component: Component) -> bool:
    """Return whether the last thing that BOS did for a component was to give it to its session."""
    return part(component, "last_action").get("action") == "session_setup"


def session_of(bos: BosClient, name: str | None) -> Session:
    """Return the record of a session; an empty one for no name, and for one that BOS does not tell of."""
    try:
        return bos.session(name) if name else {}
    except NotFound:
        return {}


def told_of(bos: BosClient, name: str | None) -> Session:
    """Return the record of a session, an empty one also where BOS cannot tell: its components are followed still."""
    try:
        return session_of(bos, name)
    except (NotPermitted, ServiceTrouble, UnreadableAnswer):
        return {}


def start_of(session: Session) -> str:
    """Return when a session began; empty where nothing tells."""
    return as_text(part(session, "status").get("start_time"))


def set_up_for(session: Session) -> set[str]:
    """Return the ids that a session was set up for, while all of them have to be its own: it runs, and is not staged.

    >>> runs = {"components": "x1,x2", "status": {"status": "running"}}
    >>> sorted(set_up_for(runs)), set_up_for({**runs, "stage": True}), set_up_for({**runs, "status": None})
    (['x1', 'x2'], set(), set())
    """
    running = part(session, "status").get("status") == "running" and not session.get("stage")
    return set(rules.component_names(session)) if running else set()
