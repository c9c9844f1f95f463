from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from edge import FLEET, address, policy
from nodewatch.horizon.client import ExchangeClient

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

QUESTION = (
    "Are you sure you want to remove node management policy roll for org harbor from the Horizon Exchange? [y/N]: "
)
LOST = """\
The statuses of harbor/roll at {} on 6 nodes are lost: \
successful 1, failed 1, precheck failed 1, initiated 1, asleep 1, (no status) 1.
Warning: an upgrade is in progress on 1 node: harbor/edge-04.
"""
REMOVED = "Node management policy harbor/roll removed from the Horizon Exchange.\n"


def left(run: Runner) -> list[str]:
    return list(run("exchange nmp list").json)


@pytest.mark.parametrize("line", ["remove roll --force", "rm harbor/roll -f", "rm roll --yes"])
def test_it_goes_with_its_statuses(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp {line}") == (0, REMOVED, LOST.format(address(run)))
    assert left(run) == ["harbor/certs", "harbor/nobody"]
    assert run("exchange nmp status '*'").json == {"harbor/edge-01": {"harbor/certs": "waiting"}}


@pytest.mark.parametrize("tty", [True, False])
@pytest.mark.parametrize("reply", ["n\n", "\n", ""])
def test_it_asks_and_takes_no_for_an_answer(run: Runner, load: Load, reply: str, tty: bool) -> None:
    load(FLEET)
    done = run("exchange nmp remove roll", stdin=reply, tty=tty)
    end = "" if reply else "\n"  # who ends the input has not ended the line
    assert done == (1, "", f"{LOST.format(address(run))}{QUESTION}{end}Error: Nothing was changed.\n")
    assert "harbor/roll" in left(run)


@pytest.mark.parametrize("tty", [True, False])
def test_it_asks_and_takes_yes_for_an_answer(run: Runner, load: Load, tty: bool) -> None:
    load(FLEET)
    assert run("exchange nmp remove roll --quiet", stdin="y\n", tty=tty) == (0, REMOVED, QUESTION)


def test_a_policy_that_changed_while_it_asked_is_asked_about_again(
    run: Runner, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(FLEET)
    labels = iter("abb")
    monkeypatch.setattr(ExchangeClient, "policies", lambda *_: {"harbor/roll": policy(label=next(labels))})
    again = f"{QUESTION}Meanwhile the policy has been changed.\n{QUESTION}"
    assert run("exchange nmp remove roll --quiet", stdin="y\ny\n") == (0, REMOVED, again)


@pytest.mark.parametrize(("status", "code"), [(204, 0), (200, 5), (202, 5), (500, 5), (404, 5), (403, 6)])
def test_what_counts_as_done(run: Runner, network: responses.RequestsMock, status: int, code: int) -> None:
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, NODEWATCH_RETRIES="0")
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    network.get(f"{base}/orgs/harbor/managementpolicies/roll", json={"managementPolicy": {"harbor/roll": policy()}})
    network.delete(f"{base}/orgs/harbor/managementpolicies/roll", status=status)
    done = run("exchange nmp remove roll --force --quiet")
    assert (done.code, done.stdout) == (code, REMOVED * (not code))


def test_a_percent_sign_would_remove_others_too(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp remove 'r%' --force").code == 2
    assert "harbor/roll" in left(run)


def test_dry_run_removes_nothing_and_does_not_ask(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp remove roll --dry-run")
    said = f"Remove node management policy harbor/roll, at {address(run)}: nothing is sent.\n"
    assert (done.code, done.stderr) == (0, LOST.format(address(run)) + said)
    assert done.json == {"method": "DELETE", "path": "/orgs/harbor/managementpolicies/roll", "query": {}}
    assert "harbor/roll" in left(run)


def test_an_unknown_policy(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp rm nope -f")
    assert done == (8, "", "Error: Node management policy nope not found in org harbor\n")


@pytest.mark.parametrize("name", ["'*'", "''", "harbor/"])
def test_never_all_of_them(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp rm {name} -f").code == 2
    assert len(left(run)) == 3
