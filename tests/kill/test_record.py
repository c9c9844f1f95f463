"""A recording under `kill -9`, and of two looks at once: a look is there or not, and never twice.

`NODEWATCH_KILLS` says how often a look is killed (25).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
import warnings
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from conftest import NOW
from lives import NAMES, moment, on, stable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Load, Runner

KILLS = int(os.environ.get("NODEWATCH_KILLS", "25"))


def forked(work: Callable[[], int]) -> int:
    """Start a process that does the work and ends with its result; return its id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = work()
    finally:
        os._exit(code)


def changes(run: Runner, past: Path) -> int:
    return len(run(f"bos v2 components history --local {past} --format json").json)


def test_a_look_that_is_killed_is_there_or_not(run: Runner, load: Load, tmp_path: Path) -> None:
    past, copy = tmp_path / "past.db", tmp_path / "copy.db"
    load(moment(*map(on, NAMES)))
    run(f"local record {past}")
    load(moment(*map(stable, NAMES)))
    random.seed(1)
    for _ in range(KILLS):
        for path in (copy, tmp_path / "copy.db-journal"):
            path.unlink(missing_ok=True)
        shutil.copy(past, copy)
        child = forked(lambda: run(f"local record {copy}", now=NOW + timedelta(minutes=1)).code)
        time.sleep(random.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert changes(run, copy) in (4, 8)
        run(f"local record {copy}", now=NOW + timedelta(minutes=2))
        assert changes(run, copy) == 8


def test_looks_at_once_add_each_change_once(run: Runner, load: Load, tmp_path: Path) -> None:
    past = tmp_path / "past.db"
    load(moment(*map(on, NAMES)))

    def look(second: int) -> int:
        return run(f"local record {past}", now=NOW + timedelta(seconds=second)).code

    children = [forked(partial(look, second)) for second in range(20)]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 20
    assert changes(run, past) == 4
