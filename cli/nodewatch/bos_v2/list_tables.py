"""What the lists of BOS v2 show of sessions, components and session templates: one entry a column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nodewatch.bos_v2 import expectation_rules, kinds, rules, status_rules
from nodewatch.bos_v2.tables import STATUS_STYLES, attempts_words, last_action
from nodewatch.bos_v2.template_tables import configuration_words
from nodewatch.documents import as_text, part
from nodewatch.lists.listing import At, Attribute, Listing, place_attributes
from nodewatch.lists.templates import TEMPLATE_ATTRIBUTES, boot_sets
from nodewatch.lists.view import usual_page
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Cell, Column, Grid, Heading, Line, plural
from nodewatch.times import read_time, seconds_since

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from nodewatch.bos_v2.types import Component, Session
    from nodewatch.documents import Document
    from nodewatch.table import Page, Style
    from nodewatch.times import Clock

LONG_ERROR = 30  # characters: an error that is longer, and that several nodes share, is cut in their rows
SHORT_ERROR = 21  # characters: what is left of it there, at most


def status_cell(component: Component, _clock: Clock) -> Cell:
    """Return a component's status in its colour."""
    status = rules.status_of(component)
    return Cell(status, STATUS_STYLES.get(status, "busy"))


def error_cell(value: At) -> Callable[[Document, Clock], Cell]:
    """Return how a table shows an error."""
    return lambda document, clock: Cell(as_text(value(document, clock)), "bad")


def frame_components(grid: Grid, documents: Sequence[Component], clock: Clock) -> Page:
    """Return the rows below a line of counts by status; a long error of several nodes is told whole once, below them.

    Where times are absolute, which is off a terminal, there are rows only, each of them complete.
    """
    if clock.absolute:
        return [grid]
    statuses = Counter(map(rules.status_of, documents)).most_common()
    counts = ", ".join(f"{number:,} {status}" for status, number in statuses)
    page: Page = [Line(f"{plural(len(documents), 'node')}: {counts}")] if len(statuses) > 1 else []
    nodes: dict[str, list[str]] = {}
    for component in documents:
        nodes.setdefault(as_text(component.get("error")), []).append(as_text(component.get("id")))
    long = {
        error: names for error, names in nodes.items() if len(error) > LONG_ERROR and 1 < len(names) < len(documents)
    }
    if not long:
        return [*page, grid]
    place = [column.name for column in grid.columns].index("Error")
    page.append(grid._replace(rows=[shorten_error(row, place, long) for row in grid.rows]))
    return [*page, Heading("Errors in full"), *error_lines(long, "node")]


def error_lines(errors: Mapping[str, Sequence[str]], what: str) -> Page:
    """Return each error with the names of those that report it, the most frequent first."""
    page: Page = []
    for error, names in sorted(errors.items(), key=lambda item: -len(item[1])):
        page += [Line(error, "bad", f"  {plural(len(names), what)}: "), Line(fold(names), lead="      ")]
    return page


def shorten_error(row: Sequence[str | Cell], place: int, long: Collection[str]) -> Sequence[str | Cell]:
    """Return the row with the beginning of its error where it is one of the long ones."""
    error = row[place]
    if not isinstance(error, Cell) or error.text not in long:
        return row
    short = error.text[:SHORT_ERROR].rpartition(" ")[0] or error.text[:SHORT_ERROR]
    return [*row[:place], Cell(short + "…", error.style), *row[place + 1 :]]


