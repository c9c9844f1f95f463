"""The fleet file: the local store's content as JSON, in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import FileTrouble
from nodewatch.jsontext import parse_json
from nodewatch.offline.section import SAVED, UNASKED, Section
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nodewatch.offline.store import Store

FLEET_FORMAT = 1
KIND_WORDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


class Entry(NamedTuple):
    """A document of a fleet file, checked: its section, its key in the store, and itself."""

    section: Section
    key: str
    document: Any


def read_fleet(text: str, name: str, sections: Sequence[Section]) -> list[Entry]:
    """Return the checked documents of a fleet file's text; raise `FileTrouble` that names the first wrong place."""
    try:
        fleet = parse_json(text)
    except RecursionError as error:
        raise FileTrouble(f"{name} is nested too deeply to be a fleet file.") from error
    except ValueError as error:
        raise FileTrouble(f"{name} is not JSON: {error}.") from error
    try:
        return list(entries(fleet, sections))
    except ValueError as error:
        end = "" if str(error).endswith("?") else "."
        raise FileTrouble(f"{name} is not a fleet file: {error}{end}") from error


def entries(fleet: Any, sections: Sequence[Section]) -> Iterator[Entry]:
    """Return the documents of a fleet; raise `ValueError` that names the first wrong place."""
    expect_kind(fleet, dict, "the file")
    number = fleet.get("nodewatch", FLEET_FORMAT)
    if type(number) is not int or number < 1:
        raise ValueError(f"nodewatch: {number!r} is not the number of a format")
    if number > FLEET_FORMAT:
        raise ValueError(f"nodewatch: format {number} is newer than this program, which reads {FLEET_FORMAT}: upgrade")
    known = {section.place: section for section in (*sections, UNASKED)}
    groups = {place.rpartition(".")[0] for place in known} | {"bos"}

    def walk(tree: Any, place: str) -> Iterator[Entry]:
        expect_kind(tree, dict, place)
        for name, member in tree.items():
            here = f"{place}.{name}" if place else name
            if here in known:
                yield from documents(known[here], member)
            elif here in groups:
                yield from walk(member, here)
            elif here == SAVED.place:
                expect_kind(member, str, here)
                if read_time(member) is None:
                    raise ValueError(f"{here}: {member!r} is not a time such as 2026-11-25T23:15:30Z")
                yield Entry(SAVED, "", {"at": member})
            elif here != "nodewatch":
                import difflib

                near = difflib.get_close_matches(here, [*known, *groups], 1)
                raise ValueError(f"{here}: there is no such section" + (f" (do you mean {near[0]}?)" if near else ""))

    yield from walk(fleet, "")


def documents(section: Section, member: Any) -> Iterator[Entry]:
    """Return the documents of one section; raise `ValueError` that names the first wrong place."""
    seen: set[str] = set()
    for index, document in section_documents(section, member):
        yield checked_entry(section, index, document, seen)


def section_documents(section: Section, member: Any) -> Iterable[tuple[int | str, Any]]:
    """Return the documents of one section, each with its index or key; raise `ValueError` if it has another form."""
    expect_kind(member, list if section.form == "list" else dict, section.place)
    if section.form == "single":
        return [("", member)]
    return enumerate(member) if section.form == "list" else member.items()


def checked_entry(section: Section, index: int | str, document: Any, seen: set[str]) -> Entry:
    """Return a document's entry and add its key to those seen; raise `ValueError` that names what is wrong in it."""
    here = section.place + (f"[{index}]" if section.form == "list" else f".{index}" if index else "")
    expect_kind(document, dict, here)
    for field, kind in section.fields.items():
        if document.get(field) is not None:
            expect_kind(document[field], kind, f"{here}.{field}")
    key = own_key(section, document, here) if section.form == "list" else str(index)
    if key in seen:
        raise ValueError(f"{here}.{section.field}: {document[section.field]!r} is there twice")
    seen.add(key)
    return Entry(section, key, document)


def loadable(fleet: dict[str, Any], sections: Sequence[Section]) -> tuple[dict[str, Any], list[str]]:
    """Return the fleet without what `read_fleet` would refuse, and a sentence about each document that was left out."""
    kept: dict[str, Any] = {name: fleet[name] for name in ("nodewatch", SAVED.place) if name in fleet}
    faults: list[str] = []
    for section in (*sections, UNASKED):
        *groups, name = section.place.split(".")
        source: Any = fleet
        for group in groups:
            source = source.get(group, {})
        if name not in source:
            continue
        good: list[tuple[int | str, Any]] = []
        seen: set[str] = set()
        for index, document in section_documents(section, source[name]):
            try:
                checked_entry(section, index, document, seen)
                json.dumps(document, allow_nan=False)
                good.append((index, document))
            except RecursionError:
                faults.append(f"{section.place}, {index}: it is nested too deeply")
            except ValueError as error:
                faults.append(
                    str(error) if str(error).startswith(section.place) else f"{section.place}, {index}: {error}"
                )
        put_into_fleet(kept, section, good)
    return kept, faults


def put_into_fleet(fleet: dict[str, Any], section: Section, documents: Sequence[tuple[int | str, Any]]) -> None:
    """Put the documents of a section where they stand in a fleet; of one that has a single document, if it is there."""
    *groups, name = section.place.split(".")
    for group in groups:
        fleet = fleet.setdefault(group, {})
    if section.form == "single":
        fleet.update([(name, document) for _, document in documents])
    else:
        fleet[name] = [document for _, document in documents] if section.form == "list" else dict(documents)


def own_key(section: Section, document: dict[str, Any], here: str) -> str:
    """Return the key that a document of a list carries: its id, or its name and tenant."""
    name = document.get(section.field)
    if not isinstance(name, str) or not name:
        raise ValueError(f"{here}.{section.field}: a text is missing")
    if section.field == "id":
        return name
    from nodewatch.offline.store import owned_key

    return owned_key(name, document.get("tenant"))


def expect_kind(value: Any, kind: type | tuple[type, ...], place: str) -> None:
    """Raise `ValueError` if the value is not of the kind; true is no whole number."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        from nodewatch.backend import json_kind

        raise ValueError(
            f"{place}: {KIND_WORDS[kind] if isinstance(kind, type) else kind} is needed, not {json_kind(value)}"
        )


def store_entry(store: Store, entry: Entry) -> None:
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
                store_entry(store, entry)
    except RecursionError as error:
        raise FileTrouble("A document is nested too deeply to be stored; nothing was changed.") from error


def dump(store: Store, sections: Sequence[Section]) -> dict[str, Any]:
    """Return the store's content as a fleet file's document, each collection in the order it was loaded."""
    fleet: dict[str, Any] = {"nodewatch": FLEET_FORMAT}
    with store.reading():
        saved = store.get(SAVED.collection, "")
        if saved is not None:
            fleet[SAVED.place] = saved["at"]
        for section in (*sections, UNASKED):
            found = list(store.dump(section.collection))
            if found:
                put_into_fleet(fleet, section, found)
    return fleet
