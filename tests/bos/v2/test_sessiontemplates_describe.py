from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner

COMPUTE = template("compute", "x3000c0s1b0n0", cfs={"configuration": "own"})


def test_json(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [COMPUTE]}}})
    done = run("bos v2 sessiontemplates describe compute")
    assert (done.code, done.json, done.stderr) == (0, COMPUTE, "")


def test_table(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [COMPUTE]}}})
    assert (
        run("bos v2 sessiontemplates describe compute --format table").stdout
        == """\
Template:       compute
Configuration:  compute-24.7

Boot set compute
Nodes:              x3000c0s1b0n0
Architecture:       X86
Image:              s3://boot-images/24.7/manifest.json
Type:               s3
Kernel parameters:  ip=dhcp
Configuration:      own
"""
    )


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 sessiontemplates describe nope") == (
        8,
        "",
        "Error: The resource was not found: Session template 'nope' does not exist\n",
    )
    assert run("bos v2 sessiontemplates describe _").code == 5
