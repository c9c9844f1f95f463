"""`bos v2 components list ... --wait`: those that fit at first, until BOS does nothing with them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lives import CLEAN, DELETED, NAMES, TAKEN_OVER, WITH_FAILURES, everywhere, moment, node, on, taken

if TYPE_CHECKING:
    from conftest import Play, Runner

WAIT = "bos v2 components list --wait"


def test_all_become_stable(run: Runner, play: Play) -> None:
    play({**CLEAN, 0: CLEAN[30]})
    done = run(f"{WAIT} --phase powering_off")
    assert (done.code, done.stderr) == (0, "")
    assert [node["status"]["status"] for node in done.json] == ["stable"] * 4


def test_failures_are_named(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    assert run(WAIT)[::2] == (
        10,
        """\
Error: 2 of 4 nodes stable, 2 failed.
  Failed (2): x3000c0s[1-2]b0n0
""",
    )


def test_one_on_hold_and_one_disabled(run: Runner, play: Play) -> None:
    nodes = [node(NAMES[0], "configuring", enabled=False), node(NAMES[1], override="on_hold", enabled=False)]
    play({0: moment(*nodes)})
    assert run(WAIT)[::2] == (
        10,
        """\
Error: 0 of 2 nodes stable, 2 on hold or disabled.
  Lagging (2): x3000c0s[1-2]b0n0
""",
    )


def test_nodes_of_a_session_that_newer_ones_take(run: Runner, play: Play) -> None:
    play(TAKEN_OVER)
    done = run(f"{WAIT} --session boot-1")
    said = "2 nodes were taken over by a newer session meanwhile: x3000c0s[1,10]b0n0\n"
    assert (done.code, done.stderr, len(done.json)) == (0, said, 2)


def test_nodes_that_are_all_taken(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 20: moment(*everywhere(taken))})
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stdout, done.stderr) == (
        12,
        "[]\n",
        """\
4 nodes were taken over by a newer session meanwhile: x3000c0s[1-3,10]b0n0
Error: all 4 nodes are gone from the list.
""",
    )


def test_nothing_fits(run: Runner, play: Play) -> None:
    play(DELETED)
    assert run(f"{WAIT} --status failed") == (10, "[]\n", "Error: nothing to wait for: no component fits.\n")
