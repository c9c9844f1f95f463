"""Whom a session would be for, as far as its template and its limit say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2.set_up_rules import apply_limit
from nodewatch.nodes.limits import everyone
from nodewatch.nodes.places import read_xname
from nodewatch.table import plural

if TYPE_CHECKING:
    from nodewatch.documents import Document


def reach_in_words(template: Document, limit: str) -> str:
    """Return in words how many nodes a session from the template with that limit (empty for none) would be for.

    Who is in a group or role, BOS alone knows.

    >>> listed = {"boot_sets": {"a": {"node_list": ["x1c0s0b0n0", "x1c0s0b0n1"]}}}
    >>> reach_in_words(listed, ""), reach_in_words(listed, "all,!x1c0s0b0n0"), reach_in_words(listed, "x9c0s0b0n0")
    ('all 2 nodes', '1 of 2 nodes', '0 of 2 nodes')
    >>> reach_in_words(listed, "all,&uan")
    'as many of 2 nodes as the limit leaves (BOS alone knows who is in uan)'
    >>> by_role = {"boot_sets": {"a": {"node_roles_groups": ["Compute"]}}}
    >>> reach_in_words(by_role, ""), reach_in_words(by_role, "x1c0s0b0n0,x1c0s0b0n1")
    ('all nodes in Compute', 'at most 2 nodes, those in Compute')
    >>> reach_in_words(by_role, "x1c0s0b0n0,uan")
    'as many of nodes in Compute as the limit leaves (BOS alone knows who is in Compute, uan)'
    """
    nodes, groups = all_of_it = everyone(template)
    terms = limit.split(",") if limit else []
    unknown = [term.lstrip("&!") for term in terms if not is_node(term.lstrip("&!"), nodes)]
    if not limit:
        return f"all {all_of_it.words()}"
    if not groups and not unknown:
        return f"{len(apply_limit(nodes, limit)):,} of {all_of_it.words()}"
    if all(map(read_xname, terms)):
        return f"at most {plural(len(set(terms)), 'node')}, those in {', '.join(groups)}"
    who = ", ".join(dict.fromkeys([*groups, *unknown]))
    return f"as many of {all_of_it.words()} as the limit leaves (BOS alone knows who is in {who})"


def is_node(name: str, nodes: list[str]) -> bool:
    """Tell whether a name in a limit is that of a node, or of all: anything else is a group or a role.

    >>> [is_node(name, ["nid000001"]) for name in ("nid000001", "x1c0s0b0n0", "all", "*", "nid000002", "uan")]
    [True, True, True, True, False, False]
    """
    return name in nodes or name in ("all", "*") or read_xname(name) is not None
