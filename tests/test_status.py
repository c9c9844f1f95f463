from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from fleets import COMPONENTS, SESSIONS, component, session

if TYPE_CHECKING:
    import responses

    from conftest import Load, Play, Runner

FAILED_OVERNIGHT = session("night", "complete", components="x1,x2,x3")
NO_NODES = session("empty", "complete")
NO_NODES["status"] |= {"error": "No nodes were found to act upon."}
NODES = [component(name, override="failed", session="night") for name in ("x1", "x2")]
OLD = {**session("old"), "status": {"status": "complete", "end_time": "2026-11-01T00:00:00"}}
FLEET = {
    "bos": {
        "v2": {
            "sessions": [*SESSIONS[:2], FAILED_OVERNIGHT, NO_NODES, OLD],
            "components": [*COMPONENTS, *NODES, component("x4", override="failed", session="old")],
        }
    },
    "exchange": {
        "managementpolicies": {"o/upgrade": {"enabled": True}, "o/done": {"enabled": True}},
        "nodes": {"o/n1": {}, "o/n2": {}},
        "managementStatus": {
            "o/n1": {
                "o/upgrade": {"agentUpgradePolicyStatus": {"status": "download started"}},
                "o/done": {"agentUpgradePolicyStatus": {"status": "successful"}},
            },
            "o/n2": {"o/upgrade": {"agentUpgradePolicyStatus": {"status": "failed"}}},
        },
    },
}
TABLE = """\
Name       What           State             Nodes  Started    More
night      boot session   complete  2 failed of 3  11:00 UTC  nodewatch bos sessions status list night
o/upgrade  agent upgrade  running   1 failed of 2             nodewatch exchange nmp status o/upgrade
reboot-7   boot session   running   1 failed of 4  11:00 UTC  nodewatch bos sessions status list reboot-7
empty      boot session   complete     not set up  11:00 UTC  nodewatch bos sessions status list empty
"""


def test_the_worst_first(run: Runner, load: Load) -> None:
    load(FLEET)
    run.environ |= {"HZN_ORG_ID": "o", "HZN_EXCHANGE_USER_AUTH": "u:p"}
    done = run("status", tty=True, NO_COLOR="1")
    assert (done.code, done.stdout) == (0, TABLE)
    found = run("status").json
    assert [(each["name"], each["failed"], each["nodes"]) for each in found] == [
        ("night", 2, 3),
        ("o/upgrade", 1, 2),
        ("reboot-7", 1, 4),
        ("empty", 0, 0),
    ]
    assert (
        run("status --filter 'failed > 1 or what = agent*' --format csv").stdout
        == """\
name,kind,context,state,nodes,failed,error,since,command
night,boot session,,complete,3,2,,2026-11-21T11:00:00Z,nodewatch bos sessions status list night
o/upgrade,agent upgrade,,running,2,1,,,nodewatch exchange nmp status o/upgrade
"""
    )


