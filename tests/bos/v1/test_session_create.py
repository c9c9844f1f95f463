from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from nodewatch.bos_v1.offline import BOOT_SETS
from nodewatch.offline.backend import tables
from nodewatch.offline.store import open_store
from older_fleets import CATEGORIES, NODES, TEMPLATE
from scripted import Reply

if TYPE_CHECKING:
    from conftest import Load, Runner
    from scripted import Scripted

START = "2026-11-21T12:00:00.000000Z"
FLAGS = {"complete": False, "error_count": 0, "in_progress": False, "start_time": START}


def fleet(*templates: Any) -> Any:
    return {"bos": {"v2": {"sessiontemplates": list(templates or [TEMPLATE])}}}


def made(run: Runner, options: str) -> tuple[str, Any]:
    """Return the id of a new session, and the document that told it."""
    done = run(f"bos v1 session create {options}")
    assert (done.code, done.stderr) == (0, "")
    return done.json["job"].removeprefix("boa-"), done.json


def test_the_answer_has_the_id_in_its_links(run: Runner, load: Load) -> None:
    load(fleet())
    name, document = made(run, "--operation Reboot --template-name cle-1.3.0")
    link = f"/v1/session/{name}"
    assert document == {
        "job": f"boa-{name}",
        "links": [
            {"href": link, "jobId": f"boa-{name}", "rel": "session", "type": "GET"},
            {"href": f"{link}/status", "rel": "status", "type": "GET"},
        ],
        "operation": "Reboot",
        "templateName": "cle-1.3.0",
    }
    assert run(f"bos v1 session describe {name}").json == {
        "complete": False,
        "error_count": 0,
        "in_progress": False,
        "job": f"boa-{name}",
        "operation": "Reboot",
        "start_time": START,
        "status_link": f"{link}/status",
        "stop_time": None,
        "templateName": "cle-1.3.0",
    }


def test_every_node_has_not_started_in_every_phase(run: Runner, load: Load) -> None:
    load(fleet({**TEMPLATE, "boot_sets": {"my set": TEMPLATE["boot_sets"]["computes"]}}))  # type: ignore[index]
    name, _ = made(run, "--operation boot --template-name cle-1.3.0")
    link = f"/v1/session/{name}/status"
    assert run(f"bos v1 session status list {name}").json == {
        "boot_sets": ["my set"],
        "id": name,
        "links": [{"href": link, "rel": "self"}, {"href": f"{link}/my set", "rel": "Boot Set"}],
        "metadata": FLAGS,
    }
    categories = [{"name": each, "node_list": NODES if each == "not_started" else []} for each in CATEGORIES]
    assert run(f"bos v1 session status describe 'my set' {name}").json == {
        "links": [
            {"href": f"{link}/my%20set", "rel": "self"},
            {"href": f"{link}/my%20set/boot", "rel": "Phase"},
            {"href": f"{link}/my%20set/configure", "rel": "Phase"},
        ],
        "metadata": FLAGS,
        "name": "my set",
        "phases": [{"categories": categories, "metadata": FLAGS, "name": phase} for phase in ("boot", "configure")],
        "session": name,
    }


@pytest.mark.parametrize(
    ("operation", "phases"),
    [
        ("shutdown", ["shutdown"]),
        ("configure", ["configure"]),
        ("BOOT", ["boot", "configure"]),
        ("reboot", ["shutdown", "boot", "configure"]),
    ],
)
def test_phases_follow_from_the_operation(run: Runner, load: Load, operation: str, phases: list[str]) -> None:
    load(fleet())
    name, _ = made(run, f"--operation {operation} --template-uuid cle-1.3.0")
    assert [phase["name"] for phase in run(f"bos v1 session status describe computes {name}").json["phases"]] == phases


