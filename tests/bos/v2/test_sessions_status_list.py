from __future__ import annotations

from typing import TYPE_CHECKING

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
    load({"bos": {"v2": {"sessions": [session("done", "complete"), session("on")],
                         "session_status": {"done": saved, "on": saved}}}})  # fmt: skip
    assert run("bos v2 sessions status list done").json == saved
    assert run("bos v2 sessions status list on").json["managed_components_count"] == 0


def test_every_failed_node_is_named_though_the_server_names_ten(run: Runner, load: Load) -> None:
    nodes = [component(f"x3000c0s{slot}b{blade}n0", override="failed", error="no power")
             for slot in range(1, 7) for blade in range(4)]  # fmt: skip
    load({"bos": {"v2": {"sessions": [session("reboot-7", "complete")], "components": nodes}}})
    document = run("bos v2 sessions status list reboot-7").json
    assert document["error_summary"]["no power"]["count"] == 24
    assert document["error_summary"]["no power"]["list"].endswith("...")
    assert "tbd" in run("bos v2 sessions status list reboot-7 --format table").stdout


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 sessions status list nope")
    assert done == (8, "", "Error: The resource was not found: Session 'nope' does not exist\n")
