"""Tables of BOS v1 documents: states that follow from where the nodes are, failed nodes by name, and wrong flags."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from nodewatch.bos_v1 import doubt_rules, rules
from nodewatch.documents import as_text, names_in, part
from nodewatch.nodes.nodeset import fold
from nodewatch.pages import next_steps, nodes_below
from nodewatch.table import Cell, Column, Fields, Grid, Line, Page, Record, Style, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nodewatch.documents import Document
    from nodewatch.times import Clock

STATE_STYLES: dict[str, Style] = {
    "not started": "dim",
    "running": "busy",
    "stalled": "warn",
    "finished": "good",
    "finished with failures": "bad",
}
CATEGORY_STYLES: dict[str, Style] = {"in_progress": "busy", "succeeded": "good", "failed": "bad"}
PHASE_COLUMNS = (
    Column("Boot set"),
    Column("Phase"),
    Column("State", wraps=True),
    Column("Not started", 6, right=True),
    Column("In progress", right=True),
    Column("Succeeded", 5, right=True),
    Column("Failed", right=True),
    Column("Excluded", 3, right=True),
    Column("Errors", 4, right=True),
    Column("Started", 2),
    Column("Stopped", 1),
)
STALLED = "Stalled: some nodes have not started, and none is in progress. It is between two phases, or has stopped."


def fields_page(document: Document) -> Page:
    """Return the fields of a document, one a line."""
    return [Fields([(name, as_text(value)) for name, value in document.items()])]


def session_page(document: Document, name: str, clock: Clock) -> Page:
    """Return what one session was asked to do, and what the server's flags say of it; further fields come last."""
    claim = rules.claim_in_words(document)
    shown = {
        "operation",
        "templateName",
        "templateUuid",
        "job",
        "boa_job_name",
        "start_time",
        "stop_time",
        "in_progress",
        "complete",
        "error_count",
    }
    return [
        Fields(
            [
                ("Session", Cell(name, "strong")),
                ("Operation", as_text(document.get("operation"))),
                ("Template", as_text(document.get("templateName") or document.get("templateUuid"))),
                ("Job", as_text(document.get("job") or document.get("boa_job_name"))),
                ("Started", clock.at(document.get("start_time"))),
                ("Stopped", clock.at(document.get("stop_time"))),
                ("Server says", Cell(claim, "warn" if "invalid" in claim else "")),
                ("Errors", Cell(as_text(document.get("error_count")), "bad" if document.get("error_count") else "")),
                *((field, as_text(value)) for field, value in document.items() if field not in shown),
            ]
        ),
        *status_command_lines(name, failed=bool(document.get("error_count"))),
    ]


def status_command_lines(name: str, *, failed: bool = False) -> Page:
    """Return the command for a session's status, with what it is for."""
    why = "see what failed" if failed else "see how far it is"
    return next_steps([(why, f"nodewatch bos v1 session status list {quote(name)}")])


def created_page(document: Document) -> Page:
    """Return the session that was made, and the command that shows how far it is."""
    name = rules.new_id(document)
    page: Page = [
        Fields(
            [
                ("Session", Cell(as_text(name), "strong")),
                ("Operation", as_text(document.get("operation"))),
                ("Template", as_text(document.get("templateName") or document.get("templateUuid"))),
                ("Limit", as_text(document.get("limit"))),
                ("Job", as_text(document.get("job"))),
            ]
        )
    ]
    return page if name is None else [*page, *status_command_lines(name)]


def deleted_page(_document: object) -> Page:
    """Return one empty line, as other formats print it."""
    return [Line(" ")]


def session_status_page(status: Document, parts: rules.BootSets, clock: Clock) -> Page:
    """Return how far a session is: its boot sets phase by phase, every failed node, and where the flags are wrong."""
    known = {name: boot_set for name, boot_set in parts.boot_sets.items() if boot_set is not None}
    phases = [phase for boot_set in known.values() for phase in rules.phases_of(boot_set)]
    metadata = part(status, "metadata")
    unknown = len(parts.boot_sets) - len(known)
    page: Page = [identity_line(as_text(status.get("id")), metadata, phases if known else None, clock, unknown)]
    page.append(boot_sets_grid(parts.boot_sets, clock))
    if parts.template is not None and parts.boot_sets:
        source = f"The status names no boot sets: these are those of the session template {parts.template}."
        page.append(Line(source, "dim"))
    page += stalled_lines(phases) + failure_lines(known)
    if known and not unknown:
        flags = rules.roll_up(map(rules.boot_set_flags, known.values()))
        page += remark_lines("Session", metadata, flags, phases)
    elif metadata.get("complete") is True and metadata.get("in_progress") is True:
        page.append(Line(f"The server says {rules.claim_in_words(metadata)}.", "warn", lead="Session: "))
    return page + boot_set_remark_lines(known)


