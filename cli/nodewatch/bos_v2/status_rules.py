"""What the statuses of BOS v2 mean, what BOS waits for and does next, and when: data, and pure rules over it.

Sources: the guide pages "Component Status" and "View the Status of a BOS Session" for the words and the transitions;
the BOS v2 API for the limits, which are options of the service, and for what its operators really do.
"""

from __future__ import annotations

from datetime import MAXYEAR, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.bos_v2 import rules
from nodewatch.documents import id_of, part, text
from nodewatch.statuses import Chart, Status, Step
from nodewatch.times import read_time, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from nodewatch.bos_v2.kinds import Alike
    from nodewatch.bos_v2.types import Component

CFS = (
    "in CSM 1.5 on large systems, sessions may hang because BOS fails to talk to CFS: see the known issue "
    '"CFS V2 Failures On Large Systems".'
)
AGAIN = "nodewatch bos v2 components update COMPONENT --enabled true"
STATUS = "nodewatch bos v2 sessions status list SESSION"
LOOK = "nodewatch bos v2 components list --ids COMPONENT --wait"
REBOOT = "nodewatch bos v2 sessions create --template-name TEMPLATE --operation reboot --limit COMPONENT"
POWER = "cray power status list --xnames COMPONENT"
HELD = Step("on_hold", "it is enabled anew, and BOS looks at it first")
COMPONENTS = Chart(
    "Components of BOS v2",
    "Component Status",
    ["stable"],
    {
        "stable": Status(
            "The component is in the desired state.",
            "nothing",
            [
                Step("power_off_pending", "a session wants it off, or rebooted"),
                Step("power_on_pending", "a session wants it on, and it is off"),
                Step("configuring", "only its configuration is to change"),
                HELD,
            ],
        ),
        "power_off_pending": Status(
            "The component needs to be powered off, but CAPMC has not yet been called.",
            "the power-off-graceful operator, at its next round",
            [
                Step("power_off_gracefully_called", "BOS has asked for it"),
                Step("power_on_pending", "it is off already, and is to be on"),
                Step("failed", "it was tried as often as the retry policy allows"),
                HELD,
            ],
            [POWER],
        ),
        "power_off_gracefully_called": Status(
            "CAPMC has been called to power off the component, but HSM does not yet report that the component is off.",
            "the power state off",
            [
                Step("power_on_pending", "it is off, and is to be on: a reboot"),
                Step("stable", "it is off, and is to be: a shutdown"),
                Step("power_off_forcefully_called", "max_power_off_wait_time is over"),
                HELD,
            ],
            [POWER],
        ),
        "power_off_forcefully_called": Status(
            "CAPMC has been called to power off the component by force, but HSM does not yet report that it is off.",
            "the power state off",
            [
                Step("power_on_pending", "it is off, and is to be on: a reboot"),
                Step("stable", "it is off, and is to be: a shutdown"),
                Step("power_off_forcefully_called", "max_power_off_wait_time is over: once more"),
                Step("failed", "it was tried as often as the retry policy allows"),
                HELD,
            ],
            [POWER],
        ),
        "power_on_pending": Status(
            "The component needs to be powered on, but CAPMC has not yet been called.",
            "the power-on operator, at its next round",
            [
                Step("power_on_called", "BOS has asked for it"),
                Step("power_off_pending", "it is on already, with other boot artifacts"),
                Step("failed", "it was tried as often as the retry policy allows"),
                HELD,
            ],
            [POWER],
        ),
        "power_on_called": Status(
            "CAPMC has been called to power on the component, but it is not yet reported on and ready.",
            "the power state on, then the boot artifacts that the node reports when it is up",
            [
                Step("configuring", "it is up, and CFS has to configure it"),
                Step("stable", "it is up, and there is nothing to configure"),
                Step("power_on_pending", "it is still off after max_power_on_wait_time: once more"),
                Step("power_off_pending", "it is on, but not up after max_boot_wait_time: it is rebooted"),
                HELD,
            ],
            [POWER, "cray console interact COMPONENT"],
        ),
        "configuring": Status(
            "The component is booted with the correct boot artifacts, but CFS reports that it still has pending "
            "configuration.",
            "CFS to report the configuration done",
            [
                Step("stable", "CFS reports that it is configured"),
                Step("failed", "CFS reports that it failed"),
                Step("power_off_pending", "its boot artifacts are no longer the right ones"),
                HELD,
            ],
            ["cray cfs v3 components describe COMPONENT"],
        ),
        "failed": Status(
            "The component is not yet in the desired state, but BOS will not take further actions on it: there were "
            "too many attempts of a power action, or CFS reports failed configuration.",
            "an administrator to repair it",
            [
                HELD,
                Step("power_off_pending", "a new session takes it"),
                Step("power_on_pending", "a new session takes it"),
            ],
            [AGAIN, REBOOT],
        ),
        "on_hold": Status(
            "Something has changed about the component's state, such as re-enabling it in BOS, and BOS needs to gather "
            "information from other services and re-evaluate the state of the node.",
            "BOS to look at the node, at its next round",
            [
                Step("power_off_pending", "it is on, and is to be off or rebooted"),
                Step("power_on_pending", "it is off"),
                Step("configuring", "it is up, and is to be configured"),
                Step("stable", "it is as it should be"),
                Step("power_on_called", "it is being booted"),
                Step("failed", "CFS reports that its configuration failed"),
            ],
            [LOOK],
        ),
    },
    [CFS],
)
SESSIONS = Chart(
    "Sessions of BOS v2",
    "View the Status of a BOS Session",
    ["pending"],
    {
        "pending": Status(
            "The desired state of its components has not been set for all of them yet.",
            "the session-setup operator",
            [
                Step("running", "the desired state of all its components is set"),
                Step("complete", "the setup failed: the session says why"),
            ],
            ["nodewatch bos v2 sessions describe SESSION"],
        ),
        "running": Status(
            "Its components are being worked on; a staged session waits to be applied.",
            "no component to be enabled for it, nor staged",
            [Step("complete", "BOS has no component left to act on: they are stable, or failed, or another session's")],
            [
                "nodewatch bos v2 sessions status list SESSION --watch",
                "nodewatch bos v2 applystaged create --xnames COMPONENTS",
            ],
        ),
        "complete": Status(
            "It has ended, and its numbers no longer change. That is not success: look at what failed.",
            "nothing; BOS deletes it after cleanup_completed_session_ttl",
            (),
            ["nodewatch bos v2 components list --session SESSION --status failed"],
        ),
    },
    [CFS],
)
CHARTS = (COMPONENTS, SESSIONS)

