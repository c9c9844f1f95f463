"""What a user means by a component, by `--ids` and by `--xnames`, as BOS takes it: lists, with every set expanded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.documents import id_of
from nodewatch.nodes import limits
from nodewatch.nodes.nodeset import Pattern, expand, expand_patterns, natural, read_groups, read_nodes
from nodewatch.nodes.places import is_place, meant_by, read_xname, spell

if TYPE_CHECKING:
    from nodewatch.bos_v2.client import BosClient
    from nodewatch.world import World

LISTED_NAME = r"[^\s\x00-\x1f\x7f,\[\]\\@*?-][^\s\x00-\x1f\x7f,\[\]\\*?]*"


def is_comma_list(text: str) -> bool:
    r"""Tell whether the text is a comma list of names, which is sent as it is: in its order, with what is there twice.

    >>> [is_comma_list(text) for text in ("x2,x1,x2", "x[1-3]", "@nodes", "-", "x1, x2", "x1,,x2", "x1*", "", "a\0")]
    [True, False, False, False, False, False, False, False, False]
    """
    return bool(re.fullmatch(f"{LISTED_NAME}(,{LISTED_NAME})*", text))


def names_several(text: str) -> bool:
    """Tell whether the text is more than one name as it stands: a list, a node set, a pattern, `@FILE` or `-`.

    >>> names_several("x1,x2"), names_several("x[1-2]"), names_several("@nodes"), names_several("a b?")
    (True, True, True, False)
    """
    return text == "-" or text.startswith("@") or any(sign in text for sign in "[,*")


def read_node_names(text: str, world: World) -> list[str]:
    """Return the nodes that the text names: a comma list, a node set, `@FILE`, or `-` for stdin; xnames in lower case.

    Patterns (`x1000c2*`) and places (`x1000c2`) stay as they are. Raise `WrongUsage` if it is malformed or names none,
    `FileTrouble` if the file cannot be read.

    >>> from nodewatch.world import World
    >>> read_node_names("X1000c0s[1-2]b0n0,Login", World())
    ['Login', 'x1000c0s1b0n0', 'x1000c0s2b0n0']
    """
    return [spell(name) for name in (text.split(",") if is_comma_list(text) else read_nodes(text, world))]


def read_ids(text: str, world: World) -> tuple[str, list[list[str]]]:
    """Return the nodes that the text names, as the comma list that BOS takes, and by what names them together.

    BOS should know each name that stands alone, and one at least of a set of xnames, which may have holes. Raise what
    `read_node_names` raises.

    >>> from nodewatch.world import World
    >>> read_ids("x2,X1", World()), read_ids("x[1-2], x3", World())
    (('x2,x1', [['x2'], ['x1']]), ('x1,x2,x3', [['x3']]))
    """
    if is_comma_list(text):
        groups = [[spell(name)] for name in text.split(",")]
        return ",".join(name for (name,) in groups), groups
    groups = [[spell(name) for name in group] for group in read_groups(text, world)]
    known = [group for group in groups if re.fullmatch(rf"{LISTED_NAME}|.*[*?].*", group[0])]
    known = [group for group in known if len(group) == 1 or read_xname(group[0]) is not None]
    return ",".join(sorted({name for group in groups for name in group}, key=natural)), known


def known_names(bos: BosClient, wanted: list[str]) -> list[str]:
    """Return the names with every pattern, and every place in a cabinet, replaced by the components that are meant.

    A cabinet alone stays what it is: whoever wants to change a whole one writes `x1000*`. Raise `NotFound` for a
    pattern that none fits: nothing is not what anybody means. What BOS does not know, and has nothing in it, stays: BOS
    says what it is.
    """
    if not any(isinstance(name, Pattern) or is_place_in_cabinet(name) for name in wanted):
        return wanted
    known = all_component_names(bos)
    found = [each for name in wanted for each in components_meant(name, known) or [name]]
    return wanted if found == wanted else list(dict.fromkeys(found))


def components_meant(name: str, known: list[str]) -> list[str]:
    """Return the components that a name stands for: a pattern and a place for several; none if that is the name alone.

    >>> components_meant("x1000c2", ["x1000c2s0b0n0", "x1000c0s0b0n0"])
    ['x1000c2s0b0n0']
    >>> components_meant("x1000c3", []), components_meant("login", ["login"])
    ([], [])
    """
    if isinstance(name, Pattern):
        return expand_patterns([name], known)
    return sorted(filter(meant_by([name]), known), key=natural) if is_place_in_cabinet(name) else []


def is_place_in_cabinet(name: str) -> bool:
    """Return whether a name is a place in a cabinet: a chassis, a slot, a board.

    >>> is_place_in_cabinet("x1000c2"), is_place_in_cabinet("x1000"), is_place_in_cabinet("x1000c2s0b0n0")
    (True, False, False)
    """
    return is_place(name) and "c" in name


def known_limit(bos: BosClient, limit: str) -> str:
    """Return a session's limit with every pattern and place in it replaced by the components that it stands for.

    A cabinet alone is replaced, too: BOS would take it for a group, and `!x1000` would spare nobody.
    """
    if not limits.needs_look_up(limit):
        return limit
    known = all_component_names(bos)
    return limits.resolve_terms(limit, lambda name: meant_in_limit(name, known))


def meant_in_limit(name: str, known: list[str]) -> list[str]:
    """Return the components that a pattern or a place stands for; the name itself where nothing stands in the place.

    >>> known = ["x1c0s1b0n0", "x1c0s0b0n0", "x2c0s0b0n0"]
    >>> meant_in_limit("x1", known), meant_in_limit("x?c0*", known)[2:], meant_in_limit("x7", known)
    (['x1c0s0b0n0', 'x1c0s1b0n0'], ['x2c0s0b0n0'], ['x7'])
    """
    if is_place(name):
        return sorted(filter(meant_by([name]), known), key=natural) or [name]
    return expand_patterns(expand(name), known)


def all_component_names(bos: BosClient) -> list[str]:
    """Return the names of all components of BOS."""
    return [id_of(component) for component in bos.components(fields=("id",))]
