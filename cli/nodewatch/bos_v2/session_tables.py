"""The page of a session's status: who, how many nodes are where, what failed where, what goes on, what to type next.

Each node is counted once, by one rule (`kinds.kind_of`), so that the parts add up.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import expectation_rules, kinds, rules, verdict_rules
from nodewatch.documents import as_text, part
from nodewatch.nodes.error_kinds import ErrorKind
from nodewatch.nodes.nodeset import first, fold
from nodewatch.nodes.places import Parts
from nodewatch.pages import bar, errors_by_kind, next_steps
from nodewatch.table import Bar, Cell, Column, Grid, Heading, Line, Page, Part, plural
from nodewatch.times import read_time, rough_span, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from nodewatch.bos_v2.kinds import Alike
    from nodewatch.bos_v2.types import Session
    from nodewatch.bos_v2.verdict_rules import Counts
    from nodewatch.documents import Document
    from nodewatch.table import Style
    from nodewatch.times import Clock

LONGEST_IN_COMMAND = 600  # characters of a node set in a command; a longer one is not put into one
NO_ERROR = "no error was reported"
CONSOLE = ("see its console", "cray console interact")
CAUSES = {
    "powering_on": CONSOLE,
    "powering_off": CONSOLE,
    "configuring": ("ask CFS about it", "cray cfs v3 components describe"),
}
"""Where the cause of a failure is to be looked for, by the phase of the boot."""


class Sorted(NamedTuple):
    """A session's components by where they stand; `troubled` ones are in progress, and report an error."""

    failed: list[Alike]
    troubled: list[Alike]
    moving: list[Alike]
    held: list[Alike]

    def counts(self, total: int) -> dict[str, int]:
        """Return how many of all components are of each kind; the others are stable."""
        moving = count_components(self.troubled) + count_components(self.moving)
        others = {"moving": moving, "failed": count_components(self.failed), "held": count_components(self.held)}
        return {"stable": total - sum(others.values()), **others}


def count_components(components: Iterable[Alike]) -> int:
    """Return how many components there are."""
    return sum(len(each.names) for each in components)


def session_status_page(
    status: Document,
    session: Session,
    components: Sequence[Alike],
    options: Document,
    clock: Clock,
    *,
    brief: bool = False,
) -> Page:
    """Return how far a session is; a brief page names the ten largest kinds of errors only."""
    running, found = status.get("status") != "complete", sort_by_standing(components)
    counts = verdict_rules.count_nodes(status, found.counts(count_components(components)))
    parts = Parts(rules.component_names(session))
    page: Page = [identity_line(status, session, counts, clock)]
    setup = part(session, "status").get("error")
    if setup:
        page.append(Line(as_text(setup), "bad", lead="Setup failed: "))
    page += shares_bar(status, counts, "disabled" if running and found.held else "on hold or disabled")
    failed = errors_of(found.failed)
    if not (running and failed):
        failed = ended_failures(status, components, failed, counts)
    if failed:
        page += [Heading(failed_heading(failed, counts), "bad"), *errors_by_kind(failed, parts, brief=brief)]
    if running and found.troubled:
        page.append(Heading(f"In trouble, but BOS still tries ({count_components(found.troubled):,})", "warn"))
        page += errors_by_kind(errors_of(found.troubled), parts, brief=brief, style="warn")
    if running and found.held:
        page.append(Heading(f"Disabled: BOS leaves them alone ({count_components(found.held):,})", "warn"))
        page += errors_by_kind(errors_of(found.held), parts, brief=brief, style="warn")
    if running and found.moving:
        more = " more" * bool(found.troubled)
        page += [
            Heading(f"In progress ({count_components(found.moving):,}{more})"),
            progress_grid(found.moving, options, clock, brief=brief),
        ]
        if any(expectation_rules.limit_is_assumed(each.sample, options) for each in found.moving):
            page.append(Line(expectation_rules.ASSUMED_LIMITS, "dim", lead="Limits: "))
    names = [name for kind in failed for name in kind.names]
    return page + next_steps(session_steps(status, session, found, names))


