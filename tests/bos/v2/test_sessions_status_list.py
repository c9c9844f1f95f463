from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleets import FLEET, component, session

if TYPE_CHECKING:
    from conftest import Load, Runner

STATUS = {
    "error_summary": {"cfs configuration failed": {"count": 1, "list": "x3000c0s1b0n0"}},
    "managed_components_count": 5,
    "percent_failed": 20.0,
    "percent_staged": 20.0,
    "percent_successful": 20.0,
    "phases": {
        "percent_complete": 40.0,
        "percent_configuring": 20.0,
        "percent_powering_off": 0.0,
        "percent_powering_on": 20.0,
    },
    "status": "running",
    "timing": {"duration": "1:00:00", "end_time": None, "start_time": "2026-11-21T11:00:00"},
}


def test_json_is_computed_as_the_server_does(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions status list reboot-7")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == STATUS
    assert list(done.json) == list(STATUS)


def test_toml_leaves_nulls_out(run: Runner, load: Load) -> None:
    load(FLEET)
    assert (
        run("bos v2 sessions status list reboot-7 --format toml").stdout
        == """\
managed_components_count = 5
percent_failed = 20.0
percent_staged = 20.0
percent_successful = 20.0
status = "running"

[error_summary."cfs configuration failed"]
count = 1
list = "x3000c0s1b0n0"

[phases]
percent_complete = 40.0
percent_configuring = 20.0
percent_powering_off = 0.0
percent_powering_on = 20.0

[timing]
duration = "1:00:00"
start_time = "2026-11-21T11:00:00"
"""
    )


def test_a_saved_status_of_a_complete_session_is_answered_as_it_is(run: Runner, load: Load) -> None:
    saved = {"status": "complete", "percent_failed": 0, "phases": {}, "odd": [1]}
    load(
        {
            "bos": {
                "v2": {
                    "sessions": [session("done", "complete"), session("on")],
                    "session_status": {"done": saved, "on": saved},
                }
            }
        }
    )
    assert run("bos v2 sessions status list done").json == saved
    assert run("bos v2 sessions status list on").json["managed_components_count"] == 0


BAR = """
██████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒╳╳╳╳╳╳╳╳╳╳░░░░░░░░░░
█ successful 20 % (1)  ▒ in progress 40 % (2)  ╳ failed 20 % (1)  ░ staged 20 % (1)

"""
FAILED = """\
  1 node: cfs configuration failed
      x3000c0s1b0n0

"""
TERMINAL = f"""\
reboot-7  reboot of compute-24.7  running: 1 of 5 nodes FAILED  started 11:00:00 UTC  for 1 h
{BAR}Failed: BOS will not try again (1) {"─" * 85}
{FAILED}In progress (2) {"─" * 104}
Status           Nodes  Oldest action  Limit   Which
configuring          1  12 min ago             x3000c0s2b0n0
power_on_called      1  1 min ago      20 min  x3000c0s10b0n0

Next {"─" * 115}
"""
PIPED = f"""\
reboot-7  reboot of compute-24.7  running: 1 of 5 nodes FAILED  started 2026-11-21 11:00:00 UTC
{BAR}Failed: BOS will not try again (1)
{FAILED}In progress (2)
Status           Nodes  Oldest action            Limit   Which
configuring          1  2026-11-21 11:48:00 UTC          x3000c0s2b0n0
power_on_called      1  2026-11-21 11:59:00 UTC  20 min  x3000c0s10b0n0

Next
"""
STEPS = """\
  retry the failed:   nodewatch bos v2 sessions retry reboot-7
  look at one:        nodewatch bos v2 components describe x3000c0s1b0n0
  ask CFS about it:   cray cfs v3 components describe x3000c0s1b0n0
  wait for the rest:  nodewatch bos v2 sessions status list reboot-7 --wait
"""


def test_table_on_a_terminal_and_in_a_pipe(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions status list reboot-7", tty=True, NO_COLOR="1", COLUMNS="120")
    assert done == (0, TERMINAL + STEPS, "")
    assert run("bos v2 sessions status list reboot-7 --format table", COLUMNS="80") == (0, PIPED + STEPS, "")


ALL_FAILED = """\
reboot-7  reboot of compute-24.7  complete: 24 of 24 nodes FAILED  started 2026-11-21 11:00:00 UTC  \
ended 2026-11-21 11:40:00 UTC  took 40 min

╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳
█ successful 0 %  ▒ in progress 0 %  ╳ failed 100 % (24)

Failed: BOS will not try again (24)
  24 nodes: no power [red]\\x1b[31m
      x3000c0s[1-6]b[0-3]n0

Next
  retry the failed:  nodewatch bos v2 sessions retry reboot-7
  look at one:       nodewatch bos v2 components describe x3000c0s1b0n0
"""


def test_every_failed_node_is_named_though_the_server_names_ten(run: Runner, load: Load) -> None:
    nodes = [
        component(f"x3000c0s{slot}b{blade}n0", override="failed", error="no power [red]\x1b[31m")
        for slot in range(1, 7)
        for blade in range(4)
    ]
    load({"bos": {"v2": {"sessions": [session("reboot-7", "complete")], "components": nodes}}})
    document = run("bos v2 sessions status list reboot-7").json
    assert document["error_summary"]["no power [red]\x1b[31m"] == {
        "count": 24,
        "list": "x3000c0s1b0n0,x3000c0s1b1n0,x3000c0s1b2n0,x3000c0s1b3n0,x3000c0s2b0n0,x3000c0s2b1n0,"
        "x3000c0s2b2n0,x3000c0s2b3n0,x3000c0s3b0n0,x3000c0s3b1n0...",
    }
    assert run("bos v2 sessions status list reboot-7 --format table").stdout == ALL_FAILED


def test_nodes_that_others_took_over_are_counted_as_unknown(run: Runner, load: Load) -> None:
    summary = {"no power": {"count": 12, "list": ",".join(f"x3000c0s{slot}b0n0" for slot in range(10)) + "..."}}
    saved = {"status": "complete", "managed_components_count": 12, "percent_failed": 100.0, "error_summary": summary}
    mine = component("x3000c0s11b0n0", override="failed", error="no power")
    load(
        {
            "bos": {
                "v2": {
                    "sessions": [session("reboot-7", "complete")],
                    "components": [mine],
                    "session_status": {"reboot-7": saved},
                }
            }
        }
    )
    table = run("bos v2 sessions status list reboot-7 --format table").stdout
    assert (
        table.partition("again (12)\n")[2].partition("\n\n")[0]
        == """\
  12 nodes: no power
      x3000c0s[0-9,11]b0n0
      and 1 more: taken over by other sessions since, their names are not known"""
    )


def many(count: int, *nodes: Any, **error_summary: Any) -> dict[str, Any]:
    """Return a fleet whose one session, reboot-7 of so many nodes, has succeeded to two decimal places."""
    saved = {"status": "complete", "managed_components_count": count, "percent_successful": 100.0}
    return {
        "bos": {
            "v2": {
                "components": list(nodes),
                "sessions": [session("reboot-7", "complete")],
                "session_status": {"reboot-7": {**saved, "percent_failed": 0.0, "error_summary": error_summary}},
            }
        }
    }


@pytest.mark.parametrize(
    ("fleet", "verdict", "shares", "why"),
    [
        (
            many(30_000, component("x7", enabled=False, status={"phase": "powering_on", "status_override": "failed"})),
            "1 of 30,000 nodes FAILED",
            "successful 99.9 % (29,999)  ▒ in progress 0 %  ╳ failed 0.1 % (1)",
            ["  1 node: no error was reported", "      x7"],
        ),
        (
            many(30_000, off={"count": 1, "list": "x7"}),
            "1 of 30,000 nodes FAILED",
            "successful 99.9 % (29,999)  ▒ in progress 0 %  ╳ failed 0.1 % (1)",
            ["  1 node: off", "      x7"],
        ),
        (
            many(30_000, component("x7", enabled=False, status={"phase": "powering_on"})),
            "but not every node succeeded, 30,000 nodes",
            "successful 99.9 % (29,999)  ▒ in progress 0 %  ╳ failed 0 %  ▚ on hold or disabled 0.1 % (1)",
            [],
        ),
        (
            many(20_000, off={"count": 1, "list": "x7"}),
            "all 20,000 nodes succeeded",
            "successful 100 % (20,000)  ▒ in progress 0 %  ╳ failed 0 %",
            ["Errors on 1 node, of which 0 failed", "  1 node: off", "      x7"],
        ),
    ],
)
def test_what_two_decimal_places_do_not_tell(
    run: Runner, load: Load, fleet: dict[str, Any], verdict: str, shares: str, why: list[str]
) -> None:
    load(fleet)
    lines = run("bos v2 sessions status list reboot-7 --format table").stdout.partition("\n\nNext")[0].splitlines()
    assert verdict in lines[0]
    assert lines[3] == f"█ {shares}"
    assert lines[-len(why) :] == why if why else lines[4:] == []


def test_what_a_session_does_not_say_is_left_out(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessions": [{"name": "bare"}]}}})
    done = run("bos v2 sessions status list bare --format table")
    assert (done.code, done.stdout.splitlines()[0]) == (0, "bare  unknown")


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions status list nope")
    assert done == (8, "", "Error: The resource was not found: Session 'nope' does not exist\n")


OVER = """\
over  reboot of compute-24.7  complete: 2 of 4 nodes FAILED  started 2026-11-21 11:00:00 UTC  \
ended 2026-11-21 11:40:00 UTC  took 40 min

█████████████████████████╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳
█ successful 50 % (2)  ▒ in progress 0 %  ╳ failed 50 % (2)

Failed: BOS will not try again (2)
  2 nodes: no power
      x1
      and 1 more: taken over by other sessions since, their names are not known

Next
  retry the failed:  nodewatch bos v2 sessions retry over
  look at one:       nodewatch bos v2 components describe x1
"""


def test_what_became_of_nodes_after_a_session_is_not_its_own(run: Runner, load: Load) -> None:
    saved = {
        "status": "complete",
        "managed_components_count": 4,
        "percent_failed": 50.0,
        "percent_successful": 50.0,
        "error_summary": {"no power": {"count": 2, "list": "x1..."}},
        "timing": {"start_time": "2026-11-21T11:00:00", "end_time": "2026-11-21T11:40:00"},
    }
    nodes = [
        component("x1", override="failed", error="no power", session="over"),
        component("x2", "powering_on", error="no answer", session="over"),
        component("x3", "configuring", session="over", enabled=False),
        component("x4", "configuring", session="over"),
    ]
    sessions = [session("over", "complete", components="x1,x2,x3,x4")]
    load({"bos": {"v2": {"sessions": sessions, "session_status": {"over": saved}, "components": nodes}}})
    assert run("bos v2 sessions status list over --format table").stdout == OVER


@pytest.mark.parametrize(
    ("nodes", "waits"),
    [
        ([component("x1", override="failed")], False),
        ([component("x1", override="failed"), component("x2")], False),
        ([component("x1", override="failed"), component("x2", "configuring")], True),
        ([component("x1", override="failed"), component("x2", "configuring", error="slow")], True),
        ([component("x1")], True),
        ([component("x1", override="failed"), component("x2", session="", staged_state={"session": "reboot-7"})], True),
    ],
)
def test_nobody_is_told_to_wait_for_nothing(run: Runner, load: Load, nodes: list[Any], waits: bool) -> None:
    load({"bos": {"v2": {"sessions": [session("reboot-7", components="x1,x2")], "components": nodes}}})
    page = run("bos v2 sessions status list reboot-7 --format table").stdout
    assert ("sessions status list reboot-7 --wait" in page) == waits
