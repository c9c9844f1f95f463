"""`exchange nmp status`, `exchange node management status` and `nmstatus list` with --wait and --watch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import WORDS, node, on_node, policy, status
from nodewatch.errors import ServiceTrouble
from nodewatch.horizon.outcome import Look, outcome
from nodewatch.watch.model import Seen

if TYPE_CHECKING:
    from conftest import Play, Runner

WAIT = "exchange nmp status roll --wait"
NAMES = ("edge-1", "edge-2", "edge-3")
NO_SPACE = "Upgrade error: no space"


def words(*found: str | None, **fields: Any) -> Any:
    """Return a fleet whose nodes have these statuses of one policy; a node beyond them has none."""
    more = {"lastUpdated": ""}
    statuses = {
        f"harbor/{name}": {"harbor/roll": status(word, **(more | fields if word == "failed" else more))}
        for name, word in zip(NAMES, found, strict=False)
        if word
    }
    return {
        "exchange": {
            "managementpolicies": {"harbor/roll": policy()},
            "nodes": {f"harbor/{name}": node(name) for name in NAMES},
            "managementStatus": statuses,
        }
    }


def test_an_upgrade_that_succeeds(run: Runner, play: Play) -> None:
    play(
        {
            0: words("waiting", "waiting"),
            30: words("downloaded", "download started"),
            60: words("initiated", "successful"),
            90: words("no action required", "successful"),
        }
    )
    done = run(WAIT)
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"harbor/edge-1": "no action required", "harbor/edge-2": "successful"}


def test_an_upgrade_that_is_rolled_back(run: Runner, play: Play) -> None:
    play(
        {
            0: words("initiated", "initiated"),
            30: words("failed", "successful", errorMessage=NO_SPACE),
            60: words("rollback started", "successful"),
            120: words("rollback successful", "successful"),
        }
    )
    assert run(WAIT.replace("--wait", "--watch")) == (
        10,
        f"""\
2026-11-21T12:00:00Z  harbor/roll: 0 of 2 nodes successful, 2 in progress; 1 without a status
2026-11-21T12:00:30Z  harbor/roll: 1 of 2 nodes successful, 1 in progress; 1 without a status; \
initiated -> failed ({NO_SPACE}): harbor/edge-1; initiated -> successful: harbor/edge-2
2026-11-21T12:01:00Z  harbor/roll: 1 of 2 nodes successful, 1 in progress; 1 without a status; \
failed ({NO_SPACE}) -> rollback started: harbor/edge-1
2026-11-21T12:02:00Z  harbor/roll: 1 of 2 nodes successful, 1 failed; 1 without a status; \
rollback started -> rollback successful: harbor/edge-1
""",
        """\
Error: harbor/roll: 1 of 2 nodes successful, 1 failed; 1 without a status.
  Failed (1): harbor/edge-1
""",
    )


def test_failed_counts_when_it_has_stood_for_a_while(run: Runner, play: Play) -> None:
    play({0: words("initiated"), 30: words("failed")})
    lines = run(WAIT.replace("--wait", "--watch")).stdout.splitlines()
    assert [line[:20] for line in lines] == ["2026-11-21T12:00:00Z", "2026-11-21T12:00:30Z", "2026-11-21T12:02:30Z"]


def test_failed_counts_at_once_if_the_exchange_says_that_it_is_old(run: Runner, play: Play) -> None:
    play({0: words("failed", lastUpdated="2026-11-21T11:57:00.000Z[UTC]")})
    done = run(f"{WAIT} --timeout 1s")
    assert (done.code, done.stderr.splitlines()[1]) == (10, "  Failed (1): harbor/edge-1")


def test_the_time_runs_out(run: Runner, play: Play) -> None:
    play({0: words("successful", "downloaded", "asleep")})
    assert run(f"{WAIT} --timeout 5m")[::2] == (
        11,
        """\
Error: the time ran out after 5 min: harbor/roll: 1 of 3 nodes successful, 2 in progress.
  Lagging (2): harbor/edge-[2-3]
""",
    )


def test_no_status_at_all(run: Runner, play: Play) -> None:
    play({0: words()})
    assert run(WAIT) == (8, "", "Error: no node has a status of harbor/roll.\n")


def test_a_node_that_is_named_is_waited_for_before_it_has_a_status(run: Runner, play: Play) -> None:
    play({0: words(), 30: words("waiting"), 60: words("successful")})
    assert run(f"{WAIT} -N edge-1").code == 0
    play({0: words()})
    assert run(f"{WAIT} -N edge-1 --timeout 1m")[::2] == (
        11,
        """\
