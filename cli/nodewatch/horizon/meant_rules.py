"""Which nodes a policy is meant for: pure functions of the documents of policies, nodes and node policies.

Source: the agent's own rule, by which it takes a policy and makes a status of it. Whether the policy is enabled is no
part of it: the agent drops the status of a disabled policy, and makes a new one when it is enabled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from nodewatch.documents import as_text, objects_in, part
from nodewatch.horizon.constraint_rules import satisfies
from nodewatch.horizon.property_rules import property_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Node, NodePolicy, Policy

Standing = Literal["not reported", "not meant", "not registered", "not known"]


def is_registered(node: Document | None) -> bool:
    """Return whether a node is registered: the agent on an unregistered one knows of no policy.

    >>> is_registered({"publicKey": "k"}), is_registered({"publicKey": ""}), is_registered(None)
    (True, False, False)
    """
    return bool(node and node.get("publicKey"))


def is_enabled(policy: Document | None) -> bool:
    """Return whether a policy is enabled: one that does not say so is not."""
    return bool((policy or {}).get("enabled"))


def states_of(policies: Iterable[tuple[str, Policy | None]]) -> dict[str, str]:
    """Return by the names of policies whether each is enabled, in a word.

    >>> states_of([("o/p", {"enabled": True}), ("o/q", None)])
    {'o/p': 'enabled', 'o/q': 'disabled'}
    """
    return {name: "enabled" if is_enabled(policy) else "disabled" for name, policy in policies}


def by_pattern(policy: Document, node: Document) -> bool:
    """Return whether patterns alone decide: the node has one, or the policy lists any."""
    return bool(node.get("pattern") or texts_in(policy.get("patterns")))


def needs_node_policy(policies: Iterable[Policy | None], node: Node) -> bool:
    """Return whether the node's own policy decides about one of the policies.

    >>> needs_node_policy([{"patterns": ["p"]}], {"publicKey": "k"}), needs_node_policy([{}], {"publicKey": "k"})
    (False, True)
    >>> needs_node_policy([{}, {"patterns": ["p"]}], {"publicKey": "k"}), needs_node_policy([None], {"publicKey": "k"})
    (True, True)
    """
    return is_registered(node) and not all(by_pattern(policy or {}, node) for policy in policies)


def is_meant(policy: Document | None, node: Document | None, own: Document | None = None) -> bool:
    """Return whether a policy is meant for a node of its organization; `own` is the node's policy, None if it has none.

    Where patterns decide, the node's must be listed as it is written there, or what comes after its first slash.

    >>> edge, shop = {"publicKey": "k", "pattern": ""}, {"publicKey": "k", "pattern": "org/shop"}
    >>> is_meant({"constraints": ["site == rome"]}, edge, {"properties": [{"name": "site", "value": "rome"}]})
    True
    >>> is_meant({"constraints": ["site == rome"]}, edge), is_meant({"constraints": [""]}, edge), is_meant({}, shop)
    (False, True, False)
    >>> [is_meant({"patterns": [name]}, shop) for name in ("org/shop", "shop", "IBM/shop", "*")]
    [True, True, False, False]
    >>> is_meant({"patterns": [""]}, {"publicKey": "k", "pattern": "shop"}), is_meant(None, edge), is_meant({}, None)
    (False, True, False)
    >>> is_meant({"patterns": ["org/shop"]}, {"publicKey": "k", "pattern": "shop"}), is_meant({"patterns": [""]}, edge)
    (False, True)
    >>> is_meant({"properties": [{"name": "role", "value": "edge"}]}, edge, {"constraints": ["role == shop"]})
    False
    """
    policy, node = policy or {}, node or {}
    if not is_registered(node):
        return False
    if by_pattern(policy, node):
        pattern = as_text(node.get("pattern"))
        _, slash, name = pattern.partition("/")
        listed = texts_in(policy.get("patterns"))
        return pattern in listed or (bool(slash) and name in listed)
    return satisfies(objects_in(policy, "properties"), constraints_of(own)) and satisfies(
        properties_of(own), texts_in(policy.get("constraints"))
    )


def standing(policy: Policy | None, node: Node | None, own: NodePolicy | None, *, asked: bool) -> Standing:
    """Return where a node stands that has no status of a policy; `asked` tells that its own policy is known.

    Every agent writes what its node is into the node's own policy. So of a node that has no properties at all nobody
    knows whether a policy with constraints is meant for it: a fleet file may lack them.

    >>> edge, rome = {"publicKey": "k"}, {"constraints": ["site == rome"]}
    >>> own = [{"properties": [{"name": "site", "value": site}]} for site in ("rome", "oslo")]
    >>> [standing(rome, edge, each, asked=True) for each in (*own, None)], standing(rome, edge, None, asked=False)
    (['not reported', 'not meant', 'not known'], 'not known')
    >>> [standing(rome, edge, each, asked=False) for each in own]
    ['not known', 'not known']
    >>> standing(rome, {}, None, asked=True), standing({"patterns": ["shop"]}, edge, None, asked=False)
    ('not registered', 'not meant')
    """
    if not is_registered(node):
        return "not registered"
    if not needs_node_policy([policy], node or {}):
        return "not reported" if is_meant(policy, node) else "not meant"
    if asked and is_meant(policy, node, own):
        return "not reported"
    return "not meant" if asked and properties_of(own) else "not known"


def properties_of(own: Document | None) -> list[Document]:
    """Return the properties that count for management: its own replace those of the same name, or are added.

    >>> top, more = [{"name": "a", "value": 1}, {"name": "b", "value": 2}], [{"name": "b", "value": 3}]
    >>> properties_of({"properties": top, "management": {"properties": more}})
    [{'name': 'a', 'value': 1}, {'name': 'b', 'value': 3}]
    """
    found = objects_in(own, "properties")
    places = {as_text(each.get("name")): place for place, each in reversed(list(enumerate(found)))}
    for each in objects_in(part(own, "management"), "properties"):
        if property_fault(each) is not None:
            continue
        place = places.setdefault(as_text(each.get("name")), len(found))
        found[place : place + 1] = [each]
    return found


def constraints_of(own: Document | None) -> list[str]:
    """Return the constraints that count for management: its own if there is one, else those of the top level.

    >>> constraints_of({"constraints": ["a == b"], "management": {"constraints": ["c == d"]}}), constraints_of(None)
    (['c == d'], [])
    """
    return texts_in(part(own, "management").get("constraints")) or texts_in((own or {}).get("constraints"))


def texts_in(value: object) -> list[str]:
    """Return the texts of an array, none where it is none.

    >>> texts_in(["a", None, ""]), texts_in(None), texts_in("a == b")
    (['a', ''], [], [])
    """
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def meant_nodes(
    policies: Mapping[str, Policy | None], nodes: Mapping[str, Node | None], own: Mapping[str, NodePolicy | None]
) -> dict[str, list[str]]:
    """Return the nodes (`org/node`, sorted) that each policy (`org/nmp`) is meant for, by the node policies in `own`.

    >>> meant_nodes({"o/p": {}}, {"o/b": {"publicKey": "k"}, "o/a": {"publicKey": "k"}, "o/c": {"publicKey": ""}}, {})
    {'o/p': ['o/a', 'o/b']}
    """
    return {
        name: [node for node in sorted(nodes) if is_meant(policies[name], nodes[node], own.get(node))]
        for name in sorted(policies)
    }
