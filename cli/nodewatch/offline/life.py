"""Time that passes in a local store: what the operators of BOS and the edge agents would do, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nodewatch.offline.section import SAVED

if TYPE_CHECKING:
    from datetime import datetime

    from nodewatch.offline.chances import Chances
    from nodewatch.offline.store import Store

LIFE_STEP = timedelta(seconds=1)


class Life:
    """The life of a store's fleet from a moment on, a step a second. `next` is when the next one is due."""

    def __init__(self, store: Store, chances: Chances, began: datetime) -> None:
        self.store = store
        self.chances = chances
        self.began = began
        self.next = began + LIFE_STEP

    def go_on(self, now: datetime) -> int:
        """Take all steps that are due at `now`, each at its own time; return how many documents changed."""
        moved = 0
        while self.next <= now:
            moved += self.step(self.next)
            self.next += LIFE_STEP
        return moved

    def step(self, now: datetime) -> int:
        """Take the fleet as far as it has come at `now`, in one transaction; return how many documents changed.

        In a store that was saved from a live system time stands still; with the first step it goes on.
        """
        from nodewatch.bos_v2 import offline_life as bos_v2
        from nodewatch.horizon import offline_life as horizon

        with self.store.changing():
            self.store.delete(SAVED.collection, "")
            moved = bos_v2.take_step(self.store, now, self.began, self.chances)
            return moved + horizon.take_step(self.store, now, self.began, self.chances)
