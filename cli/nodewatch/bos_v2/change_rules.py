"""What BOS v2 makes of a change, as pure functions: what it adds, what it refuses, what a session does to its nodes.

The rules are the server's own ("BOS v2 API"); a session's set-up is an approximation, see `boot_artifacts`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nodewatch.bos_v2.fields import ARTIFACTS, NO_DESIRED_STATE, NO_STAGED_STATE
from nodewatch.bos_v2.rules import component_status
from nodewatch.documents import names_in, part

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import datetime

NO_ATTEMPTS = {"power_off_forceful_attempts": 0, "power_off_graceful_attempts": 0, "power_on_attempts": 0}
DATED = ("actual_state", "desired_state", "staged_state", "last_action")
OPERATORS = ("&", "!")
GROUP = r"(?!(x|nid)\d[a-z\d]*$)[A-Za-z][\w.:-]*"  # neither an xname nor a NID
SPECIFIERS = ("node_list", "node_roles_groups", "node_groups")
NO_NODES = "No nodes were found to act upon."
EMPTY_TERM = "IndexError: string index out of range\n"  # what the server's own failure reads like, line break and all
NO_COMPONENTS = "All nodes found to act upon do not exist as BOS components"


def stamp(now: datetime) -> str:
    """Return the time as BOS writes it, without a zone.

    >>> from datetime import UTC, datetime
    >>> stamp(datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC))
    '2026-11-21T12:00:00'
    """
    return f"{now:%Y-%m-%dT%H:%M:%S}"


def merged(old: Any, patch: Any) -> Any:
    """Return a document with the patch's fields in place of its own, objects field by field.

    >>> merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}, "d": {"e": 5}})
    {'a': {'b': 1, 'c': 4}, 'd': {'e': 5}}
    """
    if not isinstance(patch, dict):
        return patch
    base = old if isinstance(old, dict) else {}
    return {**base, **{name: merged(base.get(name), value) for name, value in patch.items()}}


def in_order(document: Any) -> Any:
    """Return the document with the fields of all its objects by name, as the server answers.

    >>> in_order({"b": [{"d": 1, "c": 2}], "a": 3})
    {'a': 3, 'b': [{'c': 2, 'd': 1}]}
    """
    if isinstance(document, dict):
        return {name: in_order(document[name]) for name in sorted(document)}
    return [in_order(item) for item in document] if isinstance(document, list) else document


def completed(patch: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return a change of a component with what the server adds: times, the hold, session and attempts that it clears.

    >>> completed({"enabled": True}, "now")
    {'enabled': True, 'status': {'status_override': 'on_hold'}}
    >>> change = completed({"desired_state": {"configuration": "c"}}, "now")
    >>> change["desired_state"], change["session"], change["event_stats"] == NO_ATTEMPTS
    ({'configuration': 'c', 'last_updated': 'now'}, '', True)
    >>> completed({"actual_state": {"bss_token": "t"}, "desired_state": {"bss_token": "t"}, "session": "s"}, "now")
    {'actual_state': {'bss_token': 't'}, 'desired_state': {'bss_token': 't'}, 'session': 's'}
    """
    change = {name: value for name, value in patch.items() if name != "id"}
    for name in DATED:
        if isinstance(change.get(name), dict) and set(change[name]) != {"bss_token"}:
            change[name] = {**change[name], "last_updated": now}
    if change.get("enabled"):
        change["status"] = {**part(change, "status"), "status_override": "on_hold"}
    desired = part(change, "desired_state")
    if desired and not change.get("session"):
        change["session"] = ""
    if "boot_artifacts" in desired or "configuration" in desired:
        change["event_stats"] = NO_ATTEMPTS
    return change


def changing(component: Mapping[str, Any]) -> bool:
    """Tell whether BOS is changing the node's state, so that its actual state must not be recorded.

    >>> node = {"enabled": True, "status": {"phase": "powering_on"}, "last_action": {"action": "session_setup"}}
    >>> changing(node), changing({**node, "enabled": False})
    (True, False)
    >>> changing({**node, "last_action": {"action": "powering_on"}})
    False
    """
    return bool(
        component.get("enabled")
        and component_status(component) != "stable"  # type: ignore[arg-type]  # any document will do
        and part(component, "last_action").get("action") != "powering_on"
    )


def unanswered(component: Mapping[str, Any]) -> dict[str, Any]:
    """Return a component without the status that is only computed when it is asked for.

    >>> unanswered({"id": "x1", "status": {"phase": "", "status": "stable"}})
    {'id': 'x1', 'status': {'phase': ''}}
    """
    status = {name: value for name, value in part(component, "status").items() if name != "status"}
    return {**component, "status": status} if "status" in component else dict(component)


