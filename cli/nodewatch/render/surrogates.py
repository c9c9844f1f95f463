"""What JSON can say and a file cannot hold: half of a surrogate pair, written out."""

from __future__ import annotations

from typing import Any


def spell(value: Any) -> Any:
    r"""Return the JSON value with each half of a surrogate pair as the six characters of its escape, in keys too.

    >>> spell({"a\ud800": ["\udfff", "é", 1]})
    {'a\\ud800': ['\\udfff', 'é', 1]}
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {spell(key): spell(item) for key, item in value.items()}
    if isinstance(value, list):
        return [spell(item) for item in value]
    return value
