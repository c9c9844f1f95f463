"""How a node goes through a boot, as BOS v2 would lead it: tables to be read beside the guide page "Component Status".

`PHASE_RULES` says what the status operator makes of what it sees of a node, the first row that fits; `STATUS_ACTIONS`
what the operators do about a status ("BOS v2 API"). What the machine itself does, and how long it takes, is drawn for
each node and session: see `draw_plan`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2.fields import NO_ARTIFACTS
from nodewatch.bos_v2.rules import component_status
from nodewatch.documents import part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nodewatch.documents import Document
    from nodewatch.offline.chances import Chances

LIMIT_HIT = "The retry limit has been hit for this component, but no services have reported specific errors"
CFS_FAILED = "cfs configuration failed"
NOT_IN_PCS = "Component information was not returned by pcs"
SILENT_CONTROLLER = "Power control did not power the component on: the controller {} does not answer (HTTP 503)"
NO_PARAMETERS = "Setting the boot parameters failed: boot script service answered 500, try the request again later"

OFF, ON, CALLED = "power_off_pending", "power_on_pending", "power_on_called"
GRACEFUL, FORCEFUL = "power_off_gracefully_called", "power_off_forcefully_called"


class Plan(NamedTuple):
    """What a node's hardware and services do in one session, and after how many seconds each."""

    power_off: float = 60
    power_on: float = 20
    boot: float = 400
    configure: float = 200
    hangs: bool = False  # it does not power off until it is forced to
    failure: str = ""  # one of `FAILURES`
    silent: str = ""  # the controller that does not answer the first time it is to power the node on


UNKNOWN, UNBOOTABLE, UNCONFIGURED, REFUSED = "unknown", "does not boot", "not configured", "no boot parameters"
FAILURES = (UNCONFIGURED, UNBOOTABLE, REFUSED, UNCONFIGURED, UNBOOTABLE, UNKNOWN)


@lru_cache(maxsize=1 << 17)
def draw_plan(chances: Chances, session: str, node: str) -> Plan:
    """Return what happens to a node in a session: half of the nodes that fail do so with their whole blade.

    >>> from nodewatch.offline.chances import Chances
    >>> fine, bad = (draw_plan(Chances(1, failing), "s", "x1c0s0b0n0") for failing in (0, 1))
    >>> fine.failure, fine.hangs, fine.silent, bad.failure in FAILURES, bad.hangs, bad.silent
    ('', False, '', True, True, 'x1c0b0')
    """
    blade, chassis = node.partition("b")[0], node.partition("s")[0]
    failure = ""
    for name in (blade, f"{node} alone"):
        if chances.draw(session, name, "fails") < 1 - (1 - chances.failing) ** 0.5:
            failure = FAILURES[int(chances.draw(session, name, "how") * len(FAILURES))]
            break
    return Plan(
        power_off=chances.between(30, 120, session, node, "off"),
        power_on=chances.between(10, 60, session, node, "on"),
        boot=chances.between(240, 600, session, node, "boot"),
        configure=chances.between(120, 420, session, node, "configure"),
        hangs=chances.draw(session, node, "hangs") < chances.failing * 2,
        failure=failure,
        silent=f"{chassis}b0" if chances.draw(session, chassis, "silent") < chances.failing * 5 else "",
    )


class Observation(NamedTuple):
    """What the status operator sees of a node: `power` is `on`, `off`, or empty where PCS does not know it."""

    power: str
    wanted: bool  # something is to run on it
    matches: bool  # what runs is what is wanted
    configuration: str  # as CFS says: `none`, `pending`, `configured`, `failed`
    booting: bool  # it was powered on less than max_boot_wait_time ago


class PhaseRule(NamedTuple):
    """What is made of a node that was seen so."""

    fits: Callable[[Observation], bool]
    phase: str
    disable: bool = False
    override: str = ""
    error: str = ""


