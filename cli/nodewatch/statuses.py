"""What statuses mean and what follows them, as data: a chart for each kind of status, and how it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.table import Cell, Column, Fields, Grid, Heading, Line, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Step(NamedTuple):
    """A status that may follow, and when it does."""

    to: str
    when: str


class Explanation(NamedTuple):
    """What a status says, in the words of its guide page; what is waited for meanwhile; what may follow.

    `commands` are the likely ones to type then, with the place of a name in capitals.
    """

    means: str
    waits_for: str
    steps: Sequence[Step] = ()
    commands: Sequence[str] = ()


class Chart(NamedTuple):
    """Statuses of one kind of thing, by name; where they begin; what else the guide warns of.

    `page` is the guide page that they are from, empty for words of our own.
    """

    title: str
    page: str
    begins: Sequence[str]
    statuses: Mapping[str, Explanation]
    notes: Sequence[str] = ()


def normalized_status(name: str) -> str:
    """Return the name of a status without what people write differently.

    >>> normalized_status("Power-On pending"), normalized_status("power_on_pending"), normalized_status("(no status)")
    ('power on pending', 'power on pending', 'no status')
    """
    return " ".join(name.lower().strip("()").replace("_", " ").replace("-", " ").split())


def find_status(charts: Sequence[Chart], name: str) -> list[tuple[Chart, str]]:
    """Return where a status of that name is, by its own spelling; several charts may have one."""
    return [
        (chart, own) for chart in charts for own in chart.statuses if normalized_status(own) == normalized_status(name)
    ]


def preceding(chart: Chart, name: str) -> list[str]:
    """Return the statuses that this one may follow."""
    return [own for own, status in chart.statuses.items() if any(step.to == name for step in status.steps)]


def as_document(chart: Chart, name: str) -> dict[str, object]:
    """Return what is known of a status as a document."""
    status = chart.statuses[name]
    return {
        "status": name,
        "of": chart.title,
        "source": chart.page,
        "means": status.means,
        "waits_for": status.waits_for,
        "next": [step._asdict() for step in status.steps],
        "commands": list(status.commands),
    }


def draw_transitions(chart: Chart) -> Iterator[tuple[str, str]]:
    """Return the transitions as lines of a tree, each with the reason; what was drawn above is not drawn again.

    >>> there, back = Explanation("", "", [Step("b", "soon")]), Explanation("", "", [Step("a", "")])
    >>> chart = Chart("", "", ["a"], {"a": there, "b": back})
    >>> list(draw_transitions(chart))
    [('a', ''), ('  -> b', 'soon'), ('       -> a (above)', '')]
    """
    seen: set[str] = set()

    def walk(name: str, lead: str) -> Iterator[tuple[str, str]]:
        for step in chart.statuses[name].steps:
            if step.to in seen:
                yield f"{lead}-> {step.to} (above)", step.when
                continue
            seen.add(step.to)
            yield f"{lead}-> {step.to}", step.when
            yield from walk(step.to, lead + "     ")

    for name in (*chart.begins, *chart.statuses):
        if name not in seen:
            seen.add(name)
            yield name, ""
            yield from walk(name, "  ")


def chart_page(chart: Chart) -> Page:
    """Return a whole chart: what each status means, the transitions drawn, and the notes."""
    rows = [[name, status.means, status.waits_for] for name, status in chart.statuses.items()]
    columns = [Column("Status"), Column("Means", wraps=True), Column("Waits for", wraps=True)]
    page: Page = [
        Line(chart.title + (f" ({guide_page(chart)})" if chart.page else ""), "strong"),
        Grid(columns, rows),
    ]
    if any(status.steps for status in chart.statuses.values()):
        page.append(
            Grid([Column("Transitions"), Column("When", wraps=True)], [list(line) for line in draw_transitions(chart)])
        )
    return page + [Line(note, "warn", lead="Note: ") for note in chart.notes]


def guide_page(chart: Chart) -> str:
    """Return where a chart comes from; nothing for words of our own."""
    return f'the guide page "{chart.page}"' if chart.page else ""


def commands_to_type(commands: Sequence[str]) -> Page:
    """Return the commands to type next, one a line under a heading; nothing where there are none."""
    heading: Page = [Heading("Next")] if commands else []
    return heading + [Line(command, lead="  ", whole=True) for command in commands]


def status_page(chart: Chart, name: str) -> Page:
    """Return everything about one status."""
    status = chart.statuses[name]
    page: Page = [
        Fields(
            [
                ("Status", Cell(name, "strong")),
                ("Of", chart.title),
                ("Means", status.means),
                ("Waits for", status.waits_for),
                ("Comes after", ", ".join(preceding(chart, name))),
                ("Source", guide_page(chart)),
            ]
        )
    ]
    if status.steps:
        page.append(Grid([Column("Then"), Column("When", wraps=True)], [list(step) for step in status.steps]))
    return page + commands_to_type(status.commands) + [Line(note, "warn", lead="Note: ") for note in chart.notes]
