"""`nodewatch local run`: lives of agent upgrades in the local store, as others see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NOW
from edge import node, on_node, policy, status
from living import live
from nodewatch.horizon import life_rules
from nodewatch.horizon.status_rules import NEXT_STATUSES
from nodewatch.offline.chances import Chances

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Load, Runner

NAMES = [f"edge-{number}" for number in range(1, 21)]
WAIT = "exchange nmp status roll --wait --format json"


@pytest.fixture(autouse=True)
def account(run: Runner) -> None:
    """Ask as a user of the organization."""
    run.environ.update(HZN_ORG_ID="harbor", HZN_EXCHANGE_USER_AUTH="u:p")


def fleet(**statuses: Any) -> Any:
    """Return registered nodes that a policy is meant for, some with statuses of it (`edge_1=...`)."""
    return {
        "exchange": {
            "managementpolicies": {"harbor/roll": policy(constraints=[])},
            "nodes": {f"harbor/{name}": {**node(name), "publicKey": "k"} for name in NAMES},
            "managementStatus": {
                f"harbor/{name.replace('_', '-')}": {"harbor/roll": status(word)} for name, word in statuses.items()
            },
        },
        "agent": {"nodemanagement": {"harbor/roll": on_node("waiting")}},
    }


def test_agents_hear_of_a_policy_and_upgrade_themselves(run: Runner, load: Load) -> None:
    store = load(fleet(edge_1="downloaded", edge_2="reset"))
    live(run, store, Chances(1, 0, 60))
    done = run(WAIT)
    assert done.code == 0, done.stderr
    assert done.json == {f"harbor/{name}": "successful" for name in sorted(NAMES)}
    assert run("nmstatus list").json == {"harbor/roll": "successful"}
    assert run("exchange node list edge-1 --format json").json["harbor/edge-1"]["softwareVersions"] == {
        "horizon": "2.31.0"
    }


def test_some_agents_fail_and_go_back(run: Runner, load: Load) -> None:
    store = load(fleet())
    live(run, store, Chances(1, 0.9, 60))
    done = run(WAIT)
    assert done.code == 10, done.stderr
    assert set(done.json.values()) == {"successful", *life_rules.BAD_ENDS}


@pytest.mark.parametrize("backend", ["local"])
def test_a_life_goes_on_the_same_after_it_was_dumped_and_loaded(run: Runner, load: Load, tmp_path: Path) -> None:
    store, copy, file = load(fleet()), tmp_path / "copy.db", tmp_path / "copy.json"
    life = "local run --seed 3 --failing 40% --local"
    run(f"{life} {store} --for 20m")
    run(f"local dump {file} --local {store}")
    run(f"local load {file} --local {copy}")
    assert {len(each["harbor/roll"]) for each in run(f"local dump --local {copy}").json["life"]["tries"].values()} == {
        2
    }
    later = NOW + timedelta(minutes=1)
    for each in (store, copy):
        assert run(f"{life} {each} --for 2h", now=later).code == 0
    assert run(f"local dump --local {store}").json == run(f"local dump --local {copy}").json


def test_a_disabled_policy_is_forgotten(run: Runner, load: Load) -> None:
    store = load(fleet(edge_1="waiting"))
    live(run, store, Chances(1, 0, 60), at_2="exchange nmp disable roll")
    done = run(f"{WAIT} --timeout 1m")
    assert done.code == 12, done.stderr
    assert "none has reported yet" in run("exchange nmp status roll").stderr


@pytest.mark.parametrize("word", life_rules.STATUS_SECONDS)
def test_what_follows_is_what_the_table_knows(word: str) -> None:
    known = {step.to for step in NEXT_STATUSES[word]}
    for end in ("successful", *life_rules.BAD_ENDS):
        for failing in range(6):
            for downloads in range(5):
                after = life_rules.next_status(word, "", life_rules.Plan(end, failing), downloads)
                assert after is not None
                assert after.word in known


@pytest.mark.parametrize("word", sorted({*NEXT_STATUSES} - {*life_rules.STATUS_SECONDS}))
def test_nothing_follows_an_end(word: str) -> None:
    assert life_rules.next_status(word, "", life_rules.Plan(), 0) is None
