"""When sessions, boot sets and phases of BOS v1 are over, and how they ended: every line of the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from nodewatch.bos_v1 import outcome
from nodewatch.bos_v1.outcome import Look
from nodewatch.watch.model import Settling
from older_fleets import NODES, boot_set, phase

A, B, C, _ = NODES
if TYPE_CHECKING:
    from collections.abc import Mapping

BUSY, OVER, GOOD = (False, False), (True, False), (True, True)
DOWN, LOST = phase("shutdown", succeeded=[A, B]), phase("shutdown", succeeded=[B], failed=[A])
UP, COMING_UP = phase("boot", succeeded=[A, B]), phase("boot", in_progress=[A, B])
NOT_UP = phase("boot", not_started=[A, B])
STOPPED = {"stop_time": "2020-07-22 13:53:19"}
UNKNOWN = {"name": "boot", "categories": [{"name": "timed_out", "node_list": [A]}]}
NO_TEXT = {"name": "boot", "categories": [{"name": "succeeded", "node_list": [A]}, {"name": "failed", "node_list": B}]}
HIDDEN = "The server counts 1 error, but its phases have 0"


class Line(NamedTuple):
    """Boot sets by their phases (None: it has no status), the end now and when it stands, its words, and who is how."""

    boot_sets: list[list[Any] | None]
    ends: tuple[tuple[bool, bool], tuple[bool, bool]]
    words: str
    names: tuple[list[str], list[str]] = ([], [])
    phase: str | None = None
    metadata: Mapping[str, Any] = {}
    done: int = 0


GOES_ON, SETTLES, FAILED, SUCCEEDED = (BUSY, BUSY), (BUSY, OVER), (OVER, OVER), (GOOD, GOOD)
LINES = {
    "all succeeded": Line([[DOWN, UP]], SUCCEEDED, "finished: 2 of 2 nodes done", done=2),
    "two boot sets": Line([[UP], [phase("boot", succeeded=[C])]], SUCCEEDED, "finished: 3 of 3 nodes done", done=3),
    "one failed": Line([[LOST]], FAILED, "finished: 1 of 2 nodes done, 1 failed", ([A], []), done=1),
    "all failed": Line([[phase("boot", failed=[A])]], FAILED, "finished: 0 of 1 node done, 1 failed", ([A], [])),
    "all excluded": Line([[phase("boot", excluded=[A])]], FAILED, "finished: 1 of 1 node done", done=1),
    "one lost before": Line(
        [[LOST, phase("boot", not_started=[A], succeeded=[B])]],
        FAILED,
        "finished: 1 of 2 nodes done, 1 failed",
        ([A], []),
        done=1,
    ),
    "nothing to configure": Line(
        [[DOWN, UP, phase("configure", not_started=[A, B])]], SUCCEEDED, "finished: 2 of 2 nodes done", done=2
    ),
    "stopped": Line([[COMING_UP]], FAILED, "stopped: 0 of 2 nodes done, 2 not done", ([], [A, B]), metadata=STOPPED),
    "stopped at the end": Line([[UP]], SUCCEEDED, "finished: 2 of 2 nodes done", metadata=STOPPED, done=2),
    "at it": Line([[DOWN, COMING_UP]], GOES_ON, "running: 0 of 2 nodes done, 2 not done", ([], [A, B])),
    "one at it, one failed": Line(
        [[phase("boot", in_progress=[A], failed=[B])]],
        GOES_ON,
        "running: 0 of 2 nodes done, 1 failed, 1 not done",
        ([B], [A]),
    ),
    "not begun": Line([[NOT_UP]], GOES_ON, "not started: 0 of 2 nodes done, 2 not done", ([], [A, B])),
    "no boot sets": Line([], GOES_ON, "not started: not every boot set has a status"),
    "no phases": Line([[]], GOES_ON, "not started: not every boot set has a status; It has no phases"),
    "no nodes": Line([[phase("boot")]], FAILED, "finished: it has no nodes"),
    "one boot set is silent": Line(
        [[UP], None], GOES_ON, "stalled: 2 of 2 nodes done, and not every boot set has a status", done=2
    ),
    "one boot set has no phases": Line([[UP], []], SETTLES, "unclear: 2 of 2 nodes done; It has no phases", done=2),
    "between phases": Line([[DOWN, NOT_UP]], SETTLES, "stalled: 0 of 2 nodes done, 2 not done", ([], [A, B])),
    "unknown category": Line(
        [[UNKNOWN]],
        SETTLES,
        "unclear: 0 of 1 node done, 1 not done; Nobody knows what it means that 1 node of boot is 'timed_out'",
        ([], [A]),
    ),
    "nodes that are no list": Line(
        [[NO_TEXT]], SETTLES, "unclear: 1 of 1 node done; The nodes of failed in boot cannot be read", done=1
    ),
    "no categories": Line(
        [[{"name": "boot", "categories": None}]],
        GOES_ON,
        "not started: it has no nodes; The categories of boot cannot be read",
    ),
    "hidden errors": Line(
        [[UP]], SETTLES, f"unclear: 2 of 2 nodes done; {HIDDEN}", metadata={"error_count": 1}, done=2
    ),
    "hidden errors of a phase": Line(
        [[{**UP, "metadata": {"error_count": 1}}]], SETTLES, f"unclear: 2 of 2 nodes done; {HIDDEN}", done=2
    ),
    "a number of errors that is none": Line(
        [[UP]],
        SETTLES,
        'unclear: 2 of 2 nodes done; The number of errors cannot be read: "0"',
        metadata={"error_count": "0"},
        done=2,
    ),
    "a failed node without a name": Line(
        [[{**phase("boot", succeeded=[A], failed=[None]), "metadata": {}}]],
        SETTLES,
        "unclear: 1 of 1 node done; The nodes of failed in boot cannot be read",
        done=1,
    ),
    "a phase that is none": Line(
        [[UP, None]], SETTLES, "unclear: 2 of 2 nodes done; Not all of its phases can be read", done=2
    ),
    "a node that a later phase lacks": Line(
        [[DOWN, phase("boot", succeeded=[A])]],
        SETTLES,
        f"unclear: 2 of 2 nodes done; Of the nodes of shutdown 1 is not in boot: {B}",
        done=2,
    ),
    "a phase in progress by its flag": Line(
        [[{**UP, "metadata": {"in_progress": True}}]],
        SETTLES,
        "unclear: 2 of 2 nodes done; The server says in progress, but its phases do not",
        done=2,
    ),
    "a session in progress by its flag": Line(
        [[UP]], SUCCEEDED, "finished: 2 of 2 nodes done", metadata={"in_progress": True}, done=2
    ),
    "a phase": Line([[DOWN, COMING_UP]], SUCCEEDED, "finished: 2 of 2 nodes done", phase="Shutdown", done=2),
    "a phase that one never came to": Line(
        [[LOST, phase("boot", not_started=[A], succeeded=[B])]],
        FAILED,
        "finished: 1 of 2 nodes done, 1 failed",
        ([A], []),
        phase="boot",
        done=1,
    ),
    "a phase after one with hidden errors": Line(
        [[{**DOWN, "metadata": {"error_count": 1}}, UP]], SUCCEEDED, "finished: 2 of 2 nodes done", phase="boot", done=2
    ),
    "a phase while an earlier one goes on": Line(
        [[DOWN, COMING_UP, phase("configure", not_started=[A, B])]],
        GOES_ON,
        "running: 0 of 2 nodes done, 2 not done",
        ([], [A, B]),
        phase="configure",
    ),
    "a phase that is not there": Line(
        [[DOWN]],
        GOES_ON,
        "stalled: 2 of 2 nodes done, and not every boot set has a status; It has no phases",
        phase="boot",
        done=2,
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_every_line_of_the_table(name: str) -> None:
    line = LINES[name]
    boot_sets: dict[str, Any] = {
        f"set {place}": None if phases is None else {**boot_set(), "metadata": {}, "phases": phases}
        for place, phases in enumerate(line.boot_sets)
    }
    look = Look("it", {}, line.metadata, boot_sets, line.phase)
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for seconds, end in zip((119.0, 120.0), line.ends, strict=True):
        result = outcome.outcome(look, Settling(now, dict.fromkeys(NODES, 0.0), timedelta(seconds=120), seconds))
        assert result.words == f"it is {line.words}"
        assert ((result.finished, result.succeeded), result.gone) == (end, False)
        assert (result.failed, result.lagging) == line.names
        assert (result.done, result.remaining) == (line.done, len(line.names[1]))
