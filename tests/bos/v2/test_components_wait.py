"""`bos v2 components list ... --wait`: those that fit at first, until BOS does nothing with them any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lives import (
    CLEAN,
    DELETED,
    ERROR,
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
from nodewatch.bos_v2 import list_tables
from nodewatch.bos_v2.component_looks import MOVING_STATUSES

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Play, Runner

STABLE = moment(*everywhere(stable))
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
  Failed (2): x3000c0s[1-2]b0n0: failed (cfs configuration failed), seen since 12:01:30 UTC
""",
    )


def test_one_on_hold_and_one_disabled(run: Runner, play: Play) -> None:
    nodes = [node(NAMES[0], "configuring", enabled=False), node(NAMES[1], override="on_hold", enabled=False)]
    play({0: moment(*nodes)})
    assert run(WAIT)[::2] == (
        10,
        """\
Error: 0 of 2 nodes stable, 2 disabled.
  Lagging (1): x3000c0s1b0n0: configuring
  Lagging (1): x3000c0s2b0n0: on_hold
""",
    )


def test_nodes_that_a_newer_session_takes_in_the_middle_are_no_success(run: Runner, play: Play) -> None:
    play(TAKEN_OVER)
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stderr, len(done.json)) == (
        10,
        """\
Error: 2 of 2 nodes stable, 2 taken over by a newer session before their end.
  Missing (2): x3000c0s[1,10]b0n0, last seen: power_on_called
""",
        2,
    )


def test_nodes_that_a_newer_session_takes_after_their_end_are_told_of(run: Runner, play: Play) -> None:
    rest, others = configuring(NAMES[1]), [*map(stable, NAMES[2:])]
    begun, later = moment(stable(NAMES[0]), rest, *others), moment(taken(NAMES[0]), rest, *others)
    play({0: begun, 20: later, 40: moment(stable(NAMES[1]), *others)})
    done = run(f"{WAIT} --session boot-1")
    said = "1 node was taken over by a newer session after the end: x3000c0s1b0n0\n"
    assert (done.code, done.stderr, len(done.json)) == (0, said, 3)


@pytest.mark.parametrize("line", ["components list --session", "components map --session", "sessions map"])
def test_a_node_that_left_its_session_before_the_first_look_is_missing(run: Runner, play: Play, line: str) -> None:
    play({0: moment(taken(NAMES[0]), *map(stable, NAMES[1:]))})
    said = "Error: 3 of 3 nodes stable, 1 taken over by a newer session before its end.\n"
    assert run(f"bos v2 {line} boot-1 --wait")[::2] == (10, f"{said}  Missing (1): {NAMES[0]}, last seen: nothing\n")
    assert run("bos v2 components list --session boot-1 --enabled false --wait").code == 0


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
Error: nothing is left in the list of 4 nodes.
  Missing (4): x3000c0s[1-3,10]b0n0, last seen: power_on_called
""",
    )


def test_the_nodes_of_a_session_that_is_made_again_under_its_name(run: Runner, play: Play) -> None:
    again = moment(*everywhere(stable), state="complete")
    again["bos"]["v2"]["sessions"][0]["status"]["start_time"] = "2026-11-21T12:00:20"
    before = moment(*everywhere(on))
    for component in before["bos"]["v2"]["components"]:
        component["last_action"]["action"] = "session_setup"  # the session has just begun
    play({0: before, 30: again})
    assert run(f"{WAIT} --session boot-1")[::2] == (
        12,
        """\
