"""The machine as a picture: one sign a node, in cabinets, chassis and slots; a missing node leaves a hole."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import kinds, rules
from nodewatch.documents import id_of
from nodewatch.nodes.nodeset import natural
from nodewatch.nodes.places import Xname, read_xname
from nodewatch.table import Cell, Grid, Page, Panel, Panels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nodewatch.bos_v2.types import Component
    from nodewatch.table import Style


class Sign(NamedTuple):
    """How the nodes in some statuses are drawn: they differ without colour, too."""

    character: str
    style: Style
    means: str


SLOTS = 8  # of a chassis of a liquid-cooled cabinet; more slots stand in further columns
SIGNS_ON_LINE = 50  # signs on a line where names do not say where nodes are
MOST_HOLES = 8  # how many times as many places as nodes a cabinet may have before it is drawn as a plain row
STABLE_SIGN = Sign("█", "good", "stable")
FAILED_SIGN = Sign("X", "bad", "failed")
HELD_SIGN = Sign("!", "warn", "disabled")
OTHER_SIGN = Sign("?", "warn", "another status")
MOVING_SIGNS = {
    "power_off_pending": Sign("v", "busy", "powering off"),
    "power_off_gracefully_called": Sign("v", "busy", "powering off"),
    "power_off_forcefully_called": Sign("v", "busy", "powering off"),
    "power_on_pending": Sign("^", "busy", "powering on"),
    "power_on_called": Sign("^", "busy", "powering on"),
    "configuring": Sign("c", "busy", "configuring"),
    "on_hold": Sign("o", "busy", "on hold"),  # enabled: the next look of BOS takes it up
}
LEGEND_ORDER = (STABLE_SIGN, *dict.fromkeys(MOVING_SIGNS.values()), FAILED_SIGN, HELD_SIGN, OTHER_SIGN)


def sign_of(component: Component) -> Sign:
    """Return how a node is drawn.

    >>> [sign_of({"enabled": True, "status": {"status": word}}).character for word in ("configuring", "stable")]
    ['c', '█']
    >>> sign_of({"enabled": False, "status": {"status": "configuring"}}).means
    'disabled'
    """
    kind = kinds.kind_of(component)
    if kind == "moving":
        return MOVING_SIGNS.get(rules.status_of(component), OTHER_SIGN)
    return {"stable": STABLE_SIGN, "failed": FAILED_SIGN, "held": HELD_SIGN}[kind]


def components_picture(documents: Iterable[Component]) -> Page:
    """Return the picture of the nodes, with a legend that counts them."""
    signs = {id_of(component): sign_of(component) for component in documents}
    if not signs:
        return [Grid([], [], empty="No node matches.")]
    places = {name: found for name in signs if (found := read_xname(name)) is not None}
    cabinets: dict[int, dict[Xname, Sign]] = {}
    for name, stands in places.items():
        cabinets.setdefault(stands.cabinet, {})[stands] = signs[name]
    panels, others = [], [name for name in signs if name not in places]
    for number, nodes in sorted(cabinets.items()):
        if drawn_size(nodes) > MOST_HOLES * len(nodes) + 64:
            others += [name for name, stands in places.items() if stands.cabinet == number]
        else:
            panels.append(cabinet_panel(number, nodes))
    panels += prefix_panels({name: signs[name] for name in others})
    counts = Counter(signs.values())
    legend = [
        Cell(f"{each.character} {each.means} {counts[each]:,}", each.style) for each in LEGEND_ORDER if counts[each]
    ]
    return [Panels(panels, legend)]


def drawn_size(found: Mapping[Xname, Sign]) -> int:
    """Return how many signs and holes the picture of a cabinet has."""
    chassis = len({stands.chassis for stands in found})
    return (
        chassis
        * (max(stands.slot for stands in found) // SLOTS + 1)
        * SLOTS
        * slot_depth(found)[0]
        * slot_depth(found)[1]
    )


def slot_depth(found: Iterable[Xname]) -> tuple[int, int]:
    """Return how many boards a slot of the cabinet has, and how many nodes a board."""
    return max(stands.board for stands in found) + 1, max(stands.node for stands in found) + 1


def cabinet_panel(number: int, found: Mapping[Xname, Sign]) -> Panel:
    """Return a cabinet: its chassis side by side, a line for each slot in them.

    A rack has many slots: every eight of them stand in a column, whose heading is the first, and lines are counted on
    from that.

    >>> nodes = {Xname(1000, chassis, slot, 0, node) for chassis in (0, 2) for slot in (0, 1) for node in (0, 1)}
    >>> panel = cabinet_panel(1000, dict.fromkeys(nodes - {Xname(1000, 2, 1, 0, 0)}, STABLE_SIGN))
    >>> panel.name, ["".join(cell.text for cell in line) for line in panel.lines]
    ('x1000', ['   c0 c2', 's0 ██ ██', 's1 ██  █'])
    """
    boards, nodes = slot_depth(found)
    blocks = sorted({(stands.chassis, stands.slot // SLOTS) for stands in found})
    rows = sorted({stands.slot % SLOTS for stands in found})
    long, several = any(block for _, block in blocks), len({chassis for chassis, _ in blocks}) > 1
    names = [f"c{chassis}" * (several or not long) + f"s{block * SLOTS}" * long for chassis, block in blocks]
    wide = max(boards * nodes, *map(len, names))
    front = len(f"s{max(rows)} ")
    lines: list[list[Cell]] = [[Cell(" " * front + " ".join(name.ljust(wide) for name in names).rstrip(), "dim")]]
    for row in rows:
        signs = [
            signs_of(
                found, (Xname(number, chassis, block * SLOTS + row, b, n) for b in range(boards) for n in range(nodes))
            )
            for chassis, block in blocks
        ]
        drawn = " ".join(each.ljust(wide) for each in signs).rstrip()
        lines.append([Cell(f"{'+' if long else 's'}{row} ", "dim"), *styled_runs(drawn)])
    return Panel(f"x{number}", lines)


def signs_of(found: Mapping[Xname, Sign], places: Iterable[Xname]) -> str:
    """Return the signs of the places, blanks where no node is."""
    return "".join(found[each].character if each in found else " " for each in places)


SIGN_STYLES: dict[str, Style] = {each.character: each.style for each in LEGEND_ORDER} | {" ": ""}


def styled_runs(signs: str) -> Iterator[Cell]:
    """Return signs in pieces of one style each.

    >>> list(styled_runs("██X"))
    [Cell(text='██', style='good'), Cell(text='X', style='bad')]
    """
    return (Cell("".join(run), style) for style, run in groupby(signs, SIGN_STYLES.__getitem__))


def prefix_panels(signs: Mapping[str, Sign]) -> Iterator[Panel]:
    """Return the nodes whose names do not say where they stand: those that begin alike together, in natural order.

    >>> [panel.name for panel in prefix_panels({"login-2": STABLE_SIGN, "login-10": STABLE_SIGN, "edge": FAILED_SIGN})]
    ['edge', 'login-[2-10] (2)']
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(signs, key=natural):
        groups.setdefault(re.sub(r"\d+\D*$", "", name), []).append(name)
    for prefix, names in groups.items():
        first, last = names[0].removeprefix(prefix), names[-1].removeprefix(prefix)
        title = names[0] if len(names) == 1 else f"{prefix}[{first}-{last}] ({len(names):,})"
        drawn = "".join(signs[name].character for name in names)
        yield Panel(
            title,
            [list(styled_runs(drawn[start : start + SIGNS_ON_LINE])) for start in range(0, len(drawn), SIGNS_ON_LINE)],
        )
