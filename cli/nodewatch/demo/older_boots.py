"""The demo fleet's BOS v1 sessions that the guide page lists without showing them: invented, in every state and era.

Times are those of the page's other sessions, July 2020. Documents are as the servers of the time wrote them ("BOS v1
API"): a session's `complete` first meant that its boot sets are complete, later that its stop time is set.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v1.rules import OPERATION_PHASES

if TYPE_CHECKING:
    from nodewatch.bos_v1.types import BootSet, Category, Link, Metadata, Phase, SessionStatus
    from nodewatch.documents import Document

OLDER_CATEGORIES = ("not_started", "succeeded", "failed", "excluded", "in_progress")
COMPUTES = {
    "cle-1.3.0": [f"x3000c0s19b{blade}n0" for blade in range(1, 5)],
    "cle-1.2.0": [f"x5000c1s{slot}b{blade}n{node}" for slot in range(3) for blade in range(2) for node in range(2)],
}


class OlderSession(NamedTuple):
    """A session: what was asked for, when, and how many of its nodes each phase has left in which category.

    A phase that `ends` does not name has not started. `by_later_server` tells that it is written as servers did since
    January 2021: with a stop time, and without the boot sets in its status.
    """

    id: str
    operation: str
    template: str
    start: str
    ends: dict[str, dict[str, int]]
    by_later_server: bool = False


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
        by_later_server=True,
    ),
    OlderSession(
        "bd18e7e3-978f-4699-b8f2-8a4ce2d46f75",
        "reboot",
        "cle-1.3.0",
        "2020-07-21 16:09:33.741128",
        {"shutdown": ALL_4, "boot": {"succeeded": 2, "failed": 2}, "configure": {"succeeded": 2, "failed": 2}},
        by_later_server=True,
    ),
    OlderSession(
        "b741e4de-2064-4de4-9f23-20b6c1d0dc1a",
        "configure",
        "cle-1.2.0",
        "2020-07-22 09:47:20.468519",
        {"configure": {"succeeded": 12}},
    ),
)


def demo_older_boots() -> Document:
    """Return the sessions, as the content of a fleet file; each has one boot set, `computes`."""
    boot_sets = {session.id: {"computes": older_boot_set(session)} for session in OLDER_SESSIONS}
    statuses = {
        session.id: older_session_status(session, boot_sets[session.id]["computes"]["metadata"])
        for session in OLDER_SESSIONS
    }
    described = {session.id: older_session(session, statuses[session.id]["metadata"]) for session in OLDER_SESSIONS}
    return {"bos": {"v1": {"session": described, "status": statuses, "boot_sets": boot_sets}}}


def time_after(start: str, seconds: float) -> str:
    """Return the time so many seconds after another, in the form of that."""
    return str(datetime.fromisoformat(start) + timedelta(seconds=seconds))


def older_session(session: OlderSession, metadata: Metadata) -> Document:
    """Return what `describe` answers: a stop time is null until there is one."""
    return {
        "complete": metadata["complete"],
        "error_count": metadata["error_count"],
        "in_progress": metadata["in_progress"],
        "job" if session.by_later_server else "boa_job_name": f"boa-{session.id}",
        "operation": session.operation,
        "start_time": session.start,
        "status_link": f"/v1/session/{session.id}/status",
        "stop_time": metadata.get("stop_time"),
        "templateName": session.template,
    }


def older_session_status(session: OlderSession, computes: Metadata) -> SessionStatus:
    """Return the session's status; `computes` is its boot set's metadata."""
    myself = f"/v1/session/{session.id}/status"
    links: list[Link] = [{"href": myself, "rel": "self"}]
    if session.by_later_server:
        metadata: Metadata = {
            "complete": True,
            "error_count": 0,
            "in_progress": False,
            "start_time": session.start,
            "stop_time": time_after(session.start, 1_871.25),
        }
        return {"id": session.id, "links": links, "metadata": metadata}
    links.append({"href": f"{myself}/computes", "rel": "Boot Set"})
    metadata = {**computes, "start_time": session.start}
    return {"boot_sets": ["computes"], "id": session.id, "links": links, "metadata": metadata}


def older_boot_set(session: OlderSession) -> BootSet:
    """Return the boot set's status: its phases, and what they sum up to."""
    phases = [older_phase(session, name) for name in OPERATION_PHASES[session.operation]]
    myself = f"/v1/session/{session.id}/status/computes"
    links: list[Link] = [{"href": myself, "rel": "self"}]
    links += [{"href": f"{myself}/{phase['name']}", "rel": "Phase"} for phase in phases]
    states = [phase["metadata"] for phase in phases]
    return {
        "links": links,
        "metadata": {
            "complete": all(state["complete"] for state in states),
            "error_count": sum(state["error_count"] for state in states),
            "in_progress": any(state["in_progress"] for state in states),
            "start_time": time_after(session.start, 0.569745),
        },
        "name": "computes",
        "phases": phases,
        "session": session.id,
    }


def older_phase(session: OlderSession, name: str) -> Phase:
    """Return the phase's status: the nodes, in their order, dealt out to the categories."""
    nodes = iter(COMPUTES[session.template])
    counts = session.ends.get(name, {"not_started": len(COMPUTES[session.template])})
    members = {category: [next(nodes) for _ in range(counts.get(category, 0))] for category in OLDER_CATEGORIES}
    complete = not members["not_started"] and not members["in_progress"]
    metadata: Metadata = {
        "complete": complete,
        "error_count": len(members["failed"]),
        "in_progress": bool(members["in_progress"]),
        "start_time": time_after(session.start, 0.569752),
    }
    if complete and name != "configure":
        metadata["stop_time"] = time_after(session.start, 854.133)
    categories: list[Category] = [{"name": category, "node_list": members[category]} for category in OLDER_CATEGORIES]
    return {"categories": categories, "metadata": metadata, "name": name}