def applied(
    component: Mapping[str, Any], operation: str | None, *, clear: bool, tenant: str | None, now: str
) -> tuple[dict[str, Any], bool]:
    """Return the component with its staged session started, or with the reason why not; and whether it was started.

    `operation` is the session's, None if there is no such session any more.

    >>> node = {"id": "x1", "staged_state": {"session": "s", "configuration": "c"}}
    >>> started, done = applied(node, "reboot", clear=False, tenant=None, now="now")
    >>> started["session"], started["enabled"], started["desired_state"]["configuration"], done
    ('s', True, 'c', True)
    >>> applied(node, None, clear=False, tenant=None, now="now")[0]["error"]
    'Staged session no longer exists (session: s, tenant: None)'
    """
    staged = part(component, "staged_state")
    session = staged.get("session")
    artifacts = part(staged, "boot_artifacts")
    document = {**component, "session": session}
    error = ""
    if operation is None:
        error = f"Staged session no longer exists (session: {session}, tenant: {tenant})"
    elif operation == "shutdown" and any(artifacts.values()):
        error = "Staged operation is shutdown but boot artifact have been specified"
    elif operation != "shutdown" and not all(artifacts.values()):
        error = f"Staged operation is {operation} but some boot artifacts have not been specified"
    if error:
        document.update(error=error, enabled=False)
    else:
        document.update(
            desired_state={"boot_artifacts": artifacts, "configuration": staged.get("configuration") or ""},
            enabled=True,
        )
        if operation == "reboot":
            document["actual_state"] = {"boot_artifacts": ARTIFACTS, "bss_token": ""}
    document["last_action"] = {**part(component, "last_action"), "action": "apply_staged"}
    if clear:
        document["staged_state"] = NO_STAGED_STATE
    return {**document, **completed(document, now), "id": component["id"]}, not error


def canonical(name: str) -> str:
    """Return an xname as templates hold it: in small letters, no number with a zero in front.

    >>> canonical("X3000c0S05b00n0"), canonical("uan01")
    ('x3000c0s5b0n0', 'uan01')
    """
    return re.sub(r"x0*(\d+)c0*(\d+)s0*(\d+)b0*(\d+)n0*(\d+)", r"x\1c\2s\3b\4n\5", name.lower())


def has_nids(names: Iterable[str]) -> bool:
    """Tell whether a name looks like a NID, which BOS does not know.

    >>> has_nids(["x1", "nid000001"]), has_nids(["!nid000001"]), has_nids(["x1"])
    (True, True, False)
    """
    return any(name.lstrip("&!").startswith("nid") for name in names)


def boot_set_fault(boot_set: Mapping[str, Any], *, reject_nids: bool) -> str:
    """Return what makes a boot set invalid, as far as it says itself; empty if it is valid.

    >>> [boot_set_fault({"node_list": [node]}, reject_nids=True) for node in ("x1", "nid1")]
    ['', "Has NID in 'node_list'"]
    >>> boot_set_fault({}, reject_nids=False)
    "No hardware specifier fields (('node_list', 'node_roles_groups', 'node_groups'))"
    """
    given = [boot_set.get(name) for name in SPECIFIERS if name in boot_set]
    if not any(given):
        return f"No {'non-empty ' * bool(given)}hardware specifier fields ({SPECIFIERS})"
    return "Has NID in 'node_list'" if reject_nids and has_nids(boot_set.get("node_list") or ()) else ""


def template_fault(template: Mapping[str, Any], name: str, *, reject_nids: bool) -> str:
    """Return what keeps a session from being created from a template, as far as it says itself; empty if nothing does.

    >>> template_fault({}, "t", reject_nids=False)
    "Session template 't' requires at least 1 boot set."
    >>> template_fault({"boot_sets": {"all": {"node_list": []}}}, "t", reject_nids=False)[:57]
    "Session template: 't' boot set: 'all': No non-empty hardw"
    """
    boot_sets = part(template, "boot_sets")
    if not boot_sets:
        return f"Session template '{name}' requires at least 1 boot set."
    for key in boot_sets:
        fault = boot_set_fault(part(boot_sets, key), reject_nids=reject_nids)
        if fault:
            return f"Session template: '{name}' boot set: '{key}': {fault}"
    return ""


