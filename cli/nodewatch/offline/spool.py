"""Many texts, read from their source at once and handed out one by one, without all of them in memory."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING
from weakref import finalize

from nodewatch.errors import FileTrouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

SPOOL_BYTES = 1 << 20


class Spool:
    """Texts in a temporary file, to be gone through as often as one likes, but not twice at the same time.

    Raise `FileTrouble` if the disk does not take it.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        from tempfile import TemporaryFile, gettempdir

        folder = ""
        try:
            folder = f" in {gettempdir()}"
            self.file = TemporaryFile(buffering=SPOOL_BYTES)  # noqa: SIM115  # closed when nobody has it any more
            finalize(self, drop, self.file)
            self.lengths = [self.file.write(text.encode()) for text in texts]
            self.file.flush()
        except OSError as error:
            raise FileTrouble(
                f"a large list needs a temporary file, which could not be written{folder}: {error.strerror}. "
                "TMPDIR names another folder."
            ) from error

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[str]:
        self.file.seek(0)
        return (self.file.read(length).decode() for length in self.lengths)


def drop(file: IO[bytes]) -> None:
    """Close a file, in silence: what a full disk did not take of it has been told, and nobody wants it any more."""
    with suppress(OSError):
        file.close()


def spool_texts(texts: Iterator[str]) -> list[str] | Spool:
    """Return the texts again, all of them read from their source now; many of them are kept in a temporary file."""
    kept: list[str] = []
    size = 0
    for text in texts:
        kept.append(text)
        size += len(text)
        if size > SPOOL_BYTES:
            return Spool(chain(kept, texts))
    return kept
