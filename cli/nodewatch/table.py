"""What a table is, before anyone prints it: blocks of text with columns, bars and headings. Only `render` prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Style = Literal["", "good", "bad", "busy", "warn", "dim", "strong"]
SUSPECT = re.compile("[^ -~]")


class Cell(NamedTuple):
    """A text with the meaning of its colour; the text alone must tell as much."""

    text: str
    style: Style = ""


class Column(NamedTuple):
    """A column: `gives_way` is its turn to go when the terminal is too narrow (0: never), `wraps` whether it may wrap.

    `shares` tells that a value which all rows share moves to the heading.
    """

    name: str
    gives_way: int = 0
    wraps: bool = False
    right: bool = False
    shares: bool = False


class Grid(NamedTuple):
    """Rows under named columns; `empty` is said when there are no rows."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]
    heading: str = ""
    empty: str = ""


class Fields(NamedTuple):
    """Names and values, one a line; values may wrap, an empty value is left out."""

    pairs: Sequence[tuple[str, str | Cell]]


class Part(NamedTuple):
    """One part of a bar: its share of the whole in percent, and how many things that are, where it is known."""

    name: str
    percent: float
    style: Style = ""
    number: int | None = None


class Bar(NamedTuple):
    """Shares of a whole, drawn and written."""

    parts: Sequence[Part]


class Line(NamedTuple):
    """A paragraph; `lead` is put in front and its width kept free below (`12 nodes: ` before an error, say).

    A line whose lead begins with a blank belongs to the block above: no blank line comes between. One that is `whole`
    is never broken, because it is to be copied.
    """

    text: str
    style: Style = ""
    lead: str = ""
    whole: bool = False


class Heading(NamedTuple):
    """What the blocks below it have in common; no blank line comes between it and the first of them."""

    text: str
    style: Style = ""


class Panel(NamedTuple):
    """A small picture with a name above it: lines of signs."""

    name: str
    lines: Sequence[Sequence[Cell]]


class Panels(NamedTuple):
    """Pictures, as many side by side as there is room for, below a legend of their signs."""

    panels: Sequence[Panel]
    legend: Sequence[Cell]


Block = Grid | Fields | Bar | Line | Heading | Panels
Page = list[Block]
Record = Mapping[str, object]
"""What is known of a node, by the names that the service's documents have for it; the node's own name comes first."""


def visible(text: str, keep: str = "") -> str:
    r"""Return the text with everything that a terminal would obey instead of show written as an escape.

    Control characters, line and paragraph separators, and marks that change the direction of writing; `keep` names
    those that stay.

    >>> visible("a\x1b[31m\nb\u202e"), visible("a\nb", keep="\n")
    ('a\\x1b[31m\\nb\\u202e', 'a\nb')
    """
    return SUSPECT.sub(lambda match: match[0] if match[0] in keep else visible_character(match[0]), text)


def visible_character(character: str) -> str:
    """Return the character, or the way to write it in Python's source where it cannot be seen."""
    if character.isprintable() and character not in "\u200e\u200f\u061c":
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def plural(number: int, word: str) -> str:
    """Return a number of things in words.

    >>> plural(1, "node"), plural(2_000, "node"), plural(0, "error")
    ('1 node', '2,000 nodes', '0 errors')
    """
    return f"{number:,} {word}{'s' * (number != 1)}"


def percent(value: float) -> str:
    """Return the percentage as text that never rounds up to 100 nor down to 0.

    >>> [percent(value) for value in (100.0, 99.996, 33.333333, 0.004, 0, 50, 104.25, 10**400)]
    ['100 %', '99.9 %', '33.3 %', '0.1 %', '0 %', '50 %', '104.2 %', '1e+09 %']
    """
    value = min(max(value, -1e9), 1e9)  # what a server says may have any number of digits
    if 0 < value < 100:
        value = min(max(value, 0.1), 99.9)
    return f"{round(value, 1):g} %"
