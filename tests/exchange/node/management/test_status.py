from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import pytest

from edge import FLEET, golden, node, policy, status
from meant import node_policy

if TYPE_CHECKING:
    from conftest import Load, Runner


@pytest.mark.parametrize("line", ["node management status edge-01", "node mgmt status harbor/edge-01"])
def test_short(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    done = run(f"exchange {line}")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"harbor/certs": "waiting", "harbor/roll": "successful"}


@pytest.mark.parametrize("policy", ["roll", "harbor/roll"])
def test_one_policy(run: Runner, load: Load, policy: str) -> None:
    load(FLEET)
    assert run(f"exchange node management status edge-01 -p {policy}").json == {"harbor/roll": "successful"}


def test_long(run: Runner, load: Load) -> None:
    load(FLEET)
    found = run("exchange node management status edge-01 -l").json
    assert list(found) == ["harbor/certs", "harbor/roll"]
    assert found["harbor/certs"] == {
        "agentUpgradePolicyStatus": {
            "scheduledTime": "2026-11-21T11:00:00Z",
            "upgradedVersions": {"softwareVersion": "2.31.0", "certVersion": "", "configVersion": "1.0.0"},
            "status": "waiting",
        }
    }


def test_a_status_that_is_null(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange node management status edge-06").json == {"harbor/roll": None}
    assert run("exchange node management status edge-06 -l").json == {"harbor/roll": None}
    assert "Status:  (no status)" in run("exchange node management status edge-06 --format table").stdout


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nobody", "node 'harbor/nobody' not found."),
        ("other/edge-01", "node 'other/edge-01' not found."),
        ("edge-07", "Statuses for node edge-07 not found in org harbor"),
        ("edge-07 -p roll", "Statuses for node edge-07 not found in org harbor"),
        ("edge-01 -p nope", "Node edge-01 does not contain a status for nope in org harbor"),
        ("edge-01 -p other/roll", "Node edge-01 does not contain a status for other/roll in org harbor"),
    ],
)
def test_what_is_not_there(run: Runner, load: Load, line: str, sentence: str) -> None:
    load(FLEET)
    assert run(f"exchange node management status {line}") == (8, "", f"Error: {sentence}\n")


def test_several_nodes_are_another_commands(run: Runner, load: Load) -> None:
    load(FLEET)
    for nodes in ("edge-[01-02]", "edge-*", "edge-01,edge-02", "@nodes", "-"):
        done = run(f"exchange node management status '{nodes}' -p roll")
        there = f"`nodewatch exchange nmp status roll --nodes {quote(nodes)}`"
        assert done == (2, "", f"Error: this is about one node. Of {nodes} tells {there}.\n")
    assert run("exchange node management list 'edge-*'").code == 2


@pytest.mark.parametrize(("line", "file"), [("edge-01", "status"), ("edge-05 -l", "status_long")])
def test_table(run: Runner, load: Load, line: str, file: str) -> None:
    load(FLEET)
    done = run(f"exchange node management status {line} --format table")
    assert done == (0, golden(f"exchange_node_management_{file}.txt"), "")


def test_what_waits_behind_another_upgrade_says_so(run: Runner, load: Load) -> None:
    statuses = {"harbor/certs": status("downloaded"), "harbor/roll": status("waiting")}
    load({"exchange": {"nodes": {"harbor/edge-01": node("edge-01")}, "managementStatus": {"harbor/edge-01": statuses}}})
    waiting = run("exchange node management status edge-01 -p roll --format table").stdout
    assert "Waits for:   harbor/certs\n" in waiting
    assert "Waits for:" not in run("exchange node management status edge-01 -p certs --format table").stdout


def test_the_whole_story_of_a_node(run: Runner, load: Load) -> None:
    known = {
        "pattern": "",
        "arch": "arm64",
        "softwareVersions": {"horizon": "2.30.0", "certificate": "1.0.0"},
        "lastHeartbeat": "2026-11-21T11:00:00Z",
    }
    load(
        {
            "exchange": {
                "managementpolicies": {
                    "harbor/roll": policy(),
                    "harbor/late": policy(constraints=["site == rome"]),
                    "harbor/other": policy(constraints=["site == oslo"]),
                },
                "nodes": {"harbor/n": {**node("n"), **known}},
                "nodePolicies": {"harbor/n": node_policy(site="rome")},
                "managementStatus": {"harbor/n": {"harbor/roll": status("successful")}},
            }
        }
    )
    shown = run("exchange node management status n --format table").stdout
    assert shown.startswith(
        "Node:       harbor/n\n"
        "State:      registered\n"
        "Type:       device, arm64\n"
        "Installed:  agent 2.30.0, certificate 1.0.0\n"
        "Heartbeat:  2026-11-21 11:00:00 UTC\n"
    )
    assert shown.endswith("\nMeant for it, without a status: harbor/late\n")
    alone = run("exchange node management status n -p roll --format table").stdout
    assert "Meant for it" not in alone
