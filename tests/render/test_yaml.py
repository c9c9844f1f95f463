"""YAML that says what the document says, on lines that are never folded."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nodewatch.arrays import StoredArray
from nodewatch.jsontext import element, escape_surrogates
from nodewatch.render.yaml import yaml_chunks, yaml_text
from render.documents import ARRAYS, VALUES, alike

SESSION = {
    "name": "night-reboot",
    "error": None,
    "limit": "",
    "components": "x3000c0s1b0n0,x3000c0s2b0n0," * 8,
    "status": {"start_time": "2026-11-21T11:00:00", "nodes": ["x1", "0x1", "null"], "phases": {}, "list": []},
    "message": "first line\nsecond line\n",
    "note": "計算ノード 50 % — done",
    "percent": 33.33,
}
WRITTEN = f"""\
name: night-reboot
error: null
limit: ''
components: {SESSION["components"]}
status:
  start_time: '2026-11-21T11:00:00'
  nodes:
  - x1
  - '0x1'
  - 'null'
  phases: {{}}
  list: []
message: "first line\\nsecond line\\n"
note: 計算ノード 50 % — done
percent: 33.33
"""


def test_a_session() -> None:
    assert yaml_text(SESSION) == WRITTEN


def test_a_list_is_written_element_by_element() -> None:
    assert list(yaml_chunks([{"a": 1}, [2, []], None])) == ["- a: 1\n", "- - 2\n  - []\n", "- null\n"]
    assert list(yaml_chunks(StoredArray(list(map(element, [{"a": 1}, {"b": 2}]))))) == ["- a: 1\n", "- b: 2\n"]
    assert list(yaml_chunks(StoredArray([]))) == list(yaml_chunks([])) == ["[]\n"]


def test_what_occurs_twice_is_written_twice() -> None:
    twice = {"a": 1}
    assert yaml_text({"b": twice, "c": twice}) == "b:\n  a: 1\nc:\n  a: 1\n"


def test_half_a_surrogate_pair_is_spelled() -> None:
    assert yaml_text({"a\ud800": "b\udfff"}) == "a\\ud800: b\\udfff\n"


@given(VALUES, st.booleans())
def test_it_reads_back_as_the_document(document: Any, c_library: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if not c_library:
            patch.delattr(yaml, "CSafeDumper", raising=False)
        written = "".join(yaml_chunks(document))
    written.encode("utf-8")
    assert alike(yaml.safe_load(written), escape_surrogates(document))


@given(ARRAYS)
def test_no_line_is_folded(document: list[Any]) -> None:
    long = [{"key": "two words " * 40}, *document]
    assert yaml_text(long).splitlines()[0] == "- key: '" + "two words " * 40 + "'"
