from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import node
from meant import FLEET

if TYPE_CHECKING:
    from conftest import Load, Runner

NAMES = [f"harbor/{name}" for name in ("bare-1", "oslo-1", "rome-1", "rome-2", "rome-3", "shop-1")]


@pytest.mark.parametrize("line", ["list", "ls", "list '*'", "list harbor/"])
def test_names(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    done = run(f"exchange node {line}")
    assert (done.code, done.json, done.stderr) == (0, NAMES, "")


def test_whole_nodes(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange node list shop-1").json == {"harbor/shop-1": FLEET["exchange"]["nodes"]["harbor/shop-1"]}
    assert list(run("exchange node list -l").json) == NAMES
    assert run("exchange node list -o empty") == (0, "[]\n", "")
    assert run("exchange node list nope") == (8, "", "Error: node 'nope' not found in org harbor\n")


def test_for_people_and_for_other_commands(run: Runner, load: Load) -> None:
    known = {"softwareVersions": {"horizon": "2.31.0"}, "arch": "amd64", "lastHeartbeat": "2026-11-21T11:00:00Z"}
    load({"exchange": {"nodes": {"harbor/a-1": {**node("a-1"), **known}, "harbor/a-2": {"publicKey": ""}}}})
    assert run("exchange node list --format table").stdout == (
        "Node        Type    Architecture  Agent   State           Last heartbeat\n"
        "harbor/a-1  device  amd64         2.31.0  registered      2026-11-21 11:00:00 UTC\n"
        "harbor/a-2                                not registered\n"
    )
    assert run("exchange node list --format names").stdout == "harbor/a-[1-2]\n"
