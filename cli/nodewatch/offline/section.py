"""The collections of a store, and of the fleet file: what is in them, where they stand, how their documents are put."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

Content = TypeVar("Content")
Content_co = TypeVar("Content_co", covariant=True)


class Collection(str, Generic[Content_co]):
    """The name of a collection in a store; `Content_co` is what its documents are.

    Their members are still read without trust (`documents`): whoever made the store may have left out or changed any.
    """

    __slots__ = ()


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
    put: Callable[[Store, str, Document], None] | None = None

    @property
    def collection(self) -> Collection[Document]:
        """The name of the collection in the store."""
        return Collection(self.place.replace(".", "/"))


SAVED = Section("saved_at", "single", {})  # in a fleet file the time alone, in a store `{"at": TIME}`
UNASKED = Section("unasked", "map", {"status": int, "message": str})  # by path: what a live system did not answer
