"""`bos v2 sessions status list ID --watch`, for whole lives of sessions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lives import CLEAN, DELETED, ERROR, NAMES, TAKEN_OVER, WITH_FAILURES, everywhere, moment, on, stable, taken
from nodewatch.errors import ServiceTrouble

if TYPE_CHECKING:
    from conftest import Play, Runner

WATCH = "bos v2 sessions status list boot-1 --watch"
SAID = "Service Unavailable: down for a while"
DOWN = ServiceTrouble(SAID, status=503, document={"title": "Service Unavailable", "detail": "down for a while"})


def plain(text: str) -> str:
    """Return what a terminal shows, without the sequences that move and colour it."""
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", text)


def test_off_a_terminal_a_line_for_each_change(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    assert run(WATCH) == (
        10,
        f"""\
2026-11-21T12:00:00Z  boot-1 is running: 0 of 4 nodes stable, 4 in progress
2026-11-21T12:00:30Z  boot-1 is running: 0 of 4 nodes stable, 4 in progress; \
power_on_called -> configuring: x3000c0s[1-3,10]b0n0
2026-11-21T12:01:00Z  boot-1 is running: 2 of 4 nodes stable, 1 failed, 1 in progress; \
2 a minute, about 1 min left; configuring -> stable: x3000c0s[3,10]b0n0; \
configuring -> failed ({ERROR}): x3000c0s1b0n0
2026-11-21T12:01:30Z  boot-1 is running: 2 of 4 nodes stable, 2 failed; \
configuring -> failed ({ERROR}): x3000c0s2b0n0
""",
        f"""\
Error: boot-1 is running: 2 of 4 nodes stable, 2 failed.
  Failed (2): x3000c0s[1-2]b0n0: failed ({ERROR}), seen since 12:01:00 UTC
""",
    )


def test_a_line_tells_of_nodes_taken_over(run: Runner, play: Play) -> None:
    play(TAKEN_OVER)
    done = run(WATCH)
    assert done.code == 10
    assert done.stdout.splitlines()[1] == (
        "2026-11-21T12:00:30Z  boot-1 is running: 0 of 3 nodes stable, 3 in progress, 1 taken over by a newer session "
        "before its end; power_on_called -> configuring: "
        "x3000c0s[2-3,10]b0n0; power_on_called -> taken over by a newer session: x3000c0s1b0n0"
    )


def test_lines_tell_of_a_server_that_is_down(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 10: DOWN, 50: CLEAN[60], 80: DOWN, 95: moment(*everywhere(stable))})
    assert run(WATCH) == (
        0,
        f"""\
2026-11-21T12:00:00Z  boot-1 is running: 0 of 4 nodes stable, 4 in progress
2026-11-21T12:00:15Z  no answer, what is known is 15 s old, next try in 15 s: {SAID}
2026-11-21T12:00:30Z  no answer, what is known is 30 s old, next try in 30 s: {SAID}
2026-11-21T12:01:00Z  answers again
2026-11-21T12:01:30Z  no answer, what is known is 15 s old, next try in 15 s: {SAID}
2026-11-21T12:01:45Z  answers again
2026-11-21T12:01:45Z  boot-1 is running: 4 of 4 nodes stable; power_on_called -> stable: x3000c0s[1-3,10]b0n0
""",
        "",
    )


def test_lines_of_a_server_that_is_down_from_the_beginning(run: Runner, play: Play) -> None:
    play({0: CLEAN[60], 1: DOWN, 10: CLEAN[60], 20: moment(*everywhere(stable))})
    assert run.script is not None
    run.script(1)
    assert run(WATCH) == (
        0,
        f"""\
