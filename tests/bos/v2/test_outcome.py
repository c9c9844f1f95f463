"""When sessions and components are over: every line of the tables, and properties of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodewatch.bos_v2 import components_outcome, kinds, outcome, rules, verdict_rules
from nodewatch.bos_v2.kinds import Node
from nodewatch.bos_v2.outcome import SessionLook
from nodewatch.watch.loop import moves
from nodewatch.watch.model import FAILED, GOES_ON, SETTLES, SUCCEEDED, WENT_AWAY, Settling

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = [f"x{number}" for number in range(5)]
KINDS = {
    "s": Node("stable", enabled=False, words="stable"),
    "S": Node("stable", enabled=True, words="stable"),
    "f": Node("failed", enabled=False, words="failed (no power)"),
    "F": Node("failed", enabled=True, words="failed (no power)"),
    "m": Node("moving", enabled=True, words="configuring"),
    "h": Node("held", enabled=False, words="on_hold"),
}


def seen(seconds: int = 0) -> Settling:
    """Return what is known when nothing has changed for that many seconds."""
    return Settling(NOON, {"x0": 0.0}, timedelta(seconds=120), float(seconds))


def looked(state: str, letters: str, staged: int = 0, **status: Any) -> SessionLook:
    """Return a look at a session in that state with a node for each letter; `status` is other than they say."""
    found = {f"x{number}": KINDS[letter] for number, letter in enumerate(letters)}
    total = len(found) + staged
    whole = total or 1
    counted: dict[str, Any] = {
        "status": state,
        "managed_components_count": total,
        "percent_successful": round(letters.lower().count("s") * 100 / whole, 2),
        "percent_failed": round(letters.lower().count("f") * 100 / whole, 2),
        "percent_staged": round(staged * 100 / whole, 2),
    }
    document: Any = {**counted, **status}
    return SessionLook({"name": "it"}, document, found, [f"y{number}" for number in range(staged)])


BUSY, OVER, GOOD = (False, False), (True, False), (True, True)
SAYS_OTHERWISE: dict[str, Any] = {"percent_failed": 50.0, "percent_successful": 50.0}
LARGE: dict[str, Any] = {"managed_components_count": 20_001, "percent_successful": 100.0, "percent_failed": 0.0}
NO_POWER = {"no power": {"count": 1, "list": "x9"}}
LINES: list[tuple[tuple[Any, ...], dict[str, Any], tuple[bool, bool], str]] = [
    (("pending", ""), {}, BUSY, "pending, without nodes yet"),
    (("pending", "s"), {}, BUSY, "pending: 1 of 1 node stable"),
    (("pending", "f"), {}, BUSY, "pending: 0 of 1 node stable, 1 failed"),
    (("running", ""), {}, BUSY, "running, without nodes yet"),
    (("running", "", 2), {}, BUSY, "running: staged for 2 nodes, and waits to be applied"),
    (("running", "s", 2), {}, BUSY, "running: 1 of 3 nodes stable, 2 staged"),
    (("running", "f", 2), {}, BUSY, "running: 0 of 3 nodes stable, 1 failed, 2 staged"),
    (("running", "sm"), {}, BUSY, "running: 1 of 2 nodes stable, 1 in progress"),
    (("running", "fm"), {}, BUSY, "running: 0 of 2 nodes stable, 1 failed, 1 in progress"),
    (("running", "sS"), {}, BUSY, "running: 2 of 2 nodes stable"),
    (("running", "sF"), {}, BUSY, "running: 1 of 2 nodes stable, 1 failed"),
    (("running", "ss"), {}, GOOD, "running: 2 of 2 nodes stable"),
    (("running", "sf"), {}, OVER, "running: 1 of 2 nodes stable, 1 failed"),
    (("running", "sh"), {}, OVER, "running: 1 of 2 nodes stable, 1 disabled"),
    (("running", "fh"), {}, OVER, "running: 0 of 2 nodes stable, 1 failed, 1 disabled"),
    (("running", "ss"), SAYS_OTHERWISE, BUSY, "running: 2 of 2 nodes stable, but its status says otherwise"),
    (
        ("running", "s"),
        {"managed_components_count": 2},
        BUSY,
        "running: 1 of 2 nodes stable, but its status says other",
    ),
    (
        ("running", "s"),
        {"percent_successful": 1e999},
        BUSY,
        "running: 1 of 1 node stable, but its status says otherwise",
    ),
    (("running", "s"), {"percent_failed": -1}, BUSY, "running: 1 of 1 node stable, but its status says otherwise"),
    (("complete", ""), {}, OVER, "complete: nothing to do, it has no nodes"),
    (("complete", "ss"), {}, GOOD, "complete: 2 of 2 nodes stable"),
    (("complete", "sf"), {}, OVER, "complete: 1 of 2 nodes stable, 1 failed"),
    (("complete", "sh"), {}, OVER, "complete: 1 of 2 nodes stable, 1 otherwise"),
    (("complete", "m"), {"percent_successful": 100.0}, GOOD, "complete: 1 of 1 node stable"),
    (("complete", "f"), {"percent_successful": 100.0}, OVER, "complete: 0 of 1 node stable, 1 failed"),
    (("complete", "s"), {"percent_successful": -1}, OVER, "complete, but its numbers make no sense"),
    (("complete", "s"), {"managed_components_count": None}, OVER, "complete, but its numbers make no sense"),
    (("complete", "s"), {"error_summary": ["x1"]}, OVER, "complete, but its numbers make no sense"),
    (
        ("running", "s"),
        {"managed_components_count": "1"},
        BUSY,
        "running: 1 of 1 node stable, but its status says other",
    ),
    ((None, "s"), {}, BUSY, "in an unknown state: 1 of 1 node stable"),
    (("complete", "s"), LARGE, GOOD, "complete: 20,001 of 20,001 nodes stable"),
    (
        ("complete", ""),
        {**LARGE, "error_summary": {"no power": {"count": "1", "list": "x9"}}},
        OVER,
        "complete: 20,000 of 20,001 nodes stable, 1 failed",
    ),
    (("complete", "f"), LARGE, OVER, "complete: 20,000 of 20,001 nodes stable, 1 failed"),
    (
        ("complete", "s"),
        {"managed_components_count": 1, "error_summary": NO_POWER},
        GOOD,
        "complete: 1 of 1 node stable",
    ),
    (("complete", "m"), LARGE, OVER, "complete: 20,000 of 20,001 nodes stable, 1 otherwise"),
    (
        ("complete", "s"),
        {**LARGE, "error_summary": NO_POWER},
        OVER,
        "complete: 20,000 of 20,001 nodes stable, 1 failed",
    ),
    (
        ("complete", "s"),
        {**LARGE, "managed_components_count": 20_000, "error_summary": NO_POWER},
        GOOD,
        "complete: 20,000 of 20,000 nodes stable",
    ),
    (("complete", "m"), {**LARGE, "managed_components_count": 20_000}, GOOD, "complete: 20,000 of 20,000 nodes stable"),
    (("Complete", "s"), {}, BUSY, "Complete: 1 of 1 node stable"),
]


@pytest.mark.parametrize(("given", "status", "end", "words"), LINES, ids=[f"{line[0]}-{line[1]}" for line in LINES])
def test_every_line_of_the_table(given: Any, status: Any, end: tuple[bool, bool], words: str) -> None:
    look = looked(*given, **status)
    result = outcome.outcome(look, seen())
    assert result[1:3] == end
    assert result.words.startswith(f"it is {words}")
    assert not result.gone
    later = outcome.outcome(look, seen(120))  # only what may be a passing contradiction is over when it stands
    assert later[1:3] == (OVER if "but its status says other" in words else end)
    assert not later.gone


def test_a_complete_session_that_lost_nodes_before_its_end() -> None:
    look = looked("complete", "s")._replace(session={"name": "it", "components": "x0,x1"})
    result = outcome.outcome(look, seen())
    assert (result[1:3], result.gone) == (OVER, False)
    assert result.words == "it is complete: 1 of 1 node stable, but it was set up for 2"


def test_the_lines_fit_every_rule() -> None:
    looks = [looked(*given, **status) for given, status, *_ in LINES]
    looks += [
        looked(state, "s")._replace(session={"name": "it", "status": {"error": "x"}}) for state in ("x", "complete")
    ]
    looks.append(looked("complete", "s")._replace(session={"components": "x0,x1"}))
    looks.append(looked("running", "s")._replace(whole=False))
    assert {outcome.find_rule(look) for look in looks} == set(outcome.SESSION_RULES)


def test_ends_and_their_exit_codes() -> None:
    ends = {GOES_ON: None, SETTLES: 10, SUCCEEDED: 0, FAILED: 10, WENT_AWAY: 12}
    assert {end: end.exit_code for end in ends} == ends
    assert [tuple(end[:3]) for end in ends] == [
        (False, False, False),
        (False, False, False),
        (True, True, False),
        (True, False, False),
        (True, False, True),
    ]


def test_a_contradiction_that_stands_is_over_and_no_success() -> None:
    look = looked("running", "ss", **SAYS_OTHERWISE)
    assert [outcome.outcome(look, seen(seconds))[1:3] for seconds in (119, 120)] == [BUSY, OVER]
    assert not outcome.outcome(looked("running", "sm"), seen(120)).finished


@pytest.mark.parametrize("state", ["pending", "running", "complete"])
def test_a_setup_that_failed(state: str) -> None:
    look = looked(state, "s")._replace(session={"name": "it", "status": {"error": "No nodes.\n"}})
    for result in (outcome.outcome(look, seen()), outcome.outcome(look, seen(120))):
        assert result.words == f"it is {state}, but its setup failed: No nodes"
        assert result[1:3] == (OVER if state == "complete" else BUSY)
        assert not result.gone


def test_a_look_that_did_not_ask_for_all_components_is_never_the_end() -> None:
    for state, letters in (("running", "ss"), ("complete", "ss"), ("complete", "sf")):
        look = looked(state, letters, percent_failed=50.0)._replace(whole=False)
        result = outcome.outcome(look, seen(1000))
        assert result[1:3] == BUSY
        assert result.missing == {}
    assert (
        outcome.outcome(looked("running", "s")._replace(whole=False), seen()).words
        == "it is running: 1 of 1 node stable"
    )


@pytest.mark.parametrize(("count", "done", "remaining"), [(4, 2, 1), (None, 0, 0)])
def test_a_look_that_did_not_ask_for_all_components_goes_by_the_shares(
    count: int | None, done: int, remaining: int
) -> None:
    shares: Any = {"percent_successful": 50.0, "percent_failed": 0.0, "phases": {"percent_configuring": 25.0}}
    look = looked("running", "s", managed_components_count=count, **shares)
    result = outcome.outcome(look._replace(session={"name": "it", "components": "x0,x1"}, whole=False), seen())
    assert (result.done, result.remaining, result.missing) == (done, remaining, {})


def test_components_that_are_all_stable_prove_that_an_error_is_an_old_one() -> None:
    look = looked("complete", "s", error_summary=NO_POWER, **LARGE)._replace(
        nodes=dict.fromkeys(map(str, range(20_001)), KINDS["s"])
    )
    assert outcome.outcome(look, seen())[1:3] == GOOD
    assert outcome.outcome(look._replace(nodes={**look.nodes, "0": KINDS["h"]}), seen())[1:3] == OVER


def test_names_of_what_failed() -> None:
    groups = {"no power": {"count": 3, "list": "x8,x9,x0"}}
    look = looked("complete", "sf", managed_components_count=4, percent_failed=75.0, error_summary=groups)
    result = outcome.outcome(look, seen())
    assert (result.failed, result.unnamed, result.lagging) == (["x1", "x8", "x9"], 0, [])
    result = outcome.outcome(look._replace(status={**look.status, "error_summary": {}}), seen())
    assert (result.failed, result.unnamed) == (["x1"], 2)
    wrong = looked("running", "sf", percent_failed=100.0, error_summary=groups)
    assert (outcome.outcome(wrong, seen()).failed, outcome.outcome(wrong, seen()).unnamed) == (["x1"], 0)
    assert outcome.outcome(looked("running", "fmh", 1), seen())[3:6] == (["x0"], ["x1", "x2", "y0"], 0)


components = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(NAMES),
            "enabled": st.booleans(),
            "error": st.sampled_from(["", "no power"]),
            "status": st.fixed_dictionaries(
                {
                    "phase": st.sampled_from(["", "powering_on", "powering_off", "configuring"]),
                    "status_override": st.sampled_from(["", "failed", "on_hold", "odd"]),
                }
            ),
            "last_action": st.fixed_dictionaries({"action": st.sampled_from(["powering_on", "session_setup"])}),
        }
    ),
    max_size=5,
    unique_by=lambda component: component["id"],
)
states = st.sampled_from(["pending", "running", "complete"])


def answered(found: list[Any], staged: list[str], state: str) -> SessionLook:
    """Return what a look at a session with these components sees, with the status that the server computes."""
    answers: list[Any] = [rules.as_answered(component) for component in found]
    tallies = [
        rules.Tally(
            each["status"]["status"], each["status"]["phase"], each["enabled"], each["status"]["status_override"], 1
        )
        for each in answers
    ]
    session: Any = {"name": "boot-1", "status": {"status": state, "start_time": "2026-11-21T11:00:00"}}
    status = rules.extended_status(session, tallies, len(staged), verdict_rules.ids_by_error(answers), NOON)
    return SessionLook(session, status, kinds.nodes_by_id(answers), staged)


@given(found=components, staged=st.lists(st.sampled_from(["y1", "x1"]), unique=True), state=states)
@settings(max_examples=150, deadline=None)
def test_the_outcome_of_a_session(found: list[Any], staged: list[str], state: str) -> None:
    look = answered(found, staged, state)
    result = outcome.outcome(look, seen())
    if state == "running":
        ended = bool(found) and not look.waiting and not any(component["enabled"] for component in found)
        assert result.finished == ended
        good = {node.kind for node in look.nodes.values()} == {"stable"}
        assert result.succeeded == (ended and good)
    else:
        assert result.finished == (state == "complete")
    if not result.succeeded:
        unstable = {name for name, node in look.nodes.items() if node.kind != "stable"}
        assert {*result.failed, *result.lagging} == {*unstable, *look.waiting}
        assert not set(result.failed) & set(result.lagging)


@given(found=components)
@settings(max_examples=100, deadline=None)
def test_the_outcome_of_components(found: list[Any]) -> None:
    nodes = kinds.nodes_by_id(found)
    result = components_outcome.components_outcome(components_outcome.ComponentsLook(nodes, len(found)))
    stable = [name for name, node in nodes.items() if node.kind == "stable"]
    assert sorted([*stable, *result.failed, *result.lagging]) == sorted(nodes)
    assert result.succeeded == (bool(found) and len(stable) == len(found))
    assert result.finished == (not any(node.kind == "moving" for node in nodes.values()))
    assert result.gone is False


@given(before=components, after=components)
@settings(max_examples=100, deadline=None)
def test_moves_lead_from_one_look_to_the_next(before: list[Any], after: list[Any]) -> None:
    old, new = (outcome.node_states(answered(found, [], "running")) for found in (before, after))
    reached = dict(old)
    for move in moves(old, new):
        for name in move.names:
            assert reached.get(name) == move.before
            if move.after is None:
                del reached[name]
            else:
                reached[name] = move.after
    assert reached == new
