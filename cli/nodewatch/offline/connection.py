"""A connection to a store's SQLite file: how it is opened, how long it waits for others, and how its errors read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nodewatch.errors import FileTrouble, Held

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_SECONDS = 60.0  # for which another process is waited for
TURNS = 10  # a second: how often a wait for another process looks whether somebody has pressed Ctrl-C
BYTES_FOUND = "there are bytes in place of a text in it"

TROUBLE_SENTENCES = {
    "SQLITE_BUSY": "{path} is busy: another process is changing it. Try again.",
    "SQLITE_FULL": "the disk that holds {path} is full; nothing was changed.",
    "SQLITE_READONLY": "{path} is read-only, so nothing was changed.",
}
OTHER_TROUBLE = (
    "the local store {path} failed: {error}. If another release of nodewatch made it, load its fleet file into a new "
    "one; `nodewatch demo --fresh` makes the demo store anew."
)


def connect_sqlite(path: str, mode: str, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Return a connection on which transactions begin and end only where the store says so."""
    connection = sqlite3.connect(
        sqlite_address(path, mode),
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
            execute_patiently(connection, path, f"PRAGMA {setting}", patience)
    except BaseException:  # Ctrl-C, too, ends the wait for a store that is locked
        connection.close()
        raise
    return connection


def sqlite_address(path: str, mode: str) -> str:
    """Return the URI that SQLite opens the file by, in the mode `rw` or `ro`.

    >>> sqlite_address("/tmp/100%é?.db", "ro")
    'file:/tmp/100%25%c3%a9%3f.db?mode=ro'
    """
    name = os.fsencode(os.path.realpath(path))
    return f"file:{''.join(f'%{byte:02x}' if byte in b'%?#' or byte > 126 else chr(byte) for byte in name)}?mode={mode}"


def damaged(path: str, why: object) -> FileTrouble:
    """Return the error for a store that does not hold what this program has put there."""
    return FileTrouble(f"{path} is damaged: {why}. Load its fleet file again, into a new store.")


def execute_patiently(connection: sqlite3.Connection, path: str, statement: str, seconds: float) -> None:
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
def translating_errors(path: str) -> Iterator[None]:
    """Turn SQLite's and the operating system's errors about the store into `FileTrouble`, `Held` if it is busy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if "BLOB" in str(error):  # which its functions of JSON do not take
            raise damaged(path, BYTES_FOUND) from error
        sentence = next(
            (TROUBLE_SENTENCES[known] for known in TROUBLE_SENTENCES if name.startswith(known)), OTHER_TROUBLE
        )
        trouble = Held if name.startswith("SQLITE_BUSY") else FileTrouble
        raise trouble(sentence.format(path=path, error=error)) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "a text in it is not UTF-8") from error
    except OSError as error:
        raise FileTrouble(f"{path}: {error.strerror or error}.") from error
