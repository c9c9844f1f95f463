"""Processes that do something and are killed on the way, at times that are the same each time.

`NODEWATCH_KILLS` says how often each change is killed (25).
"""

from __future__ import annotations

import os
import random
import signal
import time
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def ended(child: int) -> int:
    """Wait for a process; return its exit code, below 0 the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(before: Callable[[], object], work: Callable[[], int]) -> Iterator[int]:
    """Do the work in a process each, killed at any time of the time that it takes; `before` makes all as it was."""
    before()
    began = time.monotonic()
    assert ended(forked(work)) in (0, 10)
    lasts = time.monotonic() - began
    chance = random.Random(1)
    for number in range(KILLS):
        before()
        child = forked(work)
        time.sleep(chance.uniform(0, lasts * 1.2))
        os.kill(child, signal.SIGKILL)
        ended(child)
        yield number