PHASE_RULES = (
    PhaseRule(lambda seen: not seen.power, "", True, "on_hold", NOT_IN_PCS),
    PhaseRule(lambda seen: seen.power == "off" and not seen.wanted, "", True),
    PhaseRule(lambda seen: seen.power == "off", "powering_on"),
    PhaseRule(lambda seen: not seen.wanted, "powering_off"),
    PhaseRule(lambda seen: seen.matches and seen.configuration in ("none", "configured"), "", True),
    PhaseRule(lambda seen: seen.matches and seen.configuration == "failed", "configuring", True, "failed", CFS_FAILED),
    PhaseRule(lambda seen: seen.matches, "configuring"),
    PhaseRule(lambda seen: seen.booting, "powering_on"),
    PhaseRule(lambda _seen: True, "powering_off"),
)


class Action(NamedTuple):
    """What an operator does about a status, and which attempts it counts."""

    action: str
    attempts: str


FORCE = Action("powering_off_forcefully", "power_off_forceful_attempts")
STATUS_ACTIONS = {
    ON: Action("powering_on", "power_on_attempts"),
    OFF: Action("powering_off_gracefully", "power_off_graceful_attempts"),
    GRACEFUL: FORCE,  # these two only after max_power_off_wait_time
    FORCEFUL: FORCE,
}


def seconds_to_wait(status: str, error: str, does: Plan, options: Mapping[str, int]) -> float:
    """Return after how many seconds since its last action a node of that status and error is to be looked at.

    >>> options = {"max_power_off_wait_time": 300, "max_power_on_wait_time": 120, "max_boot_wait_time": 1200}
    >>> [seconds_to_wait(status, "", Plan(), options) for status in (OFF, GRACEFUL, CALLED, "configuring")]
    [0, 60, 420.0, 620]
    >>> seconds_to_wait(GRACEFUL, "", Plan(hangs=True), options), seconds_to_wait(CALLED, "HTTP 503", Plan(), options)
    (300.0, 120.0)
    """
    if status == GRACEFUL:
        return float(options["max_power_off_wait_time"]) if does.hangs else does.power_off
    if status == FORCEFUL:
        return does.power_on
    if status == CALLED:
        if error:
            return float(options["max_power_on_wait_time"])
        boot = options["max_boot_wait_time"] if does.failure == UNBOOTABLE else does.power_on + does.boot
        return float(min(boot, options["max_boot_wait_time"]))
    return does.power_on + does.boot + does.configure if status == "configuring" else 0


