from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from edge import FLEET, WORDS, golden, on_node

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

AGENT = FLEET["agent"]["nodemanagement"]


@pytest.mark.parametrize("line", ["nmstatus list", "!nmstatus list", "nmstatus list '*'"])
def test_short(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    done = run(line)
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"harbor/certs": "initiated", "harbor/roll": "failed"}
    assert list(done.json) == ["harbor/certs", "harbor/roll"]


@pytest.mark.parametrize("name", ["roll", "harbor/roll"])
def test_one(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    assert run(f"nmstatus list {name}").json == {"harbor/roll": "failed"}
    assert run(f"nmstatus list {name} -l").json == {"harbor/roll": AGENT["harbor/roll"]}


def test_nothing_is_lost_and_the_empty_is_omitted(run: Runner, load: Load) -> None:
    status: dict[str, Any] = on_node("successful", mood="new", k8s={"secret": {"updated": True}})
    empty = {"startTime": "", "endTime": "", "errorMessage": "", "workingDirectory": ""}
    sent = {**status, "agentUpgradePolicyStatus": {**status["agentUpgradePolicyStatus"], **empty}, "more": [None]}
    load({"agent": {"nodemanagement": {"o/a": sent}}})
    kept = {field: value for field, value in sent["agentUpgradePolicyStatus"].items() if field not in empty}
    assert run("nmstatus list --long").json == {"o/a": {**sent, "agentUpgradePolicyStatus": kept}}


@pytest.mark.parametrize("options", ["nope", "nope -l", "other/roll"])
def test_an_unknown_policy_is_an_empty_list(run: Runner, load: Load, options: str) -> None:
    load(FLEET)
    assert run(f"nmstatus list {options}") == (0, "{}\n", "")


def test_an_unregistered_node_is_an_empty_list(run: Runner, network: responses.RequestsMock) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"] + "/"
    words = {"error": "Exchange registration not recorded.", "input": "management"}
    network.get(f"{SERVERS['agent']}/nodemanagement/status", json=words, status=404)
    assert run("nmstatus list -l") == (0, "{}\n", "")
    assert run("nmstatus list --format table").stdout == (
        "This node has no such status: no policy matches it, it has another name, or the node is not registered.\n"
    )
    assert "Authorization" not in network.calls[0].request.headers


def test_an_agent_that_fails(run: Runner, network: responses.RequestsMock) -> None:
    run.environ.update(HORIZON_URL=SERVERS["agent"], NODEWATCH_RETRIES="0")
    network.get(
        f"{SERVERS['agent']}/nodemanagement/status", body="unable to read management status object\n", status=500
    )
    done = run("nmstatus list")
    assert (done.code, done.stdout) == (5, "")
    assert "answered 500 Internal Server Error to GET /nodemanagement/status: unable to read" in done.stderr


@pytest.mark.parametrize("answer", [[], {"o/a": 7}, "text"])
def test_an_answer_that_is_none(run: Runner, network: responses.RequestsMock, answer: Any) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"]
    network.get(f"{SERVERS['agent']}/nodemanagement/status", json=answer)
    done = run("nmstatus list")
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr.startswith("Error: GET /nodemanagement/status should answer ")


def test_a_text_is_no_answer(run: Runner, network: responses.RequestsMock) -> None:
    run.environ["HORIZON_URL"] = SERVERS["agent"]
    network.get(f"{SERVERS['agent']}/nodemanagement/status", body="Please log in", content_type="text/plain")
    sentence = "Error: GET /nodemanagement/status should answer objects by name, but it answered a text.\n"
    assert run("nmstatus list") == (3, "", sentence)


@pytest.mark.parametrize(("line", "file"), [("", "list"), ("roll -l", "list_long")])
def test_table(run: Runner, load: Load, line: str, file: str) -> None:
    load(FLEET)
    assert run(f"nmstatus list {line} --format table") == (0, golden(f"nmstatus_{file}.txt"), "")


def test_table_of_every_status_word(run: Runner, load: Load) -> None:
    load({"agent": {"nodemanagement": {f"o/{word or 'empty'}": on_node(word) for word in (*WORDS, "asleep", "")}}})
    done = run("nmstatus list", tty=True, COLUMNS="100", NO_COLOR="1")
    assert (done.code, done.stdout) == (0, golden("nmstatus_list_every_word.txt"))