Error: the time ran out after 1 min: harbor/roll: 0 of 0 nodes successful; 1 without a status.
  Lagging (1): harbor/edge-1
""",
    )


def test_a_policy_that_is_disabled_meanwhile(run: Runner, play: Play) -> None:
    play({0: words("waiting", "initiated"), 30: words()})
    assert run(WAIT)[::2] == (
        12,
        """\
Error: harbor/roll: 0 of 0 nodes successful; 3 without a status, 2 left without a status before their end.
  Missing (1): harbor/edge-2, last seen: initiated
  Missing (1): harbor/edge-1, last seen: waiting
""",
    )


def test_an_exchange_down_for_a_while(run: Runner, play: Play) -> None:
    play(
        {
            0: words("initiated"),
            30: ServiceTrouble("no", status=503, document={"code": "x", "msg": "down"}),
            60: words("successful"),
        }
    )
    assert run(WAIT)[::2] == (0, "")


def test_names_and_csv(run: Runner, play: Play) -> None:
    play({0: words("successful", "failed", errorMessage=NO_SPACE)})
    assert run("exchange nmp status roll --format names").stdout == "harbor/edge-[1-2]\n"
    assert (
        run("exchange nmp status roll --format csv").stdout
        == f"""\
node,nmp,status,softwareVersion,configVersion,certVersion,scheduledTime,startTime,endTime,lastUpdated,errorMessage
harbor/edge-1,harbor/roll,successful,2.31.0,1.0.0,,2026-11-21T11:00:00Z,,,,
harbor/edge-2,harbor/roll,failed,2.31.0,1.0.0,,2026-11-21T11:00:00Z,,,,{NO_SPACE}
"""
    )
    assert run("exchange node management status edge-1 --format names").code == 2


def test_the_statuses_of_a_node(run: Runner, play: Play) -> None:
    play({0: words("initiated"), 30: words("successful")})
    assert run("exchange node management status edge-1 --wait")[::2] == (0, "")
    play({0: words("initiated"), 30: words("precheck failed")})
    assert run("exchange node management status edge-1 --wait")[::2] == (
        10,
        """\
Error: edge-1: 0 of 1 policy successful, 1 failed.
  Failed (1): harbor/roll
""",
    )


def test_the_statuses_that_the_agent_has(run: Runner, play: Play) -> None:
    def agent(**words: str) -> Any:
        return {"agent": {"nodemanagement": {f"harbor/{name}": on_node(word) for name, word in words.items()}}}

    play(
        {
            0: agent(roll="initiated"),
            30: agent(roll="successful", certs="waiting"),
            60: agent(roll="successful", certs="successful"),
        }
    )
    assert run("nmstatus list --wait")[::2] == (0, "")
    play({0: agent(roll="initiated"), 30: agent()})
    assert run("nmstatus list --wait").code == 12
    play({0: agent()})
    assert run("nmstatus list --wait") == (8, "", "Error: this node has no status of a policy.\n")


@pytest.mark.parametrize("line", [WAIT, "nmstatus list --wait", "exchange node management status edge-1 --wait"])
def test_ctrl_c(run: Runner, play: Play, line: str) -> None:
    agent = {"agent": {"nodemanagement": {"harbor/roll": on_node("waiting")}}}
    play({0: {**words("initiated"), **agent}, 10: KeyboardInterrupt()})
    assert run(line) == (130, "", "Interrupted.\n")


statuses = st.dictionaries(
    st.text(min_size=1, max_size=3),
    st.sampled_from([*(status(word, lastUpdated="") for word in WORDS), None]),
    max_size=6,
)


@given(found=statuses, seconds=st.sampled_from([0, 119, 120]), silent=st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_every_status_is_successful_failed_or_lags(found: Any, seconds: int, silent: int) -> None:
    seen = Seen(datetime(2026, 11, 21, 12, tzinfo=UTC), dict.fromkeys(found, 0.0), timedelta(seconds=120), seconds)
    result = outcome(Look("it", "nodes", found, silent), seen)
    good = {
        name
        for name, each in found.items()
        if each and each["agentUpgradePolicyStatus"]["status"] in ("successful", "no action required")
    }
    assert sorted([*good, *result.failed, *result.lagging]) == sorted(found)
    assert result.finished == (not result.lagging)
    assert result.succeeded == (bool(found) and len(good) == len(found))
    assert result.gone == (not found)
