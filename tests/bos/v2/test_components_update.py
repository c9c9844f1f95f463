from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleets import COMPONENTS, FLEET
from nodewatch.bos_v2.fields import ACTIONS, COMPONENT_FIELDS, Field
from nodewatch.bos_v2.offline_changes import BUSY

if TYPE_CHECKING:
    from conftest import Load, Runner

NODE = "x3000c0s2b0n0"
RAW = COMPONENTS[1]
NOW = "2026-11-21T12:00:00"
EMPTY = {"initrd": "", "kernel": "", "kernel_parameters": ""}
ZERO = {"power_off_forceful_attempts": 0, "power_off_graceful_attempts": 0, "power_on_attempts": 0}


def test_a_field_is_changed_and_the_answer_lacks_the_computed_status(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE} --retry-policy 7")
    assert (done.code, done.json, done.stderr) == (0, {**RAW, "retry_policy": 7}, "")
    answer = run(f"bos v2 components describe {NODE}").json
    assert (answer["retry_policy"], answer["status"]["status"]) == (7, "configuring")


def test_an_xname_in_upper_case_and_several_nodes(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"bos v2 components update {NODE.upper()} --retry-policy 7").json["id"] == NODE
    several = run("bos v2 components update 'x3000c0s[1-2]b0n0' --retry-policy 7")
    why = "x3000c0s[1-2]b0n0 is more than one node: `components updatemany --filter-ids` changes several."
    assert several == (2, "", f"Error: {why}\n")


def test_enabling_puts_on_hold(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE.upper()} --enabled true")
    assert done.json == {**RAW, "status": {"phase": "configuring", "status_override": "on_hold"}}
    assert done.stderr == f"{NODE}: on_hold until BOS has looked at it; the status follows within seconds.\n"
    assert [node["id"] for node in run("bos v2 components list --status on_hold").json] == [NODE]
    assert run(f"bos v2 components update {NODE} --enabled true --quiet").stderr == ""


def test_disabling_says_nothing(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE} --enabled False")
    assert (done.json, done.stderr) == ({**RAW, "enabled": False}, "")


def test_a_new_desired_state_takes_the_node_out_of_its_session(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE} --desired-state-configuration new")
    desired = {**RAW["desired_state"], "configuration": "new", "last_updated": NOW}
    assert done.json == {**RAW, "desired_state": desired, "session": "", "event_stats": ZERO}
    assert done.stderr == (
        f"{NODE}: no longer in a session, as its desired state was set by hand; its attempts count from 0.\n"
    )
    assert NODE not in {node["id"] for node in run("bos v2 components list --session reboot-7").json}


def test_a_new_desired_state_of_a_session_keeps_it(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE} --desired-state-bss-token t --session other")
    desired = {**RAW["desired_state"], "bss_token": "t"}
    assert (done.json["session"], done.stderr) == ("other", "")
    assert done.json["desired_state"] == desired  # a token alone is no news: neither time nor attempts change
    assert done.json["event_stats"] == RAW["event_stats"]


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ("--clear-staged-state", {"staged_state": {"boot_artifacts": EMPTY, "configuration": "", "session": ""}}),
        (
            "--clear-desired-state --desired-state-configuration c",
            {"desired_state": {"boot_artifacts": EMPTY, "configuration": "", "bss_token": ""}},
        ),
        (
            "--clear-pending-state",
            {
                "desired_state": {"boot_artifacts": EMPTY, "configuration": "", "bss_token": ""},
                "staged_state": {"boot_artifacts": EMPTY, "configuration": "", "session": ""},
            },
        ),
    ],
)
def test_clearing(run: Runner, load: Load, options: str, changed: dict[str, Any]) -> None:
    load(FLEET)
    assert run(f"bos v2 components update {NODE} {options} --dry-run").json["body"] == changed
    answer = run(f"bos v2 components update {NODE} {options}").json
    assert {name: answer[name] for name in changed} == {
        name: {**state, "last_updated": NOW} for name, state in changed.items()
    }


def test_the_table_says_how_the_node_is_now(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"bos v2 components update {NODE} --enabled true --format table")
    assert done.stdout.splitlines()[:2] == [f"Component:    {NODE}", "Status:       on_hold"]


def test_an_actual_state_that_bos_is_changing(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"components": [{**RAW, "last_action": {"action": "session_setup"}}]}}})
    done = run(f"bos v2 components update {NODE} --actual-state-bss-token t")
    assert done == (5, "", f"Error: Actual state can not be updated.: {BUSY}\n")
    assert run(f"bos v2 components update {NODE} --enabled false").code == 0
    assert run(f"bos v2 components update {NODE} --actual-state-bss-token t").code == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (f"{NODE} --retry-policy -1", 5, "Bad Request: -1 is less than the minimum of 0 - 'retry_policy'"),
        (
            f"{NODE} --retry-policy 1048577",
            5,
            "Bad Request: 1048577 is greater than the maximum of 1048576 - 'retry_policy'",
        ),
        (f"{NODE} --id ''", 5, "Bad Request: '' should be non-empty - 'id'"),
        ("x9 --enabled true", 8, "The resource was not found: Component 'x9' does not exist"),
        (NODE, 2, f"nothing says what to change of {NODE}: add an option, such as --enabled true."),
    ],
)
def test_what_cannot_be(run: Runner, load: Load, options: str, code: int, words: str) -> None:
    load(FLEET)
    assert run(f"bos v2 components update {options}") == (code, "", f"Error: {words}\n")


def values() -> list[tuple[Field, str, Any]]:
    """Return each option with a value as it is typed, and as it is sent."""
    samples: dict[Any, tuple[str, Any]] = {
        bool: ("yes", True),
        int: ("3", 3),
        str: ("a b", "a b"),
        ACTIONS: (ACTIONS[0],) * 2,
    }
    return [(field, *samples.get(field.value_type, ("powering_on", "powering_on"))) for field in COMPONENT_FIELDS]


@pytest.mark.parametrize(("field", "typed", "sent"), values(), ids=[field.option for field in COMPONENT_FIELDS])
@pytest.mark.parametrize("backend", ["local"])
def test_every_option_sends_its_field(run: Runner, load: Load, field: Field, typed: str, sent: Any) -> None:
    load(FLEET)
    body = run(f"bos v2 components update {NODE} {field.option} '{typed}' --dry-run").json["body"]
    for part in field.place.split("."):
        body = body[part]
    assert body == sent
    assert run(f"bos v2 components update {NODE} {field.option} '{typed}'").code == 0
