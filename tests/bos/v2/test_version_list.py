from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Load, Runner

VERSION = {"links": [{"href": "https://api/apis/bos/", "rel": "self"}], "major": "2", "minor": "30", "patch": "5"}


@pytest.mark.parametrize("line", ["bos v2 version list", "bos version list", "bos v2 list", "bos list"])
def test_numbers_are_texts(run: Runner, load: Load, line: str) -> None:
    load({"bos": {"v2": {"version": VERSION}}})
    done = run(line)
    assert (done.code, done.json, done.stderr) == (0, VERSION, "")
    assert run(f"{line} --format table").stdout == "BOS:  2.30.5\n"


def test_a_store_without_one_is_of_the_version_whose_rules_it_follows(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 version list").json == {"links": [], "major": "2", "minor": "50", "patch": "0"}