def test_nothing_goes_on(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessions": [OLD], "components": []}}})
    assert run("status", tty=True, NO_COLOR="1").stdout == (
        "Nothing is going on, and neither a policy nor a session of the last day has failed nodes.\n"
    )


def test_all_recent_sessions_where_only_bos_v1_has_some(run: Runner, load: Load) -> None:
    lately = {"operation": "boot", "start_time": "2026-11-21 10:00:00", "in_progress": False, "complete": False}
    old = {**lately, "start_time": "2020-07-22 13:39:07"}
    sessions = {"new": {**lately, "error_count": 4}, "old": old, "hangs": {**old, "in_progress": True}}
    load({"bos": {"v1": {"session": sessions}}})
    found = run("status --columns name,state,nodes,command --format table").stdout
    assert (
        found
        == """\
Name   State                                Nodes  More
new    neither in progress nor complete  4 failed  nodewatch bos v1 session status list new
hangs  in progress                                 nodewatch bos v1 session status list hangs
"""
    )


def test_nothing_is_claimed_of_sessions_of_bos_v1_that_cannot_be_described(
    run: Runner, network: responses.RequestsMock
) -> None:
    network.get("https://h/v2/sessions", status=404, json={"title": "Not Found", "detail": "There is no such URL."})
    network.get("https://h/v1/session", json=["a"])
    network.get("https://h/v1/session/a", status=500)
    done = run("status", NODEWATCH_BOS_URL="https://h")
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.endswith(
        "how far 1 session of BOS v1 got is not known: `nodewatch bos v1 session list` names them, and "
        "`nodewatch bos v1 session status list ID` shows one.\n"
    )


def test_what_is_not_configured_is_left_out_but_not_all_of_it(run: Runner) -> None:
    assert run("status").code == 7


CONFIG = """
context = "prod"
[contexts.prod]
local = "prod.json"
[contexts.same]
local = "prod.json"
[contexts.test]
local = "test.json"
[contexts.lost]
local = "lost.json"
"""
ELSEWHERE = """\
Name    What          Context  State             Nodes  Started    More
dawn    boot session  test     complete  1 failed of 3  11:00 UTC  nodewatch bos sessions status list dawn --context test
a boot  boot session  prod     running         0 nodes  11:00 UTC  nodewatch bos sessions status list 'a boot'
"""  # noqa: E501


def test_every_context_is_asked_once(run: Runner) -> None:
    folder = run.home / ".config/nodewatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "prod.json").write_text(json.dumps({"bos": {"v2": {"sessions": [session("a boot", "running")]}}}))
    dawn = session("dawn", "complete", components="x1,x2,x3")
    failed = {"bos": {"v2": {"sessions": [dawn], "components": [NODES[0] | {"session": "dawn"}]}}}
    (folder / "test.json").write_text(json.dumps(failed))
    done = run("status", tty=True, NO_COLOR="1")
    assert (done.code, done.stdout) == (4, ELSEWHERE)
    assert done.stderr == f"Error: lost: {folder}/lost.json cannot be read: No such file or directory.\n"
    assert [each["context"] for each in run("status").json] == ["test", "prod"]
    assert [each["name"] for each in run("status --context test").json] == ["dawn"]


def test_what_can_be_asked_in_part_only_is_no_success(run: Runner, network: responses.RequestsMock) -> None:
    network.get(re.compile("https://h/v2/.*"), json=[])
    network.get("https://h/v1/session", json=[])
    done = run("status", NODEWATCH_BOS_URL="https://h", HZN_EXCHANGE_URL="https://hub/v1", HZN_ORG_ID="o")
    assert (done.code, done.json) == (7, [])
    assert done.stderr.startswith("Error: ")
    assert "HZN_EXCHANGE_USER_AUTH" in done.stderr


SERVERS = """
[contexts.north]
bos.url = "https://north.example.com/apis/bos"
[contexts.south]
bos.url = "https://south.example.com/apis/bos"
[contexts.dead]
bos.url = "https://dead.example.com/apis/bos"
"""


def test_contexts_are_asked_side_by_side(run: Runner, network: responses.RequestsMock) -> None:
    folder = run.home / ".config/nodewatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(SERVERS)
    both = threading.Barrier(2, timeout=10)

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        both.wait()
        name = request.url.removeprefix("https://").partition(".")[0]
        found = [session(f"{name}-boot", "running")] if "sessions" in request.url else []
        return 200, {}, json.dumps(found)

    for place in ("north", "south"):
        network.add_callback("GET", re.compile(f"https://{place}.*"), answer)
    done = run("status --format table")
    assert (done.code, [line.split()[0] for line in done.stdout.splitlines()[1:]]) == (5, ["north-boot", "south-boot"])
    assert done.stderr.startswith("Error: dead: BOS at https://dead.example.com/apis/bos did not answer")


def test_a_watch_has_no_end_of_its_own(run: Runner, play: Play) -> None:
    done = session("night", "complete", components="x1")
    nodes = {word: [component("x1", override=word, session="night")] for word in ("", "failed")}
    play(
        {
            0: {"bos": {"v2": {"sessions": [session("night", components="x1")], "components": nodes[""]}}},
            20: {"bos": {"v2": {"sessions": [done], "components": nodes["failed"]}}},
            40: {"bos": {"v2": {"sessions": [OLD], "components": nodes[""]}}},
        }
    )
    watched = run("status --watch --interval 10s --timeout 1m")
    assert watched.code == 11
    assert watched.stderr == "Error: the time ran out after 1 min: nothing is going on.\n"
    assert (
        watched.stdout
        == """\
2026-11-21T12:00:00Z  1 of 1 running
2026-11-21T12:00:20Z  0 of 1 running, 1 node failed; running, 0 failed -> complete, 1 failed: night
2026-11-21T12:00:40Z  nothing is going on; complete, 1 failed -> gone: night
"""
    )
    assert run("status --wait").code == 2
    assert run("status --timeout 1m").code == 2


def test_a_watch_says_once_what_it_shows(run: Runner) -> None:
    assert run("demo").code == 0
    done = run("status --watch --interval 10s --timeout 1m", NODEWATCH_CONTEXT="demo")
    assert done.code == 11
    assert done.stderr.count("Showing the demo fleet, as NODEWATCH_CONTEXT says.") == 1


def test_a_watch_goes_by_the_options_of_the_list(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("status --watch --interval 10s --timeout 1m --filter 'name = night'")
    assert done.stdout == "2026-11-21T12:00:00Z  0 of 1 running, 2 nodes failed\n"
    done = run("status --watch --interval 10s --timeout 1m --columns name --filter 'name = night' --format json")
    assert done.stdout == '[{"name":"night"}]\n'
