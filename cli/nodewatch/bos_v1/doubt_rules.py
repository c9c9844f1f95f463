"""What keeps documents of BOS v1 from proving that all went well, though no node in them failed.

Any field may be missing, empty or of another kind than the "BOS v1 API" says: what cannot be read proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v1 import rules
from nodewatch.documents import objects_in
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.documents import Document


def doubtful_claims(metadata: Document, flags: rules.Flags) -> list[str]:
    """Return a sentence for each thing in a server's metadata that its nodes do not show, and that is no success.

    Flags and counts that are absent, null or `""` say nothing.

    >>> def doubts(failed, **metadata): return doubtful_claims(metadata, rules.Flags(False, True, failed))
    >>> [doubts(1, error_count=count) for count in (0, 1, "", None)]
    [[], [], [], []]
    >>> doubts(1, error_count=2), doubts(0, error_count=0.0), doubts(0, error_count="0"), doubts(0, error_count=-1)
    (['The server counts 2 errors, but its phases have 1.'], ['The number of errors cannot be read: 0.0.'], \
['The number of errors cannot be read: "0".'], ['The number of errors cannot be read: -1.'])
    >>> doubts(0, in_progress=True), doubtful_claims({"in_progress": True}, rules.Flags(True, False, 0))
    (['The server says in progress, but its phases do not.'], [])
    """
    import json

    count, found = metadata.get("error_count"), []
    if count is not None and count != "":
        if type(count) is not int or count < 0:
            found.append(f"The number of errors cannot be read: {json.dumps(count)}.")
        elif count > flags.error_count:
            found.append(f"The server counts {plural(count, 'error')}, but its phases have {flags.error_count}.")
    if metadata.get("in_progress") is True and not flags.in_progress:
        found.append("The server says in progress, but its phases do not.")
    return found


def unclear_phases(boot_set: Document, phases: Sequence[Document]) -> list[str]:
    """Return a sentence for each thing in these phases of a boot set that leaves open where its nodes are.

    >>> def unclear(*phases): return unclear_phases({"phases": [*phases]}, phases)
    >>> def phase(name, nodes): return {"name": "boot", "categories": [{"name": name, "node_list": nodes}]}
    >>> unclear(), unclear({"name": "boot", "categories": None})
    (['It has no phases.'], ['The categories of boot cannot be read.'])
    >>> [len(unclear({"name": "boot", "categories": odd})) for odd in ([], [None], 7, "x", [{"node_list": []}])]
    [1, 1, 1, 1, 0]
    >>> unclear_phases({"phases": [phase("failed", []), None]}, [phase("failed", [])])
    ['Not all of its phases can be read.']
    >>> unclear(phase("timed_out", ["x1"]), phase("FAILED", "x1"))
    ["Nobody knows what it means that 1 node of boot is 'timed_out'.", 'The nodes of failed in boot cannot be read.']
    >>> unclear(phase("Failed", ["x1"]), phase("timed_out", [])), unclear(phase("failed", [None]))
    ([], ['The nodes of failed in boot cannot be read.'])
    >>> [len(unclear(phase("failed", [node]))) for node in ("x1", "", None, 7)]
    [0, 1, 1, 1]
    """
    if not phases:
        return ["It has no phases."]
    listed = boot_set.get("phases")
    whole = isinstance(listed, list) and len(rules.phases_of(boot_set)) == len(listed)
    found = [] if whole else ["Not all of its phases can be read."]
    for phase in phases:
        name, categories = rules.phase_name(phase), phase.get("categories")
        if not isinstance(categories, list) or not categories or len(objects_in(phase, "categories")) < len(categories):
            found.append(f"The categories of {name} cannot be read.")
        for category in objects_in(phase, "categories"):
            word, nodes = str(category.get("name")).lower(), category.get("node_list")
            if not isinstance(nodes, list) or not all(isinstance(node, str) and node for node in nodes):
                found.append(f"The nodes of {word} in {name} cannot be read.")
            elif nodes and word not in rules.CATEGORY_NAMES:
                of = f"{plural(len(nodes), 'node')} of {name} {'is' if len(nodes) == 1 else 'are'}"
                found.append(f"Nobody knows what it means that {of} {word!r}.")
    return found + lost_nodes(phases)


def lost_nodes(phases: Sequence[Document]) -> list[str]:
    """Return a sentence for each phase that lacks nodes of the one before: they never came to their end.

    Each phase is made with all nodes of its boot set in it. One without any node is for nobody.

    >>> def phase(name, *nodes): return {"name": name, "categories": [{"name": "succeeded", "node_list": [*nodes]}]}
    >>> lost_nodes([phase("shutdown", "x1", "x2", "x3"), phase("boot", "x2"), phase("configure")])
    ['Of the nodes of shutdown 2 are not in boot: x[1,3].']
    """
    found: list[str] = []
    before, nodes = "", set[str]()
    for phase in phases:
        here = {node for names in rules.nodes_by_category(phase).values() for node in names}
        if here and (lost := nodes - here):
            from nodewatch.nodes.nodeset import fold

            is_or_are = f"{len(lost):,} {'is' if len(lost) == 1 else 'are'}"
            found.append(f"Of the nodes of {before} {is_or_are} not in {rules.phase_name(phase)}: {fold(lost)}.")
        if here:
            before, nodes = rules.phase_name(phase), here
    return found
