"""What the options of a command line ask of a list, and what is shown of it then: pure, nothing is printed here."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from nodewatch.documents import as_text
from nodewatch.errors import WrongUsage
from nodewatch.lists.conditions import comparisons, condition_test, read_condition, read_value
from nodewatch.lists.listing import (
    COMPARABLE,
    Attribute,
    Listing,
    Row,
    Row_contra,
    cells,
    flat_value,
    normalized_column,
    value_text,
)
from nodewatch.lists.query import Both, Comparison, wildcard, without_backslashes
from nodewatch.nodes.nodeset import fold, natural
from nodewatch.table import Column, Grid, Line, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nodewatch.app import Flags
    from nodewatch.lists.conditions import Test
    from nodewatch.lists.query import Condition
    from nodewatch.table import Record
    from nodewatch.times import Clock

    Order = Sequence[tuple[str, bool]]

Row_co = TypeVar("Row_co", covariant=True)


class View(NamedTuple, Generic[Row_contra]):
    """What the options of a command line ask of a list: only some records, in an order, some columns, or counts.

    `order` names columns, each with whether the largest comes first; of counts, those of the counts.
    """

    listing: Listing[Row_contra]
    conditions: Sequence[Condition] = ()
    order: Order = ()
    columns: Sequence[Attribute[Row_contra]] = ()
    counted: Sequence[Attribute[Row_contra]] = ()
    headings: bool = True

    @property
    def flat(self) -> bool:
        """Whether records or counts of our own are asked for, instead of the service's documents."""
        return bool(self.columns or self.counted)


def read_view(listing: Listing[Row], flags: Flags) -> View[Row]:
    """Return what the options ask of the list; raise `WrongUsage` for what it cannot show."""
    counted = read_columns(listing, flags.get("count_by"), "--count-by")
    columns = read_columns(listing, flags.get("columns"), "--columns")
    if counted and columns:
        raise WrongUsage("--columns and --count-by do not go together: counts have the columns that are counted by.")
    conditions = [read_condition(listing, each) for each in (*flags.get("filter", ()), *flags.get("also", ()))]
    sort = flags.get("sort")
    order = read_order(Listing(count_columns(counted), None, ""), sort) if counted else read_order(listing, sort)
    return View(listing, conditions, order, columns, counted, not flags.get("no_headings"))


def read_columns(listing: Listing[Row], given: str | None, option: str) -> list[Attribute[Row]]:
    """Return the attributes that a comma list names; raise `WrongUsage` if one is unknown, or empty."""
    if given is None:
        return []
    try:
        return list(dict.fromkeys(map(listing.find, given.split(","))))
    except WrongUsage as error:
        raise WrongUsage(f"{option}: {error.message}") from error


def read_order(listing: Listing[Row], given: str | None) -> Order:
    """Return the columns to sort by, with whether the largest comes first."""
    if given is None:
        return []
    keys = [key.strip() for key in given.split(",")]
    columns = read_columns(listing, ",".join(key.removeprefix("-") for key in keys), "--sort")
    found = {listing.find(key.removeprefix("-")): key.startswith("-") for key in keys}
    return [(column.name, found[column]) for column in columns]


def filter_records(view: View[Row], records: Iterable[Row], clock: Clock) -> list[Row]:
    """Return the records for which all conditions hold."""
    found = records
    for condition in view.conditions:
        fits = condition_test(condition, view.listing)
        found = [record for record in found if fits(record, clock)]
    return list(found)


def select_records(view: View[Row], records: Iterable[Row], clock: Clock, *, ordered: bool) -> list[Row]:
    """Return the records that fit, sorted as was asked for; as tables have them if nothing was, and `ordered`."""
    found = filter_records(view, records, clock)
    if view.counted:
        return found
    order = view.order or (read_order(view.listing, view.listing.order) if ordered else ())
    return sort_records(view.listing, found, order, clock)


