from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS
from fleets import FLEET, session

if TYPE_CHECKING:
    from conftest import Load, Runner


@pytest.mark.parametrize("style", ["json", "yaml", "toml", "table"])
def test_what_is_deleted_is_gone_and_one_empty_line_says_so(run: Runner, load: Load, style: str) -> None:
    load(FLEET)
    assert run(f"bos v2 sessions delete reboot-7 --format {style}") == (0, "\n", "")
    assert run("bos v2 sessions describe reboot-7").code == 8
    assert run("bos v2 components describe x3000c0s1b0n0").json["session"] == "reboot-7"


def test_its_saved_status_goes_too(run: Runner, load: Load) -> None:
    load(
        {
            "bos": {
                "v2": {
                    "sessions": [session("done", "complete")],
                    "session_status": {"done": {"status": "odd"}},
                    "sessiontemplates": [{"name": "compute-24.7", "boot_sets": {"a": {"node_groups": ["g"]}}}],
                }
            }
        }
    )
    assert run("bos v2 sessions status list done").json == {"status": "odd"}
    assert run("bos v2 sessions delete done").code == 0
    assert run("bos v2 sessions create --name done --template-name compute-24.7 --operation boot").code == 0
    assert run("bos v2 sessions status list done").json["status"] == "pending"


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 sessions delete nope") == (
        8,
        "",
        "Error: The resource was not found: Session 'nope' does not exist\n",
    )
    assert run("bos v2 sessions delete blue-boot").code == 8


def test_a_rehearsal_deletes_nothing(run: Runner, load: Load, backend: str) -> None:
    store = load(FLEET)
    done = run("bos v2 sessions delete reboot-7 --dry-run")
    assert done.json == {"method": "DELETE", "path": "/v2/sessions/reboot-7", "query": {}}
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    assert done.stderr == f"Delete session reboot-7 (running, 5 nodes) at {place}: nothing is sent.\n"
    assert run("bos v2 sessions describe reboot-7").code == 0


def test_on_a_terminal_you_are_asked_before_one_that_is_not_complete(run: Runner, load: Load, backend: str) -> None:
    store = load(FLEET)
    place = SERVERS["bos"] if backend == "http" else f"the local store {store}"
    question = f"Delete session reboot-7 (running, 5 nodes) at {place}? [y/N]: "
    line = "bos v2 sessions delete reboot-7"
    assert run(line, tty=True, stdin="n\n") == (1, "", f"{question}Error: Nothing was changed.\n")
    assert run("bos v2 sessions describe reboot-7").code == 0
    assert run(line, tty=True, stdin="y\n") == (0, "\n", question)


@pytest.mark.parametrize(("status", "option"), [("complete", ""), ("running", "--yes")])
def test_no_question(run: Runner, load: Load, status: str, option: str) -> None:
    load({"bos": {"v2": {"sessions": [session("s", status)]}}})
    assert run(f"bos v2 sessions delete s {option}", tty=True) == (0, "\n", "")
