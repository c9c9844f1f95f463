"""Tables of BOS v2 documents: what matters first, every failed node named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from nodewatch.bos_v2 import rules, verdict_rules
from nodewatch.documents import part, text
from nodewatch.nodeset import fold
from nodewatch.pages import nodes_below
from nodewatch.table import Bar, Cell, Fields, Line, Page, Part, Style, percent, plural
from nodewatch.times import age, read_time, span, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from nodewatch.bos_v2.types import Component, ExtendedStatus, Session

STYLES: dict[str, Style] = {"stable": "good", "failed": "bad", "on_hold": "warn"}
ATTEMPTS = (
    ("on", "power_on_attempts"),
    ("off", "power_off_graceful_attempts"),
    ("forced off", "power_off_forceful_attempts"),
)


def took(state: Mapping[str, Any], now: datetime) -> str:
    """Return how long a session took, or has been going on."""
    began, ended = read_time(state.get("start_time")), read_time(state.get("end_time"))
    return "" if began is None else span((ended or now) - began)


def session(document: Session, now: datetime) -> Page:
    """Return what one session was asked to do."""
    state = part(document, "status")
    names = rules.component_names(document)
    return [
        Fields(
            [
                ("Session", Cell(text(document.get("name")), "strong")),
                ("Status", text(state.get("status"))),
                ("Operation", text(document.get("operation"))),
                ("Template", text(document.get("template_name"))),
                ("Limit", text(document.get("limit"))),
                ("Staged", "yes" if document.get("stage") else ""),
                ("Disabled nodes", "included" if document.get("include_disabled") else ""),
                ("Tenant", text(document.get("tenant"))),
                ("Started", when(state.get("start_time"))),
                ("Ended", when(state.get("end_time"))),
                ("Took" if state.get("end_time") else "Going on for", took(state, now)),
                ("Error", Cell(text(state.get("error")), "bad")),
                (f"Nodes ({len(names)})", fold(names)),
            ]
        )
    ]


def created_session(document: Session, now: datetime) -> Page:
    """Return a session that was just created, with the command that starts it, or shows how far it is."""
    from shlex import quote

    name = quote(text(document.get("name")))
    if document.get("stage"):
        return [
            *session(document, now),
            Line("nodewatch bos v2 applystaged create --xnames NODES", lead="Start it with:  "),
        ]
    return [
        *session(document, now),
        Line(f"nodewatch bos v2 sessions status list {name} --watch", lead="Watch it with:  "),
    ]


def session_status(status: ExtendedStatus, session: Session, components: Iterable[Component], now: datetime) -> Page:
    """Return how far a session is: who it is, a bar, the phases, then every error with all its nodes."""
    shares, found = verdict_rules.progress(status), list(components)
    parts = [
        Part("successful", shares.successful, "good"),
        Part("in progress", shares.in_progress, "busy"),
        Part("failed", shares.failed, "bad"),
        Part("staged", shares.staged, "dim"),
    ]
    if shares.other:
        parts.append(Part("on hold or disabled", shares.other, "warn"))
    page: Page = [identity(status, session, now)]
    error = part(session, "status").get("error")
    if error:
        page.append(Line(text(error), "bad", lead="Setup failed: "))
    page += [Bar(parts), phases(status)]
    return page + errors(verdict_rules.error_groups(status, verdict_rules.by_error(found)))


def identity(status: ExtendedStatus, session: Session, now: datetime) -> Line:
    """Return one line that says which session it is and what to think of it."""
    verdict, timing, lasted = verdict_rules.verdict(status), part(status, "timing"), took(part(status, "timing"), now)
    facts = [
        text(session.get("name")),
        f"{text(session['operation'])} of {text(session.get('template_name'))}" if session.get("operation") else "",
        verdict.text,
        f"started {when(timing.get('start_time'))}" if timing.get("start_time") else "",
        f"ended {when(timing.get('end_time'))}" if timing.get("end_time") else "",
        ("took " if timing.get("end_time") else "for ") + lasted if lasted else "",
    ]
    return Line("  ".join(fact for fact in facts if fact), cast("Style", verdict.style))


def phases(status: ExtendedStatus) -> Line:
    """Return the phases' percentages on a line."""
    names = ("powering_off", "powering_on", "configuring", "complete")
    found = part(status, "phases")
    shares = [(name.replace("_", " "), found.get(f"percent_{name}")) for name in names]
    return Line(
        "  ".join(f"{name} {percent(value)}" for name, value in shares if isinstance(value, int | float)),
        lead="Phases: ",
    )