# How long a status may last: the server's option for it; and which attempts it counts.
LIMITS = {
    "power_on_called": "max_boot_wait_time",
    "power_off_gracefully_called": "max_power_off_wait_time",
    "power_off_forcefully_called": "max_power_off_wait_time",
}
MAX_POWER_ON = "max_power_on_wait_time"
LARGEST = 1_048_576  # the most that the API allows
ATTEMPTS = {
    "power_on_pending": "power_on_attempts",
    "power_on_called": "power_on_attempts",
    "power_off_pending": "power_off_graceful_attempts",
    "power_off_gracefully_called": "power_off_forceful_attempts",
    "power_off_forcefully_called": "power_off_forceful_attempts",
}


def option(options: Mapping[str, Any], name: str) -> int:
    """Return an option of the service that is a number, BOS's default where it is missing or not what the API allows.

    >>> option({"polling_frequency": 20}, "polling_frequency"), option({}, "polling_frequency")
    (20, 15)
    """
    value = options.get(name)
    return value if type(value) is int and -1 <= value <= LARGEST else int(rules.DEFAULT_OPTIONS[name])


def limit_of(status: str, options: Mapping[str, Any]) -> timedelta | None:
    """Return how long a status may last; None if nothing limits it.

    >>> limit_of("power_on_called", {}), limit_of("stable", {})
    (datetime.timedelta(seconds=1200), None)
    """
    return timedelta(seconds=option(options, LIMITS[status])) if status in LIMITS else None


