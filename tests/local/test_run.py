"""`nodewatch local run`: lives of boots in the local store, as others see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleets import component, template
from living import live
from nodewatch.bos_v2 import change_rules, fields, life_rules, rules, set_up_rules
from nodewatch.bos_v2.life_rules import CALLED, FORCEFUL, GRACEFUL, OFF, ON
from nodewatch.offline.chances import Chances

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Load, Runner
    from nodewatch.bos_v2.types import Session

NODES = [f"x1000c{chassis}s{slot}b0n{node}" for chassis in (0, 1) for slot in range(8) for node in (0, 1)]
IDLE: Any = {"actual_state": {"boot_artifacts": {"kernel": "s3://boot-images/old/kernel"}}, "session": ""}
LONG = 1_000  # steps, more than any life has
FLOW = {  # the picture of the guide page "Component Status"; and from anywhere to `on_hold`
    OFF: {GRACEFUL, "failed"},
    GRACEFUL: {FORCEFUL, ON, "stable", "failed"},
    FORCEFUL: {ON, "stable", "failed"},
    ON: {CALLED, "failed"},
    CALLED: {ON, OFF, "configuring", "stable", "failed"},
    "configuring": {"stable", "failed"},
    "on_hold": {OFF, ON, "configuring", "stable", "failed"},
    "stable": set[str](),
    "failed": set[str](),
}


def fleet(**options: Any) -> Any:
    """Return nodes that run something, a template to boot them with, and options of BOS."""
    templates = [template("t", *NODES), template("half", *NODES[:16])]
    nodes = [component(name, **IDLE) for name in NODES]
    return {"bos": {"v2": {"components": nodes, "sessiontemplates": templates, "options": options}}}


CREATE = "bos sessions create --name night --template-name t --operation reboot"
WAIT = "bos sessions status list night --wait --format json"


def test_a_clean_life(run: Runner, load: Load) -> None:
    store = load(fleet())
    run(CREATE)
    live(run, store, Chances(1, 0, 60))
    done = run(WAIT)
    assert done.code == 0, done.stderr
    assert (done.json["status"], done.json["percent_successful"], done.json["error_summary"]) == ("complete", 100.0, {})


def test_a_life_in_which_nodes_fail(run: Runner, load: Load) -> None:
    store = load(fleet())
    run(CREATE)
    live(run, store, Chances(1, 0.4, 60))
    done = run(WAIT)
    assert done.code == 10, done.stderr
    assert done.json["status"] == "complete"
    assert set(done.json["error_summary"]) <= {
        life_rules.CFS_FAILED,
        life_rules.LIMIT_HIT,
        life_rules.NO_PARAMETERS,
        life_rules.NOT_IN_PCS,
    }
    assert 0 < done.json["percent_failed"] < 100


def test_a_staged_life_goes_on_when_it_is_applied(run: Runner, load: Load) -> None:
    store = load(fleet(clear_stage=True))
    run(f"{CREATE} --stage true")
    live(run, store, Chances(1, 0, 60), at_30=f"bos applystaged create --xnames {','.join(NODES)}")
    done = run(WAIT)
    assert (done.code, done.json["status"], done.json["percent_successful"]) == (0, "complete", 100.0), done.stderr


def test_a_life_that_another_session_takes_over(run: Runner, load: Load) -> None:
    store = load(fleet())
    run(CREATE)
    live(run, store, Chances(1, 0, 60), at_3=CREATE.replace("night", "other").replace("-name t", "-name half"))
    done = run(WAIT)
    assert (done.code, done.json["managed_components_count"]) == (10, 16), done.stderr


def test_a_shutdown(run: Runner, load: Load) -> None:
    store = load(fleet())
    run(CREATE.replace("reboot", "shutdown"))
    live(run, store, Chances(1, 0, 60))
    assert run(WAIT).code == 0
    nodes = run("bos components list --format json").json
    assert {node["actual_state"]["boot_artifacts"]["kernel"] for node in nodes} == {""}


@pytest.mark.parametrize("backend", ["local"])
def test_the_same_seed_gives_the_same_life(run: Runner, load: Load, tmp_path: Path) -> None:
    def dumped(seed: int) -> str:
        load(fleet())
        run(CREATE)
        store = tmp_path / "fleet.db"
        done = run(f"local run --local {store} --seed {seed} --failing 20% --for 20m")
        assert done == (0, "", f"Time passes in {store}, 60 times as fast as ours.\n")
        return run(f"local dump --local {store}").stdout

    assert dumped(1) == dumped(1) != dumped(2)


@pytest.mark.parametrize("backend", ["local"])
def test_what_cannot_be_played(run: Runner, load: Load, tmp_path: Path) -> None:
    store = load(fleet())
    before = run("local dump").stdout
    assert run("local run --speed 9 --dry-run") == (
        0,
        "",
        f"Time would pass in {store}, 9 times as fast as ours.\n",
    )
    assert run("local dump").stdout == before
    for wrong, why in (
        ("--failing 101%", "Invalid value for '--failing': '101%' is not a percentage, such as 2%."),
        ("--failing nan", "Invalid value for '--failing': 'nan' is not a percentage, such as 2%."),
        ("--for soon", "Invalid value for '--for': 'soon' is not a duration: write 90, 30s, 10m, 2h or 1d."),
    ):
        done = run(f"local run {wrong}")
        assert (done.code, why in done.stderr) == (2, True), done.stderr
    assert run(f"local run --local {tmp_path}/fleet.json").code == 4
    assert run("local run", NODEWATCH_LOCAL="").code == 7


@given(
    seed=st.integers(),
    failing=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    speed=st.sampled_from([1, 15, 60, 600, 3600]),
    operation=st.sampled_from(["boot", "reboot", "shutdown"]),
    retries=st.integers(0, 4),
    running=st.booleans(),
)
def test_no_transition_but_those_of_the_table(
    seed: int, failing: float, speed: int, operation: str, retries: int, running: bool
) -> None:
    options: Any = {**rules.DEFAULT_OPTIONS, "default_retry_policy": retries}
    node: Any = component(NODES[0], **(IDLE if running else {}))
    session: Session = {"name": "s", "operation": operation, "stage": False, "limit": ""}
    found = set_up_rules.plan_set_up(session, template("t", NODES[0]), NODES)
    node = fields.apply_patch(node, change_rules.complete_patch(found.changes[NODES[0]], ""))
    does = life_rules.draw_plan(Chances(seed, failing), "s", NODES[0])
    waited = 0.0
    for _ in range(LONG * 60 // speed + LONG):
        if not node["enabled"]:
            break
        before = rules.component_status(node)
        change = life_rules.next_change(node, does, operation, waited, options)
        node = fields.apply_patch(node, change_rules.complete_patch(change, ""))
        after = rules.component_status(node)
        assert after in FLOW[before] | {before, "on_hold"}
        waited = 0 if "last_action" in change else waited + speed
    assert not node["enabled"]
    end = rules.component_status(node)
    if retries > 1 and not does.failure:
        assert end == "stable", node
    assert end in ("stable", "failed") or does.failure == life_rules.UNKNOWN


@pytest.mark.parametrize("backend", ["local"])
def test_time_goes_on_in_what_was_saved_however_odd(run: Runner, load: Load) -> None:
    whole = fleet(max_boot_wait_time="soon", default_retry_policy=[1])
    whole["saved_at"] = "2026-11-01T12:00:00Z"
    v2 = whole["bos"]["v2"]
    v2["sessions"] = [{"name": "pending", "status": {"status": "pending"}, "template_name": "t"}, {"name": "bare"}]
    v2["components"][0].update(status={"phase": ["x"]}, last_action={}, event_stats={"power_on_attempts": "x"})
    v2["components"][0].update(enabled=True, desired_state={"boot_artifacts": {"kernel": 7}})
    odd = {"harbor/p": None, "harbor/q": {"agentUpgradePolicyStatus": {"status": ["x"], "scheduledTime": 5}}}
    whole["exchange"] = {
        "managementpolicies": {"harbor/r": {"enabled": True, "constraints": [7, "((("], "start": 9}},
        "nodes": {"harbor/edge-1": {"publicKey": "k"}},
        "managementStatus": {"harbor/edge-1": odd},
    }
    whole["life"] = {"tries": {"harbor/edge-1": {"harbor/p": "x", "harbor/q": [1, "2"]}}}
    store = load(whole)
    done = run(f"local run --local {store} --for 10m")
    assert done == (0, "", f"Time passes in {store}, 60 times as fast as ours.\n")
    assert "saved_at" not in run("local dump").json
