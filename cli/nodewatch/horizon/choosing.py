"""The nodes that a user names: a name, a node set, a pattern with `*` and `?`, `@FILE`, or `-` for stdin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.errors import NotFound, WrongUsage
from nodewatch.horizon import rules
from nodewatch.nodes.nodeset import Pattern, expand, fold, names_that_fit, quoted, read_nodes
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from nodewatch.app import App
    from nodewatch.horizon.client import ExchangeClient
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
    names = [with_organization(name, org) for name in read_nodes(text, app.world)]
    orgs = sorted({name.partition("/")[0] for name in names})
    if len(orgs) > 1:
        raise WrongUsage(f"the nodes are of {len(orgs)} organizations, {', '.join(orgs)}: name those of one at a time.")
    return orgs[0], names


def with_organization(name: str, org: str | None) -> str:
    """Return the name with its organization in front, `org` where it does not say its own; a pattern stays one.

    >>> with_organization("edge-1", "o"), with_organization(Pattern("p/edge-*"), "o"), with_organization("*", "o")
    ('o/edge-1', 'p/edge-*', 'o/*')
    """
    own, bare = rules.qualified(name, org)
    full = f"{own}/{bare or '*'}"
    return Pattern(full) if isinstance(name, Pattern) or not bare else full


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


def ask_node_set(app: App, client: ExchangeClient, text: str, org: str | None) -> tuple[str, dict[str, Node | None]]:
    """Return the organization of the nodes that a text names, and these nodes, by `org/node`.

    `org` is the organization of names that do not say theirs. Raise `NotFound` for what names none.
    """
    own, names = read_node_names(app, text, org)
    nodes = client.nodes(own)
    return own, {name: nodes[name] for name in pick_nodes(names, nodes, own)}


def ask_named_nodes(app: App, client: ExchangeClient, text: str, org: str | None) -> tuple[str, dict[str, Node | None]]:
    """Return the organization of the nodes that a user names, and the nodes by `org/node`; raise `NotFound` if unknown.

    `org` is the organization of names that do not say theirs.
    """
    if is_one_name(text):
        own, name = rules.qualified(text, org)
        nodes = client.nodes(own, name) if name else {}
        if not nodes:
            raise NotFound(f"node '{own}/{name or '*'}' not found.")
        return own, nodes
    return ask_node_set(app, client, text, org)


def ask_typed_nodes(client: ExchangeClient, org: str, typed: Sequence[str]) -> dict[str, Node | None]:
    """Return the nodes, by `org/node`: those that were typed; without a name all of the organization that one may see.

    One text alone may be a node set or a pattern, unless there is a node of that very name.
    """
    alone = typed[0] if len(typed) == 1 else ""
    if is_one_name(alone):
        own, name = rules.qualified(alone, org)
        nodes = client.nodes(org, name) if own == org else {}
        if not nodes:
            raise NotFound(f"Node {alone} not found in org {org}{client.node_near(org, name)}")
        return nodes
    nodes = client.nodes(org)
    if not nodes:
        raise NotFound(f"Node  not found in org {org}: it has none, or none that you may see")
    if not typed:
        return nodes
    exact = next((name for name in (alone, f"{org}/{alone}") if name in nodes), None)
    if exact is not None:
        return {exact: nodes[exact]}
    names = expand(alone) if alone else typed
    return {name: nodes[name] for name in pick_nodes([with_organization(name, org) for name in names], nodes, org)}


def pick_nodes(names: Iterable[str], nodes: Collection[str], org: str) -> list[str]:
    """Return those of the nodes that are named, or fit a pattern; raise `NotFound` for what names none of them.

    A text with `*` in it is a pattern unless there is a node of that very name.

    >>> pick_nodes([Pattern("o/b-*"), "o/a", Pattern("o/c*")], ["o/a", "o/b-1", "o/b-2", "o/c*", "o/c1"], "o")
    ['o/a', 'o/b-1', 'o/b-2', 'o/c*']
    >>> pick_nodes(["o/a*"], ["o/a1"], "o")
    Traceback (most recent call last):
    nodewatch.errors.NotFound: 1 node not found in org o: o/a\\x2a
    """
    found: set[str] = set()
    unknown, unmatched = [], []
    for name in names:
        if name in nodes:
            found.add(str(name))
        elif not isinstance(name, Pattern):
            unknown.append(name)
        elif fitting := names_that_fit(name, nodes):
            found.update(fitting)
        else:
            unmatched.append(quoted(name))
    said = [f"{plural(len(unknown), 'node')} not found in org {org}: {fold(unknown)}"] if unknown else []
    said += [f"no node matches {', '.join(unmatched)}."] if unmatched else []
    if said:
        raise NotFound("; ".join(said))
    return sorted(found)
