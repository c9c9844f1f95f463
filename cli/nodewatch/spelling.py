"""What a misspelt name may have been meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_COMPARED = 2000  # comparing is slow: so many names take a tenth of a second


def either(words: Sequence[str]) -> str:
    """Return the words as a choice.

    >>> either(["a"]), either(["a", "b"]), either(["a", "b", "c"])
    ('a', 'a or b', 'a, b or c')
    """
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the question after the right name that is nearest to a wrong one; nothing if none is near.

    >>> nearest("bos.uri", ["bos.url", "bos.tenant"]), nearest("colour", ["bos.url"]), nearest("Night", ["night"])
    ('; do you mean bos.url?', '', '; do you mean night?')
    """
    import difflib
    from itertools import islice

    known = {each.lower(): each for each in islice(names, MOST_COMPARED)}
    near = difflib.get_close_matches(name.lower(), known, 1)
    return f"; do you mean {known[near[0]]}?" if near and known[near[0]] != name else ""
