from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edge import address, node, policy, status
from nodewatch.errors import NotPermitted, ServiceTrouble
from nodewatch.offline.backend import LocalBackend

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Load, Runner
    from nodewatch.backend import Answer, Request

WORDS = {
    "a-1": status("failed", errorMessage="no disk"),
    "a-2": status("failed", errorMessage="no disk"),
    "a-3": status("download failed", errorMessage="no hub"),
    "b-1": status("successful"),
    "b-2": status("initiated"),
    "b-3": None,
}
FLEET: dict[str, Any] = {
    "exchange": {
        "managementpolicies": {"harbor/roll": policy()},
        "nodes": {f"harbor/{name}": node(name) for name in [*WORDS, "c-1"]},
        "managementStatus": {f"harbor/{name}": {"harbor/roll": each} for name, each in WORDS.items()},
    }
}
QUESTION = """\
3 of 7 nodes to be reset in harbor/roll:
  2 nodes: failed: no disk
  1 node: download failed: no hub
"""


REST = "Error: 2 statuses were reset, others were not:\n"


def words(run: Runner) -> dict[str, str]:
    found: dict[str, str] = run("exchange nmp status roll").json
    return {name.partition("/")[2]: word for name, word in found.items()}


BEFORE = {
    "a-1": "failed",
    "a-2": "failed",
    "a-3": "download failed",
    "b-1": "successful",
    "b-2": "initiated",
    "b-3": None,
}


def test_exactly_the_failed(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp reset roll")
    assert done.json == {"harbor/a-1": "reset", "harbor/a-2": "reset", "harbor/a-3": "reset"}
    assert (done.code, done.stderr) == (0, QUESTION)
    assert words(run) == {**BEFORE, "a-1": "reset", "a-2": "reset", "a-3": "reset"}
    done = run("exchange nmp reset roll")
    nothing = "No node has such a status of harbor/roll: there is nothing to reset.\n"
    assert done == (0, "{}\n", nothing)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("--status 'download failed'", ["a-3"]),
        ("--status Download-Failed,successful", ["a-3", "b-1"]),
        ("--status failed --node 'a-[2-3]'", ["a-2", "a-3"]),
        ("--node harbor/a-1", ["a-1"]),
        ("--node 'a-?,b-*'", ["a-1", "a-2", "a-3"]),
        ("--node -", ["a-1", "a-2"]),
    ],
)
def test_others_are_chosen(run: Runner, load: Load, line: str, names: list[str]) -> None:
    load(FLEET)
    done = run(f"exchange nmp reset roll {line} --quiet", stdin="a-1 a-2\n")
    assert (done.code, list(done.json), done.stderr) == (0, [f"harbor/{name}" for name in names], "")
    assert words(run) == {**BEFORE, **dict.fromkeys(names, "reset")}


