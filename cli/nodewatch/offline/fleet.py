"""The fleet file: the local store's content as JSON, in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text, part
from nodewatch.errors import FileTrouble
from nodewatch.jsontext import parse_json
from nodewatch.offline.section import SAVED, UNASKED, Section
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

FLEET_FORMAT = 1
KIND_WORDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


class Entry(NamedTuple):
    """A document of a fleet file, checked: its section, its key in the store, and itself."""

    section: Section
    key: str
    document: Document


def read_fleet(text: str, name: str, sections: Sequence[Section]) -> list[Entry]:
    """Return the checked documents of a fleet file's text; raise `FileTrouble` that names the first wrong place."""
    try:
        fleet = parse_json(text)
    except RecursionError as error:
        raise FileTrouble(f"{name} is nested too deeply to be a fleet file.") from error
    except ValueError as error:
        raise FileTrouble(f"{name} is not JSON: {error}.") from error
    try:
        return list(fleet_entries(fleet, sections))
    except ValueError as error:
        end = "" if str(error).endswith("?") else "."
        raise FileTrouble(f"{name} is not a fleet file: {error}{end}") from error


def fleet_entries(fleet: object, sections: Sequence[Section]) -> Iterator[Entry]:
    """Return the documents of a fleet; raise `ValueError` that names the first wrong place."""
    number = object_at("the file", fleet).get("nodewatch", FLEET_FORMAT)
    if type(number) is not int or number < 1:
        raise ValueError(f"nodewatch: {number!r} is not the number of a format")
    if number > FLEET_FORMAT:
        raise ValueError(f"nodewatch: format {number} is newer than this program, which reads {FLEET_FORMAT}: upgrade")
    known = {section.place: section for section in (*sections, UNASKED)}
    groups = {place.rpartition(".")[0] for place in known} | {"bos"}

    def walk(tree: object, group: str) -> Iterator[Entry]:
        for name, member in object_at(group, tree).items():
            place = f"{group}.{name}" if group else name
            if place in known:
                yield from documents(known[place], member)
            elif place in groups:
                yield from walk(member, place)
            elif place == SAVED.place:
                check_kind(place, member, str)
                if read_time(member) is None:
                    raise ValueError(f"{place}: {member!r} is not a time such as 2026-11-25T23:15:30Z")
                yield Entry(SAVED, "", {"at": member})
            elif place != "nodewatch":
                import difflib

                near = difflib.get_close_matches(place, [*known, *groups], 1)
                raise ValueError(f"{place}: there is no such section" + (f" (do you mean {near[0]}?)" if near else ""))

    yield from walk(fleet, "")


def documents(section: Section, member: object) -> Iterator[Entry]:
    """Return the documents of one section; raise `ValueError` that names the first wrong place."""
    seen: set[str] = set()
    for index, document in section_documents(section, member):
        yield checked_entry(section, index, document, seen)


def section_documents(section: Section, member: object) -> Iterable[tuple[int | str, object]]:
    """Return the documents of one section, each with its index or key; raise `ValueError` if it has another form."""
    if section.form == "list":
        return enumerate(list_at(section.place, member))
    found = object_at(section.place, member)
    return [("", found)] if section.form == "single" else found.items()


def checked_entry(section: Section, index: int | str, document: object, seen: set[str]) -> Entry:
    """Return a document's entry and add its key to those seen; raise `ValueError` that names what is wrong in it."""
    place = section.place + (f"[{index}]" if section.form == "list" else f".{index}" if index else "")
    found = object_at(place, document)
    for field, kind in section.fields.items():
        if found.get(field) is not None:
            check_kind(f"{place}.{field}", found[field], kind)
    key = own_key(section, found, place) if section.form == "list" else str(index)
    if key in seen:
        raise ValueError(f"{place}.{section.field}: {found[section.field]!r} is there twice")
    seen.add(key)
    return Entry(section, key, found)


def loadable(fleet: Document, sections: Sequence[Section]) -> tuple[dict[str, object], list[str]]:
    """Return the fleet without what `read_fleet` would refuse, and a sentence about each document that was left out."""
    kept: dict[str, object] = {name: fleet[name] for name in ("nodewatch", SAVED.place) if name in fleet}
    faults: list[str] = []
    for section in (*sections, UNASKED):
        *groups, name = section.place.split(".")
        source = fleet
        for group in groups:
            source = part(source, group)
        if name not in source:
            continue
        good: list[tuple[int | str, object]] = []
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


def put_into_fleet(fleet: dict[str, object], section: Section, documents: Sequence[tuple[int | str, object]]) -> None:
    """Put the documents of a section where they stand in a fleet; of one that has a single document, if it is there."""
    *groups, name = section.place.split(".")
    for group in groups:
        members = {**part(fleet, group)}
        fleet[group] = members
        fleet = members
    if section.form == "single":
        fleet.update([(name, document) for _, document in documents])
    else:
        fleet[name] = [document for _, document in documents] if section.form == "list" else dict(documents)


def own_key(section: Section, document: Document, place: str) -> str:
    """Return the key that a document of a list carries: its id, or its name and tenant."""
    name = document.get(section.field)
    if not isinstance(name, str) or not name:
        raise ValueError(f"{place}.{section.field}: a text is missing")
    if section.field == "id":
        return name
    from nodewatch.offline.store import owned_key

    return owned_key(name, as_text(document.get("tenant")))


def object_at(place: str, value: object) -> Document:
    """Return the object at a place; raise `ValueError` if something else stands there."""
    if isinstance(value, dict):
        return value
    raise wrong_kind(place, value, dict)


def list_at(place: str, value: object) -> list[object]:
    """Return the list at a place; raise `ValueError` if something else stands there."""
    if isinstance(value, list):
        return value
    raise wrong_kind(place, value, list)


def check_kind(place: str, value: object, kind: type) -> None:
    """Raise `ValueError` if the value at a place is not of the kind; true is no whole number."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise wrong_kind(place, value, kind)


def wrong_kind(place: str, value: object, kind: type) -> ValueError:
    """Return the error for a value at a place that is not of the kind."""
    from nodewatch.backend import json_kind

    return ValueError(f"{place}: {KIND_WORDS[kind]} is needed, not {json_kind(value)}")


def store_entry(store: Store, entry: Entry) -> None:
    """Store one document, as its slice wants it."""
    section = entry.section
    if section.put is None:
        store.put(section.collection, entry.key, entry.document)
    else:
        section.put(store, entry.key, entry.document)


def load_entries(store: Store, found: Iterable[Entry], *, merge: bool = False) -> None:
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


def dump_fleet(store: Store, sections: Sequence[Section]) -> dict[str, object]:
    """Return the store's content as a fleet file's document, each collection in the order it was loaded."""
    fleet: dict[str, object] = {"nodewatch": FLEET_FORMAT}
    with store.reading():
        saved = store.get(SAVED.collection, "")
        if saved is not None:
            fleet[SAVED.place] = saved["at"]
        for section in (*sections, UNASKED):
            found = list(store.dump(section.collection))
            if found:
                put_into_fleet(fleet, section, found)
    return fleet
