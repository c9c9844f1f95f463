"""Writes the fleets that are measured: the demo fleet, and one of many components like the demo's running session.

`python -m bench.fleets SMALL.json LARGE.json COUNT`, with the Python in which nodewatch is installed.
"""

from __future__ import annotations

import copy
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nodewatch.demo import demo_fleet

SESSION = "night-reboot"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def names(count: int) -> list[str]:
    """Return so many node names, cabinet by cabinet."""
    return [
        f"x{1000 + number // 256}c{number // 32 % 8}s{number // 4 % 8}b{number // 2 % 2}n{number % 2}"
        for number in range(count)
    ]


def multiplied(fleet: dict[str, Any], count: int) -> dict[str, Any]:
    """Return a fleet whose components are those of the running session, again and again; the session has them all."""
    v2 = fleet["bos"]["v2"]
    patterns = [component for component in v2["components"] if component["session"] == SESSION]
    components = []
    for number, name in enumerate(names(count)):
        component = copy.copy(patterns[number % len(patterns)])
        component["id"] = name
        components.append(component)
    session = next(session for session in v2["sessions"] if session["name"] == SESSION)
    session = {**session, "components": ",".join(names(count))}
    return {"bos": {"v2": {"sessions": [session], "components": components, "options": v2["options"]}}}


def main() -> None:
    """Write both fleets."""
    small, large, count = sys.argv[1:]
    Path(small).write_text(json.dumps(demo_fleet(NOW), indent=2))
    with Path(large).open("w") as file:
        json.dump(multiplied(demo_fleet(NOW), int(count)), file, indent=2)


if __name__ == "__main__":
    main()
