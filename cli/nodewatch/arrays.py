"""JSON arrays as they come from a server, or from the local store, which holds texts and what is alike only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nodewatch.backend import Fits
    from nodewatch.documents import Document

Element_co = TypeVar("Element_co", covariant=True)


class Documents(Protocol[Element_co]):
    """Documents that can be counted, and gone through again and again: a list, or what a store has in its place."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Element_co]: ...


class StoredArray(Generic[Element_co]):
    """A JSON array whose elements are texts, indented by two, as the local store holds them.

    Printing it needs no parsing; iterating over it gives the documents, one at a time.
    """

    def __init__(self, texts: Documents[str]) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Element_co]:
        from nodewatch.jsontext import parse_json

        return map(parse_json, self.texts)


class AlikeArray:
    """A JSON array of objects, most of which are like others in all but their ids.

    `rows` hold the id of each object and the key of what it has beside that, which is in `members` once. An object is
    made when it comes up in an iteration.
    """

    def __init__(self, rows: Sequence[tuple[str, str]], members: Mapping[str, Document]) -> None:
        self.rows, self.members = rows, members

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return ({"id": name, **self.members[key]} for name, key in self.rows)

    def groups(self) -> Iterator[tuple[Any, list[str]]]:
        """Return one of the objects that are alike, with the ids of all of them.

        >>> list(AlikeArray([("x1", "a"), ("x2", "a")], {"a": {"error": ""}}).groups())
        [({'id': 'x1', 'error': ''}, ['x1', 'x2'])]
        """
        found: dict[str, list[str]] = {}
        for name, key in self.rows:
            found.setdefault(key, []).append(name)
        return (({"id": names[0], **self.members[key]}, names) for key, names in found.items())

    def fitting(self, fits: Fits) -> AlikeArray:
        """Return the objects that are wanted; those that are alike are tested once, unless their ids are looked at.

        >>> from nodewatch.backend import Fits
        >>> fits = Fits(lambda each: each["id"] != "x1", ["id"])
        >>> list(AlikeArray([("x1", "a"), ("x2", "a")], {"a": {}}).fitting(fits))
        [{'id': 'x2'}]
        """
        if "id" in fits.fields:
            rows = [row for row, each in zip(self.rows, self, strict=True) if fits.test(each)]
        else:
            fitting = {key for key, members in self.members.items() if fits.test(members)}
            rows = [row for row in self.rows if row[1] in fitting]
        return AlikeArray(rows, self.members)


class SentArray(list[object]):
    """A JSON array that came from a server, and the text that it came as."""

    def __init__(self, elements: list[object], text: str) -> None:
        super().__init__(elements)
        self.text = text