COMPONENT_LISTING = Listing(
    [
        Attribute("id", "the node's xname", At("id"), Column("Component")),
        Attribute(
            "status",
            "what BOS computes: where the node is in its boot",
            lambda component, _: rules.status_of(component),
            Column("Status", shares=True),
            status_cell,
            words=tuple(status_rules.COMPONENT_CHART.statuses),
            needs=("status",),
            asked="status",
        ),
        Attribute(
            "phase",
            "the phase of the boot; empty when there is nothing to do",
            At("status", "phase"),
            Column("Phase", 2, shares=True),
            words=("configuring", "powering_off", "powering_on", ""),
            asked="phase",
        ),
        Attribute("enabled", "whether BOS acts on the node", At("enabled"), kind="truth", asked="enabled"),
        Attribute("session", "the session that the node belongs to", At("session"), Column("Session", 3, shares=True)),
        Attribute("staged_session", "the session that is staged for the node", At("staged_state", "session")),
        Attribute(
            "action",
            "the last action of BOS; a table adds whether it failed, and how long ago it was",
            At("last_action", "action"),
            Column("Last action", 4),
            last_action,
            needs=("last_action",),
        ),
        Attribute("failed", "whether the last action failed", At("last_action", "failed"), kind="truth"),
        Attribute("last_updated", "when the last action was", At("last_action", "last_updated"), kind="time"),
        Attribute(
            "attempts",
            "how often BOS has tried, in words",
            lambda component, _: attempts_words(component),
            Column("Attempts", 1),
            needs=("event_stats",),
            flat=False,
        ),
        *(
            Attribute(field, f"how often BOS has tried: {name}", At("event_stats", field), kind="number")
            for name, field in expectation_rules.POWER_ACTIONS
        ),
        Attribute("retry_policy", "how often an action is tried at most", At("retry_policy"), kind="number"),
        Attribute(
            "error",
            "what went wrong last",
            At("error"),
            Column("Error", wraps=True, shares=True),
            error_cell(At("error")),
        ),
        Attribute(
            "class",
            "stable, moving (BOS works on it), failed, or held (disabled before it was done)",
            lambda component, _: kinds.kind_of(component),
            words=kinds.Kinds._fields,
            needs=("status", "enabled"),
        ),
        Attribute(
            "age",
            "how long ago the last action was",
            lambda component, clock: seconds_since(part(component, "last_action").get("last_updated"), clock.now),
            kind="duration",
            needs=("last_action.last_updated",),
            flat=False,
        ),
        Attribute(
            "late",
            "whether the node is in its status for longer than the options of BOS allow",
            lambda component, clock: expectation_rules.is_stuck(component, clock.options, clock.now),
            kind="truth",
            needs=("status", "last_action.last_updated", "enabled"),
            flat=False,
        ),
        *place_attributes(At("id")),
        Attribute(
            "configuration", "the configuration that is to be applied", At("desired_state", "configuration"), flat=False
        ),
    ],
    order="id",
    empty="No component matches.",
    framed=frame_components,
)


def seconds_taken(session: Document, clock: Clock) -> float | None:
    """Return how many seconds a session took, or has been going on."""
    state = part(session, "status")
    began, ended = read_time(state.get("start_time")), read_time(state.get("end_time"))
    return None if began is None else max(((ended or clock.now) - began).total_seconds(), 0.0)


def session_cell(session: Document, _clock: Clock) -> Cell:
    """Return a session's status in its colour."""
    status = rules.session_state(session)
    wrong = session.get("failed") or part(session, "status").get("error")
    style: Style = "bad" if wrong else "busy" if status not in ("complete", "") else ""
    return Cell(status, style)


def session_nodes_cell(session: Document, _clock: Clock) -> Cell:
    """Return how many nodes a session has, and how many of them are failed now, where that was asked."""
    count, failed = len(rules.component_names(session)), session.get("failed")
    if not count and rules.session_state(session) == "pending":
        return Cell("")  # BOS has not looked yet which they are
    return Cell(f"{failed:,} failed of {count:,}", "bad") if failed else Cell(f"{count:,}")


def with_errors_below(grid: Grid, documents: Sequence[Session], clock: Clock) -> Page:
    """Return the rows, and below them why sessions could not be set up: few have an error, and it takes much room.

    Off a terminal each row has its own, and is complete.
    """
    if clock.absolute:
        return [grid]
    errors: dict[str, list[str]] = {}
    for session in documents:
        error = as_text(part(session, "status").get("error"))
        if error:
            errors.setdefault(error, []).append(as_text(session.get("name")))
    place = [column.name for column in grid.columns].index("Error")
    columns = [*grid.columns[:place], *grid.columns[place + 1 :]]
    page: Page = [Grid(columns, [[*row[:place], *row[place + 1 :]] for row in grid.rows], empty=grid.empty)]
    return [*page, Heading("Could not be set up", "bad"), *error_lines(errors, "session")] if errors else page


