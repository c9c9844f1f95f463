from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from edge import node, policy, status
from meant import node_policy

if TYPE_CHECKING:
    import responses

    from conftest import Load, Play, Runner

NODES = {
    "done": node_policy(site="rome"),
    "late": node_policy(site="rome"),
    "other": node_policy(site="oslo"),
    "empty": node_policy(),
    "gone": node_policy(site="rome"),
}


def fleet(*done: str, **more: Any) -> dict[str, Any]:
    """Return five nodes: of two the policy is meant, of one it is not, of one nobody knows, one is not registered."""
    nodes = {f"harbor/{name}": node(name) for name in NODES} | {"harbor/gone": {**node("gone"), "publicKey": ""}}
    return {
        "exchange": {
            "managementpolicies": {"harbor/roll": policy(constraints=["site == rome"], **more)},
            "nodes": nodes,
            "nodePolicies": {f"harbor/{name}": each for name, each in NODES.items()},
            "managementStatus": {f"harbor/{name}": {"harbor/roll": status("successful")} for name in done},
        }
    }


def without_empty(found: dict[str, Any]) -> dict[str, Any]:
    """Return the fleet without the node of which nobody knows."""
    del found["exchange"]["nodes"]["harbor/empty"]
    return found


def test_the_denominator_is_who_is_meant(run: Runner, load: Load) -> None:
    load(fleet("done"))
    shown = run("exchange nmp status roll --format table").stdout
    assert "harbor/roll  1 of 3 nodes successful" in shown
    assert "successful 33.3 % (1)" in shown
    assert "no report 66.7 % (2)" in shown
    assert shown.endswith(
        """
Not reported yet (1)
  1 node: no heartbeat known
      late

No report, and whether it is meant for them is not known (1)
  1 node: no heartbeat known
      empty

Not counted: 1 node not meant, 1 node not registered

Next
  wait for it:  nodewatch exchange nmp status harbor/roll --wait
"""
    )
    shown = run("exchange nmp status roll -l --format table").stdout
    assert "1 node: not meant\n    other\n\n1 node: not registered\n    gone\n" in shown


def test_all_who_are_meant_are_all(run: Runner, load: Load) -> None:
    load(without_empty(fleet("done", "late")))
    assert "successful 100 % (2)" in run("exchange nmp status roll --format table").stdout
    assert "100 %" not in run("exchange nmp status roll --format table --no-match").stdout


def test_nobody_has_reported(run: Runner, load: Load) -> None:
    load(fleet())
    why = "it is meant for 2 nodes, and none has reported yet"
    done = run("exchange nmp status roll")
    assert done == (8, "", f"Error: Status for NMP roll not found in org harbor: {why}\n")


def test_who_asks_for_some_statuses_is_answered_when_nobody_has_reported(run: Runner, load: Load) -> None:
    load(fleet())
    assert run("exchange nmp status roll --status failed") == (0, "{}\n", "")
    silent = run("exchange nmp status roll --status silent --format names")
    assert (silent.code, silent.stderr) == (0, "")
    assert "harbor/late" in silent.stdout
    assert run("exchange nmp status nope --status silent").code == 8


def test_waiting_is_for_everybody_who_is_meant(run: Runner, play: Play) -> None:
    play({0: without_empty(fleet("done")), 60: without_empty(fleet("done", "late"))})
    done = run("exchange nmp status roll --wait")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"harbor/done": "successful", "harbor/late": "successful"}


def test_a_node_that_comes_to_be_meant_is_waited_for(run: Runner, play: Play) -> None:
    first, then = without_empty(fleet("done")), without_empty(fleet("done", "late"))
    then["exchange"]["nodePolicies"]["harbor/other"] = node_policy(site="rome")
    play({0: first, 60: then})
    done = run("exchange nmp status roll --wait --timeout 5m")
    assert done.code == 11
    assert "Lagging (1): harbor/other" in done.stderr


def test_each_is_asked_once_and_only_those_without_a_status(run: Runner, network: responses.RequestsMock) -> None:
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, NODEWATCH_RETRIES="0")
    held = fleet("done")["exchange"]
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    found = {"managementPolicy": held["managementpolicies"], "lastIndex": 0}
    network.get(f"{base}/orgs/harbor/managementpolicies/roll", json=found)
    network.get(f"{base}/orgs/harbor/nodes", json={"nodes": held["nodes"], "lastIndex": 0})
    for name, policy_of in NODES.items():
        place = f"{base}/orgs/harbor/nodes/{name}"
        own = held["managementStatus"].get(f"harbor/{name}", {})
        answer = {"managementStatus": own, "lastIndex": 0}
        network.get(f"{place}/managementStatus/roll", json=answer, status=200 if own else 404)
        denied = {"code": "access-denied", "msg": "no"}
        late = name == "late"
        network.get(f"{place}/policy", json=denied if late else policy_of, status=403 if late else 200)
    done = run("exchange nmp status roll --format table")
    assert (done.code, done.stderr.partition("\n")[0]) == (
        5,
        "Error: 1 of 5 nodes could not be asked; the rest is shown.",
    )
    asked = sorted(
        str(call.request.url).split("/")[-2] for call in network.calls if str(call.request.url).endswith("/policy")
    )
    assert asked == ["empty", "late", "other"]
    network.calls.reset()
    assert run("exchange nmp status roll --no-match").code == 0
    assert not [call for call in network.calls if str(call.request.url).endswith("/policy")]


@pytest.mark.parametrize("line", ["roll", "'*'"])
def test_a_disabled_policy_waits_for_nobody(run: Runner, load: Load, line: str) -> None:
    load(without_empty(fleet("done", enabled=False)))
    shown = run(f"exchange nmp status {line} --format table").stdout
    assert "1 node: none, because the policy is disabled\n    late\n" in shown
