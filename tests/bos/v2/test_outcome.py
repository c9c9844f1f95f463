"""When sessions and components are over: properties of the rules, for whatever documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nodewatch.bos_v2 import rules, verdict_rules
from nodewatch.bos_v2.outcome import Look, components_outcome, kind, session_outcome, session_states
from nodewatch.watch.loop import moves

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = [f"x{number}" for number in range(5)]
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


def seen(found: list[Any], staged: list[str], state: str) -> Look:
    """Return what a look at a session with these components sees, with the status that the server computes."""
    answers: list[Any] = [rules.answered(component) for component in found]
    tallies = [
        rules.Tally(
            each["status"]["status"], each["status"]["phase"], each["enabled"], each["status"]["status_override"], 1
        )
        for each in answers
    ]
    session: Any = {"name": "boot-1", "status": {"status": state, "start_time": "2026-11-21T11:00:00"}}
    status = rules.extended_status(session, tallies, len(staged), verdict_rules.by_error(answers), NOON)
    return Look(session, answers, status, staged)


@given(found=components, staged=st.lists(st.sampled_from(["y1", "y2"]), unique=True), state=states)
@settings(max_examples=150, deadline=None)
def test_the_outcome_of_a_session(found: list[Any], staged: list[str], state: str) -> None:
    look = seen(found, staged, state)
    result = session_outcome(look)
    kinds = {component["id"]: kind(component) for component in look.components}
    everyone = {*kinds, *staged}
    if state != "running":
        assert result.finished == (state == "complete")
    elif result.finished:
        assert found
        assert not staged
        assert not any(component["enabled"] for component in found)
    good = bool(everyone) and not staged and set(kinds.values()) == {"stable"}
    assert result.succeeded == (result.finished and good)
    if not result.succeeded:
        assert {*result.failed, *result.lagging} == {name for name in everyone if kinds.get(name) != "stable"}
        assert not set(result.failed) & set(result.lagging)
    assert result.words.startswith("boot-1 is ")


@given(found=components)
@settings(max_examples=100, deadline=None)
def test_the_outcome_of_components(found: list[Any]) -> None:
    result = components_outcome(found, len(found))
    stable = [component["id"] for component in found if kind(component) == "stable"]
    assert sorted([*stable, *result.failed, *result.lagging]) == sorted(component["id"] for component in found)
    assert result.succeeded == (bool(found) and len(stable) == len(found))
    assert result.finished == (not any(kind(component) == "moving" for component in found))


@given(before=components, after=components)
@settings(max_examples=100, deadline=None)
def test_moves_lead_from_one_look_to_the_next(before: list[Any], after: list[Any]) -> None:
    old, new = (session_states(seen(found, [], "running")) for found in (before, after))
    reached = dict(old)
    for move in moves(old, new):
        for name in move.names:
            assert reached.get(name) == move.before
            if move.after is None:
                del reached[name]
            else:
                reached[name] = move.after
    assert reached == new