def sanitized(body: Mapping[str, Any], name: str, *, reject_nids: bool) -> dict[str, Any]:
    """Return a template's document as the server stores it; raise `ValueError` with the server's words if it refuses.

    >>> stored = sanitized({"cfs": {}, "boot_sets": {"all": {"path": "p", "type": "s3", "node_list": ["X01"]}}}, "t",
    ...                    reject_nids=False)
    >>> stored
    {'boot_sets': {'all': {'arch': 'X86', 'node_list': ['x01'], 'path': 'p', 'type': 's3'}}, 'name': 't'}
    """
    boot_sets = {}
    for key, boot_set in body.get("boot_sets", {}).items():
        if boot_set.get("name", key) != key:
            words = f"boot_sets key ({key}) does not match 'name' field of corresponding boot set ({boot_set['name']})"
            raise ValueError(words)
        fault = boot_set_fault(boot_set, reject_nids=reject_nids)
        if fault:
            raise ValueError(f"Boot set {key}: {fault}")
        kept = {"arch": "X86", **without_empty_cfs(boot_set)}
        kept.pop("name", None)
        if "node_list" in kept:
            kept["node_list"] = [canonical(node) for node in kept["node_list"]]
        boot_sets[key] = kept
    document: dict[str, Any] = in_order(
        {**without_empty_cfs(body), **({"boot_sets": boot_sets} if "boot_sets" in body else {}), "name": name}
    )
    return document


