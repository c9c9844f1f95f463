"""What is to be expected of components: what BOS waits for and does next, when, and which of them are late.

Sources: the BOS v2 API for the limits, which are options of the service, and for what its operators really do; the
charts of `status_rules` for the words.
"""

from __future__ import annotations

from datetime import MAXYEAR, timedelta
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import rules
from nodewatch.bos_v2.status_rules import COMPONENT_CHART, ENABLE_AGAIN, SHOW_SESSION_STATUS
from nodewatch.documents import as_text, id_of, part
from nodewatch.statuses import Explanation
from nodewatch.times import read_time, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from nodewatch.bos_v2.kinds import Alike
    from nodewatch.documents import Document
    from nodewatch.times import Clock

# How long a status may last: the server's option for it; and which attempts it counts.
STATUS_LIMITS = {
    "power_on_called": "max_boot_wait_time",
    "power_off_gracefully_called": "max_power_off_wait_time",
    "power_off_forcefully_called": "max_power_off_wait_time",
}
MAX_POWER_ON = "max_power_on_wait_time"
POWER_ACTIONS = (
    ("power on", "power_on_attempts"),
    ("power off", "power_off_graceful_attempts"),
    ("forced power off", "power_off_forceful_attempts"),
)
COUNTED_ATTEMPTS = {
    "power_on_pending": "power_on_attempts",
    "power_on_called": "power_on_attempts",
    "power_off_pending": "power_off_graceful_attempts",
    "power_off_gracefully_called": "power_off_forceful_attempts",
    "power_off_forcefully_called": "power_off_forceful_attempts",
}


def option_number(options: Document, name: str) -> int:
    """Return an option of the service that is a number, BOS's default where it is missing or not what the API allows.

    >>> option_number({"polling_frequency": 20}, "polling_frequency"), option_number({}, "polling_frequency")
    (20, 15)
    >>> name, values = "default_retry_policy", (-2, -1, rules.LARGEST_OPTION, rules.LARGEST_OPTION + 1, "9")
    >>> [option_number({name: value}, name) for value in values]
    [3, -1, 1048576, 3, 3]
    """
    value = options.get(name)
    return value if type(value) is int and -1 <= value <= rules.LARGEST_OPTION else int(rules.DEFAULT_OPTIONS[name])


def limit_of(status: str, options: Document) -> timedelta | None:
    """Return how long a status may last; None if nothing limits it.

    >>> limit_of("power_on_called", {}), limit_of("stable", {})
    (datetime.timedelta(seconds=1200), None)
    """
    return timedelta(seconds=option_number(options, STATUS_LIMITS[status])) if status in STATUS_LIMITS else None


ASSUMED_LIMITS = "BOS's defaults are assumed, because its options are not known"


def limit_is_assumed(component: Document, options: Document) -> bool:
    """Tell whether the limit of what a component is in is BOS's default only, because the option is not known.

    >>> node = {"enabled": True, "status": {"phase": "powering_on", "status_override": "power_on_called"}}
    >>> limit_is_assumed(node, {}), limit_is_assumed(node, {"max_boot_wait_time": 60})
    (True, False)
    >>> limit_is_assumed({**node, "enabled": False}, {})
    False
    """
    name = STATUS_LIMITS.get(rules.status_of(component))
    return bool(component.get("enabled")) and name is not None and name not in options


def idle_time(component: Document, now: datetime) -> timedelta | None:
    """Return how long ago BOS last did something about a component; None if nothing says."""
    last = read_time(part(component, "last_action").get("last_updated"))
    return None if last is None else now - last


def is_stuck(component: Document, options: Document, now: datetime) -> bool:
    """Return whether something was called for the component, and its time is over: BOS should have gone on.

    >>> from datetime import UTC, datetime
    >>> last = {"action": "powering_on", "last_updated": "2026-11-21T11:30:00"}
    >>> node = {"enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> is_stuck(node, {}, noon), is_stuck(node, {"max_boot_wait_time": 1800}, noon)
    (True, False)
    >>> is_stuck({**node, "enabled": False}, {}, noon)
    False
    """
    limit, since = limit_of(rules.status_of(component), options), idle_time(component, now)
    return bool(component.get("enabled")) and limit is not None and since is not None and since > limit


UNEXPLAINED = Explanation("The guide page does not know this status.", "that is not known")


class Expectation(NamedTuple):
    """What is to be expected of a component: what BOS waits for, what it does next and when, what to type."""

    status: str
    means: str
    waits_for: str
    next: str
    attempts: str
    stuck: str
    commands: list[str]


