"""What BOS v2 makes of a change, as pure functions: what it adds, and what it refuses ("BOS v2 API")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.bos_v2.fields import NO_ARTIFACTS, NO_STAGED_STATE
from nodewatch.bos_v2.rules import component_status
from nodewatch.documents import as_text, names_in, part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from nodewatch.bos_v2.types import NewSession, Session
    from nodewatch.documents import Document

NO_ATTEMPTS = {"power_off_forceful_attempts": 0, "power_off_graceful_attempts": 0, "power_on_attempts": 0}
DATED_FIELDS = ("actual_state", "desired_state", "staged_state", "last_action")
HARDWARE_SPECIFIERS = ("node_list", "node_roles_groups", "node_groups")


def bos_time(now: datetime) -> str:
    """Return the time as BOS writes it, without a zone.

    >>> from datetime import UTC, datetime
    >>> bos_time(datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC))
    '2026-11-21T12:00:00'
    """
    return f"{now:%Y-%m-%dT%H:%M:%S}"


def sort_fields(document: Document) -> dict[str, object]:
    """Return the document with the fields of all its objects by name, as the server answers.

    >>> sort_fields({"b": [{"d": 1, "c": 2}], "a": 3})
    {'a': 3, 'b': [{'c': 2, 'd': 1}]}
    """
    return {name: sort_fields_in(document[name]) for name in sorted(document)}


def sort_fields_in(value: object) -> object:
    """Return a value with the fields of the objects in it by name."""
    if isinstance(value, dict):
        return sort_fields(value)
    return list(map(sort_fields_in, value)) if isinstance(value, list) else value


def complete_patch(patch: Document, now: str) -> dict[str, object]:
    """Return a change of a component with what the server adds: times, the hold, session and attempts that it clears.

    >>> complete_patch({"enabled": True}, "now")
    {'enabled': True, 'status': {'status_override': 'on_hold'}}
    >>> change = complete_patch({"desired_state": {"configuration": "c"}}, "now")
    >>> change["desired_state"], change["session"], change["event_stats"] == NO_ATTEMPTS
    ({'configuration': 'c', 'last_updated': 'now'}, '', True)
    >>> complete_patch({"desired_state": {"boot_artifacts": {}}}, "now")["event_stats"] == NO_ATTEMPTS
    True
    >>> complete_patch({"actual_state": {"bss_token": "t"}, "desired_state": {"bss_token": "t"}, "session": "s"}, "now")
    {'actual_state': {'bss_token': 't'}, 'desired_state': {'bss_token': 't'}, 'session': 's'}
    """
    change = {name: value for name, value in patch.items() if name != "id"}
    for name in DATED_FIELDS:
        if isinstance(change.get(name), dict) and set(part(change, name)) != {"bss_token"}:
            change[name] = {**part(change, name), "last_updated": now}
    if change.get("enabled"):
        change["status"] = {**part(change, "status"), "status_override": "on_hold"}
    desired = part(change, "desired_state")
    if desired and not change.get("session"):
        change["session"] = ""
    if "boot_artifacts" in desired or "configuration" in desired:
        change["event_stats"] = NO_ATTEMPTS
    return change


def is_changing(component: Document) -> bool:
    """Tell whether BOS is changing the node's state, so that its actual state must not be recorded.

    >>> node = {"enabled": True, "status": {"phase": "powering_on"}, "last_action": {"action": "session_setup"}}
    >>> is_changing(node), is_changing({**node, "enabled": False})
    (True, False)
    >>> is_changing({**node, "last_action": {"action": "powering_on"}}), is_changing({**node, "status": {}})
    (False, False)
    """
    return bool(
        component.get("enabled")
        and component_status(component) != "stable"
        and part(component, "last_action").get("action") != "powering_on"
    )


def without_computed_status(component: Document) -> dict[str, object]:
    """Return a component without the status that is only computed when it is asked for.

    >>> without_computed_status({"id": "x1", "status": {"phase": "", "status": "stable"}})
    {'id': 'x1', 'status': {'phase': ''}}
    """
    status = {name: value for name, value in part(component, "status").items() if name != "status"}
    return {**component, "status": status} if "status" in component else dict(component)


def start_staged(
    component: Document, operation: str | None, *, clear: bool, tenant: str | None, now: str
) -> tuple[dict[str, object], bool]:
    """Return the component with its staged session started, or with the reason why not; and whether it was started.

    `operation` is the session's, None if there is no such session any more.

    >>> node = {"id": "x1", "staged_state": {"session": "s", "configuration": "c"}}
    >>> started, done = start_staged(node, "reboot", clear=False, tenant=None, now="now")
    >>> started["session"], started["enabled"], started["desired_state"]["configuration"], done
    ('s', True, 'c', True)
    >>> start_staged(node, None, clear=False, tenant=None, now="now")[0]["error"]
    'Staged session no longer exists (session: s, tenant: None)'
    >>> bare = {"id": "x1", "staged_state": {"session": "s", "boot_artifacts": {"kernel": "k", "initrd": ""}}}
    >>> start_staged(bare, "shutdown", clear=False, tenant=None, now="now")[0]["error"]
    'Staged operation is shutdown but boot artifact have been specified'
    >>> start_staged({"id": "x1"}, "reboot", clear=False, tenant=None, now="now")[0]["desired_state"]["configuration"]
    ''
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
            desired_state={"boot_artifacts": artifacts, "configuration": as_text(staged.get("configuration"))},
            enabled=True,
        )
        if operation == "reboot":
            document["actual_state"] = {"boot_artifacts": NO_ARTIFACTS, "bss_token": ""}
    document["last_action"] = {**part(component, "last_action"), "action": "apply_staged"}
    if clear:
        document["staged_state"] = NO_STAGED_STATE
    return {**document, **complete_patch(document, now), "id": component["id"]}, not error


