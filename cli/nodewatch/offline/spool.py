"""Many texts, read from their source at once and handed out one by one, without all of them in memory."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPOOL_BYTES = 1 << 20


def spooled(texts: Iterator[str]) -> Iterator[str]:
    """Return the texts again, all of them read from their source now; many of them are kept in a temporary file."""
    kept: list[str] = []
    size = 0
    for text in texts:
        kept.append(text)
        size += len(text)
        if size > SPOOL_BYTES:
            return in_a_file(chain(kept, texts))
    return iter(kept)


def in_a_file(texts: Iterable[str]) -> Iterator[str]:
    """Return the texts again, written to a temporary file now."""
    from tempfile import TemporaryFile

    lengths: list[int] = []
    file = TemporaryFile(buffering=SPOOL_BYTES)  # noqa: SIM115  # `again` closes it
    for text in texts:
        lengths.append(file.write(text.encode()))  # noqa: PERF401  # writing is what it is about
    file.seek(0)

    def again() -> Iterator[str]:
        with file:
            for length in lengths:
                yield file.read(length).decode()

    return again()