def expect(component: Document, options: Document, clock: Clock, template: str = "") -> Expectation:
    """Return what is to be expected of a component, by the options of the service.

    Commands are those whose names are known: `template` is the session template of its session, empty for none.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.times import Clock
    >>> last = {"action": "powering_on", "last_updated": "2026-11-21T11:59:00"}
    >>> node = {"id": "x1", "enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> node["event_stats"] = {"power_on_attempts": 1}
    >>> found = expect(node, {}, Clock(datetime(2026, 11, 21, 12, tzinfo=UTC)))
    >>> found.next
    'if it is off, power on again at 12:01:00 UTC (in 1 min); if it is on, reboot at 12:19:00 UTC (in 19 min)'
    >>> found.attempts, found.stuck, "SESSION" in " ".join(found.commands)
    ('power on 1 of 3', '', False)
    >>> expect(node, {}, Clock(datetime(2026, 11, 21, 12, 1, tzinfo=UTC))).next.partition(";")[0]
    'if it is off, power on again at 12:01:00 UTC (due for 0 s)'
    """
    status = rules.status_of(component)
    known = COMPONENT_CHART.statuses.get(status, UNEXPLAINED)
    late = ""
    if is_stuck(component, options, clock.now):
        since, name = idle_time(component, clock.now) or timedelta(), STATUS_LIMITS[status]
        late = f"yes: for {span(since)}, and {name} is {span(timedelta(seconds=option_number(options, name)))}"
    names = {"COMPONENT": id_of(component), "SESSION": as_text(component.get("session")), "TEMPLATE": template}
    likely = [*known.commands, SHOW_SESSION_STATUS]
    if not component.get("enabled") and status not in ("stable", "failed"):
        likely.insert(0, ENABLE_AGAIN)
    commands = [
        fill_in_names(command, names) for command in likely if all(names.get(name, name) for name in command.split())
    ]
    return Expectation(
        status=status,
        means=known.means,
        waits_for=known.waits_for if component.get("enabled") or status in ("stable", "failed") else DISABLED,
        next=next_step(component, status, options, clock),
        attempts=attempts_in_words(component, status, options),
        stuck=late,
        commands=commands,
    )


DISABLED = "nothing: it is disabled, and BOS leaves it alone"


def fill_in_names(command: str, names: Mapping[str, str]) -> str:
    """Return the command with names in the places for them.

    >>> fill_in_names("cray power status list --xnames COMPONENT", {"COMPONENT": "x1"})
    'cray power status list --xnames x1'
    """
    from shlex import quote

    return " ".join(quote(names[word]) if names.get(word) else word for word in command.split(" "))


def next_step(component: Document, status: str, options: Document, clock: Clock) -> str:
    """Return what BOS does next with a component that it waits for, and when."""
    if not component.get("enabled"):
        return {"stable": "nothing", "failed": "nothing, until it is enabled again or a session takes it"}.get(
            status, "nothing, until it is enabled again"
        )
    last = read_time(part(component, "last_action").get("last_updated"))

    def at(name: str) -> str:
        wait = timedelta(seconds=option_number(options, name))
        if last is None or last.year == MAXYEAR:  # there is no time after that
            return f"after {span(wait)}"
        time = last + wait
        away = f"in {span(time - clock.now)}" if time > clock.now else f"due for {span(clock.now - time)}"
        return f"at {clock.at(time.isoformat())}" + ("" if clock.absolute else f" ({away})")

    if status == "power_on_called":
        return f"if it is off, power on again {at(MAX_POWER_ON)}; if it is on, reboot {at(STATUS_LIMITS[status])}"
    if status in STATUS_LIMITS:
        return f"if it is still on, power off by force {at(STATUS_LIMITS[status])}"
    every = f"within {span(timedelta(seconds=option_number(options, 'polling_frequency')))}"
    return {
        "power_on_pending": f"power on, {every}",
        "power_off_pending": f"power off gracefully, {every}",
        "configuring": "whatever CFS reports: stable, or failed",
        "on_hold": f"look at the node, {every}",
        "failed": f"disable it, {every}",
    }.get(status, "nothing")


def attempts_in_words(component: Document, status: str, options: Document) -> str:
    """Return how often each power action was tried, of how many times at most; also the one that the status is about.

    >>> attempts_in_words({"event_stats": {"power_off_graceful_attempts": 1}, "retry_policy": 2}, "power_on_called", {})
    'power on 0 of 2, power off 1 of 2'
    >>> attempts_in_words({"event_stats": {"power_on_attempts": 3}, "retry_policy": -1}, "failed", {})
    'power on 3, without a limit'
    >>> attempts_in_words({"event_stats": {"power_on_attempts": "many"}, "retry_policy": 0}, "power_on_called", {})
    'power on 0 of 0'
    """
    own = component.get("retry_policy")
    allowed = own if type(own) is int else option_number(options, "default_retry_policy")
    limit = f" of {allowed}" if allowed >= 0 else ", without a limit"
    counts = {field: value for field, value in part(component, "event_stats").items() if type(value) is int}
    tried = [
        f"{name} {counts.get(field, 0)}{limit}"
        for name, field in POWER_ACTIONS
        if counts.get(field) or field == COUNTED_ATTEMPTS.get(status)
    ]
    return ", ".join(tried)


class Laggards(NamedTuple):
    """Components in one status that BOS still works on: how long ago it last did something about the first of them."""

    status: str
    names: list[str]
    idle: timedelta
    stuck: list[str]


def find_laggards(components: Iterable[Alike], options: Document, now: datetime) -> list[Laggards]:
    """Return the components that BOS still works on by status, the one with the oldest last action first.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.bos_v2.kinds import group_alike
    >>> def node(name, minute):
    ...     last = {"action": "powering_on", "last_updated": f"2026-11-21T11:{minute}:00"}
    ...     return {"id": name, "enabled": True, "status": {"phase": "powering_on"}, "last_action": last}
    >>> find_laggards(group_alike([node("x1", 59), node("x2", 10)]), {}, datetime(2026, 11, 21, 12, tzinfo=UTC))
    [Laggards(status='power_on_called', names=['x2', 'x1'], idle=datetime.timedelta(seconds=3000), stuck=['x2'])]
    >>> others = [{**node("x3", 10), "enabled": False}, {"id": "x4", "enabled": True, "status": {"phase": ""}}]
    >>> at_limit = find_laggards(group_alike([node("x5", 40), *others]), {}, datetime(2026, 11, 21, 12, tzinfo=UTC))
    >>> [(group.names, group.stuck) for group in at_limit]
    [(['x5'], [])]
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
