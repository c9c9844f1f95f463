"""`exchange nmp status`, `exchange node management status` and `nmstatus list` with --wait and --watch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from edge import node, on_node, policy, status
from nodewatch.errors import ServiceTrouble
from nodewatch.offline.backend import LocalBackend

if TYPE_CHECKING:
    from conftest import Load, Play, Runner

WAIT = "exchange nmp status roll --wait"
NAMES = ("edge-1", "edge-2", "edge-3")
NO_SPACE = "Upgrade error: no space"


def words(*found: str | None, **fields: Any) -> Any:
    """Return a fleet whose nodes have these statuses of one policy (None: not yet); nodes beyond are not registered."""
    more = {"lastUpdated": ""}
    statuses = {
        f"harbor/{name}": {"harbor/roll": status(word, **(more | fields if word == "failed" else more))}
        for name, word in zip(NAMES, found, strict=False)
        if word
    }
    return {
        "exchange": {
            "managementpolicies": {"harbor/roll": policy()},
            "nodes": {
                f"harbor/{name}": {**node(name), "publicKey": "k" if place < len(found) else ""}
                for place, name in enumerate(NAMES)
            },
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
2026-11-21T12:00:00Z  harbor/roll: 0 of 2 nodes successful, 2 in progress; 1 other has no status
2026-11-21T12:00:30Z  harbor/roll: 1 of 2 nodes successful, 1 in progress; 1 other has no status; \
initiated -> failed ({NO_SPACE}): harbor/edge-1; initiated -> successful: harbor/edge-2
2026-11-21T12:01:00Z  harbor/roll: 1 of 2 nodes successful, 1 in progress; 1 other has no status; \
failed ({NO_SPACE}) -> rollback started: harbor/edge-1
2026-11-21T12:02:00Z  harbor/roll: 1 of 2 nodes successful, 1 failed; 1 other has no status; \
rollback started -> rollback successful: harbor/edge-1
""",
        """\
Error: harbor/roll: 1 of 2 nodes successful, 1 failed; 1 other has no status.
  Failed (1): harbor/edge-1: rollback successful, seen since 12:02:00 UTC
""",
    )


def test_failed_counts_when_it_has_stood_for_a_while(run: Runner, play: Play) -> None:
    play({0: words("initiated"), 30: words("failed")})
    lines = run(WAIT.replace("--wait", "--watch")).stdout.splitlines()
    assert [line[:20] for line in lines] == ["2026-11-21T12:00:00Z", "2026-11-21T12:00:30Z", "2026-11-21T12:02:30Z"]


def test_failed_counts_at_once_if_the_exchange_says_that_it_is_old(run: Runner, play: Play) -> None:
    play({0: words("failed", lastUpdated="2026-11-21T11:57:00.000Z[UTC]")})
    done = run(f"{WAIT} --timeout 1s")
    assert (done.code, done.stderr.splitlines()[1]) == (10, "  Failed (1): harbor/edge-1: failed")


def test_the_time_runs_out(run: Runner, play: Play) -> None:
    play({0: words("successful", "downloaded", "waiting")})
    assert run(f"{WAIT} --timeout 5m")[::2] == (
        11,
        """\
Error: the time ran out after 5 min: harbor/roll: 1 of 3 nodes successful, 2 in progress.
  Lagging (1): harbor/edge-2: downloaded
  Lagging (1): harbor/edge-3: waiting
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
Error: the time ran out after 1 min: harbor/roll: 0 of 1 node successful, 1 without a status.
  Lagging (1): harbor/edge-1: (not reported)
""",
    )


def test_a_node_that_may_be_meant_is_waited_for_until_it_has_a_status(run: Runner, play: Play) -> None:
    life = {0: words(None, None), 30: words("successful", None), 60: words("successful", "waiting")}
    play({**life, 90: words("successful", "successful")})
    assert run(WAIT)[::2] == (0, "")
    play(life | {60: words("successful", None)})
    assert run(f"{WAIT} --timeout 5m")[::2] == (
        11,
        """\
Error: the time ran out after 5 min: harbor/roll: 1 of 2 nodes successful, 1 without a status; 1 other has no status.
  Lagging (1): harbor/edge-2: (not reported)
""",
    )


@pytest.mark.parametrize(("expect", "code"), [("1", 0), ("50%", 0), ("2", 11), ("51%", 11), ("100%", 11)])
def test_expecting_a_number_of_nodes(run: Runner, play: Play, expect: str, code: int) -> None:
    play({0: words(None, None), 30: words("successful", None)})
    done = run(f"{WAIT} --timeout 5m --expect {expect}")
    assert done.code == code
    assert done.stderr == (
        "Error: the time ran out after 5 min: harbor/roll: 1 of 1 node successful; "
        "1 more is expected; 2 others have no status.\n"
    ) * (code == 11)


