"""A recording under `kill -9`, and of two looks at once: a look is there or not, and never twice."""

from __future__ import annotations

import shutil
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from conftest import NOW
from edge import node, status
from killing import ended, forked, killed
from lives import NAMES, moment, on, stable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from conftest import Load, Runner


def fleet(make: Callable[[str], Any], word: str) -> dict[str, Any]:
    """Return four nodes of a boot session, and two edge nodes that are at that word."""
    edge = {f"harbor/edge-{number}": node(f"edge-{number}") for number in (1, 2)}
    statuses = {name: {"harbor/roll": status(word)} for name in edge}
    return {**moment(*map(make, NAMES)), "exchange": {"nodes": edge, "managementStatus": statuses}}


def changes(run: Runner, past: Path) -> tuple[int, int]:
    """Return how many changes are recorded: of nodes in BOS, and of edge nodes."""
    lines = "bos v2 components history", "exchange nmp history"
    boots, upgrades = (run(f"{line} --local {past} --format json").json for line in lines)
    return len(boots), len(upgrades)


def test_a_look_that_is_killed_is_there_or_not(run: Runner, load: Load, tmp_path: Path) -> None:
    past, copy = tmp_path / "past.db", tmp_path / "copy.db"
    run.environ |= {"HZN_ORG_ID": "harbor", "HZN_EXCHANGE_USER_AUTH": "u:p"}
    load(fleet(on, "waiting"))
    run(f"local record {past}")
    load(fleet(stable, "successful"))

    def fresh() -> None:
        for path in (copy, tmp_path / "copy.db-journal"):
            path.unlink(missing_ok=True)
        shutil.copy(past, copy)

    for _ in killed(fresh, lambda: run(f"local record {copy}", now=NOW + timedelta(minutes=1)).code):
        assert changes(run, copy) in ((4, 2), (8, 2), (8, 4))
        run(f"local record {copy}", now=NOW + timedelta(minutes=2))
        assert changes(run, copy) == (8, 4)


def test_looks_at_once_add_each_change_once(run: Runner, load: Load, tmp_path: Path) -> None:
    past = tmp_path / "past.db"
    run.environ |= {"HZN_ORG_ID": "harbor", "HZN_EXCHANGE_USER_AUTH": "u:p"}
    load(fleet(on, "waiting"))

    def look(second: int) -> int:
        return run(f"local record {past}", now=NOW + timedelta(seconds=second)).code

    children = [forked(partial(look, second)) for second in range(20)]
    assert [ended(child) for child in children] == [0] * 20
    assert changes(run, past) == (4, 2)
