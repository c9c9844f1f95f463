from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from fleets import COMPONENTS, FLEET, as_answered
from nodewatch.nodes.nodeset import EXAMPLE

if TYPE_CHECKING:
    from conftest import Load, Runner

MANY = "bos v2 components updatemany"
BOTH = "x3000c0s[1-2]b0n0"


def test_by_ids(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{MANY} --filter-ids {BOTH} --enabled true")
    held = [
        {**COMPONENTS[index], "enabled": True, "status": {"phase": "configuring", "status_override": "on_hold"}}
        for index in (0, 1)
    ]
    assert (done.code, done.json) == (0, held)
    assert done.stderr == f"{BOTH}: on_hold until BOS has looked at it; the status follows within seconds.\n"


def test_by_session_the_answer_has_the_statuses_from_before(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f'{MANY} --filter-session reboot-7 --retry-policy 2 --patch \'{{"error": "e"}}\'')
    assert done.json == [{**as_answered(index), "error": "e", "retry_policy": 2} for index in (2, 3, 0, 1)]
    assert run(f"{MANY} --filter-session nobody --enabled false").json == []


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ("--filter-ids x2,x1,x2 --enabled no", {"filters": {"ids": "x2,x1,x2"}, "patch": {"enabled": False}}),
        (
            f"--filter-ids {BOTH} --retry-policy 0",
            {"filters": {"ids": "x3000c0s1b0n0,x3000c0s2b0n0"}, "patch": {"retry_policy": 0}},
        ),
        (
            "--filter-ids X3000c0s1,x9 --enabled no",
            {"filters": {"ids": "x3000c0s1b0n0,x9"}, "patch": {"enabled": False}},
        ),
        ("--filter-ids - --retry-policy 1", {"filters": {"ids": "x07,x08"}, "patch": {"retry_policy": 1}}),
        (
            '--filter-session s --patch \'{"enabled": true, "error": ""}\' --enabled false',
            {"filters": {"session": "s"}, "patch": {"enabled": False, "error": ""}},
        ),
    ],
)
def test_what_is_sent(run: Runner, load: Load, options: str, body: object) -> None:
    load(FLEET)
    assert run(f"{MANY} {options} --dry-run", stdin="x[07-08]").json == {
        "method": "PATCH",
        "path": "/v2/components",
        "query": {},
        "body": body,
    }


def test_none_is_changed_when_one_does_not_exist(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{MANY} --filter-ids {BOTH},x9 --enabled true")
    assert done == (8, "", "Error: The resource was not found: Component 'x9' does not exist\n")
    assert run("bos v2 components list --status on_hold").json == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--enabled true", "name the components either with --filter-ids or with --filter-session."),
        (
            "--filter-ids x1 --filter-session s --enabled true",
            "name the components either with --filter-ids or with --filter-session.",
        ),
        (
            "--filter-ids x1",
            "nothing says what to change: add --patch JSON, --enabled, --retry-policy or a --clear option.",
        ),
        ("--filter-ids x1 --patch 1,2", "--patch is not JSON: Extra data: line 1 column 2 (char 1)."),
        ("--filter-ids x1 --patch '[1]'", "--patch must hold a JSON object, in braces."),
        (
            "--filter-ids nid[1-12000] --enabled true",
            "BOS takes 65,535 characters of names at once: change these 12,000 in parts.",
        ),
        ("--filter-ids 'x[2-1]' --enabled true", f"'x[2-1]' is not a node set: '2-1' runs backwards. {EXAMPLE}"),
    ],
)
def test_wrong_usage(run: Runner, options: str, words: str) -> None:
    assert run(f"{MANY} {options}", NODEWATCH_BOS_URL="https://bos.example.com") == (2, "", f"Error: {words}\n")


def test_what_the_server_refuses(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{MANY} --filter-ids x1 --retry-policy -1")
    body = {"filters": {"ids": "x1"}, "patch": {"retry_policy": -1}}
    assert done == (5, "", f"Error: Bad Request: {body} is not valid under any of the given schemas\n")


@pytest.mark.parametrize(
    ("options", "who"),
    [
        (f"--filter-ids {BOTH}", f"Change 2 components, {BOTH}, to"),
        ("--filter-session reboot-7", "Change 4 components, all components of session reboot-7, to"),
    ],
)
def test_on_a_terminal_you_are_asked(run: Runner, load: Load, backend: str, options: str, who: str) -> None:
    store = load(FLEET)
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    question = f'{who} {{"enabled": false}}, at {place}? [y/N]: '
    line = f"{MANY} {options} --enabled false --format json"
    assert run(line, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert run("bos v2 components describe x3000c0s2b0n0").json["enabled"] is True
    assert run(line, tty=True, stdin="y\n").stderr == question
    assert run("bos v2 components describe x3000c0s2b0n0").json["enabled"] is False
    assert run(f"{line} --yes", tty=True).stderr == ""
    assert run(f"{line} --dry-run").stderr == f'{who} {{"enabled": false}}, at {place}: nothing is sent.\n'


def test_one_component_needs_no_question(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"{MANY} --filter-ids x3000c0s2b0n0 --enabled false", tty=True).stderr == ""
