"""What a recording tells of policies on edge nodes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NOW, SERVERS
from edge import node, policy, status

if TYPE_CHECKING:
    from pathlib import Path

    import responses

    from conftest import Load, Runner

MINUTE = timedelta(minutes=1)


def fleet(**words: str) -> dict[str, Any]:
    """Return a fleet in which nodes (`edge_1`) are at that word with the policy `roll`; `off` ones have no status."""
    names = {name: f"harbor/{name.replace('_', '-')}" for name in words}
    return {
        "exchange": {
            "managementpolicies": {"harbor/roll": policy()},
            "nodes": {names[name]: node(names[name].partition("/")[2]) for name in words},
            "managementStatus": {
                names[name]: {
                    "harbor/roll": status(word, errorMessage="no disk" if "failed" in word else ""),
                    "harbor/certs": status("waiting"),
                }
                for name, word in words.items()
                if word != "off"
            },
        }
    }


@pytest.fixture
def past(tmp_path: Path) -> Path:
    return tmp_path / "past.db"


def look(run: Runner, past: Path, minutes: int = 0, *options: str) -> str:
    """Take a look after so many minutes, and return what is said of the Exchange."""
    done = run(" ".join([f"local record {past}", *options]), now=NOW + minutes * MINUTE)
    assert (done.code, done.stdout) == (0, ""), done.stderr
    return done.stderr.splitlines()[-1]


def told(run: Runner, past: Path, options: str = "") -> Any:
    done = run(f"exchange nmp history --local {past} --format json {options}")
    assert done.code == 0, done.stderr
    return done.json


def changed(node: str, before: str, after: str, minutes: int, nmp: str = "roll") -> dict[str, str]:
    """Return the record of a change."""
    error = "no disk" if "failed" in after else ""
    time = f"2026-11-21T12:{minutes:02}:00Z"
    return {
        "time": time,
        "node": f"harbor/{node}",
        "nmp": f"harbor/{nmp}",
        "from": before,
        "to": after,
        "error": error,
    }


def test_a_look_adds_only_what_changed(run: Runner, load: Load, past: Path) -> None:
    load(fleet(edge_1="initiated", edge_2="off"))
    assert look(run, past) == "2026-11-21T12:00:00Z: 2 changes on 2 edge nodes."
    assert look(run, past, 1) == "2026-11-21T12:01:00Z: 0 changes on 2 edge nodes."
    load(fleet(edge_1="failed", edge_2="waiting"))
    assert look(run, past, 2) == "2026-11-21T12:02:00Z: 3 changes on 2 edge nodes."
    load(fleet(edge_2="waiting"))
    assert look(run, past, 3) == "2026-11-21T12:03:00Z: 2 changes on 1 edge node."
    assert told(run, past, "roll") == [
        changed("edge-1", "", "initiated", 0),
        changed("edge-1", "initiated", "failed", 2),
        changed("edge-2", "", "waiting", 2),
        changed("edge-1", "failed", "gone", 3),
    ]
    assert told(run, past, "--node edge-2") == [
        changed("edge-2", "", "waiting", 2),
        changed("edge-2", "", "waiting", 2, "certs"),
    ]


@pytest.mark.parametrize(
    ("options", "nodes"),
    [
        ("--nodes 'edge-[01,2]'", ["edge-2"]),
        ("--node 'harbor/edge-*'", ["edge-1", "edge-2"]),
        ("--nodes -", ["edge-1", "edge-2"]),
        ("--filter 'to = failed'", ["edge-1"]),
    ],
)
def test_whose_course(run: Runner, load: Load, past: Path, options: str, nodes: list[str]) -> None:
    load(fleet(edge_1="failed", edge_2="waiting", other="waiting"))
    look(run, past)
    done = run(f"exchange nmp history harbor/roll --local {past} {options}", stdin="edge-[1-2]\n")
    assert [change["node"] for change in done.json] == [f"harbor/{name}" for name in nodes]


def test_other_formats(run: Runner, load: Load, past: Path) -> None:
    load(fleet(edge_1="failed", edge_2="waiting"))
    look(run, past)
    line = f"exchange nmp history roll --local {past}"
    assert run(f"{line} --format names").stdout == "harbor/edge-[1-2]\n"
    assert run(f"{line} --format table --utc").stdout == (
        "Node           Policy       Time                     From  To       Error\n"
        "harbor/edge-1  harbor/roll  2026-11-21 12:00:00 UTC        failed   no disk\n"
        "harbor/edge-2  harbor/roll  2026-11-21 12:00:00 UTC        waiting\n"
    )


def test_the_worst(run: Runner, load: Load, past: Path) -> None:
    steps = [
        fleet(edge_1="initiated", edge_2="initiated", edge_3="waiting"),
        fleet(edge_1="failed", edge_2="successful", edge_3="download failed"),
        fleet(edge_1="rollback started", edge_2="reset", edge_3="download failed"),
        fleet(edge_1="rollback successful", edge_2="precheck failed", edge_3="download failed"),
        fleet(edge_1="waiting", edge_2="precheck failed", edge_3="download failed"),
        fleet(edge_1="rollback failed", edge_2="precheck failed", edge_3="successful"),
    ]
    for minutes, step in enumerate(steps):
        load(step)
        look(run, past, minutes)
    assert told(run, past, "--worst") == [
        {"node": "harbor/edge-1", "failures": 2, "upgrades": 3, "errors": ["no disk"]},
        {"node": "harbor/edge-2", "failures": 1, "upgrades": 3, "errors": ["no disk"]},
        {"node": "harbor/edge-3", "failures": 1, "upgrades": 3, "errors": ["no disk"]},
    ]
    assert told(run, past, "roll --worst --filter 'failures > 1' --columns node,upgrades") == [
        {"node": "harbor/edge-1", "upgrades": 2}
    ]


def test_a_node_that_cannot_be_asked_stays_as_it_was(run: Runner, network: responses.RequestsMock, past: Path) -> None:
    base = SERVERS["exchange"]
    run.environ.update(HZN_EXCHANGE_URL=base, NODEWATCH_RETRIES="0")
    held = fleet(edge_1="initiated", edge_2="initiated")["exchange"]
    network.get(f"{base}/admin/version", body="2.154.0\n", content_type="text/plain")
    network.get(f"{base}/orgs/harbor/nodes", json={"nodes": held["nodes"], "lastIndex": 0})
    place = f"{base}/orgs/harbor/nodes/edge-{{}}/managementStatus"
    for number in (1, 2):
        statuses = {"managementStatus": held["managementStatus"][f"harbor/edge-{number}"], "lastIndex": 0}
        network.get(place.format(number), json=statuses)
    assert look(run, past) == "2026-11-21T12:00:00Z: 4 changes on 2 edge nodes."
    network.replace("GET", place.format(1), json={"managementStatus": {}, "lastIndex": 0}, status=404)
    network.replace("GET", place.format(2), json={"code": "error", "msg": "broken"}, status=500)
    done = run(f"local record {past}", now=NOW + MINUTE)
    assert (done.code, done.stderr.splitlines()[:2]) == (
        5,
        [
            "2026-11-21T12:01:00Z: 2 changes on 1 edge node.",
            "Error: 2026-11-21T12:01:00Z: what could not be asked counts as before (1 edge node):",
        ],
    )
    again = run(f"local record {past} --every 30s --for 40s", now=NOW + MINUTE)
    assert (again.code, again.stderr.count("what could not be asked counts as before (1 edge node):")) == (0, 2)
    assert [change["node"] for change in told(run, past, "--filter 'to = gone'")] == ["harbor/edge-1"] * 2
    network.replace("GET", place.format(1), json={"code": "error", "msg": "broken"}, status=500)
    assert run(f"local record {past}", now=NOW + 2 * MINUTE).code == 5
    assert len(told(run, past)) == 6


def test_organizations_do_not_disturb_each_other(run: Runner, load: Load, past: Path) -> None:
    both = fleet(edge_1="initiated")
    both["exchange"]["nodes"]["other/n"] = node("n")
    both["exchange"]["managementStatus"]["other/n"] = {"other/roll": status("waiting")}
    load(both)
    assert look(run, past).endswith(" 2 changes on 1 edge node.")
    run.environ["HZN_ORG_ID"] = "other"
    assert look(run, past).endswith(" 1 change on 1 edge node.")
    assert len(told(run, past)) == 3
    assert len(told(run, past, "other/roll")) == 1
    assert len(told(run, past, "harbor/roll --node edge-1")) == 1


def test_what_is_older_is_forgotten_but_for_what_is_there(run: Runner, load: Load, past: Path) -> None:
    load(fleet(edge_1="initiated", edge_2="initiated", edge_3="off"))
    look(run, past)
    load(fleet(edge_1="successful", edge_3="off"))
    look(run, past, 60)
    look(run, past, 60 * 24 * 3, "--keep", "2d")
    assert told(run, past) == [
        changed("edge-1", "", "waiting", 0, "certs"),
        {**changed("edge-1", "initiated", "successful", 0), "time": "2026-11-21T13:00:00Z"},
    ]


def test_what_is_wrong(run: Runner, load: Load, past: Path) -> None:
    store = load(fleet(edge_1="initiated"))
    nothing = (
        "Error: nothing is recorded here. Record it, `nodewatch local record STORE`, and ask with --local STORE.\n"
    )
    assert run("exchange nmp history") == (8, "", nothing)
    assert run(f"exchange nmp history --worst --local {store}") == (8, "", nothing)
    look(run, past)
    unknown = run(f"exchange nmp history nope --local {past}")
    assert unknown == (8, "", "Error: nothing is recorded of policy harbor/nope.\n")
    unknown = run(f"exchange nmp history roll --nodes 'weir-*' --local {past}")
    assert unknown == (8, "", "Error: nothing is recorded of harbor/weir-*.\n")
    assert run(f"exchange nmp history --node a --nodes b --local {past}").code == 2
