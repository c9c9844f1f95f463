from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from edge import FLEET, policy

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

OWN = ("lastUpdated",)


def found(run: Runner, name: str) -> dict[str, object]:
    document: dict[str, object] = run(f"exchange nmp list {name}").json[f"harbor/{name}"]
    return {field: value for field, value in document.items() if field not in OWN}


def test_everything_else_stays(run: Runner, load: Load) -> None:
    load(FLEET)
    before = found(run, "certs")
    done = run("exchange nmp enable certs")
    assert done == (0, "Node management policy harbor/certs enabled in the Horizon Exchange\n", "")
    assert found(run, "certs") == {**before, "enabled": True}


def test_start(run: Runner, load: Load) -> None:
    load(FLEET)
    before = found(run, "certs")
    assert run("exchange nmp enable certs -s 2026-12-01T08:00:00+01:00 -w 600").code == 0
    start = {"start": "2026-12-01T08:00:00+01:00", "startWindow": 600}
    assert found(run, "certs") == {**before, "enabled": True, **start}


def test_already_enabled(run: Runner, load: Load) -> None:
    load(FLEET)
    before = run("exchange nmp list roll").json
    sentence = "Node management policy harbor/roll is already enabled in the Horizon Exchange\n"
    assert run("exchange nmp enable roll") == (0, sentence, "")
    assert run("exchange nmp list roll").json == before


def test_an_enabled_policy_is_given_another_start(run: Runner, load: Load) -> None:
    load(FLEET)
    before = found(run, "roll")
    sentence = "Node management policy harbor/roll enabled in the Horizon Exchange\n"
    assert run("exchange nmp enable roll -w 0") == (0, sentence, "")
    assert found(run, "roll") == {**before, "startWindow": 0}
    assert run("exchange nmp enable roll -s 2026-12-01T08:00:00Z") == (0, sentence, "")
    assert found(run, "roll") == {**before, "startWindow": 0, "start": "2026-12-01T08:00:00Z"}


def test_what_the_exchange_does_not_take_is_not_sent_back(run: Runner, load: Load) -> None:
    load({"exchange": {"managementpolicies": {"harbor/certs": policy(enabled=False, agentImagePolicy={}, more=1)}}})
    assert set(run("exchange nmp enable certs --dry-run").json["body"]) == set(policy()) - {
        "owner",
        "created",
        "lastUpdated",
    }


def test_an_image_policy_stays(run: Runner, load: Load) -> None:
    images = {"manifest": "harbor/images"}
    load({"exchange": {"managementpolicies": {"harbor/certs": policy(agentImagePolicy=images)}}})
    assert run("exchange nmp disable certs --dry-run").json["body"]["agentImagePolicy"] == images


def test_dry_run(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp enable certs --dry-run")
    sent = policy(enabled=True, constraints=None, patterns=None, label="", startWindow=0)
    body = {name: value for name, value in sent.items() if name not in ("owner", "created", "lastUpdated")}
    assert done.json == {
        "method": "PUT",
        "path": "/orgs/harbor/managementpolicies/certs",
        "query": {},
        "body": body,
    }
    assert found(run, "certs")["enabled"] is False


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_an_unknown_policy(run: Runner, load: Load, verb: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp {verb} nope") == (8, "", "Error: NMP nope not found in org harbor\n")
    assert run(f"exchange nmp {verb} ''").code == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("-s xx", "'xx': the start time must be in RFC3339 format or set to \"now\"."),
        (
            "-s 2026-13-01T00:00:00Z",
            "'2026-13-01T00:00:00Z': the start time must be in RFC3339 format or set to \"now\".",
        ),
        ("-s 2026-12-01", "'2026-12-01': the start time must be in RFC3339 format or set to \"now\"."),
        ("-w xx", "Invalid value for '--start-window' / '-w': 'xx' is not a valid integer range."),
    ],
)
def test_a_start_that_is_none(run: Runner, options: str, sentence: str) -> None:
    done = run(f"exchange nmp enable roll {options}")
    assert (done.code, done.stdout) == (2, "")
    assert sentence in done.stderr


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_an_exchange_that_answers_with_another_policy_loses_nothing(
    run: Runner, network: responses.RequestsMock, verb: str
) -> None:
    base = SERVERS["exchange"]
    run.environ["HZN_EXCHANGE_URL"] = base
    network.get(f"{base}/admin/version", body="2.130.0\n", content_type="text/plain")
    certs, roll = policy(label="certs"), policy(label="roll", enabled=verb == "disable")
    another = {"managementPolicy": {"harbor/certs": certs}, "lastIndex": 0}
    network.get(f"{base}/orgs/harbor/managementpolicies/roll", json=another)
    network.get(f"{base}/orgs/harbor/managementpolicies", json=another)
    assert run(f"exchange nmp {verb} roll") == (8, "", "Error: NMP roll not found in org harbor\n")
    all_of_them = {"managementPolicy": {"harbor/certs": certs, "harbor/roll": roll}, "lastIndex": 0}
    network.upsert("GET", f"{base}/orgs/harbor/managementpolicies", json=all_of_them)
    sent = run(f"exchange nmp {verb} roll --dry-run").json
    assert (sent["path"], sent["body"]["label"]) == ("/orgs/harbor/managementpolicies/roll", "roll")


@pytest.mark.parametrize("document", [None, {}])
def test_an_empty_answer_is_not_written_back(
    run: Runner, network: responses.RequestsMock, document: dict[str, object] | None
) -> None:
    base = SERVERS["exchange"]
    run.environ["HZN_EXCHANGE_URL"] = base
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    network.get(f"{base}/orgs/harbor/managementpolicies/roll", json={"managementPolicy": {"harbor/roll": document}})
    done = run("exchange nmp enable roll")
    assert (done.code, done.stdout, [call.request.method for call in network.calls]) == (3, "", ["GET", "GET"])