def test_an_upgrade_that_is_going_on_is_warned_about(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp reset roll --status running")
    assert done.stderr == (
        "1 of 7 nodes to be reset in harbor/roll:\n  1 node: initiated\n"
        "Warning: 1 node in the middle of an upgrade: harbor/b-2. "
        "After a reset it may be started again while it is still going on.\n"
    )


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("nope", 8, "NMP nope not found in org harbor"),
        ("'*'", 2, "name one policy: this is not done to all of them at once."),
        (
            "roll --status ' ,'",
            2,
            "--status is empty: name statuses, separated by commas, or `failed` for all failures.",
        ),
        ("roll --node 'a-[1-4],z-*'", 8, r"1 node not found in org harbor: harbor/a-4; no node matches 'harbor/z-*'."),
        ("roll --node nope", 8, "node 'harbor/nope' not found."),
        (
            "roll --node a-1,other/a-1",
            2,
            "the nodes are of 2 organizations, harbor, other: name those of one at a time.",
        ),
    ],
)
def test_what_cannot_be(run: Runner, load: Load, line: str, code: int, sentence: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp reset {line}") == (code, "", f"Error: {sentence}\n")


def test_on_a_terminal_it_asks_once(run: Runner, load: Load) -> None:
    load(FLEET)
    asked = f"{QUESTION}Reset these on 3 nodes, at {address(run)}? [y/N]: "
    assert run("exchange nmp reset roll", tty=True, stdin="n\n") == (1, "", f"{asked}Error: Nothing was changed.\n")
    assert words(run) == BEFORE
    done = run("exchange nmp reset roll", tty=True, stdin="y\n", NO_COLOR="1")
    assert done == (0, "3 nodes: reset\n    harbor/a-[1-3]\n", asked)


def test_a_rehearsal_names_the_nodes(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp reset roll --dry-run", tty=True, NODEWATCH_FORMAT="json")
    assert done.json == {"harbor/a-1": "failed", "harbor/a-2": "failed", "harbor/a-3": "download failed"}
    assert done.stderr == (
        "3 of 7 nodes to be reset in harbor/roll:\n"
        "  2 nodes: failed: no disk\n    harbor/a-[1-2]\n"
        "  1 node: download failed: no hub\n    harbor/a-3\n"
        f"Reset these on 3 nodes, at {address(run)}: nothing is sent.\n"
    )
    assert run("exchange nmp reset roll --dry-run --format names").stdout == "harbor/a-[1-3]\n"
    assert words(run) == BEFORE


def interfere(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[..., Answer]) -> None:
    """Have a function stand before the store: it is given the way on, and the request."""
    send = LocalBackend.send
    monkeypatch.setattr(LocalBackend, "send", lambda self, request: meanwhile(send, self, request))


def test_what_has_changed_meanwhile_is_left_alone(run: Runner, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(FLEET)
    asked: list[str] = []
    again = "GET /orgs/harbor/nodes/a-2/managementStatus/roll"

    def meanwhile(send: Any, store: LocalBackend, request: Request[object]) -> Answer:
        asked.append(f"{request.method} {request.path}")
        if asked.count(again) == 2 and asked[-1] == again:
            send(store, request._replace(method="PUT", body=status("initiated")))
        return send(store, request)  # type: ignore[no-any-return]

    interfere(monkeypatch, meanwhile)
    done = run("exchange nmp reset roll --quiet")
    assert done.json == {
        "harbor/a-1": "reset",
        "harbor/a-2": "left alone: it has changed in the meantime, to initiated",
        "harbor/a-3": "reset",
    }
    said = f"{REST}  harbor/a-2: left alone: it has changed in the meantime, to initiated\n"
    assert (done.code, done.stderr) == (10, said)
    assert words(run) == {**BEFORE, "a-1": "reset", "a-2": "initiated", "a-3": "reset"}


def test_what_cannot_be_reset_is_named(run: Runner, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(FLEET)

    def meanwhile(send: Any, store: LocalBackend, request: Request[object]) -> Answer:
        if request.method == "PUT" and "/a-1/" in request.path:
            raise NotPermitted("access-denied: no", status=403, document={"code": "access-denied", "msg": "no"})
        if request.path.endswith("b-1/managementStatus/roll"):
            raise ServiceTrouble("internal: no", status=500, document={"code": "internal", "msg": "no"})
        return send(store, request)  # type: ignore[no-any-return]

    interfere(monkeypatch, meanwhile)
    done = run("exchange nmp reset roll --quiet", NODEWATCH_RETRIES="0")
    assert done.json == {
        "harbor/a-1": "not reset: access-denied: no",
        "harbor/a-2": "reset",
        "harbor/a-3": "reset",
    }
    said = f"{REST}  harbor/a-1: not reset: access-denied: no\n  harbor/b-1: not reset: internal: no\n"
    assert (done.code, done.stderr) == (10, said)


def test_an_interruption_leaves_the_rest(
    run: Runner, load: Load, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend == "http":
        return  # the store answers in order, so that the test can tell what was first
    load(FLEET)

    def meanwhile(send: Any, store: LocalBackend, request: Request[object]) -> Answer:
        if request.method == "PUT" and "/a-2/" in request.path:
            raise KeyboardInterrupt
        return send(store, request)  # type: ignore[no-any-return]

    interfere(monkeypatch, meanwhile)
    done = run("exchange nmp reset roll --quiet")
    assert done.json == {
        "harbor/a-1": "reset",
        "harbor/a-2": "reset or not: it was interrupted",
        "harbor/a-3": "not reset",
    }
    assert (done.code, done.stderr) == (130, "Interrupted.\n")


def test_afterwards_exactly_these_nodes_are_followed(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp reset roll --wait --timeout 30s")
    assert done.json == {"harbor/a-1": "reset", "harbor/a-2": "reset", "harbor/a-3": "reset"}
    assert done.code == 11
    assert done.stderr.endswith(
        "  Lagging (2): harbor/a-[1-2]: reset (no disk)\n  Lagging (1): harbor/a-3: reset (no hub)\n"
    )