@pytest.mark.parametrize(
    ("limit", "nodes"),
    [
        ("x3000c0s19b2n0,x3000c0s19b1n0,x9", NODES[:2]),
        ("!x3000c0s19b1n0", NODES[1:]),
        ("x3000c0s19b2n0,x3000c0s19b1n0,&x3000c0s19b2n0", NODES[1:2]),
    ],
)
def test_limit(run: Runner, load: Load, limit: str, nodes: list[str]) -> None:
    load(fleet())
    name, document = made(run, f"--operation shutdown --template-name cle-1.3.0 --limit '{limit}'")
    assert document["limit"] == limit
    shown = run(f"bos v1 session status describe not_started shutdown computes {name}").json
    assert shown == {"name": "not_started", "node_list": nodes}


def test_a_limit_is_sent_as_it_is_meant(run: Runner, load: Load) -> None:
    load(fleet())
    _, document = made(run, "--operation shutdown --template-name cle-1.3.0 --limit 'x3000c0s19b[1-2]n0, !x9'")
    assert document["limit"] == "x3000c0s19b1n0,x3000c0s19b2n0,!x9"


def test_table_names_the_command_that_shows_how_far_it_is(run: Runner, load: Load) -> None:
    load(fleet())
    done = run("bos session create --operation boot --template-name cle-1.3.0 --limit x1 --format table")
    name = run("bos v1 session list").json[0]
    assert done.stdout == (
        f"Session:    {name}\nOperation:  boot\nTemplate:   cle-1.3.0\nLimit:      x1\nJob:        boa-{name}\n\n"
        f"Next\n  see how far it is:  nodewatch bos v1 session status list {name}\n"
    )


def test_an_unknown_template(run: Runner, load: Load) -> None:
    load(fleet({**TEMPLATE, "tenant": "vcluster"}))
    assert run("bos v1 session create --operation boot --template-name cle-1.3.0") == (
        8,
        "",
        "Error: there is no session template 'cle-1.3.0'.\n",
    )
    assert run("bos v1 session list").json == []


@pytest.mark.parametrize(
    ("boot_sets", "words"),
    [
        ({}, "Session template 't' must have one or more defined boot sets for creation of a session."),
        (
            {"good": {"node_list": ["x1"]}, "c": {"path": "s3://x"}},
            (
                "Session template 't' boot set 'c' must have at least one hardware specifier field provided "
                "(node_groups, node_list, node_roles_groups); None defined."
            ),
        ),
    ],
)
def test_a_template_without_nodes_is_refused_in_the_servers_words(
    run: Runner, load: Load, boot_sets: Any, words: str
) -> None:
    load(fleet({"name": "t", "boot_sets": boot_sets}))
    done = run("bos v1 session create --operation boot --template-name t")
    assert (done.code, done.stdout) == (5, "")
    assert words in done.stderr
    assert run("bos v1 session list").json == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--template-name t", "Error: Missing option '--operation'."),
        ("--operation boot", "Error: Missing option '--template-name'."),
        (
            "--operation explode --template-name t",
            "Error: Invalid value for '--operation': 'explode' is not one of boot, configure, reboot, shutdown.",
        ),
    ],
)
def test_wrong_usage_sends_nothing(run: Runner, server: Scripted, options: str, words: str) -> None:
    done = run(f"bos v1 session create {options}")
    assert (done.code, done.stdout, done.stderr.splitlines()[-1]) == (2, "", words)
    assert server.asked == []


def test_what_is_sent(run: Runner, server: Scripted) -> None:
    done = run("bos v1 session create --operation Boot --template-uuid u --template-name t --limit x1 --dry-run")
    assert (done.code, done.json) == (
        0,
        {
            "method": "POST",
            "path": "/v1/session",
            "query": {},
            "body": {"operation": "Boot", "templateUuid": "u", "templateName": "t", "limit": "x1"},
        },
    )
    server.answers["/v1/session"] = Reply(201, {"operation": "Boot", "links": []})
    assert run("bos v1 session create --operation Boot --template-name t").json == {"operation": "Boot", "links": []}
    assert server.asked == ["POST /v1/session"]


