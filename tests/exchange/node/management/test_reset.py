from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from edge import FLEET, address, node, status

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner


def on(run: Runner, name: str = "edge-01") -> str:
    return f"Reset on harbor/{name} (1 node), at {address(run)}:\n"


AGENT = "The Horizon agent for node harbor/edge-01 will re-evaluate the management policies.\n"


def test_all_policies(run: Runner, load: Load) -> None:
    load(FLEET)
    before = run("exchange node management status edge-01 -l").json
    assert run("exchange node management reset edge-01") == (
        0,
        f"Node management status for certs is reset.\nNode management status for roll is reset.\n{AGENT}",
        f"{on(run)}harbor/certs: waiting -> reset\nharbor/roll: successful -> reset\n",
    )
    after = run("exchange node management status edge-01 -l").json
    for name, found in after.items():
        upgrade = before[name]["agentUpgradePolicyStatus"]
        assert found == {"agentUpgradePolicyStatus": {**upgrade, "status": "reset"}}


@pytest.mark.parametrize("policy", ["roll", "harbor/roll"])
def test_one_policy(run: Runner, load: Load, policy: str) -> None:
    load(FLEET)
    done = run(f"exchange node mgmt reset edge-01 -p {policy} --quiet")
    assert done == (0, f"Node management status for roll is reset.\n{AGENT}", "")
    found = run("exchange node management status edge-01").json
    assert found == {"harbor/certs": "waiting", "harbor/roll": "reset"}


@pytest.mark.parametrize("name", ["edge-05", "edge-06"])
def test_an_odd_status_is_reset_too_and_what_the_exchange_does_not_take_is_left_out(
    run: Runner, load: Load, name: str
) -> None:
    load(FLEET)
    assert run(f"exchange node management reset {name}").code == 0
    upgrade = run(f"exchange node management status {name} -l").json["harbor/roll"]["agentUpgradePolicyStatus"]
    assert upgrade["status"] == "reset"
    assert "mood" not in upgrade


