"""What a list shows, described once: tables, CSV, --filter, --sort, --columns and --count-by all go by that.

A slice describes each of its lists as a `Listing` of `Attribute`s, beside its tables. What the options of a command
line ask of it is in `view`, what --filter means in `conditions`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from nodewatch.documents import as_text, part
from nodewatch.errors import WrongUsage
from nodewatch.nodes.places import place_of
from nodewatch.times import span, utc_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nodewatch.documents import Document
    from nodewatch.table import Cell, Column, Grid, Page
    from nodewatch.times import Clock

Row = TypeVar("Row")
Row_contra = TypeVar("Row_contra", contravariant=True)
NUMBERS = (int, float)
ValueKind = Literal["text", "number", "duration", "time", "truth"]


class At:
    """The value of an attribute that stands at a place in the document; None where there is none.

    >>> At("last_action", "action")({"last_action": {"action": "powering_on"}}, None)
    'powering_on'
    """

    def __init__(self, *path: str) -> None:
        *self.parts, self.name = path

    def __call__(self, document: Document, _clock: object) -> object:
        """Return the value in the document."""
        for name in self.parts:
            document = part(document, name)
        return document.get(self.name)

    @property
    def needs(self) -> tuple[str, ...]:
        """The member of the document that it looks at, with dots."""
        return (".".join([*self.parts, self.name]),)


class Attribute(NamedTuple, Generic[Row_contra]):
    """What can be shown of each record of a list: a column of tables and CSV, a name in --filter, --sort, --count-by.

    `value` gives it, as JSON has it; None where there is none. Of the kind `time` it is the server's text, of the kind
    `duration` seconds. `column` says how a table has it that was not asked for certain columns, None that it is left
    out there; `show` makes its cell where the value alone does not. `flat` tells whether CSV has it unasked. `words`
    are all values that there can be, where that is known. `needs` names the members of documents that are looked at,
    `asked` the filter that the server itself has for it.
    """

    name: str
    means: str
    value: Callable[[Row_contra, Clock], object]
    column: Column | None = None
    show: Callable[[Row_contra, Clock], str | Cell] | None = None
    kind: ValueKind = "text"
    words: Sequence[str] = ()
    needs: Sequence[str] = ()
    asked: str = ""
    flat: bool = True

    @property
    def heading(self) -> str:
        """Its heading in a table."""
        return self.column.name if self.column else self.name[:1].upper() + self.name[1:].replace("_", " ")

    @property
    def looks_at(self) -> Sequence[str]:
        """The members of documents that it looks at."""
        return self.needs or (self.value.needs if isinstance(self.value, At) else ())


def place_attributes(name: At) -> list[Attribute[Document]]:
    """Return the attributes that say where a node of an HPE Cray system is, by the xname that `name` gives."""
    return [
        Attribute(level, means, partial(place_at_level, name, level), needs=name.needs, flat=False)
        for level, means in (
            ("cabinet", "the cabinet of the node, such as x1000"),
            ("chassis", "its chassis, such as x1000c2"),
            ("slot", "its slot, which is its blade, such as x1000c2s3"),
            ("board", "its board, such as x1000c2s3b0"),
            ("bmc", "the controller of its board, which has the board's name"),
        )
    ]


def place_at_level(name: At, level: str, document: Document, clock: Clock) -> str:
    """Return the place of the document's node at that level; empty where its name is no xname."""
    return place_of(as_text(name(document, clock)), level)


class Listing(NamedTuple, Generic[Row_contra]):
    """A list: what it shows of each record, the first of it being the record's name.

    `order` is how a table sorts it, as --sort has it (None: not at all); `empty` is said when there are no records.
    `framed` makes the page of the usual table and its records, where more than the table stands on it.
    """

    attributes: Sequence[Attribute[Row_contra]]
    order: str | None
    empty: str
    framed: Callable[[Grid, Sequence[Row_contra], Clock], Page] | None = None

    def find(self, name: str) -> Attribute[Row_contra]:
        """Return the attribute of that name, of that heading, or that alone begins so; raise `WrongUsage` for none."""
        wanted = normalized_column(name)
        names = {normalized_column(attribute.name): attribute for attribute in self.attributes}
        headings = {normalized_column(attribute.heading): attribute for attribute in self.attributes}
        if wanted in names or wanted in headings:
            return names.get(wanted) or headings[wanted]
        found = {
            attribute.name: attribute
            for known in (names, headings)
            for start, attribute in known.items()
            if wanted and start.startswith(wanted)
        }
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise WrongUsage(f"{name!r} may mean {' or '.join(found)}: write more of it.")
        raise WrongUsage(f"there is no column {name!r}. {self.named()}")

    def named(self) -> str:
        """Return the sentence that names the columns."""
        return f"The columns are {', '.join(attribute.name for attribute in self.attributes)}."


def normalized_column(name: str) -> str:
    """Return the name of a column without what people write differently.

    >>> normalized_column("Last action"), normalized_column("last_action"), normalized_column("errorMessage")
    ('last_action', 'last_action', 'errormessage')
    """
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def flat_value(attribute: Attribute[Row], record: Row, clock: Clock) -> object:
    """Return the attribute's value as CSV and flat JSON have it: times in UTC (RFC 3339), durations in seconds."""
    value = attribute.value(record, clock)
    if value is None:
        return None
    if attribute.kind == "time":
        return utc_stamp(value)
    return round(value) if attribute.kind == "duration" and isinstance(value, NUMBERS) else value


def as_truth(value: object) -> bool | None:
    """Return the value if it is true or false, else None."""
    return value if isinstance(value, bool) else None


def as_number(value: object) -> float | None:
    """Return the value if it is a number, else None."""
    return value if isinstance(value, NUMBERS) and not isinstance(value, bool) else None


# By the kind of a value, as what it is compared: texts in one case; None where it is none of its kind.
COMPARABLE: dict[ValueKind, Callable[[object], str | float | None]] = {
    "text": lambda value: as_text(value).casefold(),
    "number": as_number,
    "duration": as_number,
    "time": lambda value: utc_stamp(value) or None,
    "truth": as_truth,
}


def value_text(attribute: Attribute[Row], record: Row, clock: Clock) -> str:
    """Return the attribute's value as a text that patterns are held against."""
    value = flat_value(attribute, record, clock)
    if isinstance(value, bool):
        return "true" if value else "false"
    return as_text(value)


def cells(attribute: Attribute[Row], records: Sequence[Row], clock: Clock) -> list[str | Cell]:
    """Return the attribute of each record as a table shows it."""
    if attribute.show is not None:
        return [attribute.show(record, clock) for record in records]
    values = (attribute.value(record, clock) for record in records)
    match attribute.kind:
        case "time":
            return [clock.at(value) for value in values]
        case "duration":
            return [spell_duration(value) if isinstance(value, NUMBERS) else "" for value in values]
    return [as_text(value) for value in values]


def spell_duration(seconds: float) -> str:
    """Return a duration in seconds as the tables write it."""
    from datetime import timedelta

    return span(timedelta(seconds=round(seconds)))
