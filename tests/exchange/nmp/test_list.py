from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import FLEET, golden, policy

if TYPE_CHECKING:
    from conftest import Load, Runner

POLICIES = FLEET["exchange"]["managementpolicies"]


@pytest.mark.parametrize("line", ["list", "ls", "list '*'", "list harbor/"])
def test_names(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    done = run(f"exchange nmp {line}")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == ["harbor/certs", "harbor/nobody", "harbor/roll"]


def test_whole_policies(run: Runner, load: Load) -> None:
    load(FLEET)
    found = run("exchange nmp list -l").json
    assert list(found) == ["harbor/certs", "harbor/nobody", "harbor/roll"]
    assert found == {name: POLICIES[name] for name in found}


@pytest.mark.parametrize("line", ["roll", "harbor/roll", "roll -l", "other/theirs"])
def test_one(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    name = "other/theirs" if "theirs" in line else "harbor/roll"
    assert run(f"exchange nmp list {line}").json == {name: POLICIES[name]}


def test_an_organization_without_policies(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp list -o empty") == (0, "[]\n", "")
    assert run("exchange nmp list -o empty -l") == (0, "[]\n", "")
    assert run("exchange nmp list -o empty --format table").stdout == "There are no node management policies.\n"


def test_an_unknown_policy(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp list nope") == (8, "", "Error: NMP nope not found in org harbor\n")


@pytest.mark.parametrize(("line", "file"), [("", "list"), ("certs", "list_one"), ("-l", "list_long")])
def test_table(run: Runner, load: Load, line: str, file: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp list {line} --format table") == (0, golden(f"exchange_nmp_{file}.txt"), "")


def test_odd_fields_are_shown_not_stumbled_over(run: Runner, load: Load) -> None:
    odd = policy(
        properties=[{"name": "p", "value": 1}, "odd"], start="whenever", agentUpgradePolicy=None, patterns=["o/a"]
    )
    load({"exchange": {"managementpolicies": {"harbor/odd": odd}}})
    shown = run("exchange nmp list odd --format table").stdout
    assert "Start:        whenever, spread over 300 s" in shown
    assert "Properties:   p = 1" in shown
    assert "Patterns:     o/a" in shown
