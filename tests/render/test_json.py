"""JSON is what `json.dumps(..., indent=2)` says, to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from nodewatch.arrays import SentArray, StoredArray
from nodewatch.jsontext import element, json_text
from nodewatch.render.json import json_chunks
from render.documents import ARRAYS, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator


@given(VALUES)
def test_bytes_are_those_of_the_standard_library(document: Any) -> None:
    assert json_text(document) == json.dumps(document, indent=2)
    assert "".join(json_chunks(document)) == json.dumps(document, indent=2)


@given(ARRAYS)
def test_a_stored_array_is_printed_as_it_is_stored(document: list[Any]) -> None:
    assert "".join(json_chunks(StoredArray(list(map(element, document))))) == json.dumps(document, indent=2)


@given(document=ARRAYS)
@pytest.mark.parametrize(("indent", "end"), [(2, ""), (2, "\n"), (None, "\n"), (4, ""), (1, "")])
def test_a_servers_array_is_printed_alike_however_it_was_sent(
    document: list[Any], indent: int | None, end: str
) -> None:
    sent = SentArray(document, json.dumps(document, indent=indent) + end)
    assert "".join(json_chunks(sent)) == json.dumps(document, indent=2)


def test_a_servers_text_is_passed_on_where_it_is_what_would_be_written() -> None:
    # 1.10 is another way to write 1.1: only the server's own text has it.
    sent = '[\n  {\n    "a": 1\n  },\n  1.10,\n  2\n]'
    assert "".join(json_chunks(SentArray(json.loads(sent), sent + "\n"))) == sent
    assert "".join(json_chunks(SentArray(json.loads(sent), sent.replace("  1.10", '  "é"')))) != sent
    assert list(json_chunks(SentArray([1], "[\n  1\n]"))) == ["[\n  1\n]"]


def test_elements_are_taken_one_at_a_time() -> None:
    taken = []

    class Texts(list[str]):
        def __iter__(self) -> Iterator[str]:
            for number in range(3):
                taken.append(number)
                yield str(number)

    pieces = json_chunks(StoredArray(Texts()))
    assert (next(pieces), taken) == ("[\n  0", [0])
    assert (next(pieces), taken) == (",\n  1", [0, 1])
    assert ["".join(pieces), taken] == [",\n  2\n]", [0, 1, 2]]


def test_an_arrays_elements_are_pieces() -> None:
    assert list(json_chunks([{"a": 1}, "b"])) == ['[\n  {\n    "a": 1\n  }', ',\n  "b"', "\n]"]


@pytest.mark.parametrize("document", [{}, [], StoredArray([]), {"a": []}, [[]]])
def test_what_is_empty_is_closed_at_once(document: Any) -> None:
    plain = [] if isinstance(document, StoredArray) else document
    assert "".join(json_chunks(document)) == json.dumps(plain, indent=2)
