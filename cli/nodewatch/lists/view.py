"""What the options of a command line ask of a list, and what is shown of it then: pure, nothing is printed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.documents import as_text
from nodewatch.errors import WrongUsage
from nodewatch.lists.conditions import comparisons, condition_test, read_condition, read_value
from nodewatch.lists.listing import (
    COMPARABLE,
    Attribute,
    Listing,
    cells,
    flat_value,
    normalized_column,
    value_text,
)
from nodewatch.lists.query import Both, Comparison, wildcard, without_backslashes
from nodewatch.nodes.nodeset import fold, natural
from nodewatch.table import Column, Grid, Line, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nodewatch.lists.query import Condition
    from nodewatch.table import Record
    from nodewatch.times import Clock


class View(NamedTuple):
    """What the options of a command line ask of a list: only some records, in an order, some columns, or counts."""

    listing: Listing
    conditions: Sequence[Condition] = ()
    order: Sequence[tuple[Attribute, bool]] = ()
    columns: Sequence[Attribute] = ()
    counted: Sequence[Attribute] = ()
    headings: bool = True

    @property
    def flat(self) -> bool:
        """Whether records or counts of our own are asked for, instead of the service's documents."""
        return bool(self.columns or self.counted)


def read_view(listing: Listing, flags: Mapping[str, Any]) -> View:
    """Return what the options ask of the list; raise `WrongUsage` for what it cannot show."""
    counted = read_columns(listing, flags.get("count_by"), "--count-by")
    columns = read_columns(listing, flags.get("columns"), "--columns")
    if counted and columns:
        raise WrongUsage("--columns and --count-by do not go together: counts have the columns that are counted by.")
    conditions = [read_condition(listing, each) for each in (*flags.get("filter", ()), *flags.get("also", ()))]
    of_counts = Listing([*counted, COUNT], "", "") if counted else listing
    order = read_order(of_counts, flags.get("sort"))
    return View(listing, conditions, order, columns, counted, not flags.get("no_headings"))


def read_columns(listing: Listing, given: str | None, option: str) -> list[Attribute]:
    """Return the attributes that a comma list names; raise `WrongUsage` if one is unknown, or empty."""
    if given is None:
        return []
    try:
        return list(dict.fromkeys(map(listing.find, given.split(","))))
    except WrongUsage as error:
        raise WrongUsage(f"{option}: {error.message}") from error


def read_order(listing: Listing, given: str | None) -> list[tuple[Attribute, bool]]:
    """Return the attributes to sort by, with whether the largest comes first."""
    if given is None:
        return []
    keys = [key.strip() for key in given.split(",")]
    names = read_columns(listing, ",".join(key.removeprefix("-") for key in keys), "--sort")
    found = {listing.find(key.removeprefix("-")): key.startswith("-") for key in keys}
    return [(name, found[name]) for name in names]


def filter_records(view: View, records: Iterable[Any], clock: Clock) -> list[Any]:
    """Return the records for which all conditions hold."""
    found = records
    for condition in view.conditions:
        found = filter(condition_test(condition, view.listing, clock), found)
    return list(found)


def select_records(view: View, records: Iterable[Any], clock: Clock, *, ordered: bool) -> list[Any]:
    """Return the records that fit, sorted as was asked for; as tables have them if nothing was, and `ordered`."""
    found = filter_records(view, records, clock)
    if view.counted:
        return found
    return sort_records(found, view.order or (read_order(view.listing, view.listing.order) if ordered else ()), clock)


def sort_records(records: list[Any], order: Sequence[tuple[Attribute, bool]], clock: Clock) -> list[Any]:
    """Return the records in the order; those without a value come last, whichever way it goes."""
    for attribute, backwards in reversed(order):
        keyed = [(sort_key(attribute, record, clock), record) for record in records]
        full = [pair for pair in keyed if pair[0] is not None]
        full.sort(key=lambda pair: pair[0], reverse=backwards)
        records = [record for _, record in full] + [record for key, record in keyed if key is None]
    return records


def sort_key(attribute: Attribute, record: Any, clock: Clock) -> Any:
    """Return what the attribute sorts by: names by their numbers as numbers, numbers as such; None for no value."""
    value = COMPARABLE[attribute.kind](attribute.value(record, clock))
    if attribute.kind == "text":
        return natural(value) if value else None
    return value


class CountedGroup(NamedTuple):
    """Records that are alike in what is counted by: one of them, and the names of all."""

    sample: Any
    names: list[str]


COUNT = Attribute(
    "count", "how many there are", lambda group, _: len(group.names), Column("Count", right=True), kind="number"
)


def of_sample(attribute: Attribute) -> Attribute:
    """Return the attribute of a record as one of a group of records that are alike in it."""
    show = attribute.show
    return attribute._replace(
        value=lambda group, clock: attribute.value(group.sample, clock),
        show=show and (lambda group, clock: show(group.sample, clock)),
        flat=True,
        column=Column(
            attribute.heading, right=attribute.kind == "number", wraps=bool(attribute.column and attribute.column.wraps)
        ),
    )