def sort_records(listing: Listing[Row], records: list[Row], order: Order, clock: Clock) -> list[Row]:
    """Return the records in the order; those without a value come last, whichever way it goes."""
    attributes = {attribute.name: attribute for attribute in listing.attributes}
    for name, backwards in reversed(order):
        keyed = [(sort_key(attributes[name], record, clock), record) for record in records]
        full = [pair for pair in keyed if pair[0] is not None]
        full.sort(key=itemgetter(0), reverse=backwards)
        records = [record for _, record in full] + [record for key, record in keyed if key is None]
    return records


def sort_key(attribute: Attribute[Row], record: Row, clock: Clock) -> tuple[str, str] | str | float | None:
    """Return what the attribute sorts by: names by their numbers as numbers, numbers as such; None for no value."""
    value = COMPARABLE[attribute.kind](attribute.value(record, clock))
    if attribute.kind == "text":
        return natural(str(value)) if value else None
    return value


class CountedGroup(NamedTuple, Generic[Row_co]):
    """Records that are alike in what is counted by: one of them, and the names of all."""

    sample: Row_co
    names: list[str]


COUNT: Attribute[CountedGroup[object]] = Attribute(
    "count", "how many there are", lambda group, _: len(group.names), Column("Count", right=True), kind="number"
)


def of_sample(attribute: Attribute[Row]) -> Attribute[CountedGroup[Row]]:
    """Return the attribute of a record as one of a group of records that are alike in it."""
    show = attribute.show
    return Attribute(
        attribute.name,
        attribute.means,
        lambda group, clock: attribute.value(group.sample, clock),
        Column(
            attribute.heading, right=attribute.kind == "number", wraps=bool(attribute.column and attribute.column.wraps)
        ),
        None if show is None else lambda group, clock: show(group.sample, clock),
        attribute.kind,
    )


def count_columns(counted: Sequence[Attribute[Row]]) -> list[Attribute[CountedGroup[Row]]]:
    """Return the columns of counts: what is counted by, and how many records are alike in it."""
    return [*map(of_sample, counted), COUNT]


def count_by(
    view: View[Row], records: Iterable[Row], clock: Clock
) -> tuple[View[CountedGroup[Row]], list[CountedGroup[Row]]]:
    """Return what is shown of counts, and how many records are alike in what is counted by, the most first."""
    first = view.listing.attributes[0]
    groups: dict[tuple[str, ...], CountedGroup[Row]] = {}
    for record in records:
        key = tuple([as_text(flat_value(attribute, record, clock)) for attribute in view.counted])
        if key not in groups:
            groups[key] = CountedGroup(record, [])
        groups[key].names.append(as_text(first.value(record, clock)))
    names: Attribute[CountedGroup[object]] = Attribute(
        normalized_column(first.heading) + "s",
        "which ones, folded",
        lambda group, _: fold(group.names),
        Column(first.heading + "s", 1, wraps=True),
        flat=False,
    )
    listing = Listing([*count_columns(view.counted), names], None, view.listing.empty)
    usual = [(COUNT.name, True), *((attribute.name, False) for attribute in view.counted)]
    counts = sort_records(listing, list(groups.values()), view.order or usual, clock)
    return View(listing, headings=view.headings), counts


def list_page(view: View[Row], records: Sequence[Row], clock: Clock) -> Page:
    """Return chosen records as a table: of the columns that were asked for, else of the usual ones.

    What was asked for neither leaves a narrow terminal nor moves to the heading. Without headings there are rows only.
    """
    if view.counted:
        return list_page(*count_by(view, records, clock), clock)
    listing = view.listing
    drawn = view.columns or [attribute for attribute in listing.attributes if attribute.column]
    fixed = bool(view.columns) or not view.headings
    rows = list(zip(*(cells(attribute, records, clock) for attribute in drawn), strict=True))
    heads = [as_column(attribute, fixed=fixed, headed=view.headings) for attribute in drawn]
    grid = Grid(heads, rows, empty=listing.empty if view.headings else "")
    return [grid] if fixed or listing.framed is None else listing.framed(grid, records, clock)