ASSUMED = "BOS's defaults are assumed, because its options are not known"


def assumed(component: Component, options: Mapping[str, Any]) -> bool:
    """Tell whether the limit of what a component is in is BOS's default only, because the option is not known.

    >>> node = {"enabled": True, "status": {"phase": "powering_on", "status_override": "power_on_called"}}
    >>> assumed(node, {}), assumed(node, {"max_boot_wait_time": 60}), assumed({**node, "enabled": False}, {})
    (True, False, False)
    """
    name = LIMITS.get(rules.status_of(component))
    return bool(component.get("enabled")) and name is not None and name not in options


def idle(component: Component, now: datetime) -> timedelta | None:
    """Return how long ago BOS last did something about a component; None if nothing says."""
    last = read_time(part(component, "last_action").get("last_updated"))
    return None if last is None else now - last


def stuck(component: Component, options: Mapping[str, Any], now: datetime) -> bool:
    """Return whether something was called for the component, and its time is over: BOS should have gone on.

    >>> from datetime import UTC, datetime
    >>> last = {"action": "powering_on", "last_updated": "2026-11-21T11:30:00"}
    >>> node = {"enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> stuck(node, {}, noon), stuck(node, {"max_boot_wait_time": 1800}, noon)
    (True, False)
    >>> stuck({**node, "enabled": False}, {}, noon)
    False
    """
    limit, since = limit_of(rules.status_of(component), options), idle(component, now)
    return bool(component.get("enabled")) and limit is not None and since is not None and since > limit


class Expectation(NamedTuple):
    """What is to be expected of a component: what BOS waits for, what it does next and when, what to type."""

    status: str
    means: str
    waits_for: str
    next: str
    attempts: str
    stuck: str
    commands: list[str]


def expectation(component: Component, options: Mapping[str, Any], now: datetime, template: str = "") -> Expectation:
    """Return what is to be expected of a component, by the options of the service.

    Commands are those whose names are known: `template` is the session template of its session, empty for none.

    >>> from datetime import UTC, datetime
    >>> last = {"action": "powering_on", "last_updated": "2026-11-21T11:59:00"}
    >>> node = {"id": "x1", "enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> node["event_stats"] = {"power_on_attempts": 1}
    >>> found = expectation(node, {}, datetime(2026, 11, 21, 12, tzinfo=UTC))
    >>> found.next
    'if it is off, power on again at 12:01:00 (in 1 min); if it is on, reboot at 12:19:00 (in 19 min)'
    >>> found.attempts, found.stuck
    ('1 of 3 made', '')
    """
    status = rules.status_of(component)
    known = COMPONENTS.statuses.get(status, Status("The guide page does not know this status.", "that is not known"))
    late = ""
    if stuck(component, options, now):
        since, name = idle(component, now) or timedelta(), LIMITS[status]
        late = f"yes: for {span(since)}, and {name} is {span(timedelta(seconds=option(options, name)))}"
    names = {"COMPONENT": id_of(component), "SESSION": text(component.get("session")), "TEMPLATE": template}
    likely = [*known.commands, STATUS]
    if not component.get("enabled") and status not in ("stable", "failed"):
        likely.insert(0, AGAIN)
    commands = [filled(command, names) for command in likely if all(names.get(name, name) for name in command.split())]
    return Expectation(
        status=status,
        means=known.means,
        waits_for=known.waits_for if component.get("enabled") or status in ("stable", "failed") else DISABLED,
        next=next_step(component, status, options, now),
        attempts=attempts(component, status, options),
        stuck=late,
        commands=commands,
    )


DISABLED = "nothing: it is disabled, and BOS leaves it alone"


