"""The nodes that a user names: a name, a node set, a pattern with `*` and `?`, `@FILE`, or `-` for stdin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.errors import NotFound, WrongUsage
from nodewatch.horizon import rules
from nodewatch.nodes.nodeset import fold, read_nodes
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.app import App
    from nodewatch.horizon.client import Exchange
    from nodewatch.horizon.types import Node


def is_one_name(text: str) -> bool:
    """Return whether a text is the name of one node and nothing else.

    >>> [is_one_name(text) for text in ("edge-1", "org/edge-1", "edge-[1-2]", "edge-*", "@file", "-", "a,b", "")]
    [True, True, False, False, False, False, False, False]
    """
    return re.fullmatch(r"(?!@|-$)[^\s,\[\]*?\\]+", text) is not None


def read_node_names(app: App, text: str, org: str | None) -> tuple[str, list[str]]:
    """Return the organization of the nodes that are named, and the names or patterns with it in front.

    Raise `WrongUsage` if they are of several organizations: one is asked at a time.
    """
    names = [rules.qualified(name, org) for name in read_nodes(text, app.world)]
    orgs = sorted({own for own, _ in names})
    if len(orgs) > 1:
        raise WrongUsage(f"the nodes are of {len(orgs)} organizations, {', '.join(orgs)}: name those of one at a time.")
    return orgs[0], [f"{own}/{name or '*'}" for own, name in names]


def names_several(text: str) -> bool:
    """Return whether a text cannot be the name of a node: it is a list, a node set, a pattern, `@FILE` or `-`.

    >>> [names_several(text) for text in ("edge-[1-2]", "a,b", "@file", "-", "o/e*", "edge 1", "*")]
    [True, True, True, True, True, False, False]
    """
    return text != "*" and re.search(r"^@|^-$|[,\[\]*?]", text) is not None


def check_one_node(text: str, instead: str) -> None:
    """Raise `WrongUsage`, with the command to take `instead`, for a text that names several nodes.

    >>> check_one_node("edge-[1-2]", "nodewatch exchange node list")
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: this is about one node. Of edge-[1-2] tells `nodewatch exchange node list`.
    """
    if names_several(text):
        raise WrongUsage(f"this is about one node. Of {text} tells `{instead}`.")


def ask_chosen(app: App, client: Exchange, text: str, org: str | None) -> tuple[str, dict[str, Node | None]]:
    """Return the organization of the nodes that a text names, and these nodes, by `org/node`.

    `org` is the organization of names that do not say theirs. Raise `NotFound` for what names none.
    """
    own, names = read_node_names(app, text, org)
    nodes = client.nodes(own)
    return own, {name: nodes[name] for name in pick_nodes(names, nodes, own)}


def pick_nodes(names: Sequence[str], nodes: Iterable[str], org: str) -> list[str]:
    """Return those of the nodes that are named, or fit a pattern; raise `NotFound` for what names none of them.

    >>> pick_nodes(["o/b-*", "o/a"], ["o/a", "o/b-1", "o/b-2", "o/c"], "o")
    ['o/a', 'o/b-1', 'o/b-2']
    """
    known = set(nodes)
    found: set[str] = set()
    unknown = []
    for name in names:
        fitting = {name} & known or matching(name, known)
        found |= fitting
        unknown += [] if fitting else [name]
    if unknown:
        raise NotFound(f"{plural(len(unknown), 'node')} not found in org {org}: {fold(unknown)}")
    return sorted(found)


def matching(pattern: str, names: Iterable[str]) -> set[str]:
    """Return the names that fit the pattern: `*` stands for any text, `?` for one character."""
    if not set("*?").intersection(pattern):
        return set()
    wanted = re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)
    return {name for name in names if wanted.fullmatch(name)}
