"""What a wait for components, or a watch of them, asks BOS at each look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.bos_v2 import kinds, rules
from nodewatch.bos_v2.client import BosV2
from nodewatch.bos_v2.components_outcome import ComponentsLook
from nodewatch.documents import id_of, part
from nodewatch.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2.types import Component

STANDING = ("ids", "session")  # filters that a node does not leave by getting on


class ComponentsWatcher:
    """Looks at the components that fit the filters at first again and again: also when they fit no more.

    Their documents are what is printed at the end: all of them are asked at the first look, at the end, and when the
    time has run out; by a watch, and where `--fail-fast` waits for a failure, at every look. In between only those that
    BOS acts on are asked, for while there is one that is not at its end the wait goes on.

    Which components are those of a session is not known before it is set up: until then it is waited for.
    """

    def __init__(self, app: App, filters: dict[str, Any]) -> None:
        self.app, self.filters = app, filters
        self.fields = (*app.fields(), *rules.IN_PROGRESS) if app.fields() else ()
        self.every_change = bool(app.flags.get("watch") or app.flags.get("fail_fast"))
        self.standing: dict[str, Any] = {name: filters.get(name) for name in STANDING}
        self.chosen: set[str] = set()
        self.before = ComponentsLook({}, 0)

    def look(self) -> ComponentsLook:
        """Return what is known now."""
        bos = BosV2(self.app.backend("bos"))
        if not self.chosen or self.every_change or not self.still_moving(bos):
            self.before = self.last_look()
        return self.before

    def first(self, bos: BosV2) -> ComponentsLook:
        """Return the components that fit, chosen for all looks to come; none while their session is pending."""
        session = self.filters.get("session")
        found = list(bos.components(fields=self.fields, **self.app.narrowed(self.filters)))
        if session and (not found or any(map(in_set_up, found))):
            if is_pending(bos, session):
                return ComponentsLook({}, 0, session)
            found = list(bos.components(fields=self.fields, **self.app.narrowed(self.filters)))  # there may be more now
        bos.check_known(self.filters.get("ids"), found)
        self.chosen = {id_of(component) for component in self.app.fitting(found)}
        self.app.keep_all()
        return self.looked(found)

    def still_moving(self, bos: BosV2) -> bool:
        """Return whether BOS works on one of the chosen components."""
        enabled: dict[str, Any] = {**self.standing, "enabled": True}
        found = kinds.nodes_by_id(bos.components(fields=rules.IN_PROGRESS, **enabled))
        return any(node.kind == "moving" and name in self.chosen for name, node in found.items())

    def last_look(self) -> ComponentsLook:
        """Return what is known of all that were chosen."""
        bos = BosV2(self.app.backend("bos"))
        if not self.chosen:
            return self.first(bos)
        found = list(bos.components(fields=self.fields, **self.standing))
        return self.looked(found)

    def looked(self, found: Sequence[Component]) -> ComponentsLook:
        """Return the look at these components, as far as they were chosen."""
        documents = [component for component in found if id_of(component) in self.chosen]
        return ComponentsLook(kinds.nodes_by_id(documents), len(self.chosen), documents=documents)


def in_set_up(component: Component) -> bool:
    """Return whether the last thing that BOS did for a component was to give it to its session."""
    return part(component, "last_action").get("action") == "session_setup"


def is_pending(bos: BosV2, session: str) -> bool:
    """Return whether a session is not set up yet: which components are its own is not known before."""
    try:
        return part(bos.session(session), "status").get("status") == "pending"
    except NotFound:
        return False
