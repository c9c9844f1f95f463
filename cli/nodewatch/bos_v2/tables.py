"""Tables of BOS v2 documents: what matters first, every failed node named."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from nodewatch.bos_v2 import rules
from nodewatch.bos_v2.expectation_rules import POWER_ACTIONS
from nodewatch.documents import as_text, part
from nodewatch.nodes.nodeset import fold
from nodewatch.pages import next_steps
from nodewatch.table import Cell, Fields, Heading, Line, Page, Style, plural
from nodewatch.times import read_time, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.bos_v2.types import Component, Session
    from nodewatch.documents import Document
    from nodewatch.times import Clock

STATUS_STYLES: dict[str, Style] = {"stable": "good", "failed": "bad", "on_hold": "warn"}
STATE_SETTINGS = ("Kernel", "Initrd", "Configuration", "Session")


def session_page(document: Session, clock: Clock, failed: Sequence[str] = ()) -> Page:
    """Return what one session was asked to do; `failed` are those of its nodes that are failed now."""
    state = part(document, "status")
    names = rules.component_names(document)
    began, ended = read_time(state.get("start_time")), read_time(state.get("end_time"))
    lasted = span((ended or clock.now) - began) if began and (ended or not clock.absolute) else ""
    return [
        Fields(
            [
                ("Session", Cell(as_text(document.get("name")), "strong")),
                ("Status", as_text(state.get("status"))),
                ("Failed", Cell(f"{len(failed):,} of {plural(len(names), 'node')}" if failed else "", "bad")),
                ("Operation", as_text(document.get("operation"))),
                ("Template", as_text(document.get("template_name"))),
                ("Limit", as_text(document.get("limit"))),
                ("Staged", "yes" if document.get("stage") else ""),
                ("Disabled nodes", "included" if document.get("include_disabled") else ""),
                ("Tenant", as_text(document.get("tenant"))),
                ("Started", clock.at(state.get("start_time"))),
                ("Ended", clock.at(state.get("end_time"))),
                ("Took" if ended else "Going on for", lasted),
                ("Error", Cell(as_text(state.get("error")), "bad")),
                (f"Nodes ({len(names):,})", fold(names)),
            ]
        )
    ]


def described_session_page(document: Session, clock: Clock, failed: Sequence[str]) -> Page:
    """Return one session, and the command that shows how far it is."""
    name = quote(as_text(document.get("name")))
    why = "see what failed" if failed else "see how far it is"
    return [
        *session_page(document, clock, failed),
        *next_steps([(why, f"nodewatch bos v2 sessions status list {name}")]),
    ]


def created_session_page(document: Session, clock: Clock) -> Page:
    """Return a session that was just created, with the command that starts it, or shows how far it is."""
    name = quote(as_text(document.get("name")))
    if not document.get("stage"):
        steps = [("watch it", f"nodewatch bos v2 sessions status list {name} --watch")]
    else:
        names = quote(fold(rules.component_names(document)) or "NODES")  # BOS sets it up a little later
        steps = [("start it", f"nodewatch bos v2 applystaged create --xnames {names}")]
    return [*session_page(document, clock), *next_steps(steps)]


def attempts_words(component: Component) -> str:
    """Return how often BOS has tried power actions, as far as it has.

    >>> attempts_words({"event_stats": {"power_on_attempts": 2, "power_off_graceful_attempts": 0}})
    'power on 2'
    """
    stats = part(component, "event_stats")
    if not any(stats.values()):
        return ""
    return ", ".join(f"{name} {stats[field]}" for name, field in POWER_ACTIONS if stats.get(field))


def last_action(component: Component, clock: Clock) -> str:
    """Return the last action and its age; off a terminal, its time.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.times import Clock
    >>> action = {"action": "powering_on", "failed": True, "last_updated": "2026-11-21T11:59:00"}
    >>> last_action({"last_action": action}, Clock(datetime(2026, 11, 21, 12, tzinfo=UTC)))
    'powering_on, failed (1 min)'
    """
    last = part(component, "last_action")
    since = clock.ago(last.get("last_updated")).removesuffix(" ago")
    return as_text(last.get("action")) + ", failed" * bool(last.get("failed")) + (f" ({since})" if since else "")


def component_page(document: Component, clock: Clock, tried: str | None = None) -> Page:
    """Return one node: where it is in its boot, then its states; `tried` says how often of how many times, if known."""
    status = part(document, "status")
    state = rules.status_of(document)
    enabled = document.get("enabled")
    return [
        Fields(
            [
                ("Component", Cell(as_text(document.get("id")), "strong")),
                ("Status", Cell(state, STATUS_STYLES.get(state, "busy"))),
                ("Phase", as_text(status.get("phase"))),
                ("Enabled", "" if enabled is None else "yes" if enabled else "no"),
                ("Session", as_text(document.get("session"))),
                ("Last action", last_action(document, clock)),
                ("Attempts", attempts_words(document) if tried is None else tried),
                ("Retry policy", as_text(document.get("retry_policy"))),
                ("Error", Cell(as_text(document.get("error")), "bad")),
            ]
        ),
        *states_page(document, clock),
    ]


def states_page(document: Component, clock: Clock) -> Page:
    """Return what the node was booted with beside what it is to be booted with, and what is staged for it."""
    actual, desired, staged = (settings_in(part(document, f"{name}_state")) for name in ("actual", "desired", "staged"))
    page: Page = []
    if actual or desired:
        pairs = [(name, compare_setting(actual.get(name), desired.get(name))) for name in STATE_SETTINGS]
        page += [Heading("Actual and desired state"), Fields(pairs), *parameter_lines(document)]
    for name, state in (("Actual", "actual_state"), ("Desired", "desired_state")):
        if actual and desired:
            page.append(Line(clock.ago(part(document, state).get("last_updated")), lead=f"  {name} state updated: "))
    if staged:
        page += [Heading("Staged state"), Fields([(name, staged.get(name, "")) for name in STATE_SETTINGS])]
    return page


def settings_in(state: Document) -> dict[str, str]:
    """Return what a state says of boot artifacts, configuration and session, without the kernel's parameters."""
    artifacts = part(state, "boot_artifacts")
    found = {
        "Kernel": as_text(artifacts.get("kernel")),
        "Initrd": as_text(artifacts.get("initrd")),
        "Configuration": as_text(state.get("configuration")),
        "Session": as_text(state.get("session")),
    }
    return {name: value for name, value in found.items() if value}


def compare_setting(actual: str | None, desired: str | None) -> str | Cell:
    """Return a setting as it is and is to be, marked where these differ; what only one state has is told as such.

    >>> compare_setting("a", "a"), compare_setting("a", None)
    ('a', 'a (actual)')
    >>> compare_setting("a", "b").text
    'a, but is to be b'
    """
    if actual and desired and actual != desired:
        return Cell(f"{actual}, but is to be {desired}", "warn")
    if actual and desired:
        return actual
    return f"{actual} (actual)" if actual else f"{desired} (desired)" if desired else ""


def parameter_lines(document: Component) -> Page:
    """Return the kernel's parameters one a line: a minus before those only actual, a plus before those only desired."""
    now, then = (
        as_text(part(part(document, state), "boot_artifacts").get("kernel_parameters")).split()
        for state in ("actual_state", "desired_state")
    )
    if not (now or then):
        return []
    both = bool(now and then)
    lines = [
        Line(
            each, "warn" if both and each not in now else "", "  + " if both and each not in now else "    ", whole=True
        )
        for each in then or now
    ]
    lines += [Line(each, "warn", "  - ", whole=True) for each in now if both and each not in then]
    return [Heading("Kernel parameters"), *lines]