@pytest.mark.parametrize("options", ["--expect 0", "--expect 101%", "--expect x", "--expect 3 --nodes edge-1"])
def test_expecting_what_makes_no_sense(run: Runner, load: Load, options: str) -> None:
    load(words("successful"))
    assert run(f"{WAIT} {options}").code == 2
    assert run("exchange nmp status roll --expect 3") == (2, "", "Error: --expect needs --wait or --watch.\n")


def test_nodes_that_are_named_are_all_that_is_waited_for(run: Runner, play: Play) -> None:
    play({0: words("successful", None, "failed"), 30: words("successful", "successful", "failed")})
    assert run(f"{WAIT} --nodes edge-[1-2]").json == {"harbor/edge-1": "successful", "harbor/edge-2": "successful"}
    assert run("exchange nmp status roll --nodes edge-[1-9],harbor/edge-3") == (
        8,
        "",
        "Error: 6 nodes not found in org harbor: harbor/edge-[4-9]\n",
    )


def test_a_policy_that_was_changed_since(run: Runner, play: Play) -> None:
    fleet = words("successful")
    status_of = fleet["exchange"]["managementStatus"]["harbor/edge-1"]["harbor/roll"]["agentUpgradePolicyStatus"]
    status_of["lastUpdated"] = "2026-11-20T11:59:59Z"
    play({0: fleet})
    ended = """\
Error: {}: 0 of 1 {} successful, 1 not started over since the policy was changed{}.
  Failed (1): harbor/{}: successful
"""
    others = "; 2 others have no status"
    assert run(WAIT)[::2] == (10, ended.format("harbor/roll", "node", others, "edge-1"))
    line = "exchange node management status edge-1 --wait"
    for each in (line, f"{line} -p roll"):
        assert run(each)[::2] == (10, ended.format("edge-1", "policy", "", "roll"))


def test_a_status_that_nothing_follows(run: Runner, play: Play) -> None:
    play({0: words("unknown")})
    done = run(WAIT.replace("--wait", "--watch"))
    assert done.code == 10
    assert [line[:20] for line in done.stdout.splitlines()] == ["2026-11-21T12:00:00Z", "2026-11-21T12:02:00Z"]
    assert "0 of 1 node successful, 1 in a status that nothing follows" in done.stderr


def test_a_policy_that_is_disabled(run: Runner, play: Play) -> None:
    fleet = words("waiting", None)
    fleet["exchange"]["managementpolicies"]["harbor/roll"]["enabled"] = False
    play({0: fleet})
    assert run(f"{WAIT} --timeout 1m")[::2] == (
        11,
        """\
Error: the time ran out after 1 min: harbor/roll: 0 of 1 node successful, 1 in progress; 2 others have no status; \
the policy is disabled: nothing will start.
  Lagging (1): harbor/edge-1: waiting
""",
    )


def test_nodes_whose_status_is_final_are_asked_seldom(run: Runner, play: Play, monkeypatch: Any) -> None:
    asked: list[str] = []
    send = LocalBackend.send

    def noted(self: LocalBackend, request: Any) -> Any:
        asked.append(request.path)
        return send(self, request)

    monkeypatch.setattr(LocalBackend, "send", noted)
    play(
        {
            0: words("successful", "initiated", "rollback failed"),
            310: words("successful", "successful", "rollback failed"),
        }
    )
    assert run(WAIT).code == 10
    times = {name: sum(f"/nodes/{name}/" in path for path in asked) for name in NAMES}
    assert times == {"edge-1": 4, "edge-2": 23, "edge-3": 4}  # looks 1, 11, 21, and 22, which asks twice


def test_a_policy_that_is_disabled_meanwhile(run: Runner, play: Play) -> None:
    play({0: words("waiting", "initiated"), 30: words()})
    assert run(WAIT)[::2] == (
        12,
        """\
Error: harbor/roll: 0 of 0 nodes successful; 3 others have no status.
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
node,nmp,status,softwareVersion,configVersion,certVersion,scheduledTime,startTime,endTime,lastUpdated,errorMessage,\
class,type,version
harbor/edge-1,harbor/roll,successful,2.31.0,1.0.0,,2026-11-21T11:00:00Z,,,,,successful,device,
harbor/edge-2,harbor/roll,failed,2.31.0,1.0.0,,2026-11-21T11:00:00Z,,,,{NO_SPACE},failed,device,
harbor/edge-3,harbor/roll,,,,,,,,,,silent,device,
"""
    )
    assert run("exchange node management status edge-1 --format names").stdout == "harbor/roll\n"


