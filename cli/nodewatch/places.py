"""Where a node of an HPE Cray system is, by its xname: cabinet, chassis, slot, board, controller."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS = ("cabinet", "chassis", "slot", "bmc")
XNAME = re.compile(r"((((x[0-9]{1,9})c[0-9]{1,9})s[0-9]{1,9})b[0-9]{1,9})n[0-9]{1,9}", re.IGNORECASE)
PLACE = re.compile(r"x[0-9]{1,9}(?:c[0-9]{1,9}(?:s[0-9]{1,9}(?:b[0-9]{1,9})?)?)?", re.IGNORECASE)


def place_of(name: str, level: str) -> str:
    """Return the place of a node at one of the `LEVELS`, by its own xname; empty for what is no node's xname.

    >>> [place_of("x1000c2s3b0n1", level) for level in LEVELS], place_of("login-1", "cabinet")
    (['x1000', 'x1000c2', 'x1000c2s3', 'x1000c2s3b0'], '')
    """
    found = XNAME.fullmatch(name)
    return found[len(LEVELS) - LEVELS.index(level)].lower() if found else ""


def is_place(text: str) -> bool:
    """Tell whether the text names a cabinet, chassis, slot or controller: what holds nodes and is none itself.

    >>> is_place("x1000"), is_place("X1000c2s3b0"), is_place("x1000c2s3b0n1"), is_place("login-1")
    (True, True, False, False)
    """
    return PLACE.fullmatch(text) is not None


def is_xname(text: str) -> bool:
    """Tell whether the text is the xname of a node or a place, in upper or lower case."""
    return is_place(text) or XNAME.fullmatch(text) is not None


def nodes_at(place: str, names: Iterable[str]) -> list[str]:
    """Return those of the names that are nodes of the place.

    >>> nodes_at("x1000c2", ["x1000c2s0b0n0", "x1000c21s0b0n0", "x1000c3s0b0n0"])
    ['x1000c2s0b0n0']
    """
    behind = re.compile(re.escape(place) + "[csbn]", re.IGNORECASE)
    return [name for name in names if behind.match(name) and XNAME.fullmatch(name)]
