from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Load, Runner

VERSION = {"links": [{"href": "https://bos/v1", "rel": "versions"}], "major": "2", "minor": "14", "patch": "0"}


def test_version(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"version": VERSION}}})
    done = run("bos v1 version list")
    assert (done.code, done.json, done.stderr) == (0, VERSION, "")
    assert run("bos v1 version list --format table").stdout == (
        'links:  [{"href": "https://bos/v1", "rel": "versions"}]\nmajor:  2\nminor:  14\npatch:  0\n'
    )


def test_a_store_without_a_version_follows_the_last_server(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v1 version list").json == {"links": [], "major": "2", "minor": "14", "patch": "0"}
