"""Errors of many nodes, by kind: texts that differ only in numbers, times or the node's own name are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

WORDLESS = "(an error without words)"
WORD = re.compile(r"\w[\w.-]*")
# What differs from node to node: times, UUIDs, MAC and IP addresses, hexadecimal numbers, durations as Go writes them,
# numbers.
VALUE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![0-9A-Za-z])"
    r"|(?<=\[)[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]+(?=\])"
    r"|(?<![0-9A-Za-z])(?=[a-f]*\d)[0-9a-f]{8,}(?![0-9A-Za-z])"
    r"|0x[0-9a-fA-F]+"
    r"|(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+(?![A-Za-z])"
    r"|\d+(?:[.,:]\d+)*"
)


class ErrorKind(NamedTuple):
    """An error, the nodes that report it, and how many more do whose names nobody knows."""

    text: str
    names: Sequence[str]
    unnamed: int = 0

    @property
    def number(self) -> int:
        """How many nodes report it."""
        return len(self.names) + self.unnamed


def group_by_kind(errors: Iterable[ErrorKind]) -> list[ErrorKind]:
    """Return the errors with those of one kind in one, the largest first; what differs in their texts becomes `…`.

    >>> one = ErrorKind("x1: no answer in 3.2s (HTTP 503)", ["x1"])
    >>> other = ErrorKind("x2: no answer in 80ms (HTTP 503)", ["x2"])
    >>> for kind in group_by_kind([one, other, ErrorKind("off", ["x7"]), ErrorKind(" ", ["x8"], 2)]):
    ...     print(*kind)
    (an error without words) ['x8'] 2
    …: no answer in … (HTTP 503) ['x1', 'x2'] 0
    off ['x7'] 0
    """
    found: dict[tuple[str, ...], list[tuple[list[str], ErrorKind]]] = {}
    for error in errors:
        pieces = split_values(error.text.strip() or WORDLESS, error.names)
        found.setdefault(tuple(pieces[::2]), []).append((pieces, error))
    kinds = [
        ErrorKind(
            common_text([pieces for pieces, _ in members]),
            [name for _, error in members for name in error.names],
            sum(error.unnamed for _, error in members),
        )
        for members in found.values()
    ]
    return sorted(kinds, key=lambda kind: (-kind.number, kind.text))


def split_values(text: str, names: Collection[str]) -> list[str]:
    """Return the text in pieces: words and values by turns, where the name of one of the nodes is a value too.

    >>> split_values("no power on edge-x after 7 tries", ["org/edge-x"])
    ['no power on ', 'edge-x', ' after ', '7', ' tries']
    >>> split_values("00:40:a6:82:f6:0a at [2001:db8::a1]: batcher-0c5dea1f defaced", [])[1::2]
    ['00:40:a6:82:f6:0a', '2001:db8::a1', '0c5dea1f']
    """
    own = {name.rpartition("/")[2] for name in names}
    pieces, done = [""], 0
    for found in WORD.finditer(text):
        word = found[0].rstrip(".-")
        if word in own:
            add_text(pieces, text[done : found.start()])
            pieces += [word, ""]
            done = found.start() + len(word)
    add_text(pieces, text[done:])
    return pieces


def add_text(pieces: list[str], text: str) -> None:
    """Add a text without names to pieces that end in words."""
    end = 0
    for found in VALUE.finditer(text):
        pieces[-1] += text[end : found.start()]
        pieces += [found[0], ""]
        end = found.end()
    pieces[-1] += text[end:]


def common_text(texts: Sequence[Sequence[str]]) -> str:
    """Return texts that have the same words as one, with `…` in place of what differs.

    >>> common_text([split_values("BMC x1c2b0 and 7 more", []), split_values("BMC x1c3b1 and 7 more", [])])
    'BMC x1c… and 7 more'
    """
    same = [values[0] if len(set(values)) == 1 else "…" for values in zip(*texts, strict=True)]
    return re.sub(r"…[^\s…]{1,9}…(?:[^\s…]{1,9}…)*", "…", "".join(same))
