"""The local store: one SQLite file of documents, as the services gave them, and of what slices note beside them.

Every change is one transaction; whoever reads sees all of it or nothing. A rollback journal rather than WAL: a WAL
store can neither be copied while it is open, nor read in a read-only folder, nor put on a network file system.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from nodewatch.errors import FileTrouble
from nodewatch.files import file_to_replace, give_to_owner, make_folder, read_beginning
from nodewatch.jsontext import element, escape_surrogates, parse_json
from nodewatch.offline.connection import (
    BUSY_SECONDS,
    OTHER_TROUBLE,
    connect_sqlite,
    damaged,
    execute_patiently,
    translating_errors,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nodewatch.offline.section import Collection, Content

    Tables = Mapping[int, Sequence[str]]

APPLICATION_MARK = 0x6E64_7774  # "ndwt": SQLite's own mark for whose file it is
STORE_FORMAT = 3
MAGIC = b"SQLite format 3\0"
FLEET_FILE = ".json"  # how the name of a fleet file ends

# Statements as SQLite keeps them in `sqlite_master`. Slices have tables of their own beside these, by the format that
# they came with.
DOCUMENT_TABLES = (
    """CREATE TABLE documents (
    place INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    document TEXT NOT NULL,
    answer TEXT
)""",
    "CREATE UNIQUE INDEX documents_by_key ON documents (collection, key)",
)
FIRST_READ = "SELECT 1 FROM sqlite_master LIMIT 1"  # what begins to hold the store's state


class Store:
    """An open store, as `open_store` and `create_store` give it; it is used within `reading` or `changing`.

    `patience` tells for how many seconds another process is waited for that has the store.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: str,
        tables: Tables,
        *,
        writable: bool,
        patience: Callable[[], float] = lambda: BUSY_SECONDS,
    ) -> None:
        self.patience = patience
        self.connection = connection
        self.path = path
        self.tables = tables
        self.writable = writable

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one state of the store for all that is read inside."""
        with translating_errors(self.path):
            self.connection.execute("BEGIN")
            try:
                execute_patiently(self.connection, self.path, FIRST_READ, self.patience())
                yield
            finally:
                self.connection.rollback()

    def check_writable(self) -> None:
        """Raise `FileTrouble` if the store can only be read."""
        if not self.writable:
            if self.path.endswith(FLEET_FILE):
                why = "is a fleet file, which is only read"
                advice = f"Load it into a store, `nodewatch local load {self.path} --local STORE`, and name that."
            else:
                why = "belongs to another user" if is_foreign(self.path) else "is read-only"
                advice = "Copy it, and name the copy with --local."
            raise FileTrouble(f"{self.path} {why}, so nothing was changed. {advice}")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make all changes inside one transaction: all or, when anything is raised, none.

        Raise `FileTrouble` if the store cannot be written, `Held` if it stays locked.
        """
        self.check_writable()
        with translating_errors(self.path):
            execute_patiently(self.connection, self.path, "BEGIN IMMEDIATE", self.patience())
            try:
                self.bring_up_to_date()
                yield
                execute_patiently(self.connection, self.path, "COMMIT", self.patience())
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.rollback()
                raise

    def bring_up_to_date(self) -> None:
        """Make the tables that an older store lacks; its documents read the same."""
        number = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if number < STORE_FORMAT:
            for since, made in self.tables.items():
                for statement in made if since > number else ():
                    self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {STORE_FORMAT}")

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement; in its values, what SQLite cannot hold (half of a surrogate pair) is written out."""
        return self.connection.execute(statement, [escape_surrogates(value) for value in values])

    def documents_in(self, _collection: Collection[Content], texts: Sequence[str]) -> list[Content]:
        """Return the documents that texts of a collection hold; raise `FileTrouble` for what is no JSON object."""
        try:
            found: list[Content] = parse_json(f"[{','.join(texts)}]")
        except RecursionError as error:
            raise damaged(self.path, "a document in it is nested too deeply") from error
        except ValueError as error:
            raise damaged(self.path, "a document in it is not JSON") from error
        if len(found) != len(texts) or any(type(document) is not dict for document in found):
            raise damaged(self.path, "a document in it is no JSON object")
        return found

    def get(self, collection: Collection[Content], key: str) -> Content | None:
        """Return the document of that key, or None."""
        row = self.execute(
            "SELECT document FROM documents WHERE collection = ? AND key = ?", (collection, key)
        ).fetchone()
        return None if row is None else self.documents_in(collection, row)[0]

    def items(self, collection: Collection[Content]) -> Iterator[tuple[str, Content]]:
        """Return keys and documents, in the order of their keys."""
        rows = self.execute("SELECT key, document FROM documents WHERE collection = ? ORDER BY key", (collection,))
        return ((key, self.documents_in(collection, [text])[0]) for key, text in rows)

    def dump(self, collection: Collection[Content]) -> Iterator[tuple[str, Content]]:
        """Return keys and documents, in the order they were put."""
        rows = self.execute("SELECT key, document FROM documents WHERE collection = ? ORDER BY place", (collection,))
        return ((key, self.documents_in(collection, [text])[0]) for key, text in rows)

    def put(self, collection: str, key: str, document: object, answer: object = None) -> None:
        """Store the document under its key, in place of the one there; `answer` if it is answered otherwise."""
        self.execute(
            "INSERT INTO documents (collection, key, document, answer) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (collection, key) DO UPDATE SET document = excluded.document, answer = excluded.answer",
            (collection, key, element(document), None if answer is None or answer == document else element(answer)),
        )

    def delete(self, collection: str, key: str) -> bool:
        """Remove the document of that key; return whether there was one."""
        done = self.execute("DELETE FROM documents WHERE collection = ? AND key = ?", (collection, key))
        return done.rowcount > 0

    def clear(self) -> None:
        """Remove everything but recordings: what was cannot be asked again."""
        self.execute("DELETE FROM documents WHERE collection NOT LIKE '%recording'")
        for (table,) in self.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'documents' AND name NOT LIKE '%recording'"
        ).fetchall():
            self.execute(f"DELETE FROM {table}")  # noqa: S608  # only our tables are there


def owned_key(name: str, tenant: str | None) -> str:
    """Return the key of what a tenant may own: names are unique among a tenant's only."""
    return f"{tenant}\n{name}" if tenant else name


