"""Lists for other commands to read: names folded into one node set, or one a line; CSV, and values between tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TextIO

from nodewatch.nodes.nodeset import fold, natural
from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.app import Flags
    from nodewatch.table import Record


class Spelling(NamedTuple):
    """How names are written: all folded into one text; or each one, on a line of its own or behind a separator."""

    expand: bool = False
    separator: str | None = None


def print_names(names: Iterable[str], out: TextIO, spelling: Spelling) -> None:
    """Write the names, each once, in natural order; nothing where there are none.

    One a line they are as they are, but for what a terminal would obey; elsewhere as node sets spell them.
    """
    found = set(names)
    if not found:
        return
    ordered = sorted(found, key=natural)
    if spelling.separator is not None:
        out.write(spelling.separator.join(fold([name]) for name in ordered) + "\n")
    elif spelling.expand:
        out.writelines(f"{visible(name)}\n" for name in ordered)
    else:
        out.write(f"{fold(found)}\n")


def print_rows(names: Sequence[str], rows: Iterable[Record], style: str, out: TextIO, *, headings: bool = True) -> None:
    """Write the rows under their names, one a line: as CSV (RFC 4180, lines end in a newline alone), or between tabs.

    Null is empty; where there are no rows there is nothing at all.
    """
    lines = [[csv_cell(row[name]) for name in names] for row in rows]
    if lines and headings:
        lines.insert(0, list(names))
    if style == "tsv":
        out.writelines("\t".join(line) + "\n" for line in lines)
        return
    import csv

    csv.writer(out, lineterminator="\n").writerows(lines)


def print_nodes(rows: Iterable[Record], style: str, out: TextIO, flags: Flags) -> None:
    """Write nodes in the style `names`, `csv` or `tsv`; their own names are what the rows begin with."""
    found = list(rows)
    if style == "names":
        print_names((str(next(iter(row.values()))) for row in found), out, read_spelling(flags))
    elif found:
        print_rows(list(found[0]), found, style, out)


def read_spelling(flags: Flags) -> Spelling:
    """Return how the options have names written."""
    return Spelling(bool(flags.get("expand")), flags.get("separator"))


def csv_cell(value: object) -> str:
    r"""Return a value as CSV holds it, on one line.

    >>> [csv_cell(value) for value in (None, True, 3, "a\nb\t")]
    ['', 'true', '3', 'a\\nb\\t']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else visible(str(value))
