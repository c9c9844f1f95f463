"""What a user means by `--ids` and `--xnames`, as BOS takes it: lists, with every node set expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.nodeset import read_nodes

if TYPE_CHECKING:
    from typing import TextIO

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
