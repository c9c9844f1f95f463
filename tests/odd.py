"""What nobody expects: documents of the right shape with anything changed in them, files cut short, words of any kind.

All of it is made by chance, and the same every time. `NODEWATCH_TRIALS` says how many times as often as usual.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

TIMES = int(os.environ.get("NODEWATCH_TRIALS", "1"))
ODD: list[Any] = [None, True, -1, 10**400, 1.5, "", "x", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00", [], {}, [None]]
ODD += [{"a": 1}, "\ud800", "\x1b[31m", "2026-13-45T99:99:99", ["x", 7], {"": {}}, 1e300, "powering_on", "failed"]
BITS = [b"", b"\0", b"\xff", b"\xf0\x9f", b"{", b"}", b'"', b"]", b",", b"\n", b"=", b"\\u0000", b"9" * 400]
BITS += [b"[" * 100_000]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a document, at every depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(document: Any, chance: random.Random) -> Any:
    """Return the document with one or two things in it changed, or left out."""
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 2)):
        found = [place for place in places(document) if place]
        if not found:
            break
        *way, last = chance.choice(found)
        inner = document
        for key in way:
            inner = inner[key]
        if chance.random() < 0.2:
            del inner[last]
        else:
            inner[last] = copy.deepcopy(chance.choice(ODD))
    return document


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return what a file holds, cut short, or with some of its bytes replaced."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(content) + 1)
        end = chance.choice([start, start + 1, start + chance.randrange(40), len(content)])
        content = content[:start] + chance.choice(BITS) + content[end:]
    return content
