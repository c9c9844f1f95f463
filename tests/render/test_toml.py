"""TOML that any reader takes: nulls left out, a list under `results`."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given

from nodewatch.arrays import StoredArray
from nodewatch.jsontext import element, escape_surrogates
from nodewatch.render.toml import toml_text, without_nulls
from render.documents import ARRAYS, OBJECTS, alike

SESSION = {
    "components": "x3000c0s1b0n0,x3000c0s2b0n0",
    "error_summary": {"cfs configuration failed": {"count": 2, "list": None}},
    "name": "night-reboot",
    "nodes": ["x1", None, "x2"],
    "status": {"end_time": None, "start_time": "2026-11-21T11:00:00", "status": "running"},
}
WRITTEN = """\
components = "x3000c0s1b0n0,x3000c0s2b0n0"
name = "night-reboot"
nodes = [ "x1", "x2",]

[error_summary."cfs configuration failed"]
count = 2

[status]
start_time = "2026-11-21T11:00:00"
status = "running"
"""


def test_a_session() -> None:
    assert toml_text(SESSION) == WRITTEN


@pytest.mark.parametrize("document", [[SESSION, SESSION], StoredArray(list(map(element, [SESSION, SESSION])))])
def test_a_list_becomes_results(document: Any) -> None:
    written = toml_text(document)
    assert written.startswith('[[results]]\ncomponents = "x3000c0s1b0n0,x3000c0s2b0n0"\n')
    assert tomllib.loads(written) == {"results": [without_nulls(SESSION)] * 2}


@pytest.mark.parametrize(
    ("document", "written"),
    [
        ([], "results = []\n"),
        ({}, "\n"),
        ({"a": None}, "\n"),
        ([None], "results = []\n"),
        ({"": 1}, '"" = 1\n'),
        ({"a": 2**64}, "a = 18446744073709551616\n"),
        ({"a": float("nan"), "b": float("-inf")}, "a = nan\nb = -inf\n"),
        ({"a\ud800": "b\udfff\x1b"}, '"a\\\\ud800" = "b\\\\udfff\\u001b"\n'),
    ],
)
def test_what_toml_is_odd_about(document: Any, written: str) -> None:
    assert toml_text(document) == written


@given(OBJECTS | ARRAYS)
def test_it_reads_back_without_the_nulls(document: Any) -> None:
    written = toml_text(document)
    written.encode("utf-8")
    expected = without_nulls(escape_surrogates(document))
    read = tomllib.loads(written)
    if isinstance(document, list):
        read = read["results"]
    assert sorted_alike(read, expected)


def sorted_alike(one: Any, other: Any) -> bool:
    """Return whether the documents are the same but for the order of keys: TOML has tables last."""
    return alike(ordered(one), ordered(other))


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    return [ordered(item) for item in value] if isinstance(value, list) else value