def test_the_statuses_of_a_node(run: Runner, play: Play) -> None:
    play({0: words("initiated"), 30: words("successful")})
    assert run("exchange node management status edge-1 --wait")[::2] == (0, "")
    play({0: words("initiated"), 30: words("precheck failed")})
    assert run("exchange node management status edge-1 --wait")[::2] == (
        10,
        """\
Error: edge-1: 0 of 1 policy successful, 1 failed.
  Failed (1): harbor/roll: precheck failed, seen since 12:00:30 UTC
""",
    )


@pytest.mark.parametrize("options", ["", "--columns node,status"])
def test_a_terminal_keeps_the_table_or_the_list_that_is_asked_for(run: Runner, play: Play, options: str) -> None:
    play({0: words("successful", "successful", "successful")})
    line = f"exchange nmp status roll {options}"
    done = run(f"{line} --watch", tty=True, NO_COLOR="1")
    left = done.stdout.split("\x1b[?1049l")[1]
    assert left.partition("\n\n")[2] == run(line, tty=True, NO_COLOR="1").stdout


def test_a_policy_that_is_named_is_waited_for_on_a_node(run: Runner, play: Play) -> None:
    line, life = "exchange node management status edge-1 -p roll --wait", {0: words(None), 30: words("successful")}
    play(life)
    assert run(line).json == {"harbor/roll": "successful"}
    play(life)
    whole = run(f"{line} --long").json
    assert whole == run("exchange node management status edge-1 --long").json


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
    assert run("nmstatus list --wait")[::2] == (
        12,
        """\
Error: this node: 0 of 0 policies successful.
  Missing (1): harbor/roll, last seen: initiated
""",
    )
    play({0: agent()})
    assert run("nmstatus list --wait") == (8, "", "Error: this node has no status of a policy.\n")


@pytest.mark.parametrize("line", [WAIT, "nmstatus list --wait", "exchange node management status edge-1 --wait"])
def test_ctrl_c(run: Runner, play: Play, line: str) -> None:
    agent = {"agent": {"nodemanagement": {"harbor/roll": on_node("waiting")}}}
    play({0: {**words("initiated"), **agent}, 10: KeyboardInterrupt()})
    assert run(line) == (130, "", "Interrupted.\n")


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        ("--status failed", {"harbor/edge-2": "precheck failed"}),
        ("--filter 'name = edge-1'", {"harbor/edge-1": "successful"}),
        ("--columns node", [{"node": f"harbor/{name}"} for name in NAMES]),
        ("--count-by class", [{"class": name, "count": 1} for name in ("failed", "silent", "successful")]),
    ],
)
def test_options_of_the_list_choose_what_is_printed(run: Runner, play: Play, options: str, printed: Any) -> None:
    play({0: words("successful", "waiting"), 20: words("successful", "precheck failed")})
    done = run(f"{WAIT} {options}")
    assert (done.code, done.json) == (10, printed)
    assert done.stderr.startswith("Error: harbor/roll: 1 of 2 nodes successful, 1 failed; 1 other has no status.\n")
    lines = run(f"{WAIT.replace('--wait', '--watch')} --format json {options}").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [printed]


@pytest.mark.parametrize("command", ["exchange node management status edge-1", "nmstatus list"])
def test_options_of_the_list_choose_what_is_printed_of_one_node(run: Runner, play: Play, command: str) -> None:
    on = {"harbor/roll": on_node("successful"), "harbor/next": on_node("precheck failed")}
    fleet = words("successful")
    fleet["exchange"]["managementStatus"]["harbor/edge-1"]["harbor/next"] = status("precheck failed")
    play({0: {**fleet, "agent": {"nodemanagement": on}}})
    assert run(f"{command} --wait --filter 'class = failed'").json == {"harbor/next": "precheck failed"}
    assert run(f"{command} --wait --format names").stdout == "harbor/next,harbor/roll\n"


def test_a_terminal_shows_the_list_that_is_asked_for(run: Runner, play: Play) -> None:
    play({0: words("successful", "waiting"), 20: words("successful", "precheck failed")})
    done = run(f"{WAIT.replace('--wait', '--watch')} --count-by class", tty=True, NO_COLOR="1")
    left = done.stdout.split("\x1b[?1049l")[1]
    assert [line.split()[0] for line in left.splitlines()[-3:]] == ["failed", "silent", "successful"]


def test_a_status_of_all_policies_that_is_not_there_yet(run: Runner, play: Play) -> None:
    def with_all(*found: str | None) -> Any:
        fleet = words(*found)
        fleet["exchange"]["managementpolicies"]["harbor/roll"]["constraints"] = []
        return fleet

    play({0: with_all(None, "successful"), 30: with_all("waiting", "successful"), 60: with_all(*["successful"] * 2)})
    assert run(WAIT.replace("roll", "'*'"))[::2] == (0, "")
