"""Where nodes stand, by their xnames (`x1000c2s0b1n0`): cabinet, chassis, slot (a blade), board and node."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.nodes.nodeset import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

LONG = 50  # characters of names; parts with longer ones are counted, for the nodes stand there already
XNAME = re.compile(r"x(\d{1,6})c(\d{1,4})s(\d{1,4})b(\d{1,4})n(\d{1,4})", re.ASCII)


class Xname(NamedTuple):
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


def read_xname(name: str) -> Xname | None:
    """Return where the node stands; None for a name that does not say.

    >>> read_xname("x1000c2s0b1n0"), read_xname("edge-0001")
    (Xname(cabinet=1000, chassis=2, slot=0, board=1, node=0), None)
    """
    found = XNAME.fullmatch(name)
    return None if found is None else Xname(*map(int, found.groups()))


LEVELS = ("cabinet", "chassis", "slot", "board", "bmc")
GROUPS = {"cabinet": 4, "chassis": 3, "slot": 2, "board": 1, "bmc": 1}
NESTED = re.compile(r"((((x\d{1,6})c\d{1,4})s\d{1,4})b\d{1,4})n\d{1,4}", re.ASCII)


def place_of(name: str, level: str) -> str:
    """Return the part of a system in which the node stands, at one of the `LEVELS`; empty for a name that says nothing.

    Each board has a controller of its own (BMC), and that has the board's name.

    >>> [place_of("X1000c2s3b0n1", level) for level in LEVELS], place_of("login-1", "cabinet")
    (['x1000', 'x1000c2', 'x1000c2s3', 'x1000c2s3b0', 'x1000c2s3b0'], '')
    """
    found = NESTED.fullmatch(name.lower())
    return found[GROUPS[level]] if found else ""


def is_place(text: str) -> bool:
    """Tell whether the text names what holds nodes and is none itself: a cabinet, a chassis, a slot, a board.

    >>> is_place("x1000"), is_place("X1000c2s3b0"), is_place("x1000c2s3b0n1"), is_place("login-1")
    (True, True, False, False)
    """
    return re.fullmatch(r"x\d{1,6}(c\d{1,4}(s\d{1,4}(b\d{1,4})?)?)?", text.lower(), re.ASCII) is not None


def spell(name: str) -> str:
    """Return a name as systems write it: an xname, and what begins one, in lower case.

    >>> spell("X1000C2S0B0N0"), spell("X1000C2"), spell("Compute")
    ('x1000c2s0b0n0', 'x1000c2', 'Compute')
    """
    return name.lower() if is_place(name) or read_xname(name.lower()) else name


def stands_for_several(name: str) -> bool:
    """Tell whether a name stands for nodes that have to be looked up: a pattern, or a place.

    >>> stands_for_several("x1000c2*"), stands_for_several("x1000c2"), stands_for_several("x1000c2s0b0n0")
    (True, True, False)
    """
    return "*" in name or "?" in name or is_place(name)


def names_in_words(names: Collection[str]) -> str:
    """Return names, patterns and places as a sentence has them: folded only where each is one node's name.

    >>> names_in_words(["n1", "n2"]), names_in_words(["n1", "n2", "x9*"])
    ('n[1-2]', 'n1,n2,x9*')
    """
    return ",".join(names) if any(map(stands_for_several, names)) else fold(names)


def meant_by(wanted: Iterable[str]) -> Callable[[str], bool]:
    """Return the function that tells whether a node is meant: by its name, by a pattern, or by a place that has it.

    >>> list(filter(meant_by(["x1000c2", "x1", "x3000c0s1b0n?"]), ["x1000c2s0b0n0", "x1", "x10", "x3000c0s1b0n0"]))
    ['x1000c2s0b0n0', 'x1', 'x3000c0s1b0n0']
    """
    from nodewatch.lists.query import wildcard

    names = set(wanted)
    shapes = [shape.fullmatch for shape in map(wildcard, names) if shape]
    places = {name.lower() for name in names if is_place(name)}

    def meant(name: str) -> bool:
        return (
            name in names
            or any(shape(name) for shape in shapes)
            or (bool(places) and not places.isdisjoint(place_of(name, level) for level in LEVELS))
        )

    return meant


class Parts:
    """The cabinets, chassis and blades that nodes stand in, with how many nodes each of them has."""

    def __init__(self, everyone: Iterable[str]) -> None:
        sizes = below = blades_of(everyone)
        self.levels = {"blade": (sizes, below)}  # by what a part is called: how many nodes, and smaller parts, it has
        for word in ("chassis", "cabinet"):
            parts, sizes, below = sizes, Counter(), Counter()
            for part, size in parts.items():
                sizes[holder(part)] += size
                below[holder(part)] += 1
            self.levels[word] = (sizes, below)

    def whole(self, names: Collection[str]) -> str:
        """Return which cabinets, chassis or blades the nodes, each named once, are all of; empty if they are not.

        A part counts when it has several of the next smaller ones, a blade several nodes: one alone is no cause.

        >>> everyone = [f"x1c{chassis}s{slot}b0n{node}" for chassis in (0, 1) for slot in (0, 1) for node in (0, 1)]
        >>> parts = Parts(everyone)
        >>> parts.whole(everyone[:2]), parts.whole(everyone[2:6]), parts.whole(everyone[:4])
        ('blade x1c0s0', 'blades x1c0s1,x1c1s0', 'chassis x1c0')
        >>> parts.whole(everyone[:3]), parts.whole(everyone), Parts(["edge-1"]).whole(["edge-1"])
        ('', 'cabinet x1', '')
        """
        blades = blades_of(names)
        if len(names) < 2 or blades.total() < len(names):
            return ""
        largest, parts = "", set(blades)
        for word, (sizes, below) in self.levels.items():
            if all(below[part] > 1 for part in parts) and sum(sizes[part] for part in parts) == len(names):
                folded, plural = fold(parts), "s" if len(parts) > 1 and word != "chassis" else ""
                largest = f"{word}{plural} {folded}" if len(folded) <= LONG else f"{len(parts):,} {word}{plural}"
            parts = set(map(holder, parts))
        return largest


def blades_of(names: Iterable[str]) -> Counter[str]:
    """Return how many of the nodes stand in which blade, of those whose names say it.

    >>> blades_of(["x1000c2s0b1n0", "x1000c2s0b1n1", "edge-1"])
    Counter({'x1000c2s0': 2})
    """
    return Counter(found[GROUPS["slot"]] for found in map(NESTED.fullmatch, names) if found)


def holder(part: str) -> str:
    """Return the chassis that a blade stands in, the cabinet that a chassis stands in.

    >>> holder("x1000c2s0"), holder("x1000c2"), holder("x1000")
    ('x1000c2', 'x1000', '')
    """
    return part.rpartition("s")[0] or part.rpartition("c")[0]
