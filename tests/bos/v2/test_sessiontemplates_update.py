from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner

UPDATE = "bos v2 sessiontemplates update compute"
OLD = template("compute", "x1")


def test_fields_that_are_not_given_stay(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [OLD]}}})
    boot_set = {"path": "s3://boot-images/new/manifest.json", "type": "s3", "node_list": ["x2"]}
    done = run(f"{UPDATE} --file -", stdin=json.dumps({"description": "d", "boot_sets": {"compute": boot_set}}))
    compute = {**OLD["boot_sets"]["compute"], **boot_set}
    assert (done.code, done.json) == (0, {**OLD, "description": "d", "boot_sets": {"compute": compute}})
    assert run("bos v2 sessiontemplates describe compute").json == done.json


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ("--description d", {"description": "d"}),
        ("--cfs-configuration c", {"cfs": {"configuration": "c"}}),
        ("--enable-cfs true", {"enable_cfs": True}),
        ("--enable-cfs false", {"enable_cfs": False}),
        ("--file -", {}),
    ],
)
def test_cfs_is_enabled_only_when_asked_for(run: Runner, load: Load, options: str, body: Any) -> None:
    load({"bos": {"v2": {"sessiontemplates": [OLD]}}})
    assert run(f"{UPDATE} {options} --dry-run", stdin="{}").json == {
        "method": "PATCH",
        "path": "/v2/sessiontemplates/compute",
        "query": {},
        "body": body,
    }


def test_boot_sets_stay_where_none_are_given(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [OLD]}}})
    assert run(f"{UPDATE} --description d").json == {**OLD, "description": "d"}
    assert run(f"{UPDATE} --file -", stdin='{"boot_sets": {}}').stderr == (
        "Error: Bad Request: {} should be non-empty - 'boot_sets'\n"
    )


def test_what_cannot_be(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [OLD]}}})
    assert run(UPDATE) == (
        2,
        "",
        "Error: nothing says what to change of compute: add --file PATH, or another option.\n",
    )
    wanted = json.dumps({"boot_sets": {"a": {"path": "p", "type": "s3", "node_groups": ["g"]}}})
    assert run("bos v2 sessiontemplates update nope --file -", stdin=wanted).code == 8
    assert run("bos v2 sessiontemplates describe compute").json == OLD
