from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from older_fleets import OLD, REBOOT, details, older_fleet
from scripted import Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted


def test_everything_of_the_session_goes_and_one_empty_line_is_printed(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT)
    fleet["bos"]["v1"]["session"]["other"] = details("other")
    load(fleet)
    assert run(f"bos v1 session delete {OLD}") == (0, "\n", "")
    assert run("bos v1 session list").json == ["other"]
    for line in (f"describe {OLD}", f"status list {OLD}", f"status describe computes {OLD}", f"delete {OLD}"):
        assert run(f"bos v1 session {line}").code == 8


def test_a_table_is_one_empty_line_too(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    assert run(f"bos session delete {OLD} --format table") == (0, "\n", "")


def test_a_session_with_nothing_but_a_status_can_be_deleted(run: Runner, load: Load) -> None:
    fleet = older_fleet(REBOOT)
    fleet["bos"]["v1"]["session"] = {}
    load(fleet)
    assert run(f"bos v1 session delete {OLD}") == (0, "\n", "")
    assert run("bos v1 session list").json == []


def test_an_unknown_session(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v1 session delete nope") == (8, "", "Error: there is no session 'nope'.\n")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(204), 0),
        (Reply(200, 204, kind="application/problem+json"), 0),
        (Reply(200, 404, kind="application/problem+json"), 8),
        (Reply(404, "Sesssion: nope not found", kind="application/problem+json"), 8),
    ],
)
def test_the_body_says_it_where_the_status_does_not(run: Runner, server: Scripted, reply: Reply, code: int) -> None:
    server.answers["/v1/session/nope"] = reply
    expected = (8, "", "Error: there is no session 'nope'.\n") if code else (0, "\n", "")
    assert run("bos v1 session delete nope") == expected


def test_a_rehearsal_deletes_nothing(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    done = run(f"bos v1 session delete {OLD} --dry-run")
    assert (done.code, done.json) == (0, {"method": "DELETE", "path": f"/v1/session/{OLD}", "query": {}})
    assert run("bos v1 session list").json == [OLD]
