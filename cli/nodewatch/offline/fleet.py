"""The fleet file: the local store's content as JSON, in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from nodewatch.errors import FileTrouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nodewatch.offline.section import Section
    from nodewatch.offline.store import Store

FORMAT = 1
WORDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


class Entry(NamedTuple):
    """A document of a fleet file, checked: its section, its key in the store, and itself."""

    section: Section
    key: str
    document: Any


def read_fleet(text: str, name: str, sections: Sequence[Section]) -> list[Entry]:
    """Return the checked documents of a fleet file's text; raise `FileTrouble` that names the first wrong place."""
    try:
        fleet = json.loads(text, parse_constant=reject_constant)
    except RecursionError as error:
        raise FileTrouble(f"{name} is nested too deeply to be a fleet file.") from error
    except ValueError as error:
        raise FileTrouble(f"{name} is not JSON: {error}.") from error
    try:
        return list(entries(fleet, sections))
    except ValueError as error:
        end = "" if str(error).endswith("?") else "."
        raise FileTrouble(f"{name} is not a fleet file: {error}{end}") from error


def reject_constant(name: str) -> NoReturn:
    """Raise for NaN and the infinities, which Python reads but JSON does not have."""
    raise ValueError(f"{name} is no number in JSON")


def entries(fleet: Any, sections: Sequence[Section]) -> Iterator[Entry]:
    """Return the documents of a fleet; raise `ValueError` that names the first wrong place."""
    expect(fleet, dict, "the file")
    number = fleet.get("nodewatch", FORMAT)
    if type(number) is not int or number < 1:
        raise ValueError(f"nodewatch: {number!r} is not the number of a format")
    if number > FORMAT:
        raise ValueError(f"nodewatch: format {number} is newer than this program, which reads {FORMAT}: upgrade")
    known = {section.place: section for section in sections}
    groups = {place[: place.rindex(".")] for place in known} | {"bos"}

    def walk(tree: Any, place: str) -> Iterator[Entry]:
        expect(tree, dict, place)
        for name, member in tree.items():
            here = f"{place}.{name}" if place else name
            if here in known:
                yield from documents(known[here], member)
            elif here in groups:
                yield from walk(member, here)
            elif here != "nodewatch":
                import difflib

                near = difflib.get_close_matches(here, [*known, *groups], 1)
                raise ValueError(f"{here}: there is no such section" + (f" (do you mean {near[0]}?)" if near else ""))

    yield from walk(fleet, "")


def documents(section: Section, member: Any) -> Iterator[Entry]:
    """Return the documents of one section; raise `ValueError` that names the first wrong place."""
    place, seen = section.place, set()
    if section.form == "single":
        expect(member, dict, place)
        yield Entry(section, "", member)
        return
    expect(member, list if section.form == "list" else dict, place)
    rows = enumerate(member) if section.form == "list" else member.items()
    for index, document in rows:
        here = f"{place}[{index}]" if section.form == "list" else f"{place}.{index}"
        expect(document, dict, here)
        for field, kind in section.fields.items():
            if document.get(field) is not None:
                expect(document[field], kind, f"{here}.{field}")
        key = own_key(section, document, here) if section.form == "list" else str(index)
        if key in seen:
            raise ValueError(f"{here}.{section.field}: {document[section.field]!r} is there twice")
        seen.add(key)
        yield Entry(section, key, document)


def own_key(section: Section, document: dict[str, Any], here: str) -> str:
    """Return the key that a document of a list carries: its id, or its name and tenant."""
    name = document.get(section.field)
    if not isinstance(name, str) or not name:
        raise ValueError(f"{here}.{section.field}: a text is missing")
    if section.field == "id":
        return name
    from nodewatch.offline.store import owned_key

    return owned_key(name, document.get("tenant"))


def expect(value: Any, kind: type | tuple[type, ...], place: str) -> None:
    """Raise `ValueError` if the value is not of the kind; true is no whole number."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        from nodewatch.backend import kind as named

        raise ValueError(f"{place}: {WORDS[kind] if isinstance(kind, type) else kind} is needed, not {named(value)}")


def put(store: Store, entry: Entry) -> None:
    """Store one document, as its slice wants it."""
    section = entry.section
    if section.put is None:
        store.put(section.collection, entry.key, entry.document)
    else:
        section.put(store, entry.key, entry.document)


def fill(store: Store, found: Iterable[Entry], *, merge: bool = False) -> None:
    """Put all documents into the store in one transaction, in place of its content, or with `merge` beside it.

    Raise `FileTrouble` for a document that is nested too deeply to be written.
    """
    try:
        with store.changing():
            if not merge:
                store.clear()
            for entry in found:
                put(store, entry)
    except RecursionError as error:
        raise FileTrouble("A document is nested too deeply to be stored; nothing was changed.") from error


def dump(store: Store, sections: Sequence[Section]) -> dict[str, Any]:
    """Return the store's content as a fleet file's document, each collection in the order it was loaded."""
    fleet: dict[str, Any] = {"nodewatch": FORMAT}
    with store.reading():
        for section in sections:
            rows = [(key, json.loads(text)) for key, text in store.dump(section.collection)]
            if rows:
                *groups, name = section.place.split(".")
                tree = fleet
                for group in groups:
                    tree = tree.setdefault(group, {})
                content = {"list": [row[1] for row in rows], "map": dict(rows), "single": rows[0][1]}
                tree[name] = content[section.form]
    return fleet