def boot_set_page(document: Document, session: str, name: str, clock: Clock) -> Page:
    """Return how far a boot set is: its phases by categories, every failed node, and where the flags are wrong."""
    phases, metadata = rules.phases_of(document), part(document, "metadata")
    return [
        identity_line(f"{name} of {session}", metadata, phases, clock),
        boot_sets_grid({name: document}, clock),
        *stalled_lines(phases),
        *failure_lines({name: document}),
        *boot_set_remark_lines({name: document}),
    ]


def phase_page(document: Document, session: str, boot_set: str, name: str, clock: Clock) -> Page:
    """Return a phase: its categories with their nodes folded, its errors, and where the flags are wrong."""
    metadata = part(document, "metadata")
    rows: list[list[str | Cell]] = [
        [category, count_cell(category, nodes), fold(nodes)]
        for category, nodes in rules.nodes_by_one_category(document).items()
    ]
    columns = [Column("Category"), Column("Count", right=True), Column("Nodes", wraps=True)]
    return [
        identity_line(f"{name} of {boot_set} of {session}", metadata, [document], clock),
        Grid(columns, rows),
        *stalled_lines([document]),
        *recorded_error_lines(document, ""),
        *remark_lines(f"{name} of {boot_set}", metadata, rules.phase_flags(document), [document]),
        *doubled_node_lines(document, f"{name} of {boot_set}"),
    ]


def category_page(document: Document, session: str, boot_set: str, phase: str, name: str) -> Page:
    """Return a category's nodes, folded."""
    nodes = names_in(document.get("node_list"))
    page: Page = [Line(f"{name} in {phase} of {boot_set} of {session}: {plural(len(nodes), 'node')}", "strong")]
    return [*page, nodes_below(nodes)] if nodes else page


def identity_line(
    what: str, metadata: Document, phases: Sequence[Document] | None, clock: Clock, unknown: int = 0
) -> Line:
    """Return one line that says what is shown, and how far it is; None for phases of which nothing is known.

    `unknown` is how many boot sets have no status: what the others say is not the whole then.
    """
    state = None if phases is None else rules.boot_state(phases)
    facts = [what, state_in_words(phases or (), state)]
    if unknown:
        facts.append(f"{plural(unknown, 'boot set')} without status")
    for word, field in (("started", "start_time"), ("stopped", "stop_time")):
        facts.append(f"{word} {clock.at(metadata[field])}" if metadata.get(field) else "")
    style = "warn" if unknown else STATE_STYLES[state] if state else "strong"
    return Line("  ".join(fact for fact in facts if fact), style)


def state_in_words(phases: Sequence[Document], state: rules.BootState | None) -> str:
    """Return the state with how many nodes there are, and how many errors; nothing for no state."""
    if state is None:
        return ""
    nodes = {node for phase in phases for found in rules.nodes_by_category(phase).values() for node in found}
    errors = sum(rules.phase_flags(phase).error_count for phase in phases)
    return f"{state}, {plural(len(nodes), 'node')}" + (f", {plural(errors, 'error')}" if errors else "")


def stalled_lines(phases: Sequence[Document]) -> Page:
    """Return what it means to be stalled, where something is."""
    return [Line(STALLED, "warn")] if rules.boot_state(phases) == "stalled" else []


def boot_sets_grid(boot_sets: Mapping[str, Document | None], clock: Clock) -> Grid:
    """Return the boot sets phase by phase; one that stands alone is named above."""
    rows = [row for name, document in boot_sets.items() for row in boot_set_rows(name, document, clock)]
    if len(boot_sets) == 1:
        return Grid(PHASE_COLUMNS[1:], [row[1:] for row in rows], heading=f"Boot set {rows[0][0]}")
    return Grid(PHASE_COLUMNS, rows, empty="Which boot sets it has is not known.")


def boot_set_rows(name: str, document: Document | None, clock: Clock) -> list[list[str | Cell]]:
    """Return a row for the boot set, and one for each of its phases."""
    none = ["-"] * len(rules.CATEGORY_NAMES)
    if document is None:
        return [[name, "-", Cell("no status", "dim"), *none, "-", "", ""]]
    phases, flags = rules.phases_of(document), rules.boot_set_flags(document)
    return [phase_row(name, "all phases", document, phases, flags, none, clock)] + [
        phase_row(name, as_text(phase.get("name")), phase, [phase], rules.phase_flags(phase), count_cells(phase), clock)
        for phase in phases
    ]


