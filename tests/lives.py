"""Lives of boot sessions, for tests that wait for them: what the store holds, by the second since the test began."""

from __future__ import annotations

from typing import Any

from fleets import component, session

NAMES = [f"x3000c0s{slot}b0n0" for slot in (1, 2, 3, 10)]
ERROR = "cfs configuration failed"


def moment(
    *nodes: dict[str, Any], state: str = "running", others: tuple[dict[str, Any], ...] = (), **fields: Any
) -> Any:
    """Return the fleet at one moment: the session `boot-1` in that state, its nodes, and others."""
    return {
        "bos": {
            "v2": {
                "sessions": [session("boot-1", state, components=",".join(NAMES), **fields)],
                "components": [*nodes, *others],
            }
        }
    }


def node(name: str, phase: str = "", action: str = "powering_on", **fields: Any) -> dict[str, Any]:
    """Return a component of the session."""
    return component(name, phase, action, **{"session": "boot-1", **fields})


def off(name: str) -> dict[str, Any]:
    """Return a node that is told to go off."""
    return node(name, "powering_off", "powering_off_gracefully")


def on(name: str) -> dict[str, Any]:
    """Return a node that is told to go on."""
    return node(name, "powering_on", "powering_on")


def configuring(name: str) -> dict[str, Any]:
    """Return a node that is being configured."""
    return node(name, "configuring")


def stable(name: str) -> dict[str, Any]:
    """Return a node that is done."""
    return node(name)


def failed(name: str) -> dict[str, Any]:
    """Return a node that failed."""
    return node(name, "configuring", enabled=False, override="failed", error=ERROR)


def staged(name: str) -> dict[str, Any]:
    """Return a node for which the session is staged."""
    return node(name, session="", staged_state={"session": "boot-1", "last_updated": "2026-11-21T11:00:00"})


def taken(name: str) -> dict[str, Any]:
    """Return a node that a newer session has taken over."""
    return node(name, "powering_off", "session_setup", session="boot-2")


def everywhere(make: Any) -> list[dict[str, Any]]:
    """Return all four nodes in the same state."""
    return [make(name) for name in NAMES]


CLEAN = {
    0: moment(state="pending"),
    30: moment(*everywhere(off)),
    60: moment(*everywhere(on)),
    90: moment(*everywhere(configuring)),
    120: moment(*everywhere(stable)),
    150: moment(*everywhere(stable), state="complete"),
}
WITH_FAILURES = {
    0: moment(*everywhere(on)),
    30: moment(*everywhere(configuring)),
    60: moment(failed(NAMES[0]), configuring(NAMES[1]), stable(NAMES[2]), stable(NAMES[3])),
    90: moment(failed(NAMES[0]), failed(NAMES[1]), stable(NAMES[2]), stable(NAMES[3])),
    600: moment(failed(NAMES[0]), failed(NAMES[1]), stable(NAMES[2]), stable(NAMES[3]), state="complete"),
}
TAKEN_OVER = {
    0: moment(*everywhere(on)),
    30: moment(taken(NAMES[0]), *[configuring(name) for name in NAMES[1:]]),
    60: moment(taken(NAMES[0]), taken(NAMES[3]), stable(NAMES[1]), stable(NAMES[2]), state="complete"),
}
ALL_TAKEN_OVER = {
    0: moment(*everywhere(on)),
    30: moment(*everywhere(taken)),
    90: moment(*everywhere(taken), state="complete"),
}
DELETED = {
    0: moment(*everywhere(on)),
    30: {"bos": {"v2": {"sessions": [], "components": everywhere(on)}}},
}
STAGED = {
    0: moment(*everywhere(staged), stage=True),
    60: moment(off(NAMES[0]), *[staged(name) for name in NAMES[1:]], stage=True),
    90: moment(*everywhere(configuring), stage=True),
    120: moment(*everywhere(stable), stage=True, state="complete"),
}
