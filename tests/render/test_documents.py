"""What a document of each kind looks like in each format."""

from __future__ import annotations

import io
from typing import Any

import pytest

from nodewatch.errors import UnreadableAnswer
from nodewatch.render import DOCUMENT_WRITERS, print_document


def printed(document: Any, style: str) -> str:
    out = io.StringIO()
    print_document(document, style, out)
    return out.getvalue()


@pytest.mark.parametrize("style", DOCUMENT_WRITERS)
@pytest.mark.parametrize(
    ("document", "written"),
    [
        (None, "\n"),
        ("Valid", "Valid\n"),
        ("two\nlines\n", "two\nlines\n"),
        ("", "\n"),
        (5, "5\n"),
        (True, "true\n"),
        (0.5, "0.5\n"),
    ],
)
def test_what_is_no_object_and_no_array_is_itself(style: str, document: Any, written: str) -> None:
    assert printed(document, style) == written


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("json", '[\n  {\n    "a": null,\n    "b": [\n      "\\u00e9"\n    ]\n  }\n]\n'),
        ("table", '[\n  {\n    "a": null,\n    "b": [\n      "\\u00e9"\n    ]\n  }\n]\n'),
        ("yaml", "- a: null\n  b:\n  - é\n"),
        ("toml", '[[results]]\nb = [ "é",]\n'),
    ],
)
def test_an_array(style: str, written: str) -> None:
    assert printed([{"a": None, "b": ["é"]}], style) == written


@pytest.mark.parametrize("style", DOCUMENT_WRITERS)
def test_a_document_without_a_bottom_is_one_sentence(style: str) -> None:
    document: Any = []
    for _ in range(10_000):
        document = [document]
    with pytest.raises(UnreadableAnswer, match="nested too deeply"):
        printed(document, style)
