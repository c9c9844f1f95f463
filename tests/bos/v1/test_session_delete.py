from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from older_fleets import NODES, OLD, REBOOT, boot_set, details, older_fleet, phase
from scripted import Reply

if TYPE_CHECKING:
    from pathlib import Path

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


def place(store: Path, backend: str) -> str:
    return SERVERS["bos"] if backend == "http" else f"the local store {store}"


MOVING = boot_set(phase("boot", in_progress=NODES[:1], failed=NODES[1:2], succeeded=NODES[2:]))
WORDS = {
    "running: 2 of 4 nodes done, 1 failed, 1 not done": older_fleet(MOVING),
    "not started: 0 of 4 nodes done, 4 not done": older_fleet(boot_set(phase("boot", not_started=NODES))),
}


@pytest.mark.parametrize("words", WORDS)
def test_on_a_terminal_you_are_asked_before_one_that_is_not_over(
    run: Runner, load: Load, backend: str, words: str
) -> None:
    question = f"Session {OLD} is {words}. Delete it at {place(load(WORDS[words]), backend)}? [y/N]: "
    line = f"bos v1 session delete {OLD}"
    assert run(line, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert run("bos v1 session list").json == [OLD]
    assert run(line, tty=True, stdin="y\n") == (0, "\n", question)


def test_you_are_asked_where_nobody_knows_how_far_it_is(run: Runner, load: Load, backend: str) -> None:
    fleet = older_fleet(REBOOT)
    fleet["bos"]["v1"]["status"] = {}
    question = f"The status of session {OLD} is not known. Delete it at {place(load(fleet), backend)}? [y/N]: "
    assert run(f"bos v1 session delete {OLD}", tty=True, stdin="y\n") == (0, "\n", question)


@pytest.mark.parametrize(("fleet", "option"), [(older_fleet(REBOOT), ""), (older_fleet(MOVING), "--yes")])
def test_no_question(run: Runner, load: Load, fleet: Any, option: str) -> None:
    load(fleet)
    assert run(f"bos v1 session delete {OLD} {option}", tty=True) == (0, "\n", "")


def test_a_rehearsal_asks_nothing_and_says_what_would_be(run: Runner, load: Load, backend: str) -> None:
    where = place(load(older_fleet(MOVING)), backend)
    done = run(f"bos v1 session delete {OLD} --dry-run", tty=True)
    words = "running: 2 of 4 nodes done, 1 failed, 1 not done"
    assert (done.code, done.stderr) == (0, f"Session {OLD} is {words}. Delete it at {where}: nothing is sent.\n")
    assert run("bos v1 session list").json == [OLD]
