"""What a user means by `--ids`, `--xnames` and `--limit`, as BOS takes it: lists, with every node set expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.errors import WrongUsage
from nodewatch.nodeset import expand, read_nodes

if TYPE_CHECKING:
    from typing import TextIO

OPERATORS = ("&", "!")
NAME = r"[^\s,\[\]\\@-][^\s,\[\]\\]*"


def plain(text: str) -> bool:
    """Tell whether the text is a comma list of names, which is sent as it is: in its order, with what is there twice.

    >>> [plain(text) for text in ("x2,x1,x2", "x[1-3]", "@nodes.txt", "-", "x1, x2", "x1,,x2", "")]
    [True, False, False, False, False, False, False]
    """
    return bool(re.fullmatch(f"{NAME}(,{NAME})*", text))


def names(text: str, stdin: TextIO) -> list[str]:
    """Return the nodes that the text names: a comma list, a node set, `@FILE`, or `-` for stdin.

    Raise `WrongUsage` if it is malformed or names none, `FileTrouble` if the file cannot be read.
    """
    return text.split(",") if plain(text) else read_nodes(text, stdin)


def comma_list(text: str, stdin: TextIO) -> str:
    """Return the nodes that the text names as a comma list; an empty text stays empty."""
    return text and ",".join(names(text, stdin))


def limit(text: str | None, stdin: TextIO) -> str | None:
    """Return the limit of a session as BOS takes it: groups, roles, `&`, `!` and `*` as they are, node sets expanded.

    >>> import io
    >>> limit("x[1-2],!x2,&Compute,all", io.StringIO()), limit("!x[8-10]", io.StringIO())
    ('x1,x2,!x2,&Compute,all', '!x8,!x9,!x10')
    """
    if not text:
        return text
    if text == "-" or text.startswith("@"):
        found = read_nodes(text, stdin)
        operator = next((name for name in found if name.startswith(OPERATORS)), None)
        if operator is not None:
            raise WrongUsage(
                f"a list of nodes cannot hold {operator!r}: write the terms with & and ! on the command line."
            )
        return ",".join(found)
    # A comma inside brackets belongs to the node set: no closing bracket follows it before the next opening one.
    return ",".join(term for piece in re.split(r",(?![^\[]*\])", text) for term in terms(piece))


def terms(piece: str) -> list[str]:
    """Return the terms that one piece of a limit stands for; one without brackets stands for itself.

    Raise `WrongUsage` for `&` before more than one node: BOS would want each node to be all of them, which none is.

    >>> terms("!x[1-2]"), terms("&x[7]"), terms("&Compute"), terms("x[01-02]")
    (['!x1', '!x2'], ['&x7'], ['&Compute'], ['x01', 'x02'])
    """
    if "[" not in piece and "]" not in piece:
        return [piece]
    operator = piece[0] if piece.startswith(OPERATORS) else ""
    found = expand(piece.removeprefix(operator))
    if operator == "&" and len(found) > 1:
        raise WrongUsage(
            f"{piece!r} is {len(found)} nodes, and BOS takes one after &. Put the nodes first, then &GROUP."
        )
    return [operator + name for name in found]
