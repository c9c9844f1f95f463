"""What a user means by a component, by `--ids` and by `--xnames`, as BOS takes it: lists, with every set expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.documents import id_of
from nodewatch.nodes import limits
from nodewatch.nodes.nodeset import read_nodes
from nodewatch.nodes.places import resolve_names, spell, stands_for_several

if TYPE_CHECKING:
    from nodewatch.bos_v2.client import BosV2
    from nodewatch.world import World

NAME = r"[^\s,\[\]\\@*?-][^\s,\[\]\\*?]*"


def plain(text: str) -> bool:
    """Tell whether the text is a comma list of names, which is sent as it is: in its order, with what is there twice.

    >>> [plain(text) for text in ("x2,x1,x2", "x[1-3]", "@nodes.txt", "-", "x1, x2", "x1,,x2", "x1*", "")]
    [True, False, False, False, False, False, False, False]
    """
    return bool(re.fullmatch(f"{NAME}(,{NAME})*", text))


def closed(text: str) -> bool:
    """Tell whether the text is a comma list of names of nodes: then each of them should be there."""
    return plain(text) and not any(map(stands_for_several, text.split(",")))


def several(text: str) -> bool:
    """Tell whether the text is more than one name as it stands: a list, a node set, a pattern, `@FILE` or `-`.

    >>> several("x1,x2"), several("x[1-2]"), several("@nodes"), several("a b?")
    (True, True, True, False)
    """
    return text == "-" or text.startswith("@") or any(sign in text for sign in "[,*")


def names(text: str, world: World) -> list[str]:
    """Return the nodes that the text names: a comma list, a node set, `@FILE`, or `-` for stdin; xnames in lower case.

    Patterns (`x1000c2*`) and places (`x1000c2`) stay as they are. Raise `WrongUsage` if it is malformed or names none,
    `FileTrouble` if the file cannot be read.

    >>> from nodewatch.world import World
    >>> names("X1000c0s[1-2]b0n0,Login", World())
    ['Login', 'x1000c0s1b0n0', 'x1000c0s2b0n0']
    """
    return [spell(name) for name in (text.split(",") if plain(text) else read_nodes(text, world))]


def comma_list(text: str, world: World) -> str:
    """Return the nodes that the text names as a comma list; an empty text stays empty."""
    return text and ",".join(names(text, world))


def known_names(bos: BosV2, wanted: list[str]) -> list[str]:
    """Return the names with every pattern and place replaced by the components of BOS that it stands for.

    Raise `NotFound` for a pattern that none fits: nothing is not what anybody means.
    """
    found = resolve_names(wanted, all_names(bos)) if any(map(stands_for_several, wanted)) else wanted
    return wanted if set(found) == set(wanted) else found  # in its order, with what is there twice


def known_limit(bos: BosV2, limit: str) -> str:
    """Return a session's limit with every pattern and place in it replaced by the components of BOS it stands for."""
    return limits.resolve_terms(limit, all_names(bos)) if limits.needs_look_up(limit) else limit


def all_names(bos: BosV2) -> list[str]:
    """Return the names of all components of BOS."""
    return [id_of(component) for component in bos.components(fields=("id",))]
