"""The components of BOS v2 in the local store: beside each document a row of the columns that queries need.

`recording` has what became of them, for as long as somebody records that.

Apart from the routes so that a store can be made and opened without the rules of BOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.offline.connection import damaged
from nodewatch.offline.section import Collection
from nodewatch.offline.spool import spool_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.arrays import Documents
    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

COMPONENTS: Collection[Document] = Collection("bos/v2/components")
COMPONENT_TABLES = (
    """CREATE TABLE components (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    staged_session TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    phase TEXT NOT NULL,
    status_override TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT NOT NULL,
    last_updated TEXT NOT NULL,
    brief TEXT NOT NULL
) WITHOUT ROWID""",
    "CREATE INDEX components_by_session ON components (session, status, phase, enabled, status_override)",
    "CREATE INDEX components_by_id_in_session ON components (session)",
    "CREATE INDEX components_with_errors ON components (session) WHERE error != ''",
    "CREATE INDEX components_by_staged_session ON components (staged_session)",
    """CREATE TABLE recording (
    place INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    node TEXT NOT NULL,
    was TEXT NOT NULL,
    status TEXT NOT NULL,
    phase TEXT NOT NULL,
    error TEXT NOT NULL,
    session TEXT NOT NULL
)""",
    "CREATE INDEX recording_by_node ON recording (node)",
    "CREATE INDEX recording_by_session ON recording (session)",
)


class Columns(NamedTuple):
    """What queries need of a component.

    `last_updated` is the last action's, `brief` the document without its boot artifacts, as JSON on one line.
    """

    id: str
    session: str
    staged_session: str
    enabled: bool
    phase: str
    status_override: str
    status: str
    error: str
    last_updated: str
    brief: str


def put_component(store: Store, document: Document, answer: Document, columns: Columns) -> None:
    """Store a component: as it was given, as it is answered (with its computed status), and its columns."""
    store.put(COMPONENTS, columns.id, document, answer)
    store.execute(
        f"INSERT OR REPLACE INTO components VALUES ({', '.join('?' * len(columns))})",  # noqa: S608  # marks only
        columns,
    )


def find_component(store: Store, name: str) -> Document | None:
    """Return the component of that id as `read_component` does, None if there is none."""
    is_there = select_columns(store, ["id"], "id = ?", [name]) or store.get(COMPONENTS, name) is not None
    return read_component(store, name) if is_there else None


def read_component(store: Store, name: str) -> Document:
    """Return the component of that id as it was given.

    Raise `FileTrouble` if the store, which may be somebody else's, holds another one in its place, or its columns only.
    """
    found = store.get(COMPONENTS, name) or {}
    if found.get("id") != name:
        raise damaged(store.path, f"what it has as the component {name} is another document, or none")
    return found


def select_columns(
    store: Store, columns: Sequence[str], where: str = "1", values: Sequence[object] = (), *, limit: int = -1
) -> list[tuple[Any, ...]]:
    """Return the columns of the components that the SQL condition selects, in the order of their ids."""
    return store.execute(
        f"SELECT {', '.join(columns)} FROM components WHERE {where} ORDER BY id LIMIT ?",  # noqa: S608  # our words
        (*values, limit),
    ).fetchall()


def count_alike(store: Store, session: str) -> list[tuple[Any, ...]]:
    """Return how many components of the session are alike: status, phase, enabled, override, count."""
    return store.execute(
        "SELECT status, phase, enabled, status_override, count(*) FROM components WHERE session = ?"
        " GROUP BY status, phase, enabled, status_override",
        (session,),
    ).fetchall()


def answered_texts(store: Store, where: str = "1", values: Sequence[object] = (), *, limit: int = -1) -> Documents[str]:
    """Return the answered texts of the components that the SQL condition selects, in the order of their ids.

    They are copied to a temporary file first: whoever reads them slowly (a pager) keeps no writer waiting. They are
    printed as they are, and SQLite does not notice when a text on its pages is damaged, so each is checked: by SQLite,
    which is five times as fast, and again by our own reader where that is not content.
    """
    rows = store.execute(
        "SELECT coalesce(answer, document), json_valid(coalesce(answer, document))"  # noqa: S608  # our words
        " FROM components CROSS JOIN documents ON collection = 'bos/v2/components' AND key = id"
        f" WHERE {where} ORDER BY id LIMIT ?",
        (*values, limit),
    )
    return spool_texts(
        text for text, valid in rows if (valid and text[0] == "{") or store.documents_in(COMPONENTS, [text])
    )