def observe(
    component: Document, does: Plan, operation: str, waited: float, options: Mapping[str, int]
) -> tuple[Observation, bool]:
    """Return what is seen of a node so many seconds after the last action, and whether it has booted meanwhile.

    A node that BOS has not acted on yet is on if something runs on it, or a reboot asks for it.

    >>> def seen(phase, action, waited, does=Plan(), operation="boot", **fields):
    ...     wanted = {"boot_artifacts": {"kernel": "k"}, "configuration": "c"}
    ...     node = {"status": {"phase": phase}, "last_action": {"action": action}, "desired_state": wanted, **fields}
    ...     return observe(node, does, operation, waited, {"max_boot_wait_time": 1200})[0]
    >>> gracefully, by_force, hangs = "powering_off_gracefully", "powering_off_forcefully", Plan(hangs=True)
    >>> [seen("powering_off", action, waited).power for action in (gracefully, by_force) for waited in (19, 20, 59, 60)]
    ['on', 'on', 'on', 'off', 'on', 'off', 'off', 'off']
    >>> [seen("powering_off", action, 999, hangs).power for action in (gracefully, by_force)]
    ['on', 'off']
    >>> seen("powering_off", "", 999).power, seen("configuring", "", 0).booting
    ('on', False)
    >>> [seen("powering_on", "powering_on", waited).power for waited in (19, 20)], seen("powering_on", "", 999).power
    (['off', 'on'], 'off')
    >>> running = {"actual_state": {"boot_artifacts": {"kernel": "old"}}}
    >>> [seen("", "", 0).power, seen("", "", 0, operation="reboot").power, seen("", "", 0, **running).power]
    ['off', 'on', 'on']
    >>> seen("configuring", "", 0).power, seen("powering_on", "powering_on", 999, error="HTTP 503").power
    ('on', 'off')
    >>> [seen("powering_on", "powering_on", waited).matches for waited in (419, 420)]
    [False, True]
    >>> seen("powering_on", "powering_on", 999, Plan(failure=UNBOOTABLE)).matches
    False
    >>> times = ("powering_on", 619), ("powering_on", 620), ("", 199), ("", 200)
    >>> [seen("configuring", *time).configuration for time in times]
    ['pending', 'configured', 'pending', 'configured']
    >>> seen("configuring", "", 200, Plan(failure=UNCONFIGURED)).configuration
    'failed'
    >>> [seen("powering_on", "powering_on", waited).booting for waited in (1199, 1200)]
    [True, False]
    """
    status, last = component_status(component), part(component, "last_action")
    phase = part(component, "status").get("phase")
    desired, actual = part(component, "desired_state"), part(component, "actual_state")
    kernel = part(desired, "boot_artifacts").get("kernel")
    running = part(actual, "boot_artifacts").get("kernel")
    powered_on = last.get("action") == "powering_on"
    started = status == CALLED and waited >= does.power_on and not component.get("error")
    if phase == "powering_off":
        done = (status == GRACEFUL and waited >= does.power_off and not does.hangs) or (
            status == FORCEFUL and waited >= does.power_on
        )
        power = "off" if done else "on"
    elif phase == "powering_on":
        power = "on" if started else "off"
    else:
        power = "on" if running or phase == "configuring" or operation == "reboot" else "off"
    booted = started and waited >= does.power_on + does.boot and does.failure != UNBOOTABLE
    ready = does.configure + (does.power_on + does.boot if powered_on else 0)
    configuration = "none"
    if desired.get("configuration"):
        over = "failed" if does.failure == UNCONFIGURED else "configured"
        configuration = "pending" if waited < ready else over
    known = does.failure != UNKNOWN
    booting = powered_on and waited < options["max_boot_wait_time"]
    matches = booted or kernel == running
    return Observation(power if known else "", bool(kernel), matches, configuration, booting), booted


