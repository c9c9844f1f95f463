"""Arbitrary JSON documents, as a server could send them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

CHARACTERS = st.characters(codec=None) | st.sampled_from(
    "\ud800\udfff\x00\x1b\x7f\x85\u2028\ufeff\ufffe\\\"'#:-[]{},&*!|>%@` \n\t\r😀é"
)
ODD = [
    "",
    "null",
    "~",
    "true",
    "No",
    "1",
    "0x1f",
    "1_000",
    "1e3",
    ".inf",
    "2026-01-02",
    "12:30:45",
    "<<",
    "=",
    "- a",
    "? b",
    "a: b",
    " padded ",
    "---",
    "...",
    "%TAG",
    "line\nbreak\n",
    "\nfirst",
    "a" * 200,
    "x3000c0s1b0n0",
]
TEXTS = st.text(CHARACTERS, max_size=12) | st.sampled_from(ODD)
NUMBERS = st.integers() | st.sampled_from([2**63, -(2**64), 10**400, 0]) | st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=4)
ARRAYS = st.lists(VALUES, max_size=4)


def alike(one: Any, other: Any) -> bool:
    """Return whether two documents are the same: in types and order too, and NaN is NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)
