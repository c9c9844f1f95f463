from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from older_fleets import NODES, OLD, REBOOT, boot_set, older_fleet, phase, table
from scripted import DROPPED, SILENCE, Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted

STATUS = f"/v1/session/{OLD}/status"
GATEWAY = Reply(503, text="upstream connect error or disconnect/reset before headers", kind="text/plain")
FAILURE = Reply(
    500,
    {
        "detail": "The server encountered an internal error and was unable to complete your request.",
        "status": 500,
        "title": "Internal Server Error",
        "type": "about:blank",
    },
    kind="application/problem+json",
)
NO_BOOT_SET = (
    f"there is no session '{OLD}' with a boot set 'uans': "
    f"`nodewatch bos v1 session status list {OLD}` shows which there are."
)
NO_PHASE = "boot set 'computes' has no phase 'explode'; it has: shutdown, boot, configure."
NO_CATEGORY = (
    "phase 'boot' of boot set 'computes' has no category 'broken'; it has: not_started, succeeded, failed, excluded, "
    "in_progress."
)


@pytest.mark.parametrize(
    ("names", "document"),
    [
        ("computes", REBOOT),
        ("shutdown computes", REBOOT["phases"][0]),
        ("BOOT computes", REBOOT["phases"][1]),
        ("failed shutdown computes", {"name": "failed", "node_list": NODES}),
        ("Not_Started Configure computes", {"name": "not_started", "node_list": NODES}),
    ],
)
def test_json_is_the_document_of_the_boot_set_phase_or_category(
    run: Runner, load: Load, names: str, document: Any
) -> None:
    load(older_fleet(REBOOT))
    done = run(f"bos v1 session status describe {names} {OLD}")
    assert done == (0, json.dumps(document, indent=2) + "\n", "")
    assert run(f"bos session status describe {names} {OLD}") == done


@pytest.mark.parametrize("document", [{}, {"phases": None}, {"phases": [{}, 7], "metadata": "", "name": 3, "new": [1]}])
def test_json_is_the_document_in_every_shape(run: Runner, load: Load, document: Any) -> None:
    load({"bos": {"v1": {"boot_sets": {OLD: {"computes": document}}}}})
    assert run(f"bos v1 session status describe computes {OLD}").json == document
    assert run(f"bos v1 session status describe computes {OLD} --format table").code == 0


def test_names_with_anything_in_them(run: Runner, load: Load) -> None:
    load({"bos": {"v1": {"boot_sets": {"s ?#": {"my set%é": REBOOT}}}}})
    assert run("bos v1 session status describe 'my set%é' 's ?#'").json == REBOOT


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("uans", NO_BOOT_SET),
        ("Computes", NO_BOOT_SET.replace("uans", "Computes")),
        ("boot uans", NO_BOOT_SET),
        ("failed boot uans", NO_BOOT_SET),
        ("explode computes", NO_PHASE),
        ("failed explode computes", NO_PHASE),
        ("broken boot computes", NO_CATEGORY),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(run: Runner, load: Load, names: str, sentence: str) -> None:
    load(older_fleet(REBOOT))
    assert run(f"bos v1 session status describe {names} {OLD}") == (8, "", f"Error: {sentence}\n")


@pytest.mark.parametrize("reply", [DROPPED, FAILURE, Reply(502), GATEWAY, Reply(404), Reply(404, {})])
@pytest.mark.parametrize(
    ("names", "path", "sentence"),
    [
        ("explode computes", "computes/explode", NO_PHASE),
        ("failed explode computes", "computes/explode/failed", NO_PHASE),
        ("broken boot computes", "computes/boot/broken", NO_CATEGORY),
    ],
)
def test_where_the_server_fails_the_boot_set_tells_which_part_is_missing(
    run: Runner, server: Scripted, reply: Reply, names: str, path: str, sentence: str
) -> None:
    server.answers.update({f"{STATUS}/{path}": reply, f"{STATUS}/computes": Reply(200, REBOOT)})
    assert run(f"bos v1 session status describe {names} {OLD}") == (8, "", f"Error: {sentence}\n")
    assert server.asked == [f"GET {STATUS}/{path}", f"GET {STATUS}/computes"]


