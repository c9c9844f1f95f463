"""Where nodes stand, by their xnames (`x1000c2s0b1n0`): cabinet, chassis, slot (a blade), board and node."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.lists.query import pattern
from nodewatch.nodes.nodeset import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

PARTS = r"(?:^|(?<=,))(((x\d{1,6})c\d{1,4})s\d{1,4})b\d{1,4}n\d{1,4}(?=,|$)"
LONG = 50  # characters of names; parts with longer ones are counted, for the nodes stand there already
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


def is_open(name: str) -> bool:
    """Tell whether a name stands for nodes that have to be looked up: a pattern, or a place.

    >>> is_open("x1000c2*"), is_open("x1000c2"), is_open("x1000c2s0b0n0")
    (True, True, False)
    """
    return "*" in name or "?" in name or is_place(name)


def meant_by(wanted: Iterable[str]) -> Callable[[str], bool]:
    """Return the function that tells whether a node is meant: by its name, by a pattern, or by a place that has it.

    >>> list(filter(meant_by(["x1000c2", "x1", "x3000c0s1b0n?"]), ["x1000c2s0b0n0", "x1", "x10", "x3000c0s1b0n0"]))
    ['x1000c2s0b0n0', 'x1', 'x3000c0s1b0n0']
    """
    names = set(wanted)
    shapes = [shape.fullmatch for shape in map(pattern, names) if shape]
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
        blades = Counter(parts_of(everyone))
        self.sizes: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        self.below: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        for parts, size in blades.items():
            for level, part in enumerate(parts):
                self.sizes[level][part] += size
        for chassis in {parts[:2] for parts in blades}:
            self.below[0][chassis[0]] += 1
        for parts, size in blades.items():
            self.below[1][parts[1]] += 1
            self.below[2][parts[2]] = size

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
        found = parts_of(names)
        if len(names) < 2 or len(found) < len(names):
            return ""
        for level, word in enumerate(("cabinet", "chassis", "blade")):
            parts = {each[level] for each in found}
            counted = all(self.below[level][part] > 1 for part in parts)
            if counted and sum(self.sizes[level][part] for part in parts) == len(names):
                named, plural = fold(parts), "s" if len(parts) > 1 and word != "chassis" else ""
                return f"{word}{plural} {named}" if len(named) <= LONG else f"{len(parts):,} {word}{plural}"
        return ""


def parts_of(names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return the cabinet, the chassis and the blade of each node whose name says where it stands.

    >>> parts_of(["x1000c2s0b1n0", "edge-1"])
    [('x1000', 'x1000c2', 'x1000c2s0')]
    """
    return [(cabinet, chassis, blade) for blade, chassis, cabinet in re.findall(PARTS, ",".join(names))]
