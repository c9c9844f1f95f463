"""A page as one file that needs no other: HTML or SVG, for a ticket or a wiki."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from nodewatch.render.page import Paper, masked_page, page_lines
from nodewatch.table import Column, Grid, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.segment import Segment

    from nodewatch.table import Page
    from nodewatch.world import World

PICTURE_WIDTH = 120  # columns, where no terminal says another
HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>nodewatch</title>
<style>
body {{ color: {foreground}; background: {background}; margin: 1em; }}
pre {{ font: 14px/1.3 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
{stylesheet}
</style>
</head>
<body>
<pre>{code}</pre>
</body>
</html>
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>nodewatch</title>
<style>
.{unique_id}-matrix {{ white-space: pre;
  font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def print_picture(page: Page, style: str, world: World) -> None:
    """Write the page to stdout as `html` or `svg`, as wide as COLUMNS says."""
    console = recorded(masked_page(page, world), world.columns if world.variable("COLUMNS") else PICTURE_WIDTH)
    if style == "html":
        world.stdout.write(console.export_html(code_format=HTML))
    else:
        world.stdout.write(console.export_svg(title="", code_format=SVG))


def document_page(document: object) -> Page:
    """Return a document that has no table as a page: its JSON."""
    from nodewatch.render.json import json_chunks

    return [Grid([Column("")], [[line] for line in "".join(json_chunks(document)).split("\n")])]


def recorded(page: Page, width: int) -> Console:
    """Return a console that has recorded the page; all of it is within its width, also what is never broken else."""
    from rich.segment import Segment, Segments

    paper = Paper(width)
    blocks = [block._replace(whole=False) if isinstance(block, Line) else block for block in page]
    lines = [list(indented(line)) for line in page_lines(blocks, paper, paper.console(io.StringIO()))]
    widest = max((Segment.get_line_length(line) for line in lines), default=0)
    console = paper._replace(width=max(widest, width)).console(io.StringIO(), record=True)
    console.print(Segments([segment for line in lines for segment in line]), crop=False, end="")
    return console


def indented(line: list[Segment]) -> Iterator[Segment]:
    """Return the line with blanks in front of a text in a piece of their own: viewers of SVG leave them out else."""
    for segment in line:
        text = segment.text.lstrip(" ")
        blanks = len(segment.text) - len(text)
        if text and blanks:
            yield segment._replace(text=" " * blanks, style=None)
            segment = segment._replace(text=text)  # noqa: PLW2901  # what is left of it
        yield segment