2026-11-21T12:00:00Z  no answer, nothing was seen yet, next try in 15 s: {SAID}
2026-11-21T12:00:15Z  answers again
2026-11-21T12:00:15Z  boot-1 is running: 0 of 4 nodes stable, 4 in progress
2026-11-21T12:00:30Z  boot-1 is running: 4 of 4 nodes stable; power_on_called -> stable: x3000c0s[1-3,10]b0n0
""",
        "",
    )


def test_the_rate_of_a_session_whose_start_is_still_to_come_by_this_clock(run: Runner, play: Play) -> None:
    def with_stable(number: int) -> Any:
        fleet = moment(*map(stable, NAMES[:number]), *map(on, NAMES[number:]))
        fleet["bos"]["v2"]["sessions"][0]["status"]["start_time"] = "2026-11-21T13:00:00"
        return fleet

    play({0: with_stable(1), 60: with_stable(3), 75: with_stable(4)})
    lines = run(WATCH).stdout.splitlines()
    assert "1 in progress; 2 a minute, about 1 min left; power_on_called -> stable" in lines[1]


def test_json_is_a_compact_document_for_each_change(run: Runner, play: Play) -> None:
    play({**CLEAN, 100: DOWN, 110: CLEAN[90]})
    done = run(f"{WATCH} --format json")
    lines = done.stdout.splitlines()
    documents = [json.loads(line) for line in lines]
    assert [
        line
        for line, document in zip(lines, documents, strict=True)
        if line != json.dumps(document, separators=(",", ":"))
    ] == []
    assert [document["status"] for document in documents] == ["pending", *["running"] * 4]
    assert [document["phases"]["percent_configuring"] for document in documents] == [0.0, 0.0, 0.0, 100.0, 0.0]
    assert (done.code, done.stderr) == (
        0,
        f"no answer, what is known is 15 s old, next try in 15 s: {SAID}\nanswers again\n",
    )


def test_yaml_is_a_stream_of_documents(run: Runner, play: Play) -> None:
    play(CLEAN)
    done = run(f"{WATCH} --format yaml")
    assert done.stdout.count("---\n") == 5
    assert done.stdout.startswith("---\nerror_summary: {}\n")


def test_a_session_deleted_meanwhile(run: Runner, play: Play) -> None:
    play(DELETED)
    done = run(WATCH)
    assert done.code == 12
    assert done.stderr.startswith(
        "Error: The resource was not found: Session 'boot-1' does not exist\nIt was there 15 s"
    )


def test_a_terminal_is_drawn_in_place_and_the_last_state_stays(run: Runner, play: Play) -> None:
    play({**WITH_FAILURES, 75: DOWN, 80: WITH_FAILURES[90]})
    done = run(WATCH, tty=True, NO_COLOR="1")
    drawn, left = map(plain, done.stdout.split("\x1b[?1049l"))
    assert "\x1b[?1049h" in done.stdout
    assert "Watched for 7 s, seen 7 s ago: boot-1 is running: 0 of 4 nodes stable, 4 in progress" in drawn
    assert "Watched for 15 s, seen 0 s ago: boot-1 is running: 0 of 4 nodes stable, 4 in progress  ▁▁" in drawn
    assert "* power_on_called -> configuring: x3000c0s[1-3,10]b0n0" in drawn
    assert f"Watched for 1 min 15 s, STALE, what is known is 15 s old: {SAID}" in drawn
    assert done.stdout.rindex("\x1b[?25h") > done.stdout.rindex("\x1b[?25l")
    assert left.startswith(
        "Watched for 1 min 30 s, seen 0 s ago: boot-1 is running: 2 of 4 nodes stable, 2 failed  ▁▁▁▁▅▅\n"
    )
    assert f"  2 nodes: {ERROR}\n      x3000c0s[1-2]b0n0\n" in left
    assert done.stderr.endswith(f"  Failed (2): x3000c0s[1-2]b0n0: failed ({ERROR}), seen since 12:01:00 UTC\n")


def test_ctrl_c_leaves_the_last_state_on_the_terminal(run: Runner, play: Play) -> None:
    play({**CLEAN, 85: KeyboardInterrupt()})
    done = run(WATCH, tty=True, NO_COLOR="1")
    assert (done.code, done.stderr) == (130, "Interrupted.\n")
    left = plain(done.stdout.split("\x1b[?1049l")[1])
    assert left.startswith("Watched for 1 min 25 s, seen 10 s ago: boot-1 is running: 0 of 4 nodes stable")
    assert "x3000c0s[1-3,10]b0n0" in left


def test_what_is_told_after_the_screen_is_left(run: Runner, play: Play) -> None:
    first = moment(stable(NAMES[0]), *map(on, NAMES[1:]))
    first["bos"]["v2"]["sessions"][0]["components"] = ",".join(NAMES[1:])
    last = moment(taken(NAMES[0]), *map(stable, NAMES[1:]))
    last["bos"]["v2"]["sessions"][0]["components"] = ",".join(NAMES[1:])
    play({0: first, 20: last})
    done = run(WATCH, tty=True, NO_COLOR="1")
    said = f"1 node was taken over by a newer session after the end: {NAMES[0]}\n"
    assert (done.code, done.stderr) == (0, said)


def test_documents_on_a_terminal(run: Runner, play: Play) -> None:
    play(CLEAN)
    done = run(f"{WATCH} --format json", tty=True)
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["pending", *["running"] * 4]


def test_a_dumb_terminal_gets_lines(run: Runner, play: Play) -> None:
    play(CLEAN)
    done = run(WATCH, tty=True, TERM="dumb")
    assert done.stdout.startswith("2026-11-21T12:00:00Z  boot-1 is pending, without nodes yet\n")
    assert "\x1b" not in done.stdout


def test_components_that_fit_at_first_are_followed(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    done = run("bos v2 components list --session boot-1 --phase powering_on --watch --format json")
    assert len(done.stdout.splitlines()) == 4
    last = json.loads(done.stdout.splitlines()[-1])
    assert [(node["id"], node["status"]["status"]) for node in last] == [
        (NAMES[3], "stable"),
        (NAMES[0], "failed"),
        (NAMES[1], "failed"),
        (NAMES[2], "stable"),
    ]
    assert done.code == 10


def test_json_tells_the_rate_where_there_is_one(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    documents = [json.loads(line) for line in run(f"{WATCH} --format json").stdout.splitlines()]
    rates = [document.get("nodewatch") for document in documents]
    assert rates == [None, None, {"rate_a_minute": 2.0, "seconds_left": 30.0}, None]
