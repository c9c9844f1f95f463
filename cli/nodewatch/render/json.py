"""JSON as it is printed: piece by piece, and as it came where that is how it would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.arrays import SentArray, StoredArray
from nodewatch.jsontext import element, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_PIECE = 1 << 20  # characters: a large text is never copied whole


def is_written(array: SentArray) -> bool:
    """Tell whether a server's text looks as this module would write it, by its first and its last element.

    BOS writes JSON with an indent of two as well, and writing 20,000 components again takes longer than all the rest.
    """
    sent = array.text
    return (
        len(array) > 0
        and sent.isascii()
        and sent.startswith("[\n  " + element(array[0]))
        and sent.endswith(element(array[-1]) + "\n]", 0, sent.rindex("]") + 1)
    )


def json_chunks(document: object) -> Iterator[str]:
    """Return the document's text in pieces, an array element by element: a large one is never whole in memory."""
    if isinstance(document, SentArray) and is_written(document):
        end = document.text.rindex("]") + 1
        yield from (document.text[start : min(start + TEXT_PIECE, end)] for start in range(0, end, TEXT_PIECE))
        return
    if isinstance(document, StoredArray):
        elements = iter(document.texts)
    elif isinstance(document, list) and document:
        elements = map(element, document)
    else:
        yield json_text(document)
        return
    first = next(elements, None)
    if first is None:
        yield "[]"
        return
    yield "[\n  " + first
    for item in elements:
        yield ",\n  " + item
    yield "\n]"
