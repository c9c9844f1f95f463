"""BOS v1 documents that tests load: a session of the time when servers named boot sets in its status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

OLD = "f4eebe51-a217-46d0-8733-b9499a092042"
CATEGORIES = ("not_started", "succeeded", "failed", "excluded", "in_progress")
NODES = [f"x3000c0s19b{board}n0" for board in (1, 2, 3, 4)]


def phase(name: str, *, stop: str | None = None, errors: dict[str, list[str]] | None = None, **lists: Any) -> Any:
    """Return a phase with its nodes by category, its flags as the guide page's table has them."""
    metadata = {
        "complete": not (lists.get("not_started") or lists.get("in_progress")),
        "error_count": len(lists.get("failed", [])),
        "in_progress": bool(lists.get("in_progress")),
        "start_time": "2020-07-22 13:39:08.276530",
    }
    if stop:
        metadata["stop_time"] = stop
    document = {
        "categories": [{"name": each, "node_list": lists.get(each, [])} for each in CATEGORIES],
        "metadata": metadata,
        "name": name,
    }
    return {**document, "errors": errors} if errors else document


def links(link: str, rel: str, names: list[str]) -> list[dict[str, str]]:
    """Return the links of a status, to itself and to its parts."""
    return [{"href": link, "rel": "self"}, *({"href": f"{link}/{name}", "rel": rel} for name in names)]


def boot_set(*phases: Any, name: str = "computes", session: str = OLD, **metadata: Any) -> Any:
    """Return a boot set with these phases, its flags as the guide page's table has them; `metadata` goes over them."""
    link = f"/v1/session/{session}/status/{name}"
    return {
        "links": [
            {"href": link, "rel": "self"},
            *({"href": f"{link}/{each['name']}", "rel": "Phase"} for each in phases),
        ],
        "metadata": {
            "complete": all(each["metadata"]["complete"] for each in phases),
            "error_count": sum(each["metadata"]["error_count"] for each in phases),
            "in_progress": any(each["metadata"]["in_progress"] for each in phases),
            "start_time": "2020-07-22 13:39:08.276519",
            **metadata,
        },
        "name": name,
        "phases": list(phases),
        "session": session,
    }


def status(*boot_sets: Any, session: str = OLD, **metadata: Any) -> Any:
    """Return the status of a session with these boot sets, as the guide page's table has it."""
    link = f"/v1/session/{session}/status"
    names = [each["name"] for each in boot_sets]
    return {
        "boot_sets": names,
        "id": session,
        "links": links(link, "Boot Set", names),
        "metadata": {
            "complete": all(each["metadata"]["complete"] for each in boot_sets),
            "error_count": sum(each["metadata"]["error_count"] for each in boot_sets),
            "in_progress": any(each["metadata"]["in_progress"] for each in boot_sets),
            "start_time": "2020-07-22 13:39:07.706774",
            **metadata,
        },
    }


def details(session: str = OLD, **fields: Any) -> Any:
    """Return what a session was asked to do."""
    return {
        "boa_job_name": f"boa-{session}",
        "complete": False,
        "error_count": 4,
        "in_progress": False,
        "operation": "reboot",
        "start_time": "2020-07-22 13:39:07.706774",
        "status_link": f"/v1/session/{session}/status",
        "templateName": "cle-1.3.0",
        **fields,
    }


def older_fleet(*boot_sets: Any, session: str = OLD, **metadata: Any) -> Any:
    """Return a fleet of one session with these boot sets."""
    return {
        "bos": {
            "v1": {
                "session": {session: details(session)},
                "status": {session: status(*boot_sets, session=session, **metadata)},
                "boot_sets": {session: {each["name"]: each for each in boot_sets}},
            }
        }
    }


REBOOT = boot_set(
    phase("shutdown", failed=NODES, stop="2020-07-22 13:53:19.842705"),
    phase("boot", not_started=NODES),
    phase("configure", not_started=NODES),
)
TEMPLATE = {
    "boot_sets": {
        "computes": {"node_list": NODES, "path": "s3://boot-images/x/manifest.json", "type": "s3"},
        "uans": {"node_roles_groups": ["Application"], "path": "s3://boot-images/y/manifest.json", "type": "s3"},
    },
    "enable_cfs": True,
    "name": "cle-1.3.0",
    "tenant": "",
}


def table(name: str) -> str:
    """Return the table that a command is to print, from the file of that name."""
    return Path(__file__).parent.joinpath("bos", "v1", "tables", f"{name}.txt").read_text()
