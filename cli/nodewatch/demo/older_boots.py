"""The demo fleet's BOS v1 sessions that the guide page lists without showing them: invented, in every state and era.

Times are those of the page's other sessions, July 2020. Documents are as the servers of the time wrote them ("BOS v1
API"): a session's `complete` first meant that its boot sets are complete, later that its stop time is set.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from nodewatch.bos_v1.rules import OPERATION_PHASES

OLDER_CATEGORIES = ("not_started", "succeeded", "failed", "excluded", "in_progress")
COMPUTES = {
    "cle-1.3.0": [f"x3000c0s19b{blade}n0" for blade in range(1, 5)],
    "cle-1.2.0": [f"x5000c1s{slot}b{blade}n{node}" for slot in range(3) for blade in range(2) for node in range(2)],
}


class OlderSession(NamedTuple):
    """A session: what was asked for, when, and how many of its nodes each phase has left in which category.

    A phase that `ends` does not name has not started. `later` tells that it is written as later servers did: with a
    stop time, and without the boot sets in its status.
    """

    id: str
    operation: str
    template: str
    start: str
    ends: dict[str, dict[str, int]]
    later: bool = False


ALL_4, ALL_12 = {"succeeded": 4}, {"succeeded": 12}
OLDER_SESSIONS = (
    OlderSession(
        "99a192c2-050e-41bc-a576-548610851742",
        "boot",
        "cle-1.3.0",
        "2020-07-14 08:02:11.402937",
        {"boot": ALL_4, "configure": ALL_4},
    ),
    OlderSession(
        "4374f3e6-e8ed-4e66-bf63-3ebe0e618db2",
        "reboot",
        "cle-1.2.0",
        "2020-07-14 15:40:52.118260",
        {"shutdown": ALL_12, "boot": ALL_12, "configure": ALL_12},
    ),
    OlderSession(
        "fb14932a-a9b7-41b2-ad21-b4bc632cf1ef",
        "boot",
        "cle-1.2.0",
        "2020-07-15 09:12:30.775301",
        {"boot": {"succeeded": 10, "failed": 2}, "configure": {"succeeded": 10, "failed": 2}},
    ),
    OlderSession(
        "9321ab7a-bf7f-42fd-8103-94a296552856",
        "shutdown",
        "cle-1.3.0",
        "2020-07-16 17:55:04.220418",
        {"shutdown": {"succeeded": 3, "failed": 1}},
    ),
    OlderSession(
        "50aaaa85-6807-45c7-b6de-f984a930e2eb",
        "configure",
        "cle-1.3.0",
        "2020-07-17 07:21:49.031775",
        {"configure": ALL_4},
    ),
    OlderSession(
        "972cfd09-3403-4282-ab93-b41992f7c0d8",
        "reboot",
        "cle-1.2.0",
        "2020-07-17 11:03:27.669014",
        {"shutdown": ALL_12, "boot": {"succeeded": 9, "failed": 3}},
    ),
    OlderSession("2c86c1b9-5281-4610-b044-479f1536727a", "boot", "cle-1.3.0", "2020-07-20 08:00:41.300822", {}),
    OlderSession(
        "7719385a-e462-4bb6-8fd8-55caa0836528",
        "shutdown",
        "cle-1.2.0",
        "2020-07-20 18:30:16.554903",
        {"shutdown": {"succeeded": 7, "in_progress": 5}},
    ),
    OlderSession(
        "0aac0252-4637-4198-919f-6bafda7fafef",
        "reboot",
        "cle-1.2.0",
        "2020-07-21 06:45:58.917446",
        {
            "shutdown": ALL_12,
            "boot": {"succeeded": 6, "failed": 1, "in_progress": 5},
            "configure": {"succeeded": 4, "in_progress": 8},
        },
    ),
    OlderSession(
        "13207c87-0b9f-410c-88c1-6e26ff63cb34",
        "boot",
        "cle-1.3.0",
        "2020-07-21 12:26:05.083357",
        {"boot": ALL_4, "configure": ALL_4},
        later=True,
    ),
    OlderSession(
        "bd18e7e3-978f-4699-b8f2-8a4ce2d46f75",
        "reboot",
        "cle-1.3.0",
        "2020-07-21 16:09:33.741128",
        {"shutdown": ALL_4, "boot": {"succeeded": 2, "failed": 2}, "configure": {"succeeded": 2, "failed": 2}},
        later=True,
    ),
    OlderSession(
        "b741e4de-2064-4de4-9f23-20b6c1d0dc1a",
        "configure",
        "cle-1.2.0",
        "2020-07-22 09:47:20.468519",
        {"configure": {"succeeded": 12}},
    ),
)


def demo_older_boots() -> dict[str, Any]:
    """Return the sessions, as the content of a fleet file; each has one boot set, `computes`."""
    boot_sets = {past.id: {"computes": older_boot_set(past)} for past in OLDER_SESSIONS}
    statuses = {
        past.id: older_session_status(past, boot_sets[past.id]["computes"]["metadata"]) for past in OLDER_SESSIONS
    }
    described = {past.id: older_session(past, statuses[past.id]["metadata"]) for past in OLDER_SESSIONS}
    return {"bos": {"v1": {"session": described, "status": statuses, "boot_sets": boot_sets}}}


def later_time(start: str, seconds: float) -> str:
    """Return a time in the form of the time it follows."""
    return str(datetime.fromisoformat(start) + timedelta(seconds=seconds))


def older_session(past: OlderSession, metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what `describe` answers: a stop time is null until there is one."""
    return {
        "complete": metadata["complete"],
        "error_count": metadata["error_count"],
        "in_progress": metadata["in_progress"],
        "job" if past.later else "boa_job_name": f"boa-{past.id}",
        "operation": past.operation,
        "start_time": past.start,
        "status_link": f"/v1/session/{past.id}/status",
        "stop_time": metadata.get("stop_time"),
        "templateName": past.template,
    }


