"""JSON text, read with its numbers as they are written, and written again.

It has an indent of two, as the services and `json.dumps(..., indent=2)` write it, but several times faster.
CPython's own encoder writes indented text in Python, one token at a time: 20,000 components take it four times as long
as reading them. This one asks the C encoder for each string and joins lists of them; the bytes are the same.
"""

from __future__ import annotations

import re
from json import JSONDecoder, dumps
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NoReturn


class Written(float):
    """A number that Python would write otherwise than it came: 1.10, 1e5, -0, more digits than it keeps."""

    __slots__ = ("text",)
    text: str

    def __repr__(self) -> str:
        return self.text


def number_as_written(text: str) -> float:
    """Return the number of a JSON text.

    >>> number_as_written("1.5"), number_as_written("1.10"), number_as_written("1.10") == 1.1, number_as_written("-0")
    (1.5, 1.10, True, -0)
    """
    value = float(text)
    if repr(value) == text:
        return value
    written = Written(text)
    written.text = text
    return written


def whole_number(text: str) -> float:
    """Return the whole number of a JSON text; Python's own has no negative zero."""
    return number_as_written(text) if text == "-0" else int(text)


def no_number(name: str) -> NoReturn:
    """Raise `ValueError` for NaN and the infinities, which Python reads but JSON does not have."""
    raise ValueError(f"{name} is no number in JSON")


def finite_number(text: str) -> float:
    """Return the number of a JSON text; raise `ValueError` for one that is too large for a computer.

    >>> finite_number("1e999")
    Traceback (most recent call last):
      ...
    ValueError: 1e999 is too large for a number
    """
    value = number_as_written(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:40]} is too large for a number")
    return value


DECODERS = {
    (zeros, finite): JSONDecoder(
        parse_float=finite_number if finite else number_as_written,
        parse_int=whole_number if zeros else None,
        parse_constant=no_number,
    )
    for zeros in (False, True)
    for finite in (False, True)
}
NEGATIVE_ZERO = re.compile(r"-0[\s,\]}]|-0\Z")  # or the end of a text: then it is only read a bit slower


def parse_json(text: str, *, finite: bool = False) -> Any:
    """Return the document of a JSON text; raise `ValueError` if it is none, `RecursionError` for one too deep.

    `finite` refuses what JSON allows and no computer can reckon with, 1e999.

    >>> parse_json('{"a": [1.10, 7, null]}')
    {'a': [1.10, 7, None]}
    """
    zeros = "-0" in text and NEGATIVE_ZERO.search(text) is not None
    return DECODERS[zeros, finite].decode(text)


def json_text(value: object, newline: str = "\n") -> str:
    r"""Return the value as JSON; `newline` begins each line and holds the indent of the place where the value stands.

    >>> json_text({"a": [1, None], "b": {}}) == dumps({"a": [1, None], "b": {}}, indent=2)
    True
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        deeper = newline + "  "
        members = [
            # Most values are strings, and a call less for each of them makes a large document a third faster.
            f"{deeper}{quoted(key)}: {quoted(item) if type(item) is str else json_text(item, deeper)}"
            for key, item in value.items()
        ]
        return "{" + ",".join(members) + newline + "}"
    if isinstance(value, list):
        if not value:
            return "[]"
        deeper = newline + "  "
        return "[" + ",".join([deeper + json_text(item, deeper) for item in value]) + newline + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | Written) else dumps(value)


def element(value: object) -> str:
    """Return the value as it stands in an array: indented by two, its first line not."""
    return json_text(value, "\n  ")


def escape_surrogates(value: object) -> object:
    r"""Return the JSON value with each half of a surrogate pair as the six characters of its escape, in keys too.

    >>> escape_surrogates({"a\ud800": ["\udfff", "é", 1]})
    {'a\\ud800': ['\\udfff', 'é', 1]}
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {escape_surrogates(key): escape_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [escape_surrogates(item) for item in value]
    return value