def test_flags_of_a_session_made_here_follow_its_nodes(run: Runner, load: Load) -> None:
    path = load(fleet({**TEMPLATE, "boot_sets": {name: {"node_list": NODES} for name in ("computes", "uans")}}))
    name, _ = made(run, "--operation shutdown --template-name cle-1.3.0")
    with closing(open_store(str(path), tables())) as store, store.changing():
        boot_sets: Any = store.get(BOOT_SETS, name)
        lists = {each["name"]: each for each in boot_sets["computes"]["phases"][0]["categories"]}
        lists["not_started"]["node_list"], lists["failed"]["node_list"] = [], NODES[:3]
        lists["succeeded"]["node_list"] = NODES[3:]
        boot_sets["uans"]["phases"][0]["categories"][4]["node_list"] = NODES
        store.put(BOOT_SETS, name, boot_sets)
    computes = run(f"bos v1 session status describe computes {name}").json
    over = {"complete": True, "error_count": 3, "in_progress": False, "start_time": START}
    assert (computes["metadata"], computes["phases"][0]["metadata"]) == (over, over)
    assert run(f"bos v1 session status describe shutdown computes {name}").json["metadata"] == over
    whole = {"complete": False, "error_count": 3, "in_progress": True, "start_time": START}
    assert run(f"bos v1 session status list {name}").json["metadata"] == whole
    described = run(f"bos v1 session describe {name}").json
    assert {field: described[field] for field in whole} == whole


def test_what_was_loaded_over_a_session_made_here_is_answered_as_it_is(run: Runner, load: Load, backend: str) -> None:
    store = load(fleet())
    name, _ = made(run, "--operation shutdown --template-name cle-1.3.0")
    told = {"metadata": {"complete": True}, "phases": [], "name": "computes"}
    document = {"bos": {"v1": {"boot_sets": {name: {"computes": told}}}}}
    assert run(f"local load - --merge --local {store}", stdin=json.dumps(document)).code == 0
    assert run(f"bos v1 session status describe computes {name}").json == told


def test_a_dump_of_a_session_made_here_loads_again(run: Runner, load: Load) -> None:
    store = load(fleet())
    name, _ = made(run, "--operation reboot --template-name cle-1.3.0")
    before = [run(f"bos v1 session {line}").json for line in (f"describe {name}", f"status describe computes {name}")]
    dumped = run(f"local dump --local {store}").stdout
    assert run(f"local load - --local {store}", stdin=dumped).code == 0
    after = [run(f"bos v1 session {line}").json for line in (f"describe {name}", f"status describe computes {name}")]
    assert before == after


def test_on_a_terminal_you_are_asked_when_it_is_for_all_nodes(run: Runner, load: Load, backend: str) -> None:
    store = load(fleet())
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    who = "all 4 nodes and nodes in Application of cle-1.3.0"
    line = "bos v1 session create --operation Shutdown --template-name cle-1.3.0"
    question = f"Shut down {who}, at {place}? [y/N]: "
    assert run(line, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert run("bos v1 session list").json == []
    done = run(f"{line} --format json", tty=True, stdin="y\n")
    assert (done.code, done.stderr, done.json["operation"]) == (0, question, "Shutdown")


@pytest.mark.parametrize("option", ["--yes", f"--limit {NODES[0]}", "--dry-run"])
def test_no_question(run: Runner, load: Load, option: str) -> None:
    load(fleet())
    done = run(f"bos v1 session create --operation boot --template-uuid cle-1.3.0 {option}", tty=True)
    assert (done.code, "?" in done.stderr) == (0, False)


def test_you_are_not_asked_about_a_template_that_does_not_exist(run: Runner, load: Load) -> None:
    load(fleet())
    done = run("bos v1 session create --operation boot --template-name nope", tty=True)
    assert done == (8, "", "Error: there is no session template 'nope'.\n")