def phase_row(
    boot_set: str,
    phase: str,
    document: object,
    phases: Sequence[Document],
    flags: rules.Flags,
    counts: Sequence[str | Cell],
    clock: Clock,
) -> list[str | Cell]:
    """Return a row of a table of phases."""
    state, metadata = rules.boot_state(phases), part(document, "metadata")
    return [
        boot_set,
        phase,
        Cell(state, STATE_STYLES[state]),
        *counts,
        Cell(f"{flags.error_count:,}", "bad" if flags.error_count else "dim"),
        clock.at(metadata.get("start_time")),
        clock.at(metadata.get("stop_time")),
    ]


def count_cells(phase: Document) -> list[Cell]:
    """Return how many nodes are in each category of a phase, no node counted twice."""
    nodes = rules.nodes_by_one_category(phase)
    return [count_cell(name, nodes[name]) for name in rules.CATEGORY_NAMES]


def count_cell(category: str, nodes: Sequence[str]) -> Cell:
    """Return how many nodes are in the category, in its colour unless there are none."""
    return Cell(f"{len(nodes):,}", CATEGORY_STYLES.get(category, "") if nodes else "dim")


def failure_lines(boot_sets: Mapping[str, Document]) -> Page:
    """Return every failed node of every phase, folded, then the errors recorded there with their nodes."""
    page: Page = []
    for name, document in boot_sets.items():
        for phase in rules.phases_of(document):
            where = f"{as_text(phase.get('name'))} of {name}"
            failed = rules.nodes_by_category(phase)["failed"]
            if failed:
                page += [Line(f"Failed in {where}: {plural(len(failed), 'node')}", "bad"), nodes_below(failed)]
            page += recorded_error_lines(phase, f"{where}, ")
    return page


def recorded_error_lines(phase: Document, where: str) -> Page:
    """Return each error that was recorded in a phase, with all its nodes; not each of them need have failed."""
    page: Page = []
    for message, value in part(phase, "errors").items():
        nodes = names_in(value)
        page.append(Line(message, "bad", lead=f"{where}{plural(len(nodes), 'node')}: "))
        if nodes:
            page.append(nodes_below(nodes))
    return page


def boot_set_remark_lines(boot_sets: Mapping[str, Document]) -> Page:
    """Return the remarks on boot sets and their phases."""
    page: Page = []
    for name, document in boot_sets.items():
        phases, metadata = rules.phases_of(document), part(document, "metadata")
        page += remark_lines(f"Boot set {name}", metadata, rules.boot_set_flags(document), phases)
        page += [
            Line(sentence, "warn", lead=f"Boot set {name}: ")
            for sentence in doubt_rules.unclear_phases(document, phases)
        ]
        for phase in phases:
            where = f"{as_text(phase.get('name'))} of {name}"
            page += remark_lines(where, part(phase, "metadata"), rules.phase_flags(phase), [phase])
            page += doubled_node_lines(phase, where)
    return page


def remark_lines(what: str, metadata: Document, flags: rules.Flags, phases: Iterable[Document]) -> Page:
    """Return a line for each thing that the server says of the item and its nodes do not."""
    sentences = rules.find_contradictions(metadata, flags, rules.boot_state(phases))
    return [Line(sentence, "warn", lead=f"{what}: ") for sentence in sentences]


def doubled_node_lines(phase: Document, where: str) -> Page:
    """Return the nodes that stand in more than one category of a phase, and as what they are counted."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for node, found in rules.categories_of_doubled(phase).items():
        groups.setdefault(tuple(found), []).append(node)
    page: Page = []
    for categories, nodes in groups.items():
        counted = next((name for name in rules.CATEGORY_PRECEDENCE if name in categories), categories[0])
        sentence = f"{plural(len(nodes), 'node')} in {' and '.join(categories)} at once, counted as {counted}"
        page += [Line(sentence, "warn", lead=f"{where}: "), nodes_below(nodes)]
    return page


def boot_set_nodes(document: Document) -> Iterator[Record]:
    """Return a row for every node in every phase: the node, the phase, the category."""
    for phase in rules.phases_of(document):
        yield from phase_nodes(phase)


def phase_nodes(document: Document) -> Iterator[Record]:
    """Return a row for every node of a phase, in the order of the categories.

    >>> list(phase_nodes({"name": "boot", "categories": [{"name": "failed", "node_list": ["x1"]}]}))
    [{'node': 'x1', 'phase': 'boot', 'category': 'failed'}]
    """
    for category, nodes in rules.nodes_by_category(document).items():
        yield from ({"node": node, "phase": document.get("name"), "category": category} for node in nodes)


def category_nodes(document: Document) -> Iterator[Record]:
    """Return a row for every node of a category."""
    return ({"node": node, "category": document.get("name")} for node in names_in(document.get("node_list")))