def next_change(
    component: Document, does: Plan, operation: str, waited: float, options: Mapping[str, int]
) -> dict[str, object]:
    """Return what one step changes in an enabled component's document; empty if it goes on waiting.

    `waited` are the seconds since its last action, `operation` is its session's, `options` are those of BOS.

    >>> options = {"max_power_off_wait_time": 300, "max_power_on_wait_time": 120, "max_boot_wait_time": 1200,
    ...            "default_retry_policy": 3}
    >>> node = {"id": "x1c0s0b0n0", "enabled": True, "desired_state": {"boot_artifacts": {"kernel": "k"}}}
    >>> held = {**node, "status": {"phase": "", "status_override": "on_hold"}}
    >>> next_change(held, Plan(), "boot", 0, options)
    {'status': {'phase': 'powering_on', 'status_override': ''}}
    >>> pending = {**node, "status": {"phase": "powering_on"}}
    >>> change = next_change(pending, Plan(), "boot", 0, options)
    >>> change["last_action"], change["event_stats"]
    ({'action': 'powering_on', 'failed': False}, {'power_on_attempts': 1})
    >>> next_change({**pending, "event_stats": {"power_on_attempts": 3}}, Plan(), "boot", 0, options)["error"]
    'The retry limit has been hit for this component, but no services have reported specific errors'
    >>> next_change({"status": {"status_override": "failed"}}, Plan(), "boot", 0, options)
    {'enabled': False}
    >>> wanted = {"boot_artifacts": {"kernel": "k"}}
    >>> node = {"status": {"phase": "configuring"}, "desired_state": wanted, "actual_state": wanted}
    >>> change = next_change(node, Plan(), "boot", 0, options)
    >>> change["enabled"], set(change["event_stats"].values())
    (False, {0})
    >>> called = {"status": {"phase": "powering_off"}, "last_action": {"action": "powering_off_gracefully"}}
    >>> [next_change(called, Plan(hangs=True), "boot", waited, options) == {} for waited in (299, 300)]
    [True, False]
    >>> called = {"status": {"phase": "powering_on"}, "last_action": {"action": "powering_on"}, "error": "HTTP 503"}
    >>> [next_change(called, Plan(), "boot", waited, options) for waited in (119, 120)]
    [{}, {'last_action': {'failed': True}}]
    >>> next_change(node, Plan(failure=UNKNOWN), "boot", 0, options)["error"]
    'Component information was not returned by pcs'
    >>> def token_of(**desired):
    ...     booted = {**called, "error": "", "desired_state": {**wanted, **desired}}
    ...     return next_change(booted, Plan(), "boot", 420, options)["actual_state"]["bss_token"]
    >>> token_of(bss_token="t"), token_of()
    ('t', '')
    >>> held = {**node, "status": {"phase": "configuring", "status_override": "on_hold"}}
    >>> held["desired_state"] = {**wanted, "configuration": "c"}
    >>> next_change(held, Plan(), "boot", 0, options)
    {'status': {'phase': 'configuring', 'status_override': ''}}
    >>> booting = Observation("on", wanted=True, matches=False, configuration="failed", booting=True)
    >>> next(row.phase for row in PHASE_RULES if row.fits(booting))
    'powering_on'
    """
    status = component_status(component)
    if status == "failed":
        return {"enabled": False}
    if status in (ON, OFF):
        return act_on(component, STATUS_ACTIONS[status], does, options)
    look, booted = observe(component, does, operation, waited, options)
    if status in (GRACEFUL, FORCEFUL) and look.power == "on":
        overdue = waited >= options["max_power_off_wait_time"]
        return act_on(component, STATUS_ACTIONS[status], does, options) if overdue else {}
    if status == CALLED and look.power == "off":
        overdue = waited >= options["max_power_on_wait_time"]
        return {"last_action": {"failed": True}} if overdue else {}
    row = next(row for row in PHASE_RULES if row.fits(look))
    phase = part(component, "status").get("phase")
    if row.phase == phase and not row.disable and not part(component, "status").get("status_override"):
        return {}
    change: dict[str, object] = {"status": {"phase": row.phase, "status_override": row.override}}
    if row.disable:
        change["enabled"] = False
    if row.error:
        change["error"] = row.error
    if not row.phase:
        change["event_stats"] = dict.fromkeys(sorted(action.attempts for action in {*STATUS_ACTIONS.values()}), 0)
    if booted:
        desired = part(component, "desired_state")
        change["actual_state"] = {
            "boot_artifacts": desired.get("boot_artifacts"),
            "bss_token": desired.get("bss_token") or "",
        }
    elif phase == "powering_off" and row.phase != phase:
        change["actual_state"] = {"boot_artifacts": NO_ARTIFACTS, "bss_token": ""}
    return change


def act_on(component: Document, doing: Action, does: Plan, options: Mapping[str, int]) -> dict[str, object]:
    """Return what an operator writes that acts on a component, or finds that it has tried often enough."""
    counted = part(component, "event_stats").get(doing.attempts)
    attempts = counted if isinstance(counted, int) else 0
    own = component.get("retry_policy")
    limit = own if isinstance(own, int) else options["default_retry_policy"]
    if limit != -1 and attempts >= limit:
        return {"status": {"status_override": "failed"}, "error": component.get("error") or LIMIT_HIT}
    error = ""
    if doing.action == "powering_on":
        error = NO_PARAMETERS if does.failure == REFUSED else ""
        if does.silent and attempts == 0 and not error:
            error = SILENT_CONTROLLER.format(does.silent)
    return {
        "last_action": {"action": doing.action, "failed": False},
        "event_stats": {doing.attempts: attempts + 1},
        "error": error,
    }
