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


@pytest.mark.parametrize("nodes", ["'rome-[1-2]'", "'rome-?' --filter 'name != rome-3'", "harbor/rome-1,rome-2", "-"])
def test_several_nodes(run: Runner, load: Load, nodes: str) -> None:
    load(FLEET)
    done = run(f"exchange node list {nodes} --format json", stdin="rome-[1-2] # both\n")
    assert (done.code, list(done.json)) == (0, ["harbor/rome-1", "harbor/rome-2"])
    assert run("exchange node list 'rome-[1-2]' --format names").stdout == "harbor/rome-[1-2]\n"
    unknown = run("exchange node list rome-1,nope")
    assert unknown == (8, "", "Error: 1 node not found in org harbor: harbor/nope\n")


def test_for_people_and_for_other_commands(run: Runner, load: Load) -> None:
    known = {"softwareVersions": {"horizon": "2.31.0"}, "arch": "amd64", "lastHeartbeat": "2026-11-21T11:00:00Z"}
    load({"exchange": {"nodes": {"harbor/a-1": {**node("a-1"), **known}, "harbor/a-2": {"publicKey": ""}}}})
    assert run("exchange node list --format table").stdout == (
        "Node        Type    Architecture  Agent   State           Last heartbeat\n"
        "harbor/a-1  device  amd64         2.31.0  registered      2026-11-21 11:00:00 UTC\n"
        "harbor/a-2                                not registered\n"
    )
    assert run("exchange node list --format names").stdout == "harbor/a-[1-2]\n"