Error: session boot-1 was deleted, and made again at 2026-11-21T12:00:20.
It was there 15 s ago: 0 of 4 nodes stable, 4 in progress.
""",
    )


def test_an_id_that_is_not_known_ends_it(run: Runner, play: Play) -> None:
    play({0: moment(on(NAMES[0]))})
    done = run(f"{WAIT} --ids {NAMES[0]},x9")
    said = "Error: BOS does not know x9: `nodewatch bos v2 components list` shows what it knows.\n"
    assert done == (8, "", said)


def test_a_new_session_is_waited_for(run: Runner, play: Play) -> None:
    half = moment(node(NAMES[0], "", "session_setup", override="on_hold"), on(NAMES[1]), state="pending")
    play({0: moment(state="pending"), 20: half, 40: moment(*everywhere(on)), 60: moment(*everywhere(stable))})
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stderr, len(done.json)) == (0, "", 4)


def test_a_session_that_stays_pending(run: Runner, play: Play, network: RequestsMock, backend: str) -> None:
    play({0: moment(state="pending")})
    said = "Error: the time ran out after 1 min: session boot-1 is pending: its nodes are not known yet.\n"
    assert run(f"{WAIT} --session boot-1 --timeout 1m") == (11, "[]\n", said)
    assert backend == "local" or len(network.calls) == 2 * 5


def test_a_session_that_is_not_there(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on))})
    said = "Error: nothing to wait for: no component matches.\n"
    assert run(f"{WAIT} --session boot-9 --timeout 1m") == (10, "[]\n", said)


def test_nothing_fits(run: Runner, play: Play) -> None:
    play(DELETED)
    assert run(f"{WAIT} --status failed") == (10, "[]\n", "Error: nothing to wait for: no component matches.\n")


def test_a_look_asks_only_for_what_is_going_on(run: Runner, play: Play, network: RequestsMock, backend: str) -> None:
    begun = moment(stable(NAMES[3]), *map(on, NAMES[:3]))
    play({0: begun, 40: moment(configuring(NAMES[0]), *map(stable, NAMES[1:])), 70: STABLE})
    assert run(f"{WAIT} --session boot-1")[::2] == (0, "")
    if backend == "http":
        asked = [str(call.request.url).partition("/v2/")[2] for call in network.calls]
        of_session = "components?session=boot-1"
        one = f"{of_session}&enabled=True&status={MOVING_STATUSES.replace(',', '%2C')}&page_size=1"
        session = "sessions/boot-1"
        assert asked == [of_session, *[one] * 5, of_session, session]


def test_nodes_that_move_and_were_not_chosen_do_not_hold_it(run: Runner, play: Play) -> None:
    play({0: moment(on(NAMES[0]), configuring(NAMES[1])), 40: moment(on(NAMES[0]), stable(NAMES[1]))})
    done = run(f"{WAIT} --session boot-1 --phase configuring")
    assert (done.code, [node["id"] for node in done.json]) == (0, [NAMES[1]])


def test_nodes_at_their_end_do_not_hold_it_while_they_are_enabled(run: Runner, play: Play) -> None:
    first = [node(NAMES[0], enabled=True), *map(stable, NAMES[2:])]
    play({0: moment(*first, on(NAMES[1])), 30: moment(*first, stable(NAMES[1])), 60: moment(taken(NAMES[0]))})
    done = run(f"{WAIT} --session boot-1")
    assert (done.code, done.stderr, len(done.json)) == (0, "", 4)


def test_each_document_of_a_watch_is_whole(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 30: STABLE})
    line = f"{WAIT.replace('--wait', '--watch')} --session boot-1 --format json"
    whole = run("bos v2 components list --session boot-1").json
    assert json.loads(run(line).stdout.splitlines()[0]) == whole


def test_every_column_tells_what_it_looks_at() -> None:
    """A wait asks only for that to know who fits at first."""
    assert all(attribute.looks_at for attribute in list_tables.COMPONENT_LISTING.attributes)


def test_the_time_runs_out(run: Runner, play: Play) -> None:
    play({0: moment(*everywhere(on)), 20: moment(configuring(NAMES[0]), *map(stable, NAMES[1:]))})
    assert run(f"{WAIT} --timeout 40s")[::2] == (
        11,
        """\
Error: the time ran out after 40 s: 3 of 4 nodes stable, 1 in progress.
  Lagging (1): x3000c0s1b0n0: configuring, seen since 12:00:40 UTC
""",
    )


def test_fail_fast(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    assert run(f"{WAIT} --fail-fast")[::2] == (
        10,
        """\
Error: a node failed, and --fail-fast ends the wait: 2 of 4 nodes stable, 1 failed, 1 in progress.
  Failed (1): x3000c0s1b0n0: failed (cfs configuration failed), seen since 12:01:00 UTC
  Lagging (1): x3000c0s2b0n0: configuring, seen since 12:00:30 UTC