def canonical_xname(name: str) -> str:
    """Return an xname as templates hold it: in small letters, no number with a zero in front.

    >>> canonical_xname("X3000c0S05b00n0"), canonical_xname("uan01")
    ('x3000c0s5b0n0', 'uan01')
    """
    return re.sub(r"x0*(\d+)c0*(\d+)s0*(\d+)b0*(\d+)n0*(\d+)", r"x\1c\2s\3b\4n\5", name.lower())


def has_nids(names: Iterable[str]) -> bool:
    """Tell whether a name looks like a NID, which BOS does not know.

    >>> has_nids(["x1", "nid000001"]), has_nids(["!nid000001"]), has_nids(["x1"])
    (True, True, False)
    """
    return any(name.lstrip("&!").startswith("nid") for name in names)


def boot_set_fault(boot_set: Document, *, reject_nids: bool) -> str:
    """Return what makes a boot set invalid, as far as it says itself; empty if it is valid.

    >>> [boot_set_fault({"node_list": [node]}, reject_nids=True) for node in ("x1", "nid1")]
    ['', "Has NID in 'node_list'"]
    >>> boot_set_fault({"node_list": ["nid1"]}, reject_nids=False)
    ''
    >>> boot_set_fault({}, reject_nids=False)
    "No hardware specifier fields (('node_list', 'node_roles_groups', 'node_groups'))"
    """
    given = [boot_set.get(name) for name in HARDWARE_SPECIFIERS if name in boot_set]
    if not any(given):
        return f"No {'non-empty ' * bool(given)}hardware specifier fields ({HARDWARE_SPECIFIERS})"
    return "Has NID in 'node_list'" if reject_nids and has_nids(names_in(boot_set.get("node_list"))) else ""


def template_fault(template: Document, name: str, *, reject_nids: bool) -> str:
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


def stored_template(body: Document, name: str, *, reject_nids: bool) -> dict[str, object]:
    """Return a template's document as the server stores it; raise `ValueError` with the server's words if it refuses.

    >>> body = {"cfs": {}, "boot_sets": {"all": {"path": "p", "type": "s3", "node_list": ["X01"]}}}
    >>> stored_template(body, "t", reject_nids=False)
    {'boot_sets': {'all': {'arch': 'X86', 'node_list': ['x01'], 'path': 'p', 'type': 's3'}}, 'name': 't'}
    """
    boot_sets = {}
    for key in part(body, "boot_sets"):
        boot_set = part(body["boot_sets"], key)
        if boot_set.get("name", key) != key:
            words = f"boot_sets key ({key}) does not match 'name' field of corresponding boot set ({boot_set['name']})"
            raise ValueError(words)
        fault = boot_set_fault(boot_set, reject_nids=reject_nids)
        if fault:
            raise ValueError(f"Boot set {key}: {fault}")
        kept = {"arch": "X86", **without_empty_cfs(boot_set)}
        kept.pop("name", None)
        nodes = kept.get("node_list")
        if isinstance(nodes, list):
            kept["node_list"] = list(map(canonical_xname, nodes))
        boot_sets[key] = kept
    return sort_fields(
        {**without_empty_cfs(body), **({"boot_sets": boot_sets} if "boot_sets" in body else {}), "name": name}
    )


def without_empty_cfs(document: Document) -> dict[str, object]:
    """Return a template, or a boot set, without a `cfs` that names no configuration.

    >>> without_empty_cfs({"cfs": {"configuration": "c"}}), without_empty_cfs({"cfs": {"configuration": ""}})
    ({'cfs': {'configuration': 'c'}}, {})
    """
    configuration = part(document, "cfs").get("configuration")
    return {name: value for name, value in document.items() if name != "cfs" or configuration}


def new_session(body: NewSession, name: str, tenant: str | None, now: str) -> Session:
    """Return the session that a request creates."""
    return {
        "components": "",
        "include_disabled": body.get("include_disabled") or False,
        "limit": body.get("limit") or "",
        "name": name,
        "operation": body["operation"],
        "stage": body.get("stage") or False,
        "status": {"end_time": None, "error": None, "start_time": now, "status": "pending"},
        "template_name": body["template_name"],
        "tenant": tenant,
    }
