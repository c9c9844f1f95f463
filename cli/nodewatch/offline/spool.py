"""Many texts, read from their source at once and handed out one by one, without all of them in memory."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPOOL_BYTES = 1 << 20


class Spool:
    """Texts in a temporary file, to be gone through as often as one likes, but not twice at the same time."""

    def __init__(self, texts: Iterable[str]) -> None:
        from tempfile import TemporaryFile

        self.file = TemporaryFile(buffering=SPOOL_BYTES)  # noqa: SIM115  # closed when nobody has the texts any more
        finalize(self, self.file.close)
        self.lengths = [self.file.write(text.encode()) for text in texts]

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[str]:
        self.file.seek(0)
        return (self.file.read(length).decode() for length in self.lengths)


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
