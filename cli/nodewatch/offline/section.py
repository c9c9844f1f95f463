"""A collection of the fleet file, as a slice describes it: where it stands, its form, and how its documents are put."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nodewatch.offline.store import Store


class Section(NamedTuple):
    """One collection of the fleet file.

    `form`: `list` (documents that carry their key in `field`), `map` (documents by key), `single` (one document).
    `fields` says of which kind some fields of a document must be, where they are there and not null. `put` stores a
    document under its key, where that takes more than the store's own `put`.
    """

    place: str
    form: str
    fields: Mapping[str, type]
    field: str = ""
    put: Callable[[Store, str, Any], None] | None = None

    @property
    def collection(self) -> str:
        """The name of the collection in the store."""
        return self.place.replace(".", "/")


SAVED = Section("saved_at", "single", {})  # in a fleet file the time alone, in a store `{"at": TIME}`
UNASKED = Section("unasked", "map", {"status": int, "message": str})  # by path: what a live system did not answer
