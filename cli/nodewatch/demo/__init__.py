"""The demo fleet: invented nodes in every state, and the examples of the user guide, as the content of a fleet file.

`guide.json` holds what the guide pages "View the Status of a BOS Session" and "Node management status" print, with as
much around it as a server would have; its times are the pages' own. Everything else is invented, relative to now.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nodewatch.demo import boots, edge, older_boots

if TYPE_CHECKING:
    from datetime import datetime

    from nodewatch.documents import Document


def demo_fleet(now: datetime) -> dict[str, object]:
    """Return the demo fleet as it is at `now`, a time in UTC: a fleet file's content, the same for the same `now`."""
    guide = json.loads(Path(__file__).with_name("guide.json").read_text(encoding="utf-8"))
    return merge_fleets(older_boots.demo_older_boots(), guide, boots.demo_boots(now), edge.demo_edge_nodes(now))


def merge_fleets(*fleets: Document) -> dict[str, object]:
    """Return one fleet of several: objects are merged, lists joined, anything else taken from the last.

    >>> merge_fleets({"a": {"b": [1]}, "c": 1}, {"a": {"b": [2], "d": {}}})
    {'a': {'b': [1, 2], 'd': {}}, 'c': 1}
    """
    whole: dict[str, object] = {}
    for fleet in fleets:
        for name, value in fleet.items():
            before = whole.get(name)
            if isinstance(before, dict) and isinstance(value, dict):
                whole[name] = merge_fleets(before, value)
            elif isinstance(before, list) and isinstance(value, list):
                whole[name] = [*before, *value]
            else:
                whole[name] = value
    return whole
