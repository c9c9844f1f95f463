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
    note = "Its start stays as it is: disable it first, then enable it with the new one.\n"
    assert run("exchange nmp enable roll -s now") == (0, sentence, note)
    assert run("exchange nmp list roll").json == before


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
    another = {"managementPolicy": {"harbor/certs": policy()}, "lastIndex": 0}
    network.get(f"{base}/orgs/harbor/managementpolicies/roll", json=another)
    done = run(f"exchange nmp {verb} roll")
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr == (
        "Error: The Exchange was asked for harbor/roll and answered with harbor/certs. Nothing was changed.\n"
    )
    assert [call.request.method for call in network.calls] == ["GET", "GET"]
