from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import node
from meant import FLEET

if TYPE_CHECKING:
    from conftest import Load, Runner


@pytest.mark.parametrize(
    ("name", "policies"),
    [
        ("rome-1", {"harbor/all": "disabled", "harbor/rome": "enabled"}),
        ("harbor/rome-2", {"harbor/rome": "enabled"}),
        ("shop-1", {"harbor/shops": "enabled"}),
        ("bare-1", {"harbor/all": "disabled"}),
        ("other/rome-1", {"other/rome": "enabled"}),
    ],
)
def test_what_is_meant_for_a_node(run: Runner, load: Load, name: str, policies: dict[str, str]) -> None:
    load(FLEET)
    enabled = {name: state for name, state in policies.items() if state == "enabled"}
    done = run(f"exchange node management list {name}")
    assert (done.code, done.json, done.stderr) == (0, enabled, "")
    assert run(f"exchange node mgmt ls {name} -a").json == policies


def test_table(run: Runner, load: Load) -> None:
    load(FLEET)
    shown = run("exchange node management list rome-1 -a --format table").stdout
    assert [line.split()[:2] for line in shown.splitlines()] == [
        ["Policy", "State"],
        ["harbor/all", "disabled"],
        ["harbor/rome", "enabled"],
    ]
    none = run("exchange node management list bare-1 --format table").stdout
    assert none == "No policy is meant for this node.\n"


def test_options_of_lists(run: Runner, load: Load) -> None:
    load(FLEET)
    line = "exchange node management list rome-1 -a"
    assert run(f"{line} --filter 'enabled = no'").json == {"harbor/all": "disabled"}
    assert (
        run(f"{line} --columns nmp,enabled --format csv").stdout == "nmp,enabled\nharbor/all,false\nharbor/rome,true\n"
    )
    assert run(f"{line} --count-by enabled --no-headings --format tsv").stdout == "false\t1\ntrue\t1\n"
    assert run(f"{line} --format names").stdout == "harbor/all,harbor/rome\n"
    assert run("exchange node management list bare-1 --filter 'enabled = yes'").json == {}


def test_an_organization_without_policies(run: Runner, load: Load) -> None:
    load({"exchange": {"nodes": {"harbor/n": node("n")}}})
    assert run("exchange node management list n") == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nope", "node 'nope' not found in org harbor"),
        ("'*'", "node '*' not found in org harbor"),
        ("rome-3", "node 'rome-3' is not registered with the exchange in org harbor"),
    ],
)
def test_what_is_not_there(run: Runner, load: Load, name: str, sentence: str) -> None:
    load(FLEET)
    assert run(f"exchange node management list {name}") == (8, "", f"Error: {sentence}\n")
