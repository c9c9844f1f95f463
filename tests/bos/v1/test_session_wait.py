"""`bos v1 session status list|describe ... --wait|--watch`, for whole lives of sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.bos_v1.outcome import Look, outcome, phase_courses
from nodewatch.watch.model import Settling
from older_fleets import CATEGORIES, NODES, OLD, boot_set, older_fleet, phase

if TYPE_CHECKING:
    import pytest

    from conftest import Play, Runner

WAIT = f"bos v1 session status list {OLD} --wait"
A, B, C, D = NODES


def placed(name: str, lists: dict[str, Any]) -> Any:
    """Return a phase with its nodes by category."""
    return phase(name, **lists)


def reboot(shutdown: str, boot: str = "not_started", configure: str = "not_started") -> Any:
    """Return a fleet whose session has all its nodes in these categories of its phases."""
    found: dict[str, str] = {"shutdown": shutdown, "boot": boot, "configure": configure}
    return older_fleet(boot_set(*(placed(name, {category: NODES}) for name, category in found.items())))


NEW = reboot("not_started")
DOWN = reboot("in_progress")
BETWEEN = reboot("succeeded")
UP = reboot("succeeded", "in_progress")
BOOTED = reboot("succeeded", "succeeded")
LOST_ONE = older_fleet(
    boot_set(
        phase("shutdown", succeeded=[B, C, D], failed=[A]),
        phase("boot", succeeded=[B, C, D], not_started=[A]),
        phase("configure", in_progress=[B, C, D], not_started=[A]),
    )
)
CONFIGURED = older_fleet(
    boot_set(
        phase("shutdown", succeeded=[B, C, D], failed=[A]),
        phase("boot", succeeded=[B, C, D], not_started=[A]),
        phase("configure", succeeded=[B, C, D], not_started=[A]),
    )
)
STALLED = older_fleet(
    boot_set(
        phase("shutdown", succeeded=[B, C, D], failed=[A]),
        phase("boot", not_started=NODES),
        phase("configure", not_started=NODES),
    )
)


def test_a_reboot_that_configures_nothing(run: Runner, play: Play) -> None:
    play({0: NEW, 30: DOWN, 60: BETWEEN, 90: UP, 120: BOOTED})
    done = run(WAIT)
    assert (done.code, done.stderr) == (0, "")
    assert done.json["id"] == OLD


def test_a_node_that_failed_a_phase_is_not_waited_for_in_later_ones(run: Runner, play: Play) -> None:
    play({0: NEW, 30: DOWN, 60: LOST_ONE, 90: CONFIGURED})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: session {OLD} is finished: 3 of 4 nodes done, 1 failed.
  Failed (1): x3000c0s19b1n0: shutdown failed, seen since 12:01:00 UTC
""",
    )


def test_what_is_stalled_ends_when_it_was_so_for_a_while(run: Runner, play: Play) -> None:
    play({0: DOWN, 30: STALLED})
    lines = run(WAIT.replace("--wait", "--watch --settle 1m")).stdout.splitlines()
    assert [line[:20] for line in lines] == ["2026-11-21T12:00:00Z", "2026-11-21T12:00:30Z", "2026-11-21T12:01:30Z"]
    play({0: DOWN, 30: STALLED})
    documents = run(WAIT.replace("--wait", "--watch --format json")).stdout.splitlines()
    assert len(documents) == 2


def test_stalled_is_no_success(run: Runner, play: Play) -> None:
    play({0: DOWN, 30: STALLED})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: session {OLD} is stalled: 0 of 4 nodes done, 1 failed, 3 not done.
  Failed (1): x3000c0s19b1n0: shutdown failed, seen since 12:00:30 UTC
  Lagging (3): x3000c0s19b[2-4]n0: shutdown succeeded, seen since 12:00:30 UTC
""",
    )


def test_what_is_not_clear_is_no_success(run: Runner, play: Play) -> None:
    odd = phase("boot", succeeded=[B, C, D])
    odd["categories"].append({"name": "timed_out", "node_list": [A]})
    play({0: UP, 30: older_fleet(boot_set(odd))})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: session {OLD} is unclear: 3 of 4 nodes done, 1 not done; Nobody knows what it means that 1 node of boot is \
'timed_out'.
  Lagging (1): x3000c0s19b1n0: boot timed_out, seen since 12:00:30 UTC
""",
    )


def test_errors_that_no_failed_node_shows_are_no_success(run: Runner, play: Play) -> None:
    play({0: older_fleet(boot_set(phase("boot", succeeded=NODES), error_count=1))})
    said = f"Error: session {OLD} is unclear: 4 of 4 nodes done; The server counts 1 error, but its phases have 0.\n"
    assert run(WAIT)[::2] == (10, said)


def test_nodes_of_a_boot_set_that_vanishes_are_missing(run: Runner, play: Play) -> None:
    left = boot_set(phase("boot", in_progress=[B]))
    both = older_fleet(left, boot_set(phase("boot", failed=[A]), name="uans"))
    play({0: both, 20: older_fleet(boot_set(phase("boot", succeeded=[B])))})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: session {OLD} is finished: 1 of 1 node done, 1 gone before its end.
  Missing (1): {A}, last seen: boot failed
