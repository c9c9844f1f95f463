"""Fleets that live while a command line waits."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from conftest import NOW
from nodewatch.offline.backend import store_at
from nodewatch.offline.life import Life

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner
    from nodewatch.offline.chances import Chances


def live(run: Runner, store: Path, chances: Chances, **happening: Any) -> None:
    """Have the fleet live while a command line waits, a step a second; `at_60` is a command line of the 60th."""
    taken = 0

    def go_on(seconds: float) -> None:
        nonlocal taken
        while taken < seconds:
            taken += 1
            if f"at_{taken}" in happening:
                script, run.script = run.script, None
                done = run(happening[f"at_{taken}"], now=NOW + timedelta(seconds=taken))
                assert done.code == 0, done.stderr
                run.script = script
            with closing(store_at(str(store))) as opened:
                Life(opened, chances, NOW).step(NOW + timedelta(seconds=taken))

    run.script = go_on
