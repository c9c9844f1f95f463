from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner


@pytest.mark.parametrize("style", ["json", "yaml", "toml", "table"])
def test_a_text_in_every_format(run: Runner, load: Load, style: str) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("good", "x1"), template("bad")]}}})
    assert run(f"bos v2 sessiontemplatesvalid describe good --format {style}") == (0, "Valid\n", "")
    fault = "No hardware specifier fields (('node_list', 'node_roles_groups', 'node_groups'))"
    assert run(f"bos v2 sessiontemplatesvalid describe bad --format {style}") == (
        0,
        f"Session template: 'bad' boot set: 'compute': {fault}\n",
        "",
    )


def test_nids_are_invalid_where_the_option_says_so(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("nids", "nid000001")], "options": {"reject_nids": True}}}})
    assert run("bos v2 sessiontemplatesvalid describe nids").stdout == (
        "Session template: 'nids' boot set: 'compute': Has NID in 'node_list'\n"
    )


def test_one_that_does_not_exist(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 sessiontemplatesvalid describe nope").code == 8