def older_session_status(past: OlderSession, computes: dict[str, Any]) -> dict[str, Any]:
    """Return the session's status; `computes` is its boot set's metadata."""
    myself = f"/v1/session/{past.id}/status"
    links = [{"href": myself, "rel": "self"}]
    if past.later:
        stopped = {"stop_time": later_time(past.start, 1_871.25)}
        metadata = {"complete": True, "error_count": 0, "in_progress": False, "start_time": past.start, **stopped}
        return {"id": past.id, "links": links, "metadata": metadata}
    links.append({"href": f"{myself}/computes", "rel": "Boot Set"})
    metadata = {**computes, "start_time": past.start}
    return {"boot_sets": ["computes"], "id": past.id, "links": links, "metadata": metadata}


def older_boot_set(past: OlderSession) -> dict[str, Any]:
    """Return the boot set's status: its phases, and what they sum up to."""
    phases = [older_phase(past, name) for name in OPERATION_PHASES[past.operation]]
    myself = f"/v1/session/{past.id}/status/computes"
    links = [{"href": myself, "rel": "self"}]
    links += [{"href": f"{myself}/{one['name']}", "rel": "Phase"} for one in phases]
    states = [one["metadata"] for one in phases]
    return {
        "links": links,
        "metadata": {
            "complete": all(state["complete"] for state in states),
            "error_count": sum(state["error_count"] for state in states),
            "in_progress": any(state["in_progress"] for state in states),
            "start_time": later_time(past.start, 0.569745),
        },
        "name": "computes",
        "phases": phases,
        "session": past.id,
    }


def older_phase(past: OlderSession, name: str) -> dict[str, Any]:
    """Return the phase's status: the nodes, in their order, dealt out to the categories."""
    nodes = iter(COMPUTES[past.template])
    counts = past.ends.get(name, {"not_started": len(COMPUTES[past.template])})
    held = {category: [next(nodes) for _ in range(counts.get(category, 0))] for category in OLDER_CATEGORIES}
    complete = not held["not_started"] and not held["in_progress"]
    metadata: dict[str, Any] = {
        "complete": complete,
        "error_count": len(held["failed"]),
        "in_progress": bool(held["in_progress"]),
        "start_time": later_time(past.start, 0.569752),
    }
    if complete and name != "configure":
        metadata["stop_time"] = later_time(past.start, 854.133)
    categories = [{"name": category, "node_list": held[category]} for category in OLDER_CATEGORIES]
    return {"categories": categories, "metadata": metadata, "name": name}