def without_empty_cfs(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template, or a boot set, without a `cfs` that names no configuration."""
    named = part(document, "cfs").get("configuration")
    return {name: value for name, value in document.items() if name != "cfs" or named}


def new_session(body: Mapping[str, Any], name: str, tenant: str | None, now: str) -> dict[str, Any]:
    """Return the session that a request creates."""
    return {
        "components": "",
        "include_disabled": body.get("include_disabled", False),
        "limit": body.get("limit") or "",
        "name": name,
        "operation": body["operation"],
        "stage": body.get("stage", False),
        "status": {"end_time": None, "error": None, "start_time": now, "status": "pending"},
        "template_name": body["template_name"],
        "tenant": tenant,
    }


def limited(nodes: Sequence[str], limit: str) -> list[str]:
    """Return the nodes that a session's limit leaves, its terms taken from left to right: added, `&` kept, `!` removed.

    A group or a role is a name that no node has here: see `groups_in`. A blank belongs to its term.

    >>> nodes = ["x1", "x2", "x3"]
    >>> limited(nodes, ""), limited(nodes, "x1,x3,x9"), limited(nodes, "all,!x2"), limited(nodes, "x1,x2,&x2")
    (['x1', 'x2', 'x3'], ['x1', 'x3'], ['x1', 'x3'], ['x2'])
    >>> limited(nodes, "all, !x2"), limited(nodes, "!x2")
    (['x1', 'x2', 'x3'], [])
    """
    if not limit:
        return list(nodes)
    found: set[str] = set()
    for term in limit.split(","):
        name = term[1:] if term[:1] in OPERATORS else term
        named = set(nodes) if name in ("all", "*") else {name}
        found = found & named if term[:1] == "&" else found - named if term[:1] == "!" else found | named
    return [node for node in nodes if node in found]


def groups_in(limit: str, nodes: Container[str]) -> list[str]:
    """Return the names in a limit that may be groups or roles: what neither stands for all nor is a node.

    >>> groups_in("all,&Compute,!x3000c0s1b0n0,green, !x2,&", ["x2"])
    ['Compute', 'green']
    """
    names = [term[1:] if term[:1] in OPERATORS else term for term in limit.split(",")]
    return [name for name in names if name != "all" and name not in nodes and re.fullmatch(GROUP, name)]


def boot_artifacts(boot_set: Mapping[str, Any]) -> dict[str, str]:
    """Return the boot artifacts of a boot set: kernel and initrd beside its manifest, the kernel parameters it gives.

    An approximation: BOS reads the names from the manifest, and adds the image's parameters and those of the root file
    system.

    >>> boot_artifacts({"path": "s3://boot-images/1/manifest.json", "kernel_parameters": "ip=dhcp"})
    {'initrd': 's3://boot-images/1/initrd', 'kernel': 's3://boot-images/1/kernel', 'kernel_parameters': 'ip=dhcp'}
    """
    folder = str(boot_set.get("path") or "").rpartition("/")[0]
    parameters = str(boot_set.get("kernel_parameters") or "")
    return {"initrd": f"{folder}/initrd", "kernel": f"{folder}/kernel", "kernel_parameters": parameters}


def configuration(template: Mapping[str, Any], boot_set: Mapping[str, Any]) -> str:
    """Return the configuration of a boot set's nodes: its own, else the template's; none where CFS is not enabled.

    >>> own = {"cfs": {"configuration": "own"}}
    >>> configuration({}, own), configuration({"cfs": {"configuration": "c"}}, {})
    ('own', 'c')
    >>> configuration({"enable_cfs": False}, own)
    ''
    """
    if template.get("enable_cfs") is False:
        return ""
    return str(part(boot_set, "cfs").get("configuration") or part(template, "cfs").get("configuration") or "")


def wanted_state(
    template: Mapping[str, Any], boot_set: Mapping[str, Any], session: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the state that a session wants of a boot set's nodes: nothing booted, when it shuts them down."""
    if session["operation"] == "shutdown":
        return NO_STAGED_STATE if session["stage"] else NO_DESIRED_STATE
    return {"boot_artifacts": boot_artifacts(boot_set), "configuration": configuration(template, boot_set)}


def assignment(state: Mapping[str, Any], session: Mapping[str, Any]) -> dict[str, Any]:
    """Return the change that gives a node to a session, or stages the session on it.

    >>> session = {"name": "s", "operation": "reboot", "stage": False}
    >>> change = assignment({"configuration": "c"}, session)
    >>> change["session"], change["enabled"], change["last_action"], change["actual_state"]["boot_artifacts"]["kernel"]
    ('s', True, {'action': 'session_setup', 'failed': False}, '')
    >>> assignment({"configuration": "c"}, {**session, "stage": True})
    {'staged_state': {'configuration': 'c', 'session': 's'}, 'error': ''}
    >>> assignment({"session": ""}, {**session, "stage": True, "operation": "shutdown"})
    {'staged_state': {'session': ''}, 'error': ''}
    """
    if session["stage"]:
        name = {} if session["operation"] == "shutdown" else {"session": session["name"]}
        return {"staged_state": {**state, **name}, "error": ""}
    change = {
        "desired_state": state,
        "session": session["name"],
        "enabled": True,
        "last_action": {"action": "session_setup", "failed": False},
        "error": "",
    }
    if session["operation"] == "reboot":
        change["actual_state"] = {"boot_artifacts": ARTIFACTS, "bss_token": ""}
    return change


def set_up(
    session: Mapping[str, Any], template: Mapping[str, Any], known: Container[str]
) -> tuple[dict[str, dict[str, Any]], str]:
    """Return the changes that a session makes to its nodes, by their names, and why it cannot make any, if so.

    Nodes count as far as they are named and BOS knows them. Who is in a role or a group cannot be known here: in one of
    a boot set are taken to be the nodes that the limit names, and a limit that names one ends the set-up.

    >>> session = {"name": "s", "operation": "boot", "stage": False, "limit": ""}
    >>> changes, error = set_up(session, {"boot_sets": {"all": {"node_list": ["x1", "x9"]}}}, ["x1"])
    >>> list(changes), error
    (['x1'], '')
    >>> set_up(session, {"boot_sets": {"all": {"node_list": ["x9"]}}}, [])
    ({}, 'All nodes found to act upon do not exist as BOS components')
    >>> set_up({**session, "limit": "x7"}, {"boot_sets": {"all": {"node_list": ["x9"]}}}, ["x9"])
    ({}, 'No nodes were found to act upon.')
    >>> computes = {"boot_sets": {"all": {"node_roles_groups": ["Compute"]}}}
    >>> set_up(session, computes, ["x1"])
    ({}, 'Who is in Compute cannot be known offline.')
    >>> set_up({**session, "limit": "x1,&green"}, computes, ["x1"])
    ({}, 'Who is in green cannot be known offline.')
    >>> set_up({**session, "limit": "x1,"}, computes, ["x1"])
    ({}, 'IndexError: string index out of range\\n')
    >>> list(set_up({**session, "limit": "x1,x2,!x2,x9"}, computes, ["x1", "x2"])[0])
    ['x1']
    """
    changes: dict[str, dict[str, Any]] = {}
    limit, strange, groups = session["limit"], False, []
    boot_sets = [part(part(template, "boot_sets"), name) for name in part(template, "boot_sets")]
    listed = {node for boot_set in boot_sets for node in names_in(boot_set.get("node_list"))}
    named = [node for node in limit.split(",") if node in known and node not in listed]
    if limit and "" in limit.split(","):
        return {}, EMPTY_TERM
    asked = [name for name in groups_in(limit, listed) if name not in known]
    if asked:
        return {}, who_is_in(asked)
    for boot_set in boot_sets:
        unknown = [name for field in SPECIFIERS[1:] for name in names_in(boot_set.get(field))]
        groups += unknown
        change = assignment(wanted_state(template, boot_set, session), session)
        nodes = [*names_in(boot_set.get("node_list")), *(named if unknown else [])]
        for node in limited(nodes, limit):
            strange = strange or node not in known
            if node in known:
                changes[node] = change
    if changes:
        return changes, ""
    return {}, who_is_in(groups) if groups else NO_COMPONENTS if strange else NO_NODES


def who_is_in(groups: Iterable[str]) -> str:
    """Return the error for a set-up that would need to know who is in groups or roles."""
    return f"Who is in {', '.join(dict.fromkeys(groups))} cannot be known offline."