SESSION_LISTING = Listing(
    [
        Attribute("name", "the session's name", At("name"), Column("Session")),
        Attribute(
            "status",
            "pending, running or complete, which does not tell whether it went well; a table calls staged ones staged",
            At("status", "status"),
            Column("Status"),
            session_cell,
            words=("pending", "running", "complete"),
            asked="status",
        ),
        Attribute("operation", "boot, reboot or shutdown", At("operation"), Column("Operation", 4)),
        Attribute(
            "template_name", "the session template that it was created from", At("template_name"), Column("Template", 5)
        ),
        Attribute(
            "nodes",
            "how many nodes it had when it was set up",
            lambda session, _: len(rules.component_names(session)),
            Column("Nodes", right=True),
            session_nodes_cell,
            kind="number",
            needs=("components", "failed"),
        ),
        Attribute("failed", "how many of its nodes are failed now", At("failed"), kind="number", flat=False),
        Attribute(
            "start_time",
            "when it was started",
            At("status", "start_time"),
            Column("Started"),
            lambda session, clock: clock.day(part(session, "status").get("start_time")),
            kind="time",
        ),
        Attribute("end_time", "when it was complete", At("status", "end_time"), kind="time"),
        Attribute("took", "how long it took, or has been going on", seconds_taken, Column("Took", 2), kind="duration"),
        Attribute("limit", "what it was limited to", At("limit"), Column("Limit", 1)),
        Attribute("tenant", "whose it is", At("tenant"), Column("Tenant", 1, shares=True)),
        Attribute("stage", "whether it is staged, to be applied later", At("stage"), kind="truth"),
        Attribute("include_disabled", "whether it acts on disabled nodes too", At("include_disabled"), kind="truth"),
        Attribute(
            "error",
            "why it could not be set up",
            At("status", "error"),
            Column("Error", wraps=True, shares=True),
            error_cell(At("status", "error")),
        ),
        Attribute(
            "age",
            "how long ago it was started",
            lambda session, clock: seconds_since(part(session, "status").get("start_time"), clock.now),
            kind="duration",
            flat=False,
        ),
    ],
    order="-start_time",
    empty="No session matches.",
    framed=with_errors_below,
)


def value_in_boot_sets(field: str) -> Callable[[Document, Clock], str]:
    """Return the value of a field in each boot set of a template, each value once."""
    return lambda template, _: ", ".join(
        dict.fromkeys(as_text(each.get(field)) for each in boot_sets(template).values() if each.get(field))
    )


TEMPLATE_LISTING = Listing(
    [
        *TEMPLATE_ATTRIBUTES,
        Attribute(
            "configuration",
            "how the nodes are configured",
            lambda template, _: configuration_words(template),
            Column("Configuration", 3),
        ),
        Attribute("tenant", "whose it is", At("tenant"), Column("Tenant", 1, shares=True)),
        Attribute("description", "what it is for", At("description"), Column("Description", 1, wraps=True)),
        Attribute("arch", "the architecture of its boot sets", value_in_boot_sets("arch")),
        Attribute("path", "the images of its boot sets", value_in_boot_sets("path")),
        Attribute("enable_cfs", "whether its nodes are configured", At("enable_cfs"), kind="truth"),
    ],
    order="name",
    empty="There are no session templates.",
)


def with_failed(documents: Iterable[Session], failed: Mapping[str, int]) -> list[dict[str, object]]:
    """Return the sessions, each with how many of its nodes are failed now."""
    return [{**session, "failed": failed.get(as_text(session.get("name")), 0)} for session in documents]


def without_failed(documents: Iterable[Document]) -> list[dict[str, object]]:
    """Return the sessions as the server sent them.

    >>> without_failed([{"name": "s", "failed": 2}])
    [{'name': 's'}]
    """
    return [{name: value for name, value in session.items() if name != "failed"} for session in documents]


def components_table(documents: Iterable[Component], clock: Clock) -> Page:
    """Return one row a node, in natural order."""
    return usual_page(COMPONENT_LISTING, documents, clock)