def count_by(view: View, records: Iterable[Any], clock: Clock) -> tuple[Listing, list[CountedGroup]]:
    """Return a list of how many of the records are alike in what is counted by, the largest number first."""
    first = view.listing.attributes[0]
    groups: dict[tuple[str, ...], CountedGroup] = {}
    for record in records:
        key = tuple([as_text(flat_value(attribute, record, clock)) for attribute in view.counted])
        if key not in groups:
            groups[key] = CountedGroup(record, [])
        groups[key].names.append(as_text(first.value(record, clock)))
    counted = {attribute: of_sample(attribute) for attribute in view.counted}
    names = Attribute(
        normalized_column(first.heading) + "s",
        "which ones, folded",
        lambda group, _: fold(group.names),
        Column(first.heading + "s", 1, wraps=True),
        flat=False,
    )
    listing = Listing([*counted.values(), COUNT, names], "", view.listing.empty)
    usual = [(attribute, False) for attribute in counted.values()]
    order = [(counted.get(attribute, attribute), backwards) for attribute, backwards in view.order]
    return listing, sort_records(list(groups.values()), order or [(COUNT, True), *usual], clock)


def shown_rows(view: View, records: Iterable[Any], clock: Clock) -> tuple[Listing, Sequence[Any], Sequence[Attribute]]:
    """Return what is shown of chosen records: they, or their counts; and which columns, none if none were asked for."""
    if view.counted:
        listing, groups = count_by(view, records, clock)
        return listing, groups, ()
    return view.listing, list(records), view.columns


def list_page(view: View, records: Iterable[Any], clock: Clock) -> Page:
    """Return chosen records as a table: of the columns that were asked for, else of the usual ones.

    What was asked for neither leaves a narrow terminal nor moves to the heading. Without headings there are rows only.
    """
    listing, found, columns = shown_rows(view, records, clock)
    drawn = columns or [attribute for attribute in listing.attributes if attribute.column]
    fixed = bool(columns) or not view.headings
    rows = list(zip(*(cells(attribute, found, clock) for attribute in drawn), strict=True))
    heads = [as_column(attribute, fixed=fixed, named=view.headings) for attribute in drawn]
    grid = Grid(heads, rows, empty=listing.empty if view.headings else "")
    return [grid] if fixed or listing.framed is None else listing.framed(grid, found, clock)


def flat_rows(view: View, records: Iterable[Any], clock: Clock) -> tuple[list[str], list[Record]]:
    """Return chosen records as CSV and flat JSON have them: the names of the columns, and a flat record each."""
    listing, found, columns = shown_rows(view, records, clock)
    kept = columns or [attribute for attribute in listing.attributes if attribute.flat]
    rows: list[Record] = [{each.name: flat_value(each, record, clock) for each in kept} for record in found]
    return [attribute.name for attribute in kept], rows


def record_names(view: View, records: Iterable[Any], clock: Clock) -> Iterator[str]:
    """Return the names of chosen records."""
    first = view.listing.attributes[0]
    return (value_text(first, record, clock) for record in records)


def usual_page(listing: Listing, records: Iterable[Any], clock: Clock) -> Page:
    """Return the records as the table that is shown when nothing is asked of it."""
    view = View(listing)
    return list_page(view, select_records(view, records, clock, ordered=True), clock)


def as_column(attribute: Attribute, *, fixed: bool, named: bool) -> Column:
    """Return how the attribute's column is drawn."""
    column = attribute.column or Column(attribute.heading, right=attribute.kind in ("number", "duration"))
    if fixed:
        column = column._replace(leaves=0, shares=False)
    return column if named else column._replace(name="")


def needed_members(view: View, style: str) -> Sequence[str]:
    """Return the members of documents that are looked at; none of them stands for the whole documents."""
    listing = view.listing
    if style not in ("table", "csv", "tsv", "names") and not view.flat:
        return ()
    kept = view.counted or view.columns
    if not kept and style == "table":
        kept = [attribute for attribute in listing.attributes if attribute.column]
    elif not kept and style != "names":
        kept = [attribute for attribute in listing.attributes if attribute.flat]
    filtered = filtered_attributes(view)
    order = [attribute for attribute, _ in view.order or read_order(listing, listing.order) if attribute is not COUNT]
    used = [listing.attributes[0], *kept, *filtered, *order]
    return tuple(dict.fromkeys(name for attribute in used for name in attribute.looks_at))


def filtered_attributes(view: View) -> list[Attribute]:
    """Return the attributes that the conditions look at."""
    return [view.listing.find(each.column) for condition in view.conditions for each in comparisons(condition)]


def record_test(view: View, clock: Clock) -> tuple[Callable[[Any], bool], Sequence[str]] | None:
    """Return the test whether a record fits, and the members of documents that it looks at; None for no conditions.

    None also where a condition looks at something whose members are not told.
    """
    looked_at = filtered_attributes(view)
    if not looked_at or not all(attribute.looks_at for attribute in looked_at):
        return None
    fits = condition_test(Both(tuple(view.conditions)), view.listing, clock)
    return fits, [name for attribute in looked_at for name in attribute.looks_at]


def server_filters(view: View) -> dict[str, str]:
    """Return what of the conditions the server itself can filter by, by the names of its filters.

    Only what must hold in any case, and only words that there are: a server's filters know no `*`, and take notice of
    upper and lower case.
    """
    found: dict[str, str] = {}
    for condition in view.conditions:
        for each in condition.parts if isinstance(condition, Both) else (condition,):
            if not isinstance(each, Comparison) or each.operator != "=" or not each.value or wildcard(each.value):
                continue
            attribute = view.listing.find(each.column)
            if attribute.asked and (attribute.words or attribute.kind == "truth"):
                found.setdefault(attribute.asked, read_value(attribute, without_backslashes(each.value)))
    return found


def columns_help(listing: Listing) -> Page:
    """Return the columns of a list with what they mean."""
    columns = [Column("Column"), Column("Means", wraps=True)]
    rows = [[attribute.name, attribute.means] for attribute in listing.attributes]
    return [
        Grid(columns, rows),
        Line("A table's headings, and unambiguous beginnings, are understood too.", "dim"),
    ]
