from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fleets import template
from nodewatch.bos_v2.change_rules import HARDWARE_SPECIFIERS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Load, Runner

SET = {
    "type": "s3",
    "path": "s3://boot-images/1/manifest.json",
    "node_list": ["X3000c0s01b0n0"],
    "cfs": {},
    "name": "all",
}
WANTED = {"enable_cfs": True, "boot_sets": {"all": SET}, "cfs": {"configuration": ""}}
STORED = {
    "boot_sets": {
        "all": {"arch": "X86", "node_list": ["x3000c0s1b0n0"], "path": "s3://boot-images/1/manifest.json", "type": "s3"}
    },
    "enable_cfs": True,
    "name": "new",
    "tenant": None,
}
NOT_CREATED = "The session template could not be created"
CREATE = "bos v2 sessiontemplates create new"


def test_from_a_file(run: Runner, load: Load, tmp_path: Path) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("new", "x7")]}}})
    (tmp_path / "new.json").write_text(json.dumps(WANTED))
    done = run(f"{CREATE} --file {tmp_path}/new.json --description ignored")
    assert (done.code, done.json, done.stderr) == (0, STORED, "")
    assert run("bos v2 sessiontemplates list").json == [STORED]


def test_from_stdin_for_a_tenant(run: Runner, load: Load) -> None:
    load({})
    done = run(f"{CREATE} --file -", stdin=json.dumps(WANTED), NODEWATCH_TENANT="blue")
    assert done.json == {**STORED, "tenant": "blue"}
    assert run("bos v2 sessiontemplates describe new").code == 8


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ("", {"enable_cfs": True}),
        (
            "--enable-cfs false --description d --cfs-configuration c",
            {"enable_cfs": False, "description": "d", "cfs": {"configuration": "c"}},
        ),
        ("--file - --enable-cfs false", {"a": 1}),
    ],
)
def test_what_is_sent(run: Runner, load: Load, options: str, body: Any) -> None:
    load({})
    assert run(f"{CREATE} {options} --dry-run", stdin='{"a": 1}').json == {
        "method": "PUT",
        "path": "/v2/sessiontemplates/new",
        "query": {},
        "body": body,
    }


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "'boot_sets' is a required property"),
        ({"boot_sets": {}}, "{} should be non-empty - 'boot_sets'"),
        ({"boot_sets": {"a": {"type": "s3"}}}, "'path' is a required property - 'boot_sets.a'"),
        ({"boot_sets": {"a": SET}, "name": "new"}, "Property is read-only - 'name'"),
        (
            {"boot_sets": {"a": {**SET, "arch": "VAX"}}},
            "'VAX' is not one of ['X86', 'ARM', 'Other', 'Unknown'] - 'boot_sets.a.arch'",
        ),
        (
            {"boot_sets": {"a": {**SET, "nodes": [], "hosts": []}}},
            "Additional properties are not allowed ('nodes', 'hosts' were unexpected) - 'boot_sets.a'",
        ),
        ({"boot_sets": {"a": {**SET, "node_list": [7]}}}, "7 is not of type 'string' - 'boot_sets.a.node_list.0'"),
        (
            {"boot_sets": {"a": SET}},
            f"{NOT_CREATED}: boot_sets key (a) does not match 'name' field of corresponding boot set (all)",
        ),
        (
            {"boot_sets": {"a": {"type": "s3", "path": "p"}}},
            f"{NOT_CREATED}: Boot set a: No hardware specifier fields ({HARDWARE_SPECIFIERS})",
        ),
    ],
)
def test_what_the_server_refuses(run: Runner, load: Load, wanted: Any, words: str) -> None:
    load({})
    assert run(f"{CREATE} --file -", stdin=json.dumps(wanted)) == (5, "", f"Error: Bad Request: {words}\n")
    assert run("bos v2 sessiontemplates list").json == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("1 2", 2, "the template on stdin is not JSON: Extra data: line 1 column 3 (char 2)."),
        ("[]", 2, "the template on stdin must hold a JSON object, in braces."),
    ],
)
def test_files_that_cannot_be_right(run: Runner, text: str, code: int, words: str) -> None:
    assert run(f"{CREATE} --file -", stdin=text, NODEWATCH_BOS_URL="https://bos.example.com") == (
        code,
        "",
        f"Error: {words}\n",
    )


def test_a_file_that_is_missing(run: Runner, tmp_path: Path) -> None:
    done = run(f"{CREATE} --file {tmp_path}/no.json", NODEWATCH_BOS_URL="https://bos.example.com")
    assert done == (4, "", f"Error: {tmp_path}/no.json cannot be read: No such file or directory.\n")
