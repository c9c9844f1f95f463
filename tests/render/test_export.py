"""Pages as files: they need no other file, and what a server said is text in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from conftest import FakeWorld, Load, Runner
from nodewatch.render.export import print_picture
from nodewatch.table import Cell, Grid, Heading, Line, Page
from render.pages import STATUS, components

FAILED = "1 node: <script>alert('x')</script> & \"more\"\x1b[31m]]>"
PAGE: Page = [Line(FAILED, "bad"), *STATUS]


def picture(page: Page, style: str, **environ: str) -> str:
    """Return what is written."""
    world = FakeWorld(environ)
    print_picture(page, style, world)
    return world.stdout.getvalue()


class Reader(HTMLParser):
    """Collects elements and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("style", ["html", "svg"])
def test_it_needs_nothing_from_elsewhere(style: str) -> None:
    text = picture(PAGE, style).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"@font-face|@import|src=|href|url\((?!#)", text) == []


def test_html_shows_text_as_text() -> None:
    found = Reader(picture(PAGE, "html"))
    assert found.tags == {"html", "head", "meta", "title", "style", "body", "pre", "span"}
    assert FAILED.replace("\x1b", "\\x1b") in found.text
    assert "x3000c0s[19-22]b[0-3]n0,x3000c0s[23,25-27]b0n0" in found.text


def test_svg_is_xml_with_all_of_the_page() -> None:
    tree = ET.fromstring(picture(PAGE, "svg"))  # noqa: S314  # it is our own
    texts = [node.text or "" for node in tree.iter("{http://www.w3.org/2000/svg}text")]
    shown = " ".join(texts).replace("\N{NO-BREAK SPACE}", " ")
    assert FAILED.replace("\x1b", "\\x1b") in shown
    assert "reboot of compute-24.7  running: 48 of 96 nodes FAILED" in shown


def test_it_is_as_wide_as_columns_says_but_cuts_nothing() -> None:
    page: Page = [
        Heading("Nodes"),
        Line("x1c0s0b0n0," * 20, whole=True),
        Grid(components(1).columns[:1], [[Cell("x" * 70)]]),
    ]
    lines = re.sub("<[^>]*>", "", picture(page, "html", COLUMNS="40").split("<pre>")[1]).split("\n")
    assert max(map(len, lines)) == 70
    assert "".join(lines).count("x1c0s0b0n0,") == 20


@pytest.mark.parametrize("style", ["html", "svg"])
def test_a_command_without_a_table_shows_its_document(run: Runner, load: Load, style: str) -> None:
    load({"bos": {"v2": {"sessiontemplates": []}}})
    done = run(f"bos v2 sessiontemplatetemplate list --format {style}")
    assert (done.code, done.stderr) == (0, "")
    assert "&quot;boot_sets&quot;" in done.stdout
