from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewatch.bos_v2 import rules, verdict_rules

if TYPE_CHECKING:
    from nodewatch.bos_v2.types import Component, ExtendedStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PHASES = ["", "powering_on", "powering_off", "configuring"]
ACTIONS = ["powering_on", "powering_off_gracefully", "powering_off_forcefully", "session_setup", "apply_staged", ""]
STATUSES = {
    "power_on_pending",
    "power_on_called",
    "power_off_pending",
    "power_off_gracefully_called",
    "power_off_forcefully_called",
    "configuring",
    "stable",
}


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


components = st.fixed_dictionaries(
    {"id": st.from_regex("x[0-9]{1,3}", fullmatch=True)},
    optional={
        "enabled": st.booleans(),
        "error": st.sampled_from(["", "off", "no power"]),
        "status": some(phase=st.sampled_from(PHASES), status_override=st.sampled_from(["", "failed", "on_hold"])),
        "last_action": some(action=st.sampled_from(ACTIONS), failed=st.booleans()),
    },
)


@pytest.mark.parametrize(
    ("phase", "action", "status"),
    [
        ("powering_on", "powering_on", "power_on_called"),
        ("powering_on", "session_setup", "power_on_pending"),
        ("powering_on", "", "power_on_pending"),
        ("powering_off", "powering_off_gracefully", "power_off_gracefully_called"),
        ("powering_off", "powering_off_forcefully", "power_off_forcefully_called"),
        ("powering_off", "powering_on", "power_off_pending"),
        ("configuring", "powering_on", "configuring"),
        ("", "powering_on", "stable"),
    ],
)
def test_the_status_follows_from_phase_and_last_action(phase: str, action: str, status: str) -> None:
    assert rules.component_status({"status": {"phase": phase}, "last_action": {"action": action}}) == status


@given(components)
def test_every_component_has_a_status_that_an_override_decides(component: Component) -> None:
    override = component.get("status", {}).get("status_override")
    status = rules.component_status(component)
    assert status == override if override else status in STATUSES


@given(components)
def test_an_answer_differs_from_what_is_stored_by_its_status_only(component: Component) -> None:
    answer: Any = rules.as_answered(component)
    assert answer["status"].pop("status") == rules.component_status(component)
    assert {**answer, "status": dict(answer["status"])} == {"status": {}, **component}


def tallied(nodes: list[Component]) -> list[rules.Tally]:
    return [
        rules.Tally(
            rules.component_status(node),
            node.get("status", {}).get("phase", ""),
            node.get("enabled", False),
            node.get("status", {}).get("status_override", ""),
            1,
        )
        for node in nodes
    ]


@given(st.lists(components, max_size=40), st.integers(0, 40))
def test_shares_of_a_session_fit_together(nodes: list[Component], staged: int) -> None:
    errors = verdict_rules.ids_by_error(nodes)
    status = rules.extended_status({"status": {}}, tallied(nodes), staged, errors, NOON)
    assert status["managed_components_count"] == len(nodes) + staged
    shares = [status["percent_successful"], status["percent_failed"], status["percent_staged"]]
    assert all(type(share) is float and 0 <= share <= 100 for share in shares)
    assert abs(status["phases"]["percent_complete"] - shares[0] - shares[1]) < 0.011
    assert sum(error["count"] for error in status["error_summary"].values()) == sum(
        map(bool, (n.get("error") for n in nodes))
    )
    for error in status["error_summary"].values():
        assert error["list"].count(",") == min(error["count"], 10) - 1
        assert error["list"].endswith("...") == (error["count"] > 10)


@given(st.lists(components, max_size=40, unique_by=lambda node: node["id"]), st.data())
def test_error_groups_name_every_node_or_say_how_many_are_not_known(
    nodes: list[Component], data: st.DataObject
) -> None:
    errors = verdict_rules.ids_by_error(nodes)
    status = rules.extended_status({"status": {}}, tallied(nodes), 0, errors, NOON)
    kept = {message: data.draw(st.lists(st.sampled_from(names), unique=True)) for message, names in errors.items()}
    for group in verdict_rules.error_groups(status, kept):
        listed = set(rules.error_summary(errors[group.message])["list"].removesuffix("...").split(","))
        whole = len(kept[group.message]) >= group.number
        assert group.number == len(errors[group.message])
        assert set(group.names) == set(kept[group.message]) | (set() if whole else listed)
        assert len(group.names) + group.unknown == group.number


@pytest.mark.parametrize("age", ["", "m", "3", "03m", "3y", "-3m", "3m ", "123456789m", "³m"])
def test_what_is_no_age(age: str) -> None:
    assert rules.time_before(age, NOON) is None


def test_an_age_beyond_the_calendar() -> None:
    assert rules.time_before("9999999w", NOON) == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"status": "pending"}, ("pending", "busy")),
        (
            {"status": "running", "managed_components_count": 4, "percent_successful": 50.0},
            ("running, 4 nodes", "busy"),
        ),
        (
            {"status": "running", "managed_components_count": 4, "percent_staged": 100.0},
            ("running, staged until applied, 4 nodes", "busy"),
        ),
        (
            {"status": "running", "managed_components_count": 2000, "percent_failed": 0.05},
            ("running: 1 of 2,000 nodes FAILED", "bad"),
        ),
        (
            {"status": "complete", "managed_components_count": 2, "percent_successful": 100},
            ("complete: all 2 nodes succeeded", "good"),
        ),
        (
            {"status": "complete", "managed_components_count": 2, "percent_successful": 50.0},
            ("complete, but not every node succeeded, 2 nodes", "warn"),
        ),
        ({"status": "complete", "managed_components_count": 0}, ("complete: nothing to do, it has no nodes", "warn")),
        ({}, ("unknown", "busy")),
    ],
)
def test_complete_is_not_success(document: ExtendedStatus, words: tuple[str, str]) -> None:
    assert verdict_rules.judge(document) == words