def table_statements(tables: Tables, number: int = STORE_FORMAT) -> tuple[str, ...]:
    """Return the statements that make the tables of a store of that format, in their order."""
    return (*DOCUMENT_TABLES, *(each for since, made in tables.items() if since <= number for each in made))


def open_store(path: str, tables: Tables, patience: Callable[[], float] = lambda: BUSY_SECONDS) -> Store:
    """Open the store at the path; raise `FileTrouble` if it is missing, or newer than this program, or no store.

    A store is one with exactly our tables and these: a file from somebody else may have triggers and views in it.
    """
    check_magic(path)
    folder = os.path.dirname(os.path.realpath(path))
    writable = os.access(path, os.W_OK) and os.access(folder, os.W_OK) and not is_foreign(path)
    with translating_errors(path):
        connection = connect_sqlite(path, "rw" if writable else "ro", patience())
        store = Store(connection, path, tables, writable=writable, patience=patience)
        with closed_on_failure(store), store.reading():
            check_tables(store.connection, path, table_statements(tables, read_format(store.connection, path)))
    return store


@contextmanager
def closed_on_failure(store: Store) -> Iterator[None]:
    """Let the store's file go if what is done inside raises."""
    try:
        yield
    except BaseException:
        store.close()
        raise


def is_foreign(path: str) -> bool:
    """Return whether a file, or the link to it, is another user's.

    Root, or whoever shares a folder, would leave files of its own there; and a link may lead to any store of one's own.
    """
    return os.path.exists(path) and {os.lstat(path).st_uid, os.stat(path).st_uid} != {os.geteuid()}


def create_store(path: str, tables: Tables) -> Store:
    """Open the store at the path for writing; make an empty one, with these tables too, if there is none."""
    if os.path.exists(path):
        store = open_store(path, tables)
        with closed_on_failure(store):
            store.check_writable()
        return store
    folder, name = os.path.split(file_to_replace(os.path.abspath(path)))
    try:
        make_folder(folder)
    except OSError as error:
        raise cannot_be_made(path, error.strerror) from error
    if not os.access(folder, os.W_OK):
        raise cannot_be_made(path, f"{folder} is read-only")
    with translating_errors(path):
        # The tables are made in a file of another name, and the name given when they are all there: a process that is
        # killed meanwhile leaves no half-made store, and of two that start together both end up with the same one.
        unfinished = os.path.join(folder, f".{name[:200]}-{os.getpid()}.new")
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        try:
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                make_tables(connection, tables)
            give_to_owner(unfinished, folder)
            os.link(unfinished, os.path.join(folder, name))
        except FileExistsError:
            return open_store(path, tables)
        finally:
            os.unlink(unfinished)
        return Store(connect_sqlite(path, "rw"), path, tables, writable=True)


def cannot_be_made(path: str, why: str | None) -> FileTrouble:
    """Return the error for a store that cannot be made where it is wanted."""
    return FileTrouble(f"the local store {path} cannot be made: {why}. Name another place with --local PATH.")


def in_memory(name: str, tables: Tables) -> Store:
    """Return an empty store that lives as long as the process; messages call it by the name."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    make_tables(connection, tables)
    return Store(connection, name, tables, writable=True)


def make_tables(connection: sqlite3.Connection, tables: Tables) -> None:
    """Make the tables of a new store, and mark it as one of this format."""
    marks = f"PRAGMA application_id = {APPLICATION_MARK}", f"PRAGMA user_version = {STORE_FORMAT}"
    connection.executescript(";".join(("BEGIN", *table_statements(tables), *marks, "COMMIT")))


def check_magic(path: str) -> None:
    """Raise `FileTrouble` if the file is missing, unreadable, or no SQLite file at all."""
    try:
        start = read_beginning(path, len(MAGIC))
    except FileNotFoundError as error:
        raise FileTrouble(
            f"there is no local store at {path}. Make one with `nodewatch local load FLEET.json --local {path}`."
        ) from error
    except OSError as error:
        raise FileTrouble(f"the local store {path} cannot be read: {error.strerror}.") from error
    if start != MAGIC:
        nor = "" if path.endswith(FLEET_FILE) else f" (the name of a fleet file ends in {FLEET_FILE})"
        raise FileTrouble(f"{path} is not a nodewatch store{nor}.")


def read_format(connection: sqlite3.Connection, path: str) -> int:
    """Return the store's format; raise `FileTrouble` if it is another program's, or written by a newer nodewatch."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    number = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_MARK:
        raise FileTrouble(f"{path} is another program's SQLite file, not a nodewatch store.")
    if number > STORE_FORMAT:
        raise FileTrouble(
            f"{path} was made by a newer nodewatch (format {number}, this one reads {STORE_FORMAT}): upgrade."
        )
    return int(number)


def check_tables(connection: sqlite3.Connection, path: str, tables: Sequence[str]) -> None:
    """Raise `FileTrouble` if the tables in the file are not exactly these."""
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL OR type != 'index'").fetchall()
    if sorted(str(statement) for (statement,) in found) != sorted(tables):
        raise FileTrouble(OTHER_TROUBLE.format(path=path, error="its tables are not those that this release makes"))
