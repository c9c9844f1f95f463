from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_what_is_deleted_is_gone(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("old", "x1"), {**template("old", "x1"), "tenant": "blue"}]}}})
    assert run("bos v2 sessiontemplates delete old") == (0, "\n", "")
    assert [each["tenant"] for each in run("bos v2 sessiontemplates list").json] == ["blue"]
    assert run("bos v2 sessiontemplates delete old") == (
        8,
        "",
        "Error: 'old' belongs to the tenant blue: --tenant blue\n",
    )
