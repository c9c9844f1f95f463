"""What a session of BOS v2 does to its nodes when it is set up, as pure functions.

An approximation where BOS asks other services: see `boot_artifacts` and `plan_set_up`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2.change_rules import HARDWARE_SPECIFIERS
from nodewatch.bos_v2.fields import NO_ARTIFACTS, NO_DESIRED_STATE, NO_STAGED_STATE
from nodewatch.documents import as_text, names_in, part

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from nodewatch.bos_v2.types import Session
    from nodewatch.documents import Document

GROUP_PATTERN = r"(?!(x|nid)\d[a-z\d]*$)[A-Za-z][\w.:-]*"  # neither an xname nor a NID
NO_NODES = "No nodes were found to act upon."
EMPTY_TERM = "IndexError: string index out of range\n"  # what the server's own failure reads like, line break and all
NO_COMPONENTS = "All nodes found to act upon do not exist as BOS components"


def apply_limit(nodes: Sequence[str], limit: str) -> list[str]:
    """Return the nodes that a session's limit leaves, its terms taken from left to right: added, `&` kept, `!` removed.

    A group or a role is a name that no node has here: see `groups_in`. A blank belongs to its term.

    >>> nodes = ["x1", "x2", "x3"]
    >>> [apply_limit(nodes, limit) for limit in ("", "x1,x3,x9", "all,!x2", "x1,x2,&x2")]
    [['x1', 'x2', 'x3'], ['x1', 'x3'], ['x1', 'x3'], ['x2']]
    >>> apply_limit(nodes, "all, !x2"), apply_limit(nodes, "!x2")
    (['x1', 'x2', 'x3'], [])
    """
    if not limit:
        return list(nodes)
    found: set[str] = set()
    for term in limit.split(","):
        name = without_operator(term)
        meant = set(nodes) if name in ("all", "*") else {name}
        found = found & meant if term[:1] == "&" else found - meant if term[:1] == "!" else found | meant
    return [node for node in nodes if node in found]


def without_operator(term: str) -> str:
    """Return what a term of a limit names, without the `&` or `!` before it."""
    return term[1:] if term[:1] in ("&", "!") else term


def groups_in(limit: str, nodes: Container[str]) -> list[str]:
    """Return the names in a limit that may be groups or roles: what neither stands for all nor is a node.

    >>> groups_in("all,&Compute,!x3000c0s1b0n0,green, !x2,&,login", ["x2", "login"])
    ['Compute', 'green']
    """
    names = map(without_operator, limit.split(","))
    return [name for name in names if name != "all" and name not in nodes and re.fullmatch(GROUP_PATTERN, name)]


def boot_artifacts(boot_set: Document) -> dict[str, str]:
    """Return the boot artifacts of a boot set: kernel and initrd beside its manifest, the kernel parameters it gives.

    An approximation: BOS reads the names from the manifest, and adds the image's parameters and those of the root file
    system.

    >>> boot_artifacts({"path": "s3://boot-images/1/manifest.json", "kernel_parameters": "ip=dhcp"})
    {'initrd': 's3://boot-images/1/initrd', 'kernel': 's3://boot-images/1/kernel', 'kernel_parameters': 'ip=dhcp'}
    >>> boot_artifacts({})
    {'initrd': '/initrd', 'kernel': '/kernel', 'kernel_parameters': ''}
    """
    folder = as_text(boot_set.get("path")).rpartition("/")[0]
    parameters = as_text(boot_set.get("kernel_parameters"))
    return {"initrd": f"{folder}/initrd", "kernel": f"{folder}/kernel", "kernel_parameters": parameters}


def configuration_of_nodes(template: Document, boot_set: Document) -> str:
    """Return the configuration of a boot set's nodes: its own, else the template's; none where CFS is not enabled.

    >>> own = {"cfs": {"configuration": "own"}}
    >>> configuration_of_nodes({}, own), configuration_of_nodes({"cfs": {"configuration": "c"}}, {})
    ('own', 'c')
    >>> configuration_of_nodes({"enable_cfs": False}, own), configuration_of_nodes({}, {})
    ('', '')
    """
    if template.get("enable_cfs") is False:
        return ""
    return as_text(part(boot_set, "cfs").get("configuration") or part(template, "cfs").get("configuration"))


def wanted_state(template: Document, boot_set: Document, session: Session) -> Document:
    """Return the state that a session wants of a boot set's nodes: nothing booted, when it shuts them down.

    >>> sessions = ({"operation": "shutdown", "stage": stage} for stage in (True, False))
    >>> ["bss_token" in wanted_state({}, {}, session) for session in sessions]
    [False, True]
    """
    if session["operation"] == "shutdown":
        return NO_STAGED_STATE if session["stage"] else NO_DESIRED_STATE
    return {"boot_artifacts": boot_artifacts(boot_set), "configuration": configuration_of_nodes(template, boot_set)}


def assign_node(state: Document, session: Session) -> dict[str, object]:
    """Return the change that gives a node to a session, or stages the session on it.

    >>> session = {"name": "s", "operation": "reboot", "stage": False}
    >>> change = assign_node({"configuration": "c"}, session)
    >>> change["session"], change["enabled"], change["last_action"], change["actual_state"]["boot_artifacts"]["kernel"]
    ('s', True, {'action': 'session_setup', 'failed': False}, '')
    >>> assign_node({"configuration": "c"}, {**session, "stage": True})
    {'staged_state': {'configuration': 'c', 'session': 's'}, 'error': ''}
    >>> assign_node({"session": ""}, {**session, "stage": True, "operation": "shutdown"})
    {'staged_state': {'session': ''}, 'error': ''}
    """
    if session["stage"]:
        name = {} if session["operation"] == "shutdown" else {"session": session["name"]}
        return {"staged_state": {**state, **name}, "error": ""}
    change: dict[str, object] = {
        "desired_state": state,
        "session": session["name"],
        "enabled": True,
        "last_action": {"action": "session_setup", "failed": False},
        "error": "",
    }
    if session["operation"] == "reboot":
        change["actual_state"] = {"boot_artifacts": NO_ARTIFACTS, "bss_token": ""}
    return change


class SetUp(NamedTuple):
    """What a session does when it is set up: the changes of its nodes, by their names.

    `error` says why there are none, and `over` whether the session is complete with that.
    """

    changes: dict[str, dict[str, object]]
    error: str = ""
    over: bool = False


def plan_set_up(session: Session, template: Document, known: Container[str]) -> SetUp:
    """Return what a session does to its nodes.

    Nodes count as far as they are named and BOS knows them. Who is in a role or a group cannot be known here: in one of
    a boot set are taken to be the nodes that the limit names; where nothing else tells, the session stays pending.

    >>> session = {"name": "s", "operation": "boot", "stage": False, "limit": ""}
    >>> found = plan_set_up(session, {"boot_sets": {"all": {"node_list": ["x1", "x9"]}}}, ["x1"])
    >>> list(found.changes), found.error, found.over
    (['x1'], '', False)
    >>> plan_set_up(session, {"boot_sets": {"all": {"node_list": ["x9"]}}}, [])[1:]
    ('All nodes found to act upon do not exist as BOS components', True)
    >>> plan_set_up({**session, "limit": "x7"}, {"boot_sets": {"all": {"node_list": ["x9"]}}}, ["x9"])[1:]
    ('No nodes were found to act upon.', True)
    >>> computes = {"boot_sets": {"all": {"node_roles_groups": ["Compute"]}}}
    >>> plan_set_up(session, computes, ["x1"])[1:]
    ('Who is in Compute cannot be known offline.', False)
    >>> plan_set_up({**session, "limit": "x1,&green"}, computes, ["x1"])[1:]
    ('Who is in green cannot be known offline.', False)
    >>> plan_set_up({**session, "limit": "x1,"}, computes, ["x1"])[1:]
    ('IndexError: string index out of range\\n', True)
    >>> list(plan_set_up({**session, "limit": "x1,x2,!x2,x9"}, computes, ["x1", "x2"]).changes)
    ['x1']
    >>> list(plan_set_up({**session, "limit": "login"}, computes, ["login"]).changes)
    ['login']
    >>> two = {"boot_sets": {"one": {"node_list": ["x1"], "path": "s3://one/m"}, **computes["boot_sets"]}}
    >>> change = plan_set_up({**session, "limit": "x1"}, two, ["x1"]).changes["x1"]
    >>> change["desired_state"]["boot_artifacts"]["kernel"]
    's3://one/kernel'
    """
    boot_sets = [part(part(template, "boot_sets"), name) for name in part(template, "boot_sets")]
    listed = {node for boot_set in boot_sets for node in names_in(boot_set.get("node_list"))}
    limit = session["limit"]
    if limit and "" in limit.split(","):
        return SetUp({}, EMPTY_TERM, over=True)
    groups = [name for name in groups_in(limit, listed) if name not in known]
    if groups:
        return SetUp({}, who_is_in(groups))
    changes: dict[str, dict[str, object]] = {}
    strange = False
    unlisted = [node for node in limit.split(",") if node not in listed]
    for boot_set in boot_sets:
        unknown = [name for field in HARDWARE_SPECIFIERS[1:] for name in names_in(boot_set.get(field))]
        groups += unknown
        change = assign_node(wanted_state(template, boot_set, session), session)
        for node in apply_limit([*names_in(boot_set.get("node_list")), *(unlisted if unknown else [])], limit):
            if node in known:
                changes[node] = change
            else:
                strange = True
    if changes:  # a staged shutdown is over at once: BOS notes no session on its nodes
        return SetUp(changes, over=session["stage"] and session["operation"] == "shutdown")
    if groups:
        return SetUp({}, who_is_in(groups))
    return SetUp({}, NO_COMPONENTS if strange else NO_NODES, over=True)


def who_is_in(groups: Iterable[str]) -> str:
    """Return the error for a set-up that would need to know who is in groups or roles."""
    return f"Who is in {', '.join(dict.fromkeys(groups))} cannot be known offline."
