from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from older_fleets import OLD, REBOOT, details, older_fleet
from scripted import SILENCE, Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted

NOT_FOUND = {
    "detail": "The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again.",
    "status": 404,
    "title": "Not Found",
    "type": "about:blank",
}


def test_json_is_the_list_in_the_order_of_the_service(run: Runner, load: Load) -> None:
    ids = ["b", "a", "c"]
    load({"bos": {"v1": {"session": {name: details(name) for name in ids}}}})
    done = run("bos v1 session list")
    assert done == (0, '[\n  "b",\n  "a",\n  "c"\n]\n', "")
    assert run("bos session list") == done
    assert run("!bos session list") == done


def test_whatever_is_stored_for_an_id_lists_it(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT)
    fleet["bos"]["v1"]["session"] = {}
    fleet["bos"]["v1"]["boot_sets"]["left-over"] = {}
    load(fleet)
    assert run("bos v1 session list").json == [OLD, "left-over"]


TABLE = """\
Session  Operation  Template   Started                  Stopped                  Server says                       Errors
new      boot       cle-2      2022-08-22 12:58:23 UTC                           in progress
b        reboot     cle-1.3.0  2020-07-22 13:39:07 UTC                           neither in progress nor complete       4
old      reboot     cle-1.3.0  2019-01-01 00:00:00 UTC  2019-01-01 01:00:00 UTC  complete
"""  # noqa: E501


def test_the_table_has_the_newest_first_and_tells_failures(run: Runner, load: Load) -> None:
    new = details(
        start_time="2022-08-22 12:58:23.67", operation="boot", templateName="cle-2", in_progress=True, error_count=0
    )
    old = details(start_time="2019-01-01 00:00:00", stop_time="2019-01-01 01:00:00", complete=True, error_count=0)
    del old["in_progress"]
    load({"bos": {"v1": {"session": {"old": old, "b": details(), "new": new}}}})
    assert run("bos v1 session list --format table") == (0, TABLE, "")
    assert run("bos v1 session list --filter 'errors > 0'").json == ["b"]
    assert run("bos v1 session list --columns id,errors --sort id").json == [
        {"id": "b", "errors": 4},
        {"id": "new", "errors": 0},
        {"id": "old", "errors": 0},
    ]


def test_json_is_one_question(run: Runner, server: Scripted) -> None:
    server.answers["/v1/session"] = Reply(200, ["a", "b"])
    assert run("bos v1 session list").json == ["a", "b"]
    assert run("bos v1 session list --filter id=a").json == ["a"]
    assert server.asked == ["GET /v1/session"] * 2


def test_what_cannot_be_described_is_listed_all_the_same(run: Runner, server: Scripted) -> None:
    server.answers |= {"/v1/session": Reply(200, ["a", "b"]), "/v1/session/a": Reply(500), "/v1/session/b": Reply(404)}
    done = run("bos v1 session list --format table")
    assert (done.code, done.stdout) == (0, "Session  Started  Server says\na\nb\n")
    assert done.stderr.startswith("1 of 2 sessions could not be described: ")


def test_more_than_a_hundred_are_not_asked_for_one_by_one(run: Runner, server: Scripted) -> None:
    server.answers["/v1/session"] = Reply(200, [f"s{number}" for number in range(101)])
    done = run("bos v1 session list --format table")
    assert done.stdout.splitlines()[1:3] == ["s0", "s1"]
    assert done.stderr == (
        "There are 101 sessions: to ask for each would be too much for BOS v1, so only their ids are known here. "
        "`nodewatch bos v1 session describe ID` shows one.\n"
    )
    assert server.asked == ["GET /v1/session"]


def test_no_session(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v1 session list") == (0, "[]\n", "")
    assert run("bos v1 session list --format table") == (0, "There are no sessions.\n", "")


def test_a_tenant_is_refused_in_the_servers_words(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    assert run("bos v1 session list", NODEWATCH_TENANT="vcluster") == (
        5,
        "",
        (
            "Error: Multi-tenancy not supported: BOS v1 endpoints do not support multi-tenancy and a tenant was "
            "specified in the header\n"
        ),
    )


@pytest.mark.parametrize(
    "line",
    [
        "session list",
        "session describe x",
        "session status list x",
        "version list",
        "session status describe b x",
        "session status describe boot b x",
        "session delete x",
        "session create --operation boot --template-name t",
    ],
)
def test_a_server_without_v1_is_named_so(run: Runner, server: Scripted, line: str) -> None:
    paths = ["", "/x", "/x/status", "/x/status/b", "/x/status/b/boot"]
    for path in ["/v1/version", *(f"/v1/session{path}" for path in paths)]:
        server.answers[path] = Reply(404, NOT_FOUND, kind="application/problem+json")
    assert run(f"bos v1 {line}") == (
        8,
        "",
        (
            "Error: this server has no BOS v1: it answered 404 Not Found. BOS v1 was removed with CSM 1.6; "
            "`nodewatch bos v2 sessions list` shows the sessions of BOS v2.\n"
        ),
    )
    assert len(server.asked) == 1


@pytest.mark.parametrize("reply", [SILENCE, Reply(504, text="upstream request timeout", kind="text/plain")])
def test_a_list_that_never_comes_is_given_up_and_not_repeated(run: Runner, server: Scripted, reply: Reply) -> None:
    server.answers["/v1/session"] = reply
    assert run("bos v1 session list --request-timeout 0.2") == (
        5,
        "",
        (
            "Error: the list of sessions did not come in time. BOS v1 cannot list well over 1000 sessions: it "
            "tries for ever, and each further try adds to its load, so this was not repeated. `session describe "
            "ID`, `session status list ID` and `session delete ID` still work; delete what is finished. If ids "
            'are not known, an administrator removes the sessions from etcd, as "Hang Listing BOS V1 Sessions" '
            "in the CSM documentation tells.\n"
        ),
    )
    assert server.asked == ["GET /v1/session"]


def test_an_answer_that_is_no_list_is_not_understood(run: Runner, server: Scripted) -> None:
    server.answers["/v1/session"] = Reply(200, {"sessions": []})
    assert run("bos v1 session list") == (
        3,
        "",
        (
            "Error: GET /v1/session should answer a list of texts, but it answered an object. Is it the right "
            "service that answers at this address?\n"
        ),
    )
