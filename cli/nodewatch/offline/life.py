"""Time that passes in a local store: what the operators of BOS and the edge agents would do, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.offline.section import SAVED

if TYPE_CHECKING:
    from datetime import datetime

    from nodewatch.chances import Chances
    from nodewatch.offline.store import Store


def step(store: Store, now: datetime, chances: Chances) -> int:
    """Take the fleet as far as it has come at `now`, in one transaction; return how many documents changed.

    In a store that was saved from a live system time stands still; with the first step it goes on.
    """
    from nodewatch.bos_v2 import offline_life as bos_v2

    with store.changing():
        store.delete(SAVED.collection, "")
        return bos_v2.step(store, now, chances)