""",
    )


def test_nodes_of_a_boot_set_that_vanishes_after_its_end_are_told_of(run: Runner, play: Play) -> None:
    left = boot_set(phase("boot", in_progress=[B]))
    both = older_fleet(left, boot_set(phase("boot", succeeded=[A]), name="uans"))
    play({0: both, 20: older_fleet(boot_set(phase("boot", succeeded=[B])))})
    assert run(WAIT)[::2] == (0, f"1 node was gone after the end: {A}\n")


def test_a_clock_that_is_set_back_changes_nothing(run: Runner, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FakeWorld.now
    play({0: BETWEEN, 20: lambda: monkeypatch.setattr(FakeWorld, "now", lambda self: real(self) - timedelta(days=365))})
    done = run(f"{WAIT} --timeout 2h")
    assert (done.code, done.stderr.partition(":")[0]) == (10, "Error")


def test_between_two_phases_is_no_end(run: Runner, play: Play) -> None:
    play({0: DOWN, 30: BETWEEN, 120: UP, 150: BOOTED})
    assert run(WAIT).code == 0


def test_a_stop_time_ends_it(run: Runner, play: Play) -> None:
    document = UP["bos"]["v1"]["boot_sets"][OLD]["computes"]
    play({0: UP, 30: older_fleet(document, stop_time="2020-07-22 13:53:19.842705")})
    assert run(WAIT)[::2] == (
        10,
        f"""\
Error: session {OLD} is stopped: 0 of 4 nodes done, 4 not done.
  Lagging (4): x3000c0s19b[1-4]n0: shutdown succeeded, boot in_progress
""",
    )


def test_a_session_that_has_not_begun_is_not_over(run: Runner, play: Play) -> None:
    play({0: NEW})
    done = run(f"{WAIT} --timeout 1h")
    assert done.code == 11
    assert done.stderr.startswith(f"Error: the time ran out after 1 h: session {OLD} is not started: 0 of 4 nodes done")


def test_a_session_deleted_meanwhile(run: Runner, play: Play) -> None:
    play({0: DOWN, 30: {"bos": {"v1": {}}}})
    done = run(WAIT)
    assert done.code == 12
    assert f"It was there 15 s ago: session {OLD} is running: 0 of 4 nodes done, 4 not done." in done.stderr


def test_a_boot_set_a_phase_and_a_category(run: Runner, play: Play) -> None:
    life = {0: DOWN, 60: LOST_ONE, 90: CONFIGURED}
    play(life)
    assert run(f"bos v1 session status describe boot computes {OLD} --wait")[::2] == (
        10,
        f"""\
Error: phase boot is finished: 3 of 4 nodes done, 1 failed.
  Failed (1): {A}: shutdown failed, seen since 12:01:00 UTC
""",
    )
    play(life)
    done = run(f"bos v1 session status describe computes {OLD} --wait --format csv")
    assert (done.code, done.stdout.splitlines()[:3]) == (
        10,
        ["node,phase,category", f"{B},shutdown,succeeded", f"{C},shutdown,succeeded"],
    )
    play(life)
    done = run(f"bos v1 session status describe succeeded shutdown computes {OLD} --wait --format names")
    assert done[:2] == (10, "x3000c0s19b[2-4]n0\n")


def test_a_phase_is_waited_for_while_an_earlier_one_goes_on(run: Runner, play: Play) -> None:
    play({0: DOWN, 600: UP, 1200: BOOTED})
    assert run(f"bos v1 session status describe boot computes {OLD} --wait")[::2] == (0, "")


def test_a_terminal(run: Runner, play: Play) -> None:
    play({0: DOWN, 60: LOST_ONE, 90: CONFIGURED})
    done = run(f"bos v1 session status describe computes {OLD} --watch", tty=True, NO_COLOR="1")
    left = done.stdout.split("\x1b[?1049l")[1]
    assert "Watched for 1 min 30 s, seen 0 s ago: boot set computes is finished: 3 of 4 nodes done, 1 failed" in left
    assert "* shutdown succeeded, boot succeeded, configure in_progress -> shutdown succeeded, boot succeeded, " in left


def test_where_rows_are_no_nodes(run: Runner, play: Play) -> None:
    play({0: DOWN})
    assert run(f"bos v1 session status list {OLD} --format names").code == 2


lists = st.fixed_dictionaries({category: st.lists(st.sampled_from(NODES)) for category in CATEGORIES})
phases = st.lists(lists, max_size=4).map(
    lambda found: [
        placed(name, each) for name, each in zip(("shutdown", "boot", "configure", "x"), found, strict=False)
    ]
)


def seen(look: Look, seconds: int) -> Settling:
    return Settling(datetime(2026, 11, 21, 12, tzinfo=UTC), dict.fromkeys(NODES, 0.0), timedelta(seconds=120), seconds)


@given(found=phases, seconds=st.sampled_from([0, 119, 120]), stop=st.sampled_from(["", "2020-07-22 13:53:19"]))
@settings(max_examples=100, deadline=None)
def test_an_outcome_is_whole(found: list[Any], seconds: int, stop: str) -> None:
    look = Look("it", {}, {"stop_time": stop}, {"computes": {"phases": found}})
    result = outcome(look, seen(look, seconds))
    everyone = {node for each in found for category in each["categories"] for node in category["node_list"]}
    assert set(result.failed) | set(result.lagging) <= everyone
    assert not set(result.failed) & set(result.lagging)
    assert not (result.succeeded and (result.failed or result.lagging or not result.finished or not everyone))
    if stop or (found and not result.lagging and (result.failed or seconds >= 120)):
        assert result.finished
    if not stop and any(course.moving for course in phase_courses(found) if course.waiting):
        assert not result.finished or not result.lagging