def test_a_node_in_the_middle_of_an_upgrade_is_warned_about(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange node management reset edge-04")
    assert done.code == 0
    assert done.stderr == (
        f"{on(run, 'edge-04')}harbor/roll: initiated -> reset\n"
        "Warning: the node is in the middle of the upgrade of harbor/roll (initiated). "
        "After a reset it may be started again while it is still going on.\n"
    )


def test_on_a_terminal_it_asks(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange node management reset edge-01 -p roll", stdin="n\n", tty=True)
    assert done == (
        1,
        "",
        (
            f"{on(run)}harbor/roll: successful -> reset\n"
            f"Reset harbor/roll on harbor/edge-01 (1 node), at {address(run)}? [y/N]: Error: Nothing was changed.\n"
        ),
    )
    assert run("exchange node management status edge-01 -p roll").json == {"harbor/roll": "successful"}
    assert run("exchange node management reset edge-01 -p roll", stdin="y\n", tty=True).code == 0
    assert run("exchange node management status edge-01 -p roll").json == {"harbor/roll": "reset"}
    assert "[y/N]" not in run("exchange node management reset edge-01 -p roll --yes", tty=True).stderr


def test_dry_run_sends_nothing(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange node management reset edge-01 -p certs --dry-run", tty=True, NODEWATCH_FORMAT="json")
    said = f"Reset harbor/certs on harbor/edge-01 (1 node), at {address(run)}: nothing is sent.\n"
    assert done.stderr == f"{on(run)}harbor/certs: waiting -> reset\n{said}"
    upgrade = status("reset")["agentUpgradePolicyStatus"]
    sent = {field: value for field, value in upgrade.items() if value != "" and field != "lastUpdated"}
    assert done.json == {
        "method": "PUT",
        "path": "/orgs/harbor/nodes/edge-01/managementStatus/certs",
        "query": {},
        "body": {"agentUpgradePolicyStatus": sent},
    }
    assert run("exchange node management status edge-01 -p certs").json == {"harbor/certs": "waiting"}


def test_a_node_without_statuses(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange node management reset edge-07")
    assert done == (0, "No management status found for node edge-07 in org harbor\n", "")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nobody", "node 'harbor/nobody' not found."),
        ("edge-01 -p nope", "Node edge-01 does not contain a status for nope in org harbor"),
    ],
)
def test_what_is_not_there(run: Runner, load: Load, line: str, sentence: str) -> None:
    load(FLEET)
    assert run(f"exchange node management reset {line}") == (8, "", f"Error: {sentence}\n")


def test_what_was_done_before_a_failure_is_said(run: Runner, network: responses.RequestsMock) -> None:
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, NODEWATCH_RETRIES="0")
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    place = f"{base}/orgs/harbor/nodes/edge-01"
    network.get(place, json={"nodes": {"harbor/edge-01": node("edge-01")}, "lastIndex": 0})
    statuses = {"harbor/a": status("failed"), "harbor/b": status("failed")}
    network.get(f"{place}/managementStatus", json={"managementStatus": statuses, "lastIndex": 0})
    for name in "ab":
        found = {f"harbor/{name}": status("failed")}
        network.get(f"{place}/managementStatus/{name}", json={"managementStatus": found, "lastIndex": 0})
    network.put(f"{place}/managementStatus/a", json={"code": "ok", "msg": ""}, status=201)
    denied = {"code": "access-denied", "msg": "Access denied: 'harbor/u' may not"}
    network.put(f"{place}/managementStatus/b", json=denied, status=403)
    done = run("exchange node management reset edge-01 --quiet")
    why = "access-denied: Access denied: 'harbor/u' may not"
    assert done == (
        10,
        f"Node management status for a is reset.\n{AGENT}",
        f"Error: 1 status was reset, others were not:\n  harbor/edge-01: not reset: {why}\n",
    )
    sent = json.loads(next(call.request.body for call in network.calls if call.request.method == "PUT") or "")
    assert sent["agentUpgradePolicyStatus"]["status"] == "reset"


def test_names_from_a_server_cannot_drive_the_terminal(run: Runner, load: Load) -> None:
    policy = "harbor/a\x1b[2J"
    load(
        {
            "exchange": {
                "nodes": {"harbor/edge-01": node("edge-01")},
                "managementStatus": {"harbor/edge-01": {policy: status()}},
            }
        }
    )
    done = run("exchange node management reset edge-01", tty=True, stdin="y\n", FORCE_COLOR="", NO_COLOR="1")
    assert "Reset harbor/a\\x1b[2J on harbor/edge-01 (1 node), at " in done.stderr
    assert "Node management status for a\\x1b[2J is reset.\n" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("nodes", ["edge-0[1-3]", "edge-01,edge-02 edge-03", "edge-0?"])
def test_several_nodes(run: Runner, load: Load, nodes: str) -> None:
    load(FLEET)
    done = run(f"exchange node management reset '{nodes}' -p roll --status failed,successful")
    assert done.code == 0
    names = ["edge-01", "edge-02", "edge-03"]
    said = "".join(f"Node management status for roll is reset.\n{AGENT.replace('edge-01', name)}" for name in names)
    assert done.stdout == said
    assert done.stderr.startswith("3 nodes to be reset in harbor/roll:\n")
    found = run("exchange nmp status roll").json
    assert [found[f"harbor/{name}"] for name in [*names, "edge-04"]] == ["reset", "reset", "reset", "initiated"]


def test_several_nodes_of_which_one_has_no_status(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange node management reset 'edge-0[6-7]' -p roll --quiet")
    assert (done.code, done.stderr) == (
        10,
        "Error: 1 status was reset, others were not:\n  harbor/edge-07: not reset: no status\n",
    )
    assert run("exchange node management reset edge-07,edge-08").code == 8
    asked = run("exchange node management reset 'edge-0[1-2]'", tty=True, stdin="n\n")
    assert asked.stderr.endswith(f"Reset these on 2 nodes, at {address(run)}? [y/N]: Error: Nothing was changed.\n")


@pytest.mark.parametrize("policy", ["harbor/", "/roll", "/"])
def test_half_a_name_is_not_all_policies(run: Runner, load: Load, policy: str) -> None:
    load(FLEET)
    said = f"Error: {policy!r} names no policy: write `nmp` or `org/nmp`, or `org/*` for all of them.\n"
    assert run(f"exchange node management reset edge-01 -p {policy} --yes") == (2, "", said)
