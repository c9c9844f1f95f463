from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import FLEET

if TYPE_CHECKING:
    from conftest import Load, Runner

QUESTION = (
    "Are you sure you want to remove node management policy roll for org harbor from the Horizon Exchange? [y/N]: "
)
REMOVED = "Node management policy harbor/roll removed from the Horizon Exchange.\n"


def left(run: Runner) -> list[str]:
    return list(run("exchange nmp list").json)


@pytest.mark.parametrize("line", ["remove roll --force", "rm harbor/roll -f", "rm roll --yes"])
def test_it_goes_with_its_statuses(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp {line}") == (0, REMOVED, "")
    assert left(run) == ["harbor/certs", "harbor/nobody"]
    assert run("exchange nmp status '*'").json == {"harbor/edge-01": {"harbor/certs": "waiting"}}


@pytest.mark.parametrize("tty", [True, False])
@pytest.mark.parametrize("reply", ["n\n", "\n", ""])
def test_it_asks_and_takes_no_for_an_answer(run: Runner, load: Load, reply: str, tty: bool) -> None:
    load(FLEET)
    done = run("exchange nmp remove roll", stdin=reply, tty=tty)
    end = "" if reply else "\n"  # who ends the input has not ended the line
    assert done == (1, "", f"{QUESTION}{end}Error: Nothing was changed.\n")
    assert "harbor/roll" in left(run)


@pytest.mark.parametrize("tty", [True, False])
def test_it_asks_and_takes_yes_for_an_answer(run: Runner, load: Load, tty: bool) -> None:
    load(FLEET)
    assert run("exchange nmp remove roll", stdin="y\n", tty=tty) == (0, REMOVED, QUESTION)


def test_dry_run_removes_nothing_and_does_not_ask(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp remove roll --dry-run")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {"method": "DELETE", "path": "/orgs/harbor/managementpolicies/roll", "query": {}}
    assert "harbor/roll" in left(run)


def test_an_unknown_policy(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("exchange nmp rm nope -f")
    assert done == (8, "", "Error: Node management policy nope not found in org harbor\n")


@pytest.mark.parametrize("name", ["'*'", "''", "harbor/"])
def test_never_all_of_them(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp rm {name} -f").code == 2
    assert len(left(run)) == 3
