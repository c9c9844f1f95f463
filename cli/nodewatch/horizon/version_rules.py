"""Versions and ranges of versions, as constraints compare them: pure functions of texts.

Source: the agent's own rules. A version has up to three numbers and may have a pre-release part, which ranks below the
version itself (as in Semantic Versioning).
"""

from __future__ import annotations

import re

VERSION_NUMBER = r"[0-9]+(?:\.[0-9]+){0,2}"
VERSION_PATTERN = rf"{VERSION_NUMBER}(?:-[0-9A-Za-z.-]*)?|INFINITY"
RANGE = re.compile(rf"([\[(])({VERSION_PATTERN}),({VERSION_PATTERN})([\])])")
INFINITY = "INFINITY"


def is_version(text: str) -> bool:
    """Return whether the text is a version; INFINITY is one.

    >>> [is_version(text) for text in ("1.2.3", "1", "2.30.0-1435", "INFINITY", "1.2.3.4", "v1", "")]
    [True, True, True, True, False, False, False]
    """
    return re.fullmatch(VERSION_PATTERN, text) is not None


def is_range(text: str) -> bool:
    """Return whether the text is a range of versions, `[` and `]` with their ends, `(` and `)` without.

    >>> is_range("[1.0.0,2.0.0)"), is_range("(1,INFINITY]"), is_range("[1.0.0, 2.0.0)"), is_range("1.0.0")
    (True, True, False, False)
    """
    return RANGE.fullmatch(text) is not None


def in_range(version: str, wanted: str) -> bool:
    """Return whether a version lies in a range; a version alone stands for itself and all above; else it is False.

    >>> [in_range("1.2.3", wanted) for wanted in ("[1.0.0,2.0.0)", "1.0.0", "(1.2.3,2.0.0]", "[1,1.2.3]", "1.2.4")]
    [True, True, False, True, False]
    >>> in_range("1.2.3-beta", "[1.2.3,INFINITY)"), in_range("1.2", "[1.2.0,2)"), in_range("new", "1.0.0")
    (False, True, False)
    >>> [in_range("2.0.0", wanted) for wanted in ("[1.0.0,2.0.0)", "[1.0.0,2.0.0]", "[1.0.0,1.9]", "(2,3)", "newest")]
    [False, True, False, False, False]
    >>> in_range("INFINITY", "[1,INFINITY)"), in_range("INFINITY", "[1,2)")
    (True, False)
    """
    found = RANGE.fullmatch(f"[{wanted},{INFINITY})" if is_version(wanted) else wanted)
    if found is None or not is_version(version):
        return False
    low, high, this = version_order(found[2]), version_order(found[3]), version_order(version)
    above = this >= low if found[1] == "[" else this > low
    return above and (this <= high if found[4] == "]" else this < high or found[3] == INFINITY)


Order = tuple[float, float, float, bool, list[tuple[bool, int, str]]]


def version_order(version: str) -> Order:
    """Return what sorts a version among others.

    >>> sorted(["1.10", "1.2.0", "1.2-rc.2", "1.2-rc.10", "1.2-rc", "INFINITY", "1.2-1"], key=version_order)
    ['1.2-1', '1.2-rc', '1.2-rc.2', '1.2-rc.10', '1.2.0', '1.10', 'INFINITY']
    >>> version_order("1-alpha") < version_order("1-beta"), version_order("1-01") == version_order("1-1")
    (True, True)
    """
    if version == INFINITY:
        return (float("inf"), 0, 0, True, [])
    numbers, _, before = version.partition("-")
    first, second, third = (*(float(number) for number in numbers.split(".")), 0.0, 0.0)[:3]
    parts = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in before.split(".")]
    return (first, second, third, not before, [(text, number, part if text else "") for text, number, part in parts])
