"""How a recording is kept in a store: a row for each change between two looks, and when the newest look was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text
from nodewatch.offline.section import Collection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

    Row = Sequence[str]


class Recording(NamedTuple):
    """A table of changes: its columns but `place`, and the names of those by which one course is told from another.

    The collection of that name tells when the newest look was, by what was looked at.
    """

    table: str
    columns: Sequence[str]
    course: str

    @property
    def looks(self) -> Collection[Document]:
        """The collection that tells when the newest look was."""
        return Collection(self.table)

    @property
    def last(self) -> str:
        """The SQL condition for the last change of each course."""
        return f"place IN (SELECT max(place) FROM {self.table} GROUP BY {self.course})"  # noqa: S608  # our words

    def select(self, store: Store, where: str = "1", values: Sequence[str] = ()) -> list[Row]:
        """Return the changes that the SQL condition selects, in the order in which they were seen."""
        columns = ", ".join(self.columns)
        rows = store.execute(f"SELECT {columns} FROM {self.table} WHERE {where} ORDER BY place", values)  # noqa: S608
        return [tuple(value or "" for value in row) for row in rows]  # SQLite's converters make None of an empty text

    def add_look(
        self,
        store: Store,
        changes: Callable[[Sequence[Row]], Sequence[Row]],
        time: str,
        oldest: str,
        of: str = "",
    ) -> int | None:
        """Add what changed since the look before, in one transaction; return how many changes that are.

        `changes` makes the rows of the last ones; `time` is when was asked, and `of` what, where there is a choice. A
        look that is older than the newest one in the store adds nothing, and gives None: another process was faster.
        What was before `oldest` is forgotten, but for the last change of what is still there.
        """
        with store.changing():
            before = store.get(self.looks, of)
            if before is not None and as_text(before.get("time")) >= time:
                return None
            found = changes(self.select(store, self.last))
            marks = ", ".join("?" * len(self.columns))
            for change in found:
                store.execute(f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({marks})", change)  # noqa: S608
            store.execute(
                f"DELETE FROM {self.table} WHERE time < ? AND (status = 'gone' OR NOT {self.last})",  # noqa: S608
                [oldest],
            )
            store.put(self.looks, of, {"time": time})
        return len(found)

    def is_kept(self, store: Store) -> bool:
        """Return whether there was a look; a store of an older format has not even the table."""
        return next(store.items(self.looks), None) is not None