def identity_line(status: Document, session: Session, counts: Counts | None, clock: Clock) -> Line:
    """Return one line that says which session it is and what to think of it."""
    verdict, timing = verdict_rules.judge(status, counts), part(status, "timing")
    began, ended = timing.get("start_time"), timing.get("end_time")
    operation = as_text(session.get("operation"))
    facts = [
        as_text(session.get("name")),
        " of ".join(filter(None, (operation, as_text(session.get("template_name"))))),
        f"tenant {as_text(session['tenant'])}" if session.get("tenant") else "",
        verdict.text,
        f"started {clock.at(began)}" if began else "",
        f"ended {clock.at(ended)}" if ended else "",
        lasted_in_words(timing, clock),
    ]
    return Line("  ".join(fact for fact in facts if fact), verdict.style)


def lasted_in_words(timing: Document, clock: Clock) -> str:
    """Return how long the session took, or has been going on; the latter on a terminal only."""
    began, ended = read_time(timing.get("start_time")), read_time(timing.get("end_time"))
    if began is None or (ended is None and clock.absolute):
        return ""
    return f"took {span(ended - began)}" if ended else f"for {rough_span(clock.now - began)}"


def shares_bar(status: Document, counts: Counts | None, held: str) -> Page:
    """Return the bar: of counts, or of percentages where the server does not say how many nodes there are.

    `held` is what to call the nodes that are neither done nor worked on: percentages do not tell why.
    """
    names: tuple[tuple[str, Style], ...] = (
        ("successful", "good"),
        ("in progress", "busy"),
        ("failed", "bad"),
        (held, "warn"),
        ("staged", "dim"),
    )
    if counts is not None:
        drawn = [(name, count, style) for (name, style), count in zip(names, counts, strict=True)]
        page = bar(drawn, always=3)
        return [page] if page.parts else []
    found = verdict_rules.shares_of(status)
    values = (found.successful, found.in_progress, found.failed, found.other, found.staged)
    return [Bar([Part(name, share, style) for (name, style), share in zip(names, values, strict=True) if share])]


def sort_by_standing(components: Iterable[Alike]) -> Sorted:
    """Return the components by where they stand, without those that succeeded."""
    found = Sorted([], [], [], [])
    for each in components:
        kind = kinds.kind_of(each.sample)
        if kind == "moving":
            (found.troubled if each.sample.get("error") else found.moving).append(each)
        elif kind != "stable":
            (found.failed if kind == "failed" else found.held).append(each)
    return found


def errors_of(components: Iterable[Alike]) -> list[ErrorKind]:
    """Return the errors of the components, with their names; what reports none is told, too."""
    by_error: dict[str, list[str]] = {}
    for component, names in components:
        error = component.get("error")
        by_error.setdefault(str(error) if error else NO_ERROR, []).extend(names)
    return [ErrorKind(error, names) for error, names in by_error.items()]


def ended_failures(
    status: Document, components: Iterable[Alike], failed: Iterable[ErrorKind], counts: Counts | None
) -> list[ErrorKind]:
    """Return the errors that the status sums up, and those of failed components that it does not.

    A complete session's nodes may be other sessions' since: then their names are not known.
    """
    reporting = (each for each in components if each.sample.get("error"))
    names_by_error = {kind.text: kind.names for kind in errors_of(reporting)}
    groups = verdict_rules.error_groups(status, names_by_error)
    found = [ErrorKind(group.message, group.names, group.unknown) for group in groups]
    told = {name for kind in found for name in kind.names}
    others = [kind._replace(names=[name for name in kind.names if name not in told]) for kind in failed]
    found += [kind for kind in others if kind.names]
    silent = (counts.failed if counts else 0) - sum(kind.number for kind in found)
    return [*found, ErrorKind(NO_ERROR, [], silent)] if silent > 0 else found