def test_where_the_server_closes_the_connection_the_boot_set_may_be_missing(run: Runner, server: Scripted) -> None:
    server.answers[f"{STATUS}/uans/boot"] = DROPPED
    done = run(f"bos v1 session status describe boot uans {OLD}")
    assert (done.code, done.stdout) == (8, "")
    assert done.stderr == (
        f"Error: {NO_BOOT_SET} The question itself ended so: BOS at {server.url} did not answer GET "
        f"{STATUS}/uans/boot: the connection was closed before the answer was complete.\n"
    )
    assert server.asked == [f"GET {STATUS}/uans/boot", f"GET {STATUS}/uans"]


@pytest.mark.parametrize(("reply", "words"), [(FAILURE, "Internal Server Error: The server"), (DROPPED, "was closed")])
@pytest.mark.parametrize("boot_set_reply", [Reply(200, REBOOT), Reply(500), DROPPED])
def test_a_failure_that_nothing_explains_stays_what_it_is(
    run: Runner, server: Scripted, reply: Reply, words: str, boot_set_reply: Reply
) -> None:
    server.answers.update({f"{STATUS}/computes/boot": reply, f"{STATUS}/computes": boot_set_reply})
    done = run(f"bos v1 session status describe boot computes {OLD}")
    assert (done.code, done.stdout) == (5, "")
    assert words in done.stderr
    assert server.asked == [f"GET {STATUS}/computes/boot", f"GET {STATUS}/computes"]


@pytest.mark.parametrize(("reply", "code"), [(Reply(400), 5), (Reply(401), 6), (Reply(200, []), 3), (SILENCE, 5)])
def test_other_failures_ask_nothing_more(run: Runner, server: Scripted, reply: Reply, code: int) -> None:
    server.answers[f"{STATUS}/computes/boot"] = reply
    assert run(f"bos v1 session status describe boot computes {OLD} --request-timeout 0.2").code == code
    assert server.asked == [f"GET {STATUS}/computes/boot"]


def test_the_boot_set_is_not_asked_for_where_the_answer_is_good(run: Runner, server: Scripted) -> None:
    server.answers[f"{STATUS}/computes/boot"] = Reply(200, REBOOT["phases"][1])
    assert run(f"bos v1 session status describe boot computes {OLD}").json == REBOOT["phases"][1]
    assert server.asked == [f"GET {STATUS}/computes/boot"]


@pytest.mark.parametrize("names", ["", "one", "one two three four five"])
def test_how_many_names_there_must_be(run: Runner, server: Scripted, names: str) -> None:
    done = run(f"bos v1 session status describe {names}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(
        f"Error: two to four names are needed, not {len(names.split())}: BOOT_SET SESSION_ID, PHASE BOOT_SET "
        "SESSION_ID, or CATEGORY PHASE BOOT_SET SESSION_ID.\n"
    )
    assert server.asked == []


def test_table_of_a_boot_set(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    assert run(f"bos v1 session status describe computes {OLD} --format table").stdout == table("boot_set")


def test_table_of_a_phase(run: Runner, load: Load) -> None:
    messages = {"Power off failed": NODES[:2], "\x1b[31m[red]odd": ["x9"], "nobody": []}
    stopping = phase("shutdown", failed=NODES[:2], succeeded=["x9"], in_progress=NODES[1:], errors=messages)
    load(older_fleet(boot_set(stopping)))
    assert run(f"bos v1 session status describe shutdown computes {OLD} --format table").stdout == table("phase")


def test_table_of_a_category(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    assert (
        run(f"bos v1 session status describe failed shutdown computes {OLD} --format table").stdout
        == f"""\
failed in shutdown of computes of {OLD}: 4 nodes
    x3000c0s19b[1-4]n0
"""
    )
    assert (
        run(f"bos v1 session status describe failed boot computes {OLD} --format table").stdout
        == f"""\
failed in boot of computes of {OLD}: 0 nodes
"""
    )


def test_table_of_many_nodes_is_one_screen(run: Runner, load: Load) -> None:
    nodes = [
        f"x{cabinet}c0s{slot}b{board}n0" for cabinet in range(100, 200) for slot in range(25) for board in range(4)
    ]
    load(older_fleet(boot_set(phase("boot", succeeded=nodes[:-1], failed=nodes[-1:]))))
    shown = run(f"bos v1 session status describe boot computes {OLD} --format table").stdout
    assert "x[100-198]c0s24b3n0,x[100-199]c0s[0-23]b3n0,x[100-199]c0s[0-24]b[0-2]n0\n" in shown
    assert len(shown.splitlines()) == 8
