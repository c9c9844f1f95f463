"""Where nodes stand, by their xnames (`x1000c2s0b1n0`): cabinet, chassis, slot (a blade), board and node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.nodeset import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

XNAME = re.compile(r"x(\d{1,6})c(\d{1,4})s(\d{1,4})b(\d{1,4})n(\d{1,4})", re.ASCII)


class Place(NamedTuple):
    """The numbers in an xname."""

    cabinet: int
    chassis: int
    slot: int
    board: int
    node: int

    @property
    def parts(self) -> tuple[str, str, str]:
        """The names of its cabinet, its chassis and its blade."""
        cabinet = f"x{self.cabinet}"
        return cabinet, f"{cabinet}c{self.chassis}", f"{cabinet}c{self.chassis}s{self.slot}"


def place(name: str) -> Place | None:
    """Return where the node stands; None for a name that does not say.

    >>> place("x1000c2s0b1n0"), place("edge-0001")
    (Place(cabinet=1000, chassis=2, slot=0, board=1, node=0), None)
    """
    found = XNAME.fullmatch(name)
    return None if found is None else Place(*map(int, found.groups()))


LEVELS = ("cabinet", "chassis", "slot", "board", "bmc")


def place_of(name: str, level: str) -> str:
    """Return the part of a system in which the node stands, at one of the `LEVELS`; empty for a name that says nothing.

    Each board has a controller of its own (BMC), and that has the board's name.

    >>> [place_of("X1000c2s3b0n1", level) for level in LEVELS], place_of("login-1", "cabinet")
    (['x1000', 'x1000c2', 'x1000c2s3', 'x1000c2s3b0', 'x1000c2s3b0'], '')
    """
    stands = place(name.lower())
    if stands is None:
        return ""
    board = f"{stands.parts[2]}b{stands.board}"
    return (*stands.parts, board, board)[LEVELS.index(level)]


def is_place(text: str) -> bool:
    """Tell whether the text names what holds nodes and is none itself: a cabinet, a chassis, a slot, a board.

    >>> is_place("x1000"), is_place("X1000c2s3b0"), is_place("x1000c2s3b0n1"), is_place("login-1")
    (True, True, False, False)
    """
    return re.fullmatch(r"x\d{1,6}(c\d{1,4}(s\d{1,4}(b\d{1,4})?)?)?", text.lower(), re.ASCII) is not None


def nodes_at(wanted: str, names: Iterable[str]) -> list[str]:
    """Return those of the names that are nodes of the place.

    >>> nodes_at("x1000c2", ["x1000c2s0b0n0", "x1000c21s0b0n0", "x1000c3s0b0n0"])
    ['x1000c2s0b0n0']
    """
    return [name for name in names if wanted.lower() in (place_of(name, level) for level in LEVELS)]


def whole(names: Collection[str], everyone: Iterable[str]) -> str:
    """Return which cabinets, chassis or blades the nodes are all of, among everyone; empty if they are not.

    A part counts when it has several of the next smaller ones, or a blade several nodes: one node alone is no cause.

    >>> everyone = [f"x1c{chassis}s{slot}b0n{node}" for chassis in (0, 1) for slot in (0, 1) for node in (0, 1)]
    >>> whole(everyone[:2], everyone), whole(everyone[2:6], everyone), whole(everyone[:4], everyone)
    ('blade x1c0s0', 'blades x1c0s1,x1c1s0', 'chassis x1c0')
    >>> whole(everyone[:3], everyone), whole(everyone, everyone), whole(["edge-1"], ["edge-1"])
    ('', 'cabinet x1', '')
    """
    members: list[dict[str, set[str]]] = [{}, {}, {}]
    below: list[dict[str, set[str]]] = [{}, {}, {}]
    for name in {*everyone, *names}:
        stands = place(name)
        if stands is not None:
            smaller = (*stands.parts[1:], name)
            for level, part in enumerate(stands.parts):
                members[level].setdefault(part, set()).add(name)
                below[level].setdefault(part, set()).add(smaller[level])
    wanted = set(names)
    for level, word in enumerate(("cabinet", "chassis", "blade")):
        parts = [part for part, found in members[level].items() if found <= wanted and len(below[level][part]) > 1]
        if parts and set().union(*(members[level][part] for part in parts)) == wanted:
            plural = "s" if len(parts) > 1 and word != "chassis" else ""
            return f"{word}{plural} {fold(parts)}"
    return ""
