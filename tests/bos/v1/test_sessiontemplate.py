"""Session templates of BOS v1: those of BOS v2, in its own way of storing and answering."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Load, Runner

TEMPLATE: dict[str, Any] = {
    "boot_sets": {
        "computes": {"node_list": ["x3000c0s19b1n0", "x3000c0s19b2n0"], "path": "s3://b/manifest.json", "type": "s3"},
        "uans": {"node_roles_groups": ["Application"], "path": "s3://u/manifest.json", "type": "s3"},
    },
    "cfs": {"configuration": "cfg-1"},
    "enable_cfs": True,
    "name": "cle-1.3.0",
    "tenant": "",
}
OTHER = {"name": "arm", "boot_sets": {}}
FLEET = {"bos": {"v2": {"sessiontemplates": [TEMPLATE, OTHER], "version": {"major": "2"}}}}
MISSING = "Error: there is no session template 'nope'.\n"


@pytest.mark.parametrize("group", ["bos v1 sessiontemplate", "bos sessiontemplate"])
def test_list(run: Runner, load: Load, group: str) -> None:
    load(FLEET)
    assert run(f"{group} list").json == run("bos v2 sessiontemplates list").json == [TEMPLATE, OTHER]


def test_list_as_a_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v1 sessiontemplate list --format table").stdout.splitlines()[1:] == [
        "arm",
        "cle-1.3.0  computes, uans  x3000c0s19b[1-2]n0; role Application  cfg-1",
    ]


def test_options_of_lists(run: Runner, load: Load) -> None:
    load(FLEET)
    line = "bos v1 sessiontemplate list"
    assert run(f"{line} --filter 'nodes = *Application*'").json == [TEMPLATE]
    assert run(f"{line} --format names").stdout == "arm,cle-1.3.0\n"
    assert run(f"{line} --sort -name --columns name,boot_sets --format csv").stdout == (
        'name,boot_sets\ncle-1.3.0,"computes, uans"\narm,\n'
    )


def test_describe(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v1 sessiontemplate describe cle-1.3.0").json == TEMPLATE
    assert run("bos v1 sessiontemplate describe nope") == (8, "", MISSING)
    table = run("bos v1 sessiontemplate describe cle-1.3.0 --format table").stdout
    assert [" ".join(line.split()) for line in table.splitlines() if "odes" in line] == [
        "Nodes: x3000c0s19b[1-2]n0",
        "Nodes: role Application",
    ]


def test_create_takes_the_name_of_the_option_before_that_of_the_file(run: Runner, load: Load, tmp_path: Path) -> None:
    load(FLEET)
    file = tmp_path / "template.json"
    file.write_text(json.dumps({**OTHER, "boot_sets": {"c": {"node_list": ["x1"]}}}))
    done = run(f"bos v1 sessiontemplate create --name new --file {file} --cfs-configuration c")
    assert done == (0, "new\n", "")
    assert run("bos v2 sessiontemplates describe new").json == {
        "boot_sets": {"c": {"node_list": ["x1"]}},
        "cfs": {"configuration": "c"},
        "name": "new",
        "tenant": "",
    }


def test_create_needs_a_name(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v1 sessiontemplate create --description d") == (
        2,
        "",
        "Error: the template has no name: add --name NAME.\n",
    )


def test_delete(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v1 sessiontemplate delete arm") == (0, "\n", "")
    assert run("bos v1 sessiontemplate list").json == [TEMPLATE]
    assert run("bos v1 sessiontemplate delete nope") == (8, "", MISSING)


def test_no_tenant(run: Runner, load: Load) -> None:
    load(FLEET)
    for line in ("list", "describe arm", "delete arm", "create --name new"):
        refused = run(f"bos v1 sessiontemplate {line}", NODEWATCH_TENANT="blue")
        assert (refused.code, refused.stderr[:41]) == (5, "Error: Multi-tenancy not supported: BOS v")


def test_example(run: Runner, load: Load) -> None:
    load(FLEET)
    example = run("bos v1 sessiontemplatetemplate list").json
    assert list(example) == ["boot_sets", "cfs", "enable_cfs"]
    assert example["boot_sets"]["name_your_boot_set"]["rootfs_provider"] == "cpss3"


def test_the_api(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v1 list").json == {"major": "2"}
