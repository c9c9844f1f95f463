"""`bos v2 components list ... --wait`: those that fit at first, until BOS does nothing with them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lives import (
    CLEAN,
    DELETED,
    NAMES,
    TAKEN_OVER,
    WITH_FAILURES,
    configuring,
    everywhere,
    moment,
    node,
    on,
    stable,
    taken,
)

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


def test_nodes_that_a_newer_session_takes_in_the_middle_are_no_success(run: Runner, play: Play) -> None:
    play(TAKEN_OVER)
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stderr, len(done.json)) == (
        10,
        """\
Error: 2 of 2 nodes stable, 2 taken over by a newer session before their end.
  Missing (1): x3000c0s1b0n0, last seen: power_on_called
  Missing (1): x3000c0s10b0n0, last seen: configuring
""",
        2,
    )


def test_nodes_that_a_newer_session_takes_after_their_end_are_told_of(run: Runner, play: Play) -> None:
    rest = configuring(NAMES[1])
    play({0: moment(stable(NAMES[0]), rest), 20: moment(taken(NAMES[0]), rest), 40: moment(stable(NAMES[1]))})
    done = run(f"{WAIT} --session boot-1")
    said = "1 node was taken over by a newer session after the end: x3000c0s1b0n0\n"
    assert (done.code, done.stderr, len(done.json)) == (0, said, 1)


def test_a_node_that_comes_back_is_not_missing(run: Runner, play: Play) -> None:
    both = moment(on(NAMES[0]), on(NAMES[1]))
    play({0: both, 20: moment(on(NAMES[1])), 40: both, 60: moment(stable(NAMES[0]), stable(NAMES[1]))})
    assert run(f"{WAIT} --ids {NAMES[0]},{NAMES[1]}")[::2] == (0, "")


def test_a_node_that_is_removed_in_the_middle_is_no_success(run: Runner, play: Play) -> None:
    play({0: moment(on(NAMES[0]), on(NAMES[1])), 20: moment(stable(NAMES[1]))})
    assert run(f"{WAIT} --ids {NAMES[0]},{NAMES[1]}")[::2] == (
        10,
        """\
Error: 1 of 1 node stable, 1 removed from BOS before its end.
  Missing (1): x3000c0s1b0n0, last seen: power_on_called
""",
    )


def test_nodes_that_are_all_taken(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 20: moment(*everywhere(taken))})
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stdout, done.stderr) == (
        12,
        "[]\n",
        """\
Error: all 4 nodes are gone from the list, 4 taken over by a newer session before their end.
  Missing (4): x3000c0s[1-3,10]b0n0, last seen: power_on_called
""",
    )


def test_an_id_that_is_not_known_ends_it(run: Runner, play: Play) -> None:
    play({0: moment(on(NAMES[0]))})
    done = run(f"{WAIT} --ids {NAMES[0]},x9")
    said = "Error: BOS does not know x9: `nodewatch bos v2 components list` shows what it knows.\n"
    assert done == (8, "", said)


def test_a_new_session_is_waited_for(run: Runner, play: Play) -> None:
    half = moment(node(NAMES[0], "", "session_setup", override="on_hold"), state="pending")
    play({0: moment(state="pending"), 20: half, 40: moment(*everywhere(on)), 60: moment(*everywhere(stable))})
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stderr, len(done.json)) == (0, "", 4)


def test_a_session_that_stays_pending(run: Runner, play: Play) -> None:
    play({0: moment(state="pending")})
    said = "Error: the time ran out after 1 min: session boot-1 is pending: its nodes are not known yet.\n"
    assert run(f"{WAIT} --session boot-1 --timeout 1m") == (11, "[]\n", said)


def test_nothing_fits(run: Runner, play: Play) -> None:
    play(DELETED)
    assert run(f"{WAIT} --status failed") == (10, "[]\n", "Error: nothing to wait for: no component fits.\n")
