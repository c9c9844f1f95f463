"""What holds for any page at any width."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.render.bar import BLOCKS, allot, bar_lines
from nodewatch.render.page import LARGE_TABLE, print_page
from nodewatch.render.text import display_width, wrap
from nodewatch.table import Bar, Cell, Column, Fields, Grid, Heading, Line, Page, Part, Style, visible

TEXT = st.text(max_size=40) | st.sampled_from(
    ["", " ", "  a  b", "x3000c0s[19,21]b0n0,x3000", "[red]", "\x1b[31m", "計算,"]
)
STYLE = st.sampled_from(sorted(BLOCKS))
CELL = TEXT | st.builds(Cell, TEXT, STYLE)
SHARE = st.sampled_from([0, 100, 0.01, 99.99, 33.333]) | st.floats()
WIDTH = st.integers(1, 300)
COLUMN = st.builds(Column, TEXT, st.integers(0, 3), st.booleans(), st.booleans(), st.booleans())


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Return a grid whose first column is named, and neither leaves nor wraps."""
    others = draw(st.lists(COLUMN, max_size=4))
    rows = draw(st.lists(st.tuples(*[CELL] * (len(others) + 1)), max_size=6))
    return Grid([Column("id"), *others], rows, draw(TEXT), draw(TEXT))


BLOCK = (
    grids()
    | st.builds(Fields, st.lists(st.tuples(TEXT, CELL), max_size=4))
    | st.builds(Bar, st.lists(st.builds(Part, TEXT, SHARE, STYLE, st.none() | st.integers(0)), max_size=5))
    | st.builds(Line, TEXT, STYLE, TEXT, st.booleans())
    | st.builds(Heading, TEXT, STYLE)
)


def printed(page: Page, **environ: str) -> str:
    """Return what a terminal is sent."""
    world = FakeWorld(environ, tty=True)
    print_page(page, world)
    return world.stdout.getvalue()


@given(st.lists(BLOCK, max_size=4), WIDTH)
def test_any_page_is_printed_without_a_control_character(page: Page, width: int) -> None:
    plain = printed(page, COLUMNS=str(width), NO_COLOR="1")
    assert all(line.isprintable() for line in plain.split("\n"))
    assert all(line == line.rstrip(" ") for line in plain.split("\n"))
    assert re.sub(r"\x1b\[[0-9;]*m", "", printed(page, COLUMNS=str(width))) == plain


@given(grids(), WIDTH)
@example(Grid([Column("id"), Column("計算,")], [["x1c0s0b0n0", ""]]), 4)
def test_the_first_column_is_whole(grid: Grid, width: int) -> None:
    plain = printed([grid], COLUMNS=str(width), NO_COLOR="1")
    for row in grid.rows:
        name = visible(row[0].text if isinstance(row[0], Cell) else row[0]).rstrip(" ")
        assert any(line.startswith(name) for line in plain.split("\n"))


@given(TEXT, WIDTH, st.booleans())
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int, cut: bool) -> None:
    text = visible(text)
    lines = wrap(text, width, cut=cut)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        pieces = re.findall(r"(?:\[[^\[\]\s]*\]|[^\s,])*,?", line)
        assert display_width(line) <= width or len(line) == 1 or (not cut and len(list(filter(None, pieces))) == 1)


@given(st.lists(st.floats(0, 120), min_size=1, max_size=6), st.integers(6, 60))
def test_every_share_is_seen_in_a_bar(shares: list[float], length: int) -> None:
    counts = allot(shares, length)
    assert sum(counts) == (length if any(shares) else 0)
    assert [count > 0 for count in counts] == [share > 0 for share in shares]


@pytest.mark.parametrize(
    ("shares", "drawn"),
    [
        ([100.0, 0], "█" * 50),
        ([99.96, 0.04], "█" * 49 + "▒"),
        ([99.96], "█" * 49 + "·"),
        ([33.33, 33.33, 33.33], "█" * 17 + "▒" * 17 + "╳" * 16),
        ([100.0, 25.0], "█" * 40 + "▒" * 10),
        ([20.0, 30.0], "█" * 10 + "▒" * 15 + "·" * 25),
        ([0.0, 0.0], "·" * 50),
        ([float("nan"), -3.0, float("inf")], "·" * 50),
    ],
)
def test_a_bar_is_full_only_when_all_is_done(shares: list[float], drawn: str) -> None:
    styles: list[Style] = ["good", "busy", "bad"]
    parts = [Part("part", share, style) for share, style in zip(shares, styles, strict=False)]
    line = next(bar_lines(Bar(parts), None, blocks=True))
    assert "".join(cell.text for cell in line) == drawn


def test_a_large_grid_is_complete_lines_in_one_colour() -> None:
    columns = [Column("Node"), Column("Status"), Column("Cabinet", 1), Column("Error", wraps=True)]

    def lines(count: int) -> list[str]:
        rows: list[list[str | Cell]] = [
            [f"x{number:04}", Cell("failed", "bad"), "x1", "an error that wraps at last"] for number in range(count)
        ]
        return printed([Grid(columns, rows)], COLUMNS="45").split("\n")

    assert lines(LARGE_TABLE)[1:3] == [
        "x0000  \x1b[1;31mfailed\x1b[0m  x1       an error that wraps",
        " " * 24 + "at last",
    ]
    assert lines(LARGE_TABLE + 1)[1] == "x0000  failed  x1       an error that wraps at last"


def test_columns_that_wrap_divide_the_room() -> None:
    columns = [Column("id"), Column("a", wraps=True), Column("b", wraps=True)]
    grid = Grid(columns, [["x1", "word " * 6, "word " * 30]])
    lines = printed([grid], COLUMNS="80", NO_COLOR="1").split("\n")
    assert lines[1] == "x1  word word word word word word   " + "word " * 8 + "word"