def failed_heading(failed: Sequence[ErrorKind], counts: Counts | None) -> str:
    """Return what the errors below are: those of the failed nodes, or more than those."""
    reported, number = sum(kind.number for kind in failed), counts.failed if counts else None
    if number is None or reported == number:
        return f"Failed: BOS will not try again ({reported:,})"
    return f"Errors on {plural(reported, 'node')}, of which {number:,} failed"


def progress_grid(components: Iterable[Alike], options: Document, clock: Clock, *, brief: bool) -> Grid:
    """Return the components that BOS works on by status, the one with the oldest last action first.

    A brief table does not name nodes that would fill the screen: they are all over the machine.
    """
    groups = expectation_rules.find_laggards(components, options, clock.now)
    columns = [
        Column("Status"),
        Column("Nodes", right=True),
        Column("Oldest action", 2),
        Column("Limit", 1),
        *[Column("Late")] * any(group.stuck for group in groups),  # then it never leaves
        Column("Which", wraps=True),
    ]
    rows: list[list[str | Cell]] = []
    for group in groups:
        limit, names = expectation_rules.limit_of(group.status, options), fold(group.names)
        facts: dict[str, str | Cell] = {
            "Status": Cell(group.status, "busy"),
            "Nodes": f"{len(group.names):,}",
            "Oldest action": clock.ago((clock.now - group.idle).isoformat()),
            "Limit": span(limit) if limit else "",
            "Late": Cell(late_words(group, limit, clock), "bad"),
            "Which": "scattered: --all" if brief and len(names) > LONGEST_IN_COMMAND else names,
        }
        rows.append([facts[column.name] for column in columns])
    return Grid(columns, rows)


def late_words(group: expectation_rules.Laggards, limit: timedelta | None, clock: Clock) -> str:
    """Return how many nodes are stuck in a status, and by how much the first of them; off a terminal only how many."""
    if limit is None or not group.stuck:
        return ""
    who = "all" if len(group.stuck) == len(group.names) else f"{len(group.stuck):,} of {len(group.names):,}"
    return who if clock.absolute else f"{who} by {rough_span(group.idle - limit)}"


def session_steps(status: Document, session: Session, found: Sorted, failed: Sequence[str]) -> list[tuple[str, str]]:
    """Return what to type next, with real names: at most four lines."""
    name, running = quote(as_text(session.get("name"))), status.get("status") != "complete"
    bos, steps = "nodewatch bos v2", []
    if failed:
        phase, there = largest_phase(found.failed)
        one = quote(first(there or failed))
        steps.append(("retry the failed", f"{bos} sessions retry {name}"))
        steps.append(("look at one", f"{bos} components describe {one}"))
        if phase in CAUSES:
            why, command = CAUSES[phase]
            steps.append((why, f"{command} {one}"))
    if running and found.held:
        disabled = first([name for _, names in found.held for name in names])
        steps.append(("enable one", f"{bos} components update {quote(disabled)} --enabled true"))
    percents = verdict_rules.shares_of(status)
    if percents.staged:
        names = fold(rules.component_names(session))
        start = f"{bos} applystaged create --xnames {quote(names)}" if 0 < len(names) <= LONGEST_IN_COMMAND else ""
        steps.append(("start it", start) if start else ("see where", f"{bos} components list --staged-session {name}"))
    unfinished = percents.in_progress or percents.staged or found.troubled or found.moving
    if running and (unfinished or not failed):
        steps.append(("wait for the rest" if failed else "wait for it", f"{bos} sessions status list {name} --wait"))
    return steps[:3] + steps[-1:] if len(steps) > 4 else steps


def largest_phase(failed: Iterable[Alike]) -> tuple[str, list[str]]:
    """Return the phase in which most of the failed nodes are, and their names; nothing where none are known."""
    by_phase: dict[str, list[str]] = {}
    for component, names in failed:
        by_phase.setdefault(as_text(part(component, "status").get("phase")), []).extend(names)
    return max(by_phase.items(), key=lambda each: len(each[1]), default=("", []))