def flat_rows(view: View[Row], records: Sequence[Row], clock: Clock) -> tuple[list[str], list[Record]]:
    """Return chosen records as CSV and flat JSON have them: the names of the columns, and a flat record each."""
    if view.counted:
        return flat_rows(*count_by(view, records, clock), clock)
    kept = view.columns or [attribute for attribute in view.listing.attributes if attribute.flat]
    rows: list[Record] = [{each.name: flat_value(each, record, clock) for each in kept} for record in records]
    return [attribute.name for attribute in kept], rows


def record_names(view: View[Row], records: Iterable[Row], clock: Clock) -> Iterator[str]:
    """Return the names of chosen records."""
    first = view.listing.attributes[0]
    return (value_text(first, record, clock) for record in records)


def usual_page(listing: Listing[Row], records: Iterable[Row], clock: Clock) -> Page:
    """Return the records as the table that is shown when nothing is asked of it."""
    view = View(listing)
    return list_page(view, select_records(view, records, clock, ordered=True), clock)


def as_column(attribute: Attribute[Row], *, fixed: bool, headed: bool) -> Column:
    """Return how the attribute's column is drawn."""
    column = attribute.column or Column(attribute.heading, right=attribute.kind in ("number", "duration"))
    if fixed:
        column = column._replace(gives_way=0, shares=False)
    return column if headed else column._replace(name="")


def needed_members(view: View[Row], style: str) -> Sequence[str]:
    """Return the members of documents that are looked at; none of them stands for the whole documents."""
    listing = view.listing
    if style not in ("table", "csv", "tsv", "names") and not view.flat:
        return ()
    kept = view.counted or view.columns
    if not kept and style == "table":
        kept = [attribute for attribute in listing.attributes if attribute.column]
    elif not kept and style != "names":
        kept = [attribute for attribute in listing.attributes if attribute.flat]
    order = () if view.counted else view.order or read_order(listing, listing.order)
    used = [listing.attributes[0], *kept, *filtered_attributes(view), *(listing.find(name) for name, _ in order)]
    return tuple(dict.fromkeys(name for attribute in used for name in attribute.looks_at))


def filtered_attributes(view: View[Row]) -> list[Attribute[Row]]:
    """Return the attributes that the conditions look at."""
    return [view.listing.find(each.column) for condition in view.conditions for each in comparisons(condition)]


def record_test(view: View[Row]) -> tuple[Test[Row], Sequence[str]] | None:
    """Return the test whether a record fits, and the members of documents that it looks at; None for no conditions.

    None also where a condition looks at something whose members are not told.
    """
    looked_at = filtered_attributes(view)
    if not looked_at or not all(attribute.looks_at for attribute in looked_at):
        return None
    fits = condition_test(Both(tuple(view.conditions)), view.listing)
    return fits, [name for attribute in looked_at for name in attribute.looks_at]


def server_filters(view: View[Row]) -> dict[str, str | float]:
    """Return what of the conditions the server itself can filter by, by the names of its filters.

    Only what must hold in any case, and only words that there are: a server's filters know no `*`, and take notice of
    upper and lower case.
    """
    found: dict[str, str | float] = {}
    for condition in view.conditions:
        for each in condition.parts if isinstance(condition, Both) else (condition,):
            if not isinstance(each, Comparison) or each.operator != "=" or not each.value or wildcard(each.value):
                continue
            attribute = view.listing.find(each.column)
            if attribute.asked and (attribute.words or attribute.kind == "truth"):
                found.setdefault(attribute.asked, read_value(attribute, without_backslashes(each.value)))
    return found


def columns_help(listing: Listing[Row]) -> Page:
    """Return the columns of a list with what they mean."""
    columns = [Column("Column"), Column("Means", wraps=True)]
    rows = [[attribute.name, attribute.means] for attribute in listing.attributes]
    return [
        Grid(columns, rows),
        Line("A table's headings, and unambiguous beginnings, are understood too.", "dim"),
    ]
