from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from fleets import component, session, template
from lives import ERROR, NAMES, failed, moment, stable, taken

if TYPE_CHECKING:
    from conftest import Load, Runner

ONE, TWO, THREE, FOUR = NAMES
SHOWN = f"  2 nodes: {ERROR}\n      x3000c0s[1-2]b0n0\n"
RETRY = "bos v2 sessions retry boot-1"


def fleet(*nodes: dict[str, Any], state: str = "complete", **fields: Any) -> Any:
    found = moment(*nodes, state=state, **fields)
    found["bos"]["v2"]["sessiontemplates"] = [template("compute-24.7", *NAMES)]
    return found


def held(name: str) -> dict[str, Any]:
    return component(name, "configuring", session="boot-1", enabled=False)


TWO_FAILED = fleet(failed(ONE), failed(TWO), stable(THREE), held(FOUR), state="running", include_disabled=True)


def place(store: Any, backend: str) -> str:
    return SERVERS["bos"] if backend == "http" else f"the local store {store}"


def test_exactly_the_failed_nodes_are_tried_again(run: Runner, load: Load) -> None:
    load(TWO_FAILED)
    done = run(f"{RETRY} --name again")
    assert (done.code, done.stderr) == (
        0,
        f"{SHOWN}Watch it: nodewatch bos v2 sessions status list again --watch\n",
    )
    expected = session("again", limit=f"{ONE},{TWO}", include_disabled=True)
    status = {"end_time": None, "error": None, "start_time": "2026-11-21T12:00:00", "status": "pending"}
    assert done.json == {**expected, "status": status}
    assert run("bos v2 components list --session again --format names").stdout == "x3000c0s[1-2]b0n0\n"
    assert run("bos v2 components list --session boot-1 --format names").stdout == "x3000c0s[3,10]b0n0\n"


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ("--with-held", f"{ONE},{FOUR},{TWO}"),
        ("--status failed,stable", f"{ONE},{TWO},{THREE}"),
        ("--status stable", THREE),
    ],
)
def test_which_nodes_is_chosen(run: Runner, load: Load, options: str, limit: str) -> None:
    load(TWO_FAILED)
    body = run(f"{RETRY} {options} --dry-run").json["body"]
    assert sorted(body["limit"].split(",")) == sorted(limit.split(","))


def test_a_rehearsal_shows_the_nodes_and_sends_nothing(run: Runner, load: Load, backend: str) -> None:
    store = load(TWO_FAILED)
    done = run(f"{RETRY} --dry-run")
    assert (done.code, done.stderr) == (
        0,
        f"{SHOWN}Reboot 2 nodes of boot-1, at {place(store, backend)}: nothing is sent.\n",
    )
    assert (done.json["method"], done.json["path"]) == ("POST", "/v2/sessions")
    assert [each["name"] for each in run("bos v2 sessions list").json] == ["boot-1"]


def test_you_are_asked_on_a_terminal(run: Runner, load: Load, backend: str) -> None:
    store = load(TWO_FAILED)
    question = f"{SHOWN}Reboot 2 nodes of boot-1, at {place(store, backend)}? [y/N]: "
    assert run(RETRY, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert [each["name"] for each in run("bos v2 sessions list").json] == ["boot-1"]
    done = run(f"{RETRY} --name again", tty=True, stdin="y\n")
    assert (done.code, done.stderr) == (0, question)
    assert done.stdout.endswith("nodewatch bos v2 sessions status list again --watch\n")
    assert run("bos v2 sessions retry again --status on_hold --yes", tty=True).stderr.startswith("  2 nodes: no error")


TAKEN = f"""\
Also failed, but no longer in this session, so left alone: 2 nodes
  {ONE}: in session boot-2
  x9: unknown to BOS
"""


def of_the_past(*nodes: dict[str, Any]) -> Any:
    found = fleet(*nodes)
    found["bos"]["v2"]["session_status"] = {
        "boot-1": {
            "error_summary": {ERROR: {"count": 3, "list": f"{ONE},{TWO},x9"}},
            "managed_components_count": 4,
            "percent_failed": 75.0,
            "percent_successful": 25.0,
            "percent_staged": 0.0,
            "phases": {},
            "status": "complete",
            "timing": {},
        }
    }
    return found


def test_nodes_that_another_session_has_taken_are_left_alone(run: Runner, load: Load) -> None:
    load(of_the_past(taken(ONE), failed(TWO), stable(THREE), stable(FOUR)))
    done = run(f"{RETRY} --dry-run")
    assert done.json["body"]["limit"] == TWO
    assert TAKEN in done.stderr


def test_nothing_to_try_again_is_no_success(run: Runner, load: Load) -> None:
    load(of_the_past(taken(ONE), stable(TWO), stable(THREE), stable(FOUR)))
    none = "Error: no node of boot-1 is {} now, so nothing was created.\n"
    assert run(RETRY) == (10, "", none.format("failed") + TAKEN)
    assert run(f"{RETRY} --status on-hold --with-held") == (10, "", none.format("on_hold or held"))
    assert [each["name"] for each in run("bos v2 sessions list").json] == ["boot-1"]


def test_what_is_wrong(run: Runner, load: Load) -> None:
    load(TWO_FAILED)
    assert run("bos v2 sessions retry nowhere") == (
        8,
        "",
        "Error: The resource was not found: Session 'nowhere' does not exist\n",
    )
    assert run(f"{RETRY} --status broken").code == 2
    assert run(f"{RETRY} --name boot-1").code == 5
