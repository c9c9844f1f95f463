"""What changed between two looks at a fleet: fleet files, stores, and the live systems."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import serve
from edge import FLEET as EDGE
from fleets import COMPONENTS, FLEET, session

if TYPE_CHECKING:
    from pathlib import Path

    from responses import RequestsMock

    from conftest import Runner

BEFORE = {**copy.deepcopy(FLEET), **copy.deepcopy(EDGE)}
BEFORE["bos"]["v2"]["version"] = {"major": "2", "minor": "50"}


def after() -> dict[str, Any]:
    fleet = copy.deepcopy(BEFORE)
    v2 = fleet["bos"]["v2"]
    components = {component["id"]: component for component in v2["components"]}
    failed = {"status": {"phase": "", "status_override": "failed"}, "error": "no power"}
    for name in ("x3000c0s2b0n0", "x3000c0s10b0n0"):
        components[name].update(failed)
    components["x3000c0s1b0n0"].update(status={"phase": "", "status_override": ""}, error="")
    components["x9"] = {"id": "x9"}
    v2["components"] = list(components.values())
    v2["sessions"] = [session("reboot-7", "complete"), session("new"), v2["sessions"][1]]
    fleet["exchange"]["managementpolicies"]["harbor/roll"]["lastUpdated"] = "2026-11-21T12:00:00Z"
    fleet["exchange"]["managementStatus"].pop("harbor/edge-04")
    return fleet


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, fleet in zip(paths, (BEFORE, after()), strict=True):
        path.write_text(json.dumps(fleet))
    return paths


def test_by_kind_the_largest_first(run: Runner, files: tuple[Path, Path]) -> None:
    done = run(f"diff {files[0]} {files[1]} --format json")
    assert (done.code, done.stderr) == (0, "")
    fields = ("kind", "about", "before", "after", "names")
    assert [tuple(change[field] for field in fields) for change in done.json] == [
        ("newly failed", "BOS", "configuring", "failed", ["x3000c0s2b0n0"]),
        ("newly failed", "BOS", "power_on_called", "failed", ["x3000c0s10b0n0"]),
        ("recovered", "BOS", "failed", "stable", ["x3000c0s1b0n0"]),
        ("gone", "policy harbor/roll", "initiated", "", ["harbor/edge-04"]),
        ("new", "BOS", "", "stable", ["x9"]),
        ("begun", "BOS v2 session", "", "running", ["new"]),
        ("ended", "BOS v2 session", "running", "complete", ["reboot-7"]),
        ("changed", "policy", "2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z", ["harbor/roll"]),
        ("removed", "BOS v2 session", "running", "", ["blue/blue-boot"]),
    ]
    assert done.json[0]["error"] == "no power"


def test_as_a_table(run: Runner, files: tuple[Path, Path]) -> None:
    lines = run(f"diff {files[0]} {files[1]} --format table").stdout.splitlines()
    assert [line for line in lines if line][:4] == [
        "Newly failed, BOS (1): configuring -> failed, no power",
        "    x3000c0s2b0n0",
        "Newly failed, BOS (1): power_on_called -> failed, no power",
        "    x3000c0s10b0n0",
    ]


def test_names(run: Runner, files: tuple[Path, Path]) -> None:
    done = run(f"diff {files[0]} {files[1]} --format names --expand")
    assert done.stdout.split() == ["harbor/edge-04", "x9", "x3000c0s1b0n0", "x3000c0s2b0n0", "x3000c0s10b0n0"]


def test_options_of_lists(run: Runner, files: tuple[Path, Path]) -> None:
    line = f"diff {files[0]} {files[1]}"
    assert run(f"{line} --filter 'kind = newly-failed and node = *s2b0n0'").json == [
        {
            "kind": "newly failed",
            "about": "BOS",
            "before": "configuring",
            "after": "failed",
            "error": "no power",
            "names": ["x3000c0s2b0n0"],
        }
    ]
    assert (
        run(f"{line} --filter 'about = policy* or kind = begun' --format csv").stdout
        == """\