""",
    )


def test_one_component(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    done = run(f"bos v2 components describe {NAMES[2]} --wait")
    assert (done.code, done.stderr, done.json["status"]["status"]) == (0, "", "stable")
    play(WITH_FAILURES)
    assert run(f"bos v2 components describe {NAMES[0]} --wait")[::2] == (
        10,
        f"""\
Error: 0 of 1 node stable, 1 failed.
  Failed (1): {NAMES[0]}: failed ({ERROR}), seen since 12:01:00 UTC
""",
    )


def test_one_component_that_is_removed(run: Runner, play: Play) -> None:
    play({0: moment(on(NAMES[0])), 20: moment()})
    done = run(f"bos v2 components describe {NAMES[0]} --watch --format json")
    assert (done.code, len(done.stdout.splitlines())) == (12, 1)
    assert done.stderr.endswith("It was there 15 s ago: 0 of 1 node stable, 1 in progress.\n")


def test_one_component_in_upper_case(run: Runner, play: Play) -> None:
    play({**CLEAN, 0: CLEAN[30]})
    done = run(f"bos v2 components describe {NAMES[0].upper()} --wait")
    assert (done.code, done.stderr, done.json["status"]["status"]) == (0, "", "stable")


def test_several_components(run: Runner, play: Play) -> None:
    play(WITH_FAILURES)
    done = run(f"bos v2 components describe '{NAMES[0]},x3000c0s[3,10]b0n0' --wait")
    assert (done.code, [node["id"] for node in done.json]) == (10, [NAMES[3], NAMES[0], NAMES[2]])
    assert (
        done.stderr
        == f"""\
Error: 2 of 3 nodes stable, 1 failed.
  Failed (1): {NAMES[0]}: failed ({ERROR}), seen since 12:01:00 UTC
"""
    )


def test_several_components_as_pages(run: Runner, play: Play) -> None:
    play({**CLEAN, 0: CLEAN[30]})
    done = run("bos v2 components describe 'x3000c0s[1-2]b*' --wait --format table")
    assert (done.code, done.stdout.count("Component:"), done.stdout.count("Status:       stable")) == (0, 2, 2)


def test_several_components_of_which_one_is_unknown(run: Runner, play: Play) -> None:
    play({**CLEAN, 0: CLEAN[30]})
    done = run(f"bos v2 components describe {NAMES[0]},x9 --wait")
    assert (done.code, done.stdout) == (8, "")
    assert done.stderr.startswith("Error: BOS does not know x9: ")


@pytest.mark.parametrize("answer", [{}, {"status": "ok"}, {"id": "x2", "status": {"status": "stable"}}])
def test_an_answer_that_is_not_the_component(run: Runner, network: RequestsMock, answer: Any) -> None:
    network.get("https://h/v2/components/x1", json=answer)
    done = run("bos v2 components describe x1 --wait", NODEWATCH_BOS_URL="https://h")
    found = repr(answer["id"]) if "id" in answer else "an object without id"
    assert done == (3, "", f"Error: 'x1' was asked for, but the server answered {found}. Ask again.\n")


def test_a_component_without_a_status_is_no_success(run: Runner, network: RequestsMock) -> None:
    network.get("https://h/v2/components", json=[{"id": "x1"}])
    done = run("bos v2 components list --ids x1 --wait", NODEWATCH_BOS_URL="https://h")
    said = "Error: 0 of 1 node stable, 1 disabled.\n  Lagging (1): x1: unknown\n"
    assert (done.code, done.stderr) == (10, said)


@pytest.mark.parametrize("enabled", [True, False])
def test_only_what_was_chosen_is_waited_for_and_only_while_bos_works_on_it(
    run: Runner, play: Play, enabled: bool
) -> None:
    others = [configuring(NAMES[2]), configuring(NAMES[3])]
    done = [node(name, enabled=enabled) for name in NAMES[:2]]
    later = moment(*[node(name, override="failed") for name in NAMES[:2]], *others)
    play({0: moment(on(NAMES[0]), on(NAMES[1]), *others), 20: moment(*done, *others), 60: later})
    assert run(f"{WAIT} --phase powering_on --timeout 5m")[::2] == (0, "")