def filled(command: str, names: Mapping[str, str]) -> str:
    """Return the command with names in the places for them.

    >>> filled("cray power status list --xnames COMPONENT", {"COMPONENT": "x1"})
    'cray power status list --xnames x1'
    """
    from shlex import quote

    return " ".join(quote(names[word]) if names.get(word) else word for word in command.split(" "))


def next_step(component: Component, status: str, options: Mapping[str, Any], now: datetime) -> str:
    """Return what BOS does next with a component that it waits for, and when."""
    if not component.get("enabled"):
        return {"stable": "nothing", "failed": "nothing, until it is enabled again or a session takes it"}.get(
            status, "nothing, until it is enabled again"
        )
    last = read_time(part(component, "last_action").get("last_updated"))

    def at(name: str) -> str:
        wait = timedelta(seconds=option(options, name))
        if last is None or last.year == MAXYEAR:  # there is no time after that
            return f"after {span(wait)}"
        time = last + wait
        away = f"in {span(time - now)}" if time > now else f"due for {span(now - time)}"
        return f"at {time:%H:%M:%S} ({away})"

    if status == "power_on_called":
        return f"if it is off, power on again {at(MAX_POWER_ON)}; if it is on, reboot {at(LIMITS[status])}"
    if status in LIMITS:
        return f"if it is still on, power off by force {at(LIMITS[status])}"
    every = f"within {span(timedelta(seconds=option(options, 'polling_frequency')))}"
    return {
        "power_on_pending": f"power on, {every}",
        "power_off_pending": f"power off gracefully, {every}",
        "configuring": "whatever CFS reports: stable, or failed",
        "on_hold": f"look at the node, {every}",
        "failed": f"disable it, {every}",
    }.get(status, "nothing")


def attempts(component: Component, status: str, options: Mapping[str, Any]) -> str:
    """Return how many attempts of how many were made at what the status is about; nothing for other statuses.

    >>> attempts({"event_stats": {"power_on_attempts": 2}, "retry_policy": 2}, "power_on_called", {})
    '2 of 2 made: the last'
    """
    field = ATTEMPTS.get(status)
    if field is None:
        return ""
    own = component.get("retry_policy")
    allowed = own if type(own) is int else option(options, "default_retry_policy")
    counted = part(component, "event_stats").get(field)
    made = counted if type(counted) is int else 0
    if allowed < 0:
        return f"{made} made, without a limit"
    return f"{made} of {allowed} made" + ": the last" * (made >= allowed)


class Laggards(NamedTuple):
    """Components in one status that BOS still works on: how long ago it last did something about the first of them."""

    status: str
    names: list[str]
    idle: timedelta
    stuck: list[str]


def laggards(components: Iterable[Alike], options: Mapping[str, Any], now: datetime) -> list[Laggards]:
    """Return the components that BOS still works on by status, the one with the oldest last action first.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.bos_v2.kinds import alike
    >>> def node(name, minute):
    ...     last = {"action": "powering_on", "last_updated": f"2026-11-21T11:{minute}:00"}
    ...     return {"id": name, "enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> laggards(alike([node("x1", 59), node("x2", 10)]), {}, datetime(2026, 11, 21, 12, tzinfo=UTC))
    [Laggards(status='power_on_called', names=['x2', 'x1'], idle=datetime.timedelta(seconds=3000), stuck=['x2'])]
    """
    groups: dict[str, list[tuple[datetime, list[str]]]] = {}
    for component, names in components:
        status = rules.status_of(component)
        if component.get("enabled") and status not in ("stable", "failed"):
            last = read_time(part(component, "last_action").get("last_updated")) or now
            groups.setdefault(status, []).append((last, names))
    found = []
    for status, members in groups.items():
        members.sort()
        limit = limit_of(status, options)
        everyone = [name for _, names in members for name in names]
        late = [name for last, names in members for name in names if limit is not None and now - last > limit]
        found.append(Laggards(status, everyone, now - members[0][0], late))
    return sorted(found, key=lambda group: group.idle, reverse=True)