node,kind,about,before,after,error
harbor/edge-04,gone,policy harbor/roll,initiated,,
new,begun,BOS v2 session,,running,
harbor/roll,changed,policy,2026-11-20T12:00:00Z,2026-11-21T12:00:00Z,
"""
    )
    assert run(f"{line} --filter 'about = *session' --format names").stdout == "blue/blue-boot,new,reboot-7\n"
    assert run(f"{line} --count-by chassis --filter \"chassis != ''\"").json == [{"chassis": "x3000c0", "count": 3}]
    assert run(f"{line} --filter 'kind = moved' --format table").stdout == "Nothing changed.\n"
    assert "you may mean newly failed" in run(f"{line} --filter 'kind = newly-fail'").stderr


def test_exit_code_goes_by_what_fits(run: Runner, files: tuple[Path, Path]) -> None:
    line = f"diff {files[0]} {files[1]} --exit-code --format names --filter"
    assert run(f"{line} 'node = *s1b0n0'").code == 0
    assert run(f"{line} 'node = *s2b0n0'") == (
        10,
        "x3000c0s2b0n0\n",
        f"Error: 1 newly failed between {files[0]} and {files[1]}.\n",
    )


def test_two_looks_at_the_same_moment_are_equal(run: Runner, files: tuple[Path, Path], tmp_path: Path) -> None:
    store = tmp_path / "a.db"
    assert run(f"local load {files[0]} --local {store}").code == 0
    for line in (f"diff {files[0]} {files[0]}", f"diff {files[0]} {store}", f"diff {store} {files[0]}"):
        assert run(f"{line} --exit-code") == (0, "[]\n", "")
    assert run(f"diff {files[0]} {store} --format table").stdout == "Nothing changed.\n"


def test_exit_code(run: Runner, files: tuple[Path, Path]) -> None:
    assert run(f"diff {files[0]} {files[1]}").code == 0
    done = run(f"diff {files[0]} {files[1]} --exit-code")
    assert (done.code, done.stderr) == (10, f"Error: 2 newly failed between {files[0]} and {files[1]}.\n")
    assert run(f"diff {files[1]} {files[0]} --exit-code").code == 10  # x3000c0s1b0n0


def test_the_live_systems_are_the_other_side(
    run: Runner, network: RequestsMock, files: tuple[Path, Path], tmp_path: Path
) -> None:
    store = tmp_path / "live.db"
    run(f"local load {files[0]} --local {store}")
    serve(run, network, store)
    run.environ["HZN_ORG_ID"] = "harbor"
    assert run(f"diff {files[0]}") == (0, "[]\n", "")
    assert "x9" in run(f"diff {files[1]}").stdout


def test_only_what_both_know_of_is_compared(run: Runner, files: tuple[Path, Path], tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.json"
    nodes.write_text(json.dumps({"bos": {"v2": {"components": COMPONENTS[:-1]}}}))
    assert {change["about"] for change in run(f"diff {nodes} {files[0]}").json} == {"BOS", "BOS v2 session"}


def test_what_cannot_be_read(run: Runner, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(f"diff {files[0]} {tmp_path}/none.json").code == 4
    assert run(f"diff {files[0]} {tmp_path}/none.db").code == 4
    assert run(f"diff {files[0]}").code == 7


def test_what_could_not_be_asked_is_not_gone(run: Runner, files: tuple[Path, Path]) -> None:
    saved = after()
    saved["bos"]["v2"]["components"] = []
    saved["unasked"] = {"/v2/components": {"status": 500, "message": "BOS answered 500."}}
    files[1].write_text(json.dumps(saved))
    assert run(f"local load {files[1]} --local {files[1]}.db").code == 0
    for source in (files[1], f"{files[1]}.db"):
        said = f"Error: what {source} lacks was not compared: /v2/components could not be asked: BOS answered 500.\n"
        done = run(f"diff {files[0]} {source} --format json --exit-code")
        assert (done.code, done.stderr) == (5, said)
        assert [(change["kind"], change["names"]) for change in done.json] == [
            ("begun", ["new"]),
            ("ended", ["reboot-7"]),
            ("changed", ["harbor/roll"]),
        ]
        done = run(f"diff {source} {files[0]} --format json --exit-code")
        assert (done.code, done.stderr) == (5, said)
        assert "new" not in {change["kind"] for change in done.json}
