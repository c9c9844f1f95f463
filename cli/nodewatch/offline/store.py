"""The local store: one SQLite file of documents, as the services gave them, and of what slices note beside them.

Every change is one transaction; whoever reads sees all of it or nothing. A rollback journal rather than WAL: a WAL
store can neither be copied while it is open, nor read in a read-only folder, nor put on a network file system.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from nodewatch.errors import FileTrouble, Held
from nodewatch.files import file_to_replace, give_to_owner, make_folder, read_beginning
from nodewatch.jsontext import element, escape_surrogates, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Tables = Mapping[int, Sequence[str]]

APPLICATION = 0x6E64_7774  # "ndwt": SQLite's own mark for whose file it is
STORE_FORMAT = 3
BUSY_SECONDS = 60.0  # for which another process is waited for
TURNS = 10  # a second: how often a wait for another process looks whether somebody has pressed Ctrl-C
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


BYTES_FOUND = "there are bytes in place of a text in it"
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
        with translated(self.path):
            self.connection.execute("BEGIN")
            try:
                patiently(self.connection, self.path, FIRST_READ, self.patience())
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
        with translated(self.path):
            patiently(self.connection, self.path, "BEGIN IMMEDIATE", self.patience())
            try:
                self.bring_up_to_date()
                yield
                patiently(self.connection, self.path, "COMMIT", self.patience())
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

    def documents_in(self, texts: Sequence[str]) -> list[Any]:
        """Return the documents that the store's texts hold; raise `FileTrouble` for what is no JSON object."""
        try:
            found = parse_json(f"[{','.join(texts)}]")
        except RecursionError as error:
            raise damaged(self.path, "a document in it is nested too deeply") from error
        except ValueError as error:
            raise damaged(self.path, "a document in it is not JSON") from error
        if len(found) != len(texts) or any(type(document) is not dict for document in found):
            raise damaged(self.path, "a document in it is no JSON object")
        return found  # type: ignore[no-any-return]

    def get(self, collection: str, key: str) -> Any:
        """Return the document of that key, or None."""
        row = self.execute(
            "SELECT document FROM documents WHERE collection = ? AND key = ?", (collection, key)
        ).fetchone()
        return None if row is None else self.documents_in(row)[0]

    def items(self, collection: str) -> Iterator[tuple[str, Any]]:
        """Return keys and documents, in the order of their keys."""
        rows = self.execute("SELECT key, document FROM documents WHERE collection = ? ORDER BY key", (collection,))
        return ((key, self.documents_in([text])[0]) for key, text in rows)

    def dump(self, collection: str) -> Iterator[tuple[str, Any]]:
        """Return keys and documents, in the order they were put."""
        rows = self.execute("SELECT key, document FROM documents WHERE collection = ? ORDER BY place", (collection,))
        return ((key, self.documents_in([text])[0]) for key, text in rows)

    def put(self, collection: str, key: str, document: Any, answer: Any = None) -> None:
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


def statements(tables: Tables, number: int = STORE_FORMAT) -> tuple[str, ...]:
    """Return the statements that make the tables of a store of that format, in their order."""
    return (*DOCUMENT_TABLES, *(each for since, made in tables.items() if since <= number for each in made))


def open_store(path: str, tables: Tables, patience: Callable[[], float] = lambda: BUSY_SECONDS) -> Store:
    """Open the store at the path; raise `FileTrouble` if it is missing, or newer than this program, or no store.

    A store is one with exactly our tables and these: a file from somebody else may have triggers and views in it.
    """
    check_magic(path)
    folder = os.path.dirname(os.path.realpath(path))
    writable = os.access(path, os.W_OK) and os.access(folder, os.W_OK) and not is_foreign(path)
    with translated(path):
        connection = connect_sqlite(path, "rw" if writable else "ro", patience())
        store = Store(connection, path, tables, writable=writable, patience=patience)
        with closed_on_failure(store), store.reading():
            check_tables(store.connection, path, statements(tables, read_format(store.connection, path)))
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
    """Return whether a file is another user's: root, or whoever shares a folder, would leave files of its own there."""
    return os.path.exists(path) and os.stat(path).st_uid != os.geteuid()


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
    with translated(path):
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
    marks = f"PRAGMA application_id = {APPLICATION}", f"PRAGMA user_version = {STORE_FORMAT}"
    connection.executescript(";".join(("BEGIN", *statements(tables), *marks, "COMMIT")))


def connect_sqlite(path: str, mode: str, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Return a connection on which transactions begin and end only where this module says so."""
    connection = sqlite3.connect(
        address(path, mode),
        uri=True,
        timeout=1 / TURNS,
        isolation_level=None,
        check_same_thread=False,
    )

    def row(_: sqlite3.Cursor, values: tuple[object, ...]) -> tuple[object, ...]:
        """Return a row; raise `FileTrouble` for bytes in it, which SQLite lets anybody put in the place of a text."""
        if bytes in map(type, values):
            raise damaged(path, BYTES_FOUND)
        return values

    connection.row_factory = row
    try:
        for setting in ("synchronous = FULL", "temp_store = MEMORY", "trusted_schema = OFF"):
            patiently(connection, path, f"PRAGMA {setting}", patience)
    except BaseException:  # Ctrl-C, too, ends the wait for a store that is locked
        connection.close()
        raise
    return connection


def address(path: str, mode: str) -> str:
    """Return the URI that SQLite opens the file by, in the mode `rw` or `ro`.

    >>> address("/tmp/100%é?.db", "ro")
    'file:/tmp/100%25%c3%a9%3f.db?mode=ro'
    """
    name = os.fsencode(os.path.realpath(path))
    return f"file:{''.join(f'%{byte:02x}' if byte in b'%?#' or byte > 126 else chr(byte) for byte in name)}?mode={mode}"


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
    if application != APPLICATION:
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
        raise FileTrouble(OTHERWISE.format(path=path, error="its tables are not those that this release makes"))


def damaged(path: str, why: object) -> FileTrouble:
    """Return the error for a store that does not hold what this program has put there."""
    return FileTrouble(f"{path} is damaged: {why}. Load its fleet file again, into a new store.")


def patiently(connection: sqlite3.Connection, path: str, statement: str, seconds: float) -> None:
    """Run a statement that may have to wait for other processes; Ctrl-C ends the wait.

    Raise `Held` if the store at the path is busy for so many seconds.
    """
    for _ in range(max(int(seconds * TURNS), 1)):
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise
        else:
            return
    raise Held(f"{path} was busy for {seconds:.3g} s: another process is changing it. Try again.")


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn SQLite's and the operating system's errors about the store into `FileTrouble`, `Held` if it is busy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if "BLOB" in str(error):  # which its functions of JSON do not take
            raise damaged(path, BYTES_FOUND) from error
        sentence = next((SENTENCES[known] for known in SENTENCES if name.startswith(known)), OTHERWISE)
        trouble = Held if name.startswith("SQLITE_BUSY") else FileTrouble
        raise trouble(sentence.format(path=path, error=error)) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "a text in it is not UTF-8") from error
    except OSError as error:
        raise FileTrouble(f"{path}: {error.strerror or error}.") from error


SENTENCES = {
    "SQLITE_BUSY": "{path} is busy: another process is changing it. Try again.",
    "SQLITE_FULL": "the disk that holds {path} is full; nothing was changed.",
    "SQLITE_READONLY": "{path} is read-only, so nothing was changed.",
}
OTHERWISE = (
    "the local store {path} failed: {error}. If another release of nodewatch made it, load its fleet file into a new "
    "one; `nodewatch demo --fresh` makes the demo store anew."
)
