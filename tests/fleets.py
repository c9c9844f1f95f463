"""A small fleet that tests load: three sessions, five nodes, one of everything that matters."""

from __future__ import annotations

from typing import Any


def component(
    name: str, phase: str = "", action: str = "powering_on", minutes: int = 5, **fields: Any
) -> dict[str, Any]:
    """Return a component as the server stores it; `fields` go over the usual ones, `override` into its status."""
    return {
        "actual_state": {"boot_artifacts": {}, "last_updated": "2026-11-21T11:00:00"},
        "desired_state": {
            "boot_artifacts": {
                "kernel": "s3://boot-images/k",
                "initrd": "s3://boot-images/i",
                "kernel_parameters": "ip=dhcp",
            },
            "configuration": "compute-24.7",
            "last_updated": "2026-11-21T11:00:00",
        },
        "enabled": bool(phase),
        "error": "",
        "event_stats": {"power_off_forceful_attempts": 0, "power_off_graceful_attempts": 0, "power_on_attempts": 1},
        "id": name,
        "last_action": {"action": action, "failed": False, "last_updated": f"2026-11-21T11:{60 - minutes:02}:00"},
        "session": "reboot-7",
        "staged_state": {"last_updated": "2026-11-21T11:00:00"},
        "status": {"phase": phase, "status_override": fields.pop("override", "")},
        **fields,
    }


def session(name: str, status: str = "running", **fields: Any) -> dict[str, Any]:
    """Return a session as the server stores it."""
    end = "2026-11-21T11:40:00" if status == "complete" else None
    return {
        "components": "",
        "include_disabled": False,
        "limit": "",
        "name": name,
        "operation": "reboot",
        "stage": False,
        "status": {"end_time": end, "error": None, "start_time": "2026-11-21T11:00:00", "status": status},
        "template_name": "compute-24.7",
        "tenant": None,
        **fields,
    }


SESSIONS = [
    session("reboot-7", components="x3000c0s1b0n0,x3000c0s2b0n0,x3000c0s10b0n0,x3000c0s10b0n1"),
    session("done-3", "complete", components="x3000c0s9b0n0", operation="boot"),
    session("blue-boot", tenant="blue"),
]
COMPONENTS = [
    component("x3000c0s1b0n0", override="failed", error="cfs configuration failed", phase="configuring", enabled=False),
    component("x3000c0s2b0n0", "configuring", minutes=12),
    component("x3000c0s10b0n0", "powering_on", minutes=1),
    component("x3000c0s10b0n1"),
    component(
        "x3000c0s9b0n0", session="done-3", staged_state={"session": "reboot-7", "last_updated": "2026-11-21T11:00:00"}
    ),
]
FLEET: dict[str, Any] = {"bos": {"v2": {"sessions": SESSIONS, "components": COMPONENTS}}}
STATUSES = ["failed", "configuring", "power_on_called", "stable", "stable"]


def as_answered(index: int) -> dict[str, Any]:
    """Return a component of the fleet as the server answers it."""
    raw = COMPONENTS[index]
    status = {"phase": raw["status"]["phase"], "status": STATUSES[index], **raw["status"]}
    return {**raw, "status": {name: status[name] for name in ("phase", "status", "status_override")}}


def template(name: str, *nodes: str, **fields: Any) -> dict[str, Any]:
    """Return a session template as the server stores it, with one boot set; `fields` go into that."""
    return {
        "boot_sets": {
            "compute": {
                "arch": "X86",
                "kernel_parameters": "ip=dhcp",
                **({"node_list": list(nodes)} if nodes else {}),
                "path": "s3://boot-images/24.7/manifest.json",
                "type": "s3",
                **fields,
            }
        },
        "cfs": {"configuration": "compute-24.7"},
        "enable_cfs": True,
        "name": name,
        "tenant": None,
    }
