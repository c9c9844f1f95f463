from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from edge import FLEET, address, on_node
from nodewatch.horizon.client import AgentClient

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

AGENT = FLEET["agent"]["nodemanagement"]


def where(run: Runner) -> str:
    return f"this node (1 node), by the agent at {address(run, 'agent')}"


SAID = "harbor/roll: failed -> waiting\n"
MIDDLE = (
    "Warning: the node is in the middle of the upgrade of harbor/certs (initiated). "
    "After a reset it may be started again while it is still going on.\n"
)


@pytest.mark.parametrize("name", ["roll", "harbor/roll"])
def test_the_last_attempt_is_forgotten_and_the_rest_kept(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    sentence = f"The following node management policy will be re-evaluated: {name}.\n"
    assert run(f"nmstatus reset {name}") == (0, sentence, f"Reset on {where(run)}:\n{SAID}")
    before: dict[str, Any] = AGENT["harbor/roll"]
    upgrade = {**before["agentUpgradePolicyStatus"], "status": "waiting"}
    kept = {field: value for field, value in upgrade.items() if field not in ("startTime", "errorMessage")}
    internal = {**before["agentUpgradeInternal"], "downloadAttempts": 0}
    assert run("nmstatus list -l").json == {
        "harbor/certs": AGENT["harbor/certs"],
        "harbor/roll": {"agentUpgradePolicyStatus": kept, "agentUpgradeInternal": internal},
    }


@pytest.mark.parametrize("line", ["nmstatus reset", "nmstatus reset '*'", "!nmstatus reset"])
def test_all_of_them(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    sentence = "The following node management policies will be re-evaluated: harbor/certs,harbor/roll.\n"
    assert run(line) == (
        0,
        sentence,
        f"Reset on {where(run)}:\nharbor/certs: initiated -> waiting\n{SAID}{MIDDLE}",
    )
    assert run("nmstatus list").json == {"harbor/certs": "waiting", "harbor/roll": "waiting"}


@pytest.mark.parametrize(
    ("statuses", "sentence"),
    [
        ({"o/a": on_node("failed")}, "The following node management policy will be re-evaluated: o/a.\n"),
        ({"o/a": None}, "The following node management policy will be re-evaluated: o/a.\n"),
        ({}, "The following node management policies will be re-evaluated: .\n"),
    ],
)
def test_one_or_none(run: Runner, load: Load, statuses: Any, sentence: str, network: responses.RequestsMock) -> None:
    load({"agent": {"nodemanagement": {name: status or {} for name, status in statuses.items()}}})
    assert run("nmstatus reset --quiet") == (0, sentence, "")


def test_an_unregistered_node(run: Runner, network: responses.RequestsMock) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"]
    words = {"error": "Exchange registration not recorded.", "input": "management"}
    for path in ("status", "status/roll"):
        network.get(f"{SERVERS['agent']}/nodemanagement/{path}", json=words, status=404)
    assert run("nmstatus reset") == (0, "No node management policy for this node.\n", "")
    assert run("nmstatus reset roll") == (8, "", "Error: Exchange registration not recorded.\n")


def test_an_unknown_policy(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("nmstatus reset nope") == (8, "", "Error: The nmp nope cannot be found\n")


def test_on_a_terminal_it_asks(run: Runner, load: Load) -> None:
    load(FLEET)
    said = f"harbor/certs: initiated -> waiting\n{MIDDLE}"
    asked = f"Reset on {where(run)}:\n{said}Reset harbor/certs on {where(run)}? [y/N]: "
    assert run("nmstatus reset certs", stdin="\n", tty=True) == (1, "", f"{asked}Error: Nothing was changed.\n")
    assert run("nmstatus list").json == {"harbor/certs": "initiated", "harbor/roll": "failed"}
    assert run("nmstatus reset certs", stdin="yes\n", tty=True).stderr == asked
    assert run("nmstatus list certs").json == {"harbor/certs": "waiting"}
    assert "[y/N]" not in run("nmstatus reset certs --yes", tty=True).stderr


def test_dry_run_sends_nothing(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("nmstatus reset roll --dry-run")
    said = f"Reset harbor/roll on {where(run)}: nothing is sent.\n"
    assert (done.code, done.stderr) == (0, f"Reset on {where(run)}:\n{SAID}{said}")
    assert done.json == {"method": "PUT", "path": "/nodemanagement/reset/roll", "query": {}, "body": None}
    assert run("nmstatus list roll").json == {"harbor/roll": "failed"}


def test_what_changed_while_it_asked_is_asked_about_again(run: Runner, load: Load, monkeypatch: Any) -> None:
    load(FLEET)
    words = iter(["failed", "initiated", "initiated"])
    monkeypatch.setattr(AgentClient, "statuses", lambda *_: {"harbor/roll": on_node(next(words))})
    done = run("nmstatus reset roll", stdin="y\ny\n", tty=True)
    question = f"Reset harbor/roll on {where(run)}? [y/N]: "
    assert (done.code, done.stderr) == (
        0,
        (
            f"Reset on {where(run)}:\n{SAID}{question}Meanwhile this has changed:\n"
            f"Reset on {where(run)}:\nharbor/roll: initiated -> waiting\n{MIDDLE.replace('certs', 'roll')}{question}"
        ),
    )


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (201, "", 0),
        (200, '"Updated status for NMP o/a."', 0),
        (200, "", 5),
        (200, "{}", 5),
        (200, "<html>", 5),
        (202, '"x"', 5),
    ],
)
def test_what_counts_as_done(run: Runner, network: responses.RequestsMock, status: int, body: str, code: int) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"]
    network.get(f"{SERVERS['agent']}/nodemanagement/status/o/a", json={"o/a": on_node("failed")})
    network.put(f"{SERVERS['agent']}/nodemanagement/reset/o/a", body=body, status=status)
    done = run("nmstatus reset o/a --quiet")
    assert done.code == code
    assert ("re-evaluated" in done.stdout, "look before you repeat it" in done.stderr) == (not code, bool(code))


def test_what_the_agent_is_sent(run: Runner, network: responses.RequestsMock) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"]
    network.get(f"{SERVERS['agent']}/nodemanagement/status/o/a", json={"o/a": on_node("failed")})
    network.put(f"{SERVERS['agent']}/nodemanagement/reset/o/a", json="Updated status for NMP o/a.", status=201)
    assert run("nmstatus reset o/a").code == 0
    sent = network.calls[-1].request
    assert (sent.method, sent.body, sent.headers["Content-Type"]) == ("PUT", b"null", "application/json")


def test_processes_that_reset_at_once_lose_nothing(tmp_path: Path) -> None:
    names = [f"o/p{number}" for number in range(4)]
    statuses = {name: {"agentUpgradePolicyStatus": {"scheduledTime": "", "status": "failed"}} for name in names}
    (tmp_path / "fleet.json").write_text(
        json.dumps(
            {
                "agent": {"nodemanagement": {name: on_node("failed", 4, errorMessage="no") for name in names}},
                "exchange": {"nodes": {"o/n": {"name": "n"}}, "managementStatus": {"o/n": statuses}},
            }
        )
    )
    store = tmp_path / "fleet.db"
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "NODEWATCH_LOCAL": str(store)}

    def start(*words: str) -> subprocess.Popen[bytes]:
        program = Path(sys.prefix, "bin", "nodewatch")
        return subprocess.Popen([program, *words], env=environ, cwd=tmp_path, stdout=subprocess.DEVNULL)

    def show(*words: str) -> Any:
        program = Path(sys.prefix, "bin", "nodewatch")
        return json.loads(subprocess.run([program, *words], env=environ, capture_output=True, check=True).stdout)

    assert start("local", "load", "fleet.json").wait() == 0
    running = [start("nmstatus", "reset", name) for name in names]
    running += [start("exchange", "node", "management", "reset", "o/n", "-p", name) for name in names]
    assert [process.wait() for process in running] == [0] * 8
    assert show("nmstatus", "list") == dict.fromkeys(names, "waiting")
    assert show("exchange", "node", "management", "status", "o/n") == dict.fromkeys(names, "reset")


@pytest.mark.parametrize("name", ["/", "o/", "/a", "a//b"])
def test_a_name_with_an_empty_part_names_nothing(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    sentence = f"Error: '{name}' names no policy: write `nmp` or `org/nmp`.\n"
    assert run(f"nmstatus reset {name} --yes") == (2, "", sentence)