def errors(groups: Sequence[verdict_rules.ErrorGroup]) -> Page:
    """Return each error with all its nodes, folded; what is not known is counted."""
    page: Page = []
    for group in groups:
        page.append(Line(group.message, "bad", lead=f"{plural(group.number, 'node')}: "))
        if group.names:
            page.append(nodes_below(group.names))
        if group.unknown:
            page.append(
                Line(
                    f"and {group.unknown} more: taken over by other sessions since, their names are not known",
                    "warn",
                    lead="    ",
                )
            )
    return page


def attempts(component: Component) -> str:
    """Return how often BOS has tried power actions, as far as it has.

    >>> attempts({"event_stats": {"power_on_attempts": 2, "power_off_graceful_attempts": 0}})
    'on 2'
    """
    stats = part(component, "event_stats")
    if not any(stats.values()):
        return ""
    return ", ".join(f"{name} {stats[field]}" for name, field in ATTEMPTS if stats.get(field))


def last_action(component: Component, now: datetime) -> str:
    """Return the last action and its age.

    >>> from datetime import UTC, datetime
    >>> action = {"action": "powering_on", "failed": True, "last_updated": "2026-11-21T11:59:00"}
    >>> last_action({"last_action": action}, datetime(2026, 11, 21, 12, tzinfo=UTC))
    'powering_on, failed (1 min)'
    """
    last = part(component, "last_action")
    since = age(last.get("last_updated"), now)
    return text(last.get("action")) + ", failed" * bool(last.get("failed")) + (f" ({since})" if since else "")


def state_fields(title: str, state: Mapping[str, Any], now: datetime) -> Fields:
    """Return the boot artifacts and configuration of an actual, desired or staged state."""
    artifacts = part(state, "boot_artifacts")
    pairs = [
        (name.capitalize().replace("_", " "), text(artifacts.get(name)))
        for name in ("kernel", "initrd", "kernel_parameters")
    ]
    pairs += [("Configuration", text(state.get("configuration"))), ("Session", text(state.get("session")))]
    since = age(state.get("last_updated"), now)
    return Fields(
        [*pairs, ("Updated", f"{since} ago" if since and any(value for _, value in pairs) else "")], heading=title
    )


def component(document: Component, now: datetime) -> Page:
    """Return one node: where it is in its boot, then its states."""
    status = part(document, "status")
    state = rules.status_of(document)
    enabled = document.get("enabled")
    page: Page = [
        Fields(
            [
                ("Component", Cell(text(document.get("id")), "strong")),
                ("Status", Cell(state, STYLES.get(state, "busy"))),
                ("Phase", text(status.get("phase"))),
                ("Enabled", "" if enabled is None else "yes" if enabled else "no"),
                ("Session", text(document.get("session"))),
                ("Last action", last_action(document, now)),
                ("Attempts", attempts(document)),
                ("Retry policy", text(document.get("retry_policy"))),
                ("Error", Cell(text(document.get("error")), "bad")),
            ]
        )
    ]
    for name in ("actual_state", "desired_state", "staged_state"):
        fields = state_fields(name.replace("_", " ").capitalize(), part(document, name), now)
        if any(value for _, value in fields.pairs):
            page.append(fields)
    return page
