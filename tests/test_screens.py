"""Whole screens, at several widths and in a pipe: of the demo fleet, and of 10,000 nodes with 160 kinds of errors.

With NODEWATCH_GOLDEN set the files in `golden` are written anew; look at each before you keep it.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import NOW, FakeWorld
from nodewatch.command_tree import TREE
from nodewatch.demo import demo_fleet
from nodewatch.main import run as run_line

if TYPE_CHECKING:
    from typing import Any

GOLDEN = Path(__file__).with_name("golden")
WIDTHS = ("80", "120", "200", "piped")
DEMO = {
    "session_status": "bos v2 sessions status list night-reboot",
    "sessions_list": "bos v2 sessions list",
    "session": "bos v2 sessions describe night-reboot",
    "components": "bos v2 components list --session night-reboot --status failed",
    "component": "bos v2 components describe x1000c2s0b0n0",
    "map": "bos v2 components map",
}
LARGE = {"large_status": "bos v2 sessions status list large", "large_map": "bos v2 sessions map large"}
MOST_LINES = {"large_status": 60, "large_map": 120}


def large_fleet() -> dict[str, Any]:
    """Return a session of 10,000 nodes: 1,000 failed, with 160 kinds of errors; the others boot, or are up."""
    where = [(cabinet, chassis, slot) for cabinet in range(1000, 1040) for chassis in range(8) for slot in range(8)]
    nodes = [f"x{c}c{h}s{s}b{b}n{n}" for c, h, s in where for b in (0, 1) for n in (0, 1)][:10_000]
    before = f"{NOW - timedelta(minutes=9):%Y-%m-%dT%H:%M:%S}"
    components = []
    for number, name in enumerate(nodes):
        kind = number // 40 % 160
        failed, booting = number % 40 < 4, number > 9_000
        phase = "powering_on" if failed or booting else ""
        components.append(
            {
                "id": name,
                "enabled": booting and not failed,
                "session": "large",
                "error": f"{chr(97 + kind // 26)}{chr(97 + kind % 26)}-service: {name} answered {number}" * failed,
                "status": {"phase": phase, "status_override": "failed" * failed},
                "last_action": {"action": "powering_on", "last_updated": before},
            }
        )
    session = {
        "name": "large",
        "operation": "reboot",
        "template_name": "compute",
        "components": ",".join(nodes),
        "status": {"status": "running", "start_time": before, "end_time": None},
    }
    return {"bos": {"v2": {"sessions": [session], "components": components}}}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return local stores with the two fleets."""
    folder = tmp_path_factory.mktemp("stores")
    made = {}
    for name, fleet in (("demo", demo_fleet(NOW)), ("large", large_fleet())):
        file, store = folder / f"{name}.json", folder / f"{name}.db"
        file.write_text(json.dumps(fleet))
        world = FakeWorld({"HOME": str(folder)})
        assert run_line(TREE, "nodewatch", ["local", "load", str(file), "--local", str(store)], world) == 0
        made[name] = str(store)
    return made


def shown(line: str, store: str, width: str) -> str:
    """Return what the command line prints at a width, or in a pipe."""
    tty = width != "piped"
    environ = {"HOME": "/nowhere", "NODEWATCH_LOCAL": store, "NO_COLOR": "1"}
    world = FakeWorld(environ | ({"COLUMNS": width} if tty else {}), tty=tty)
    words = line.split() + ([] if tty or "--format" in line else ["--format", "table"])
    assert run_line(TREE, "nodewatch", words, world) == 0, world.stderr.getvalue()
    return world.stdout.getvalue()


def check(name: str, text: str) -> None:
    """Hold the text against the file of that name, or write it."""
    file = GOLDEN / name
    if "NODEWATCH_GOLDEN" in os.environ:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", DEMO)
def test_the_demo_fleet(stores: dict[str, str], screen: str, width: str) -> None:
    check(f"{screen}_{width}.txt", shown(DEMO[screen], stores["demo"], width))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", LARGE)
def test_ten_thousand_nodes(stores: dict[str, str], screen: str, width: str) -> None:
    text = shown(LARGE[screen], stores["large"], width)
    if screen == "large_map" and width != "200":
        assert text.count("X") == 1_001  # and the legend
        return
    check(f"{screen}_{width}.txt", text)
    assert width == "piped" or text.count("\n") <= MOST_LINES[screen]


@pytest.mark.parametrize("screen", ["session_status", "map"])
def test_pictures(stores: dict[str, str], screen: str) -> None:
    check(f"{screen}.svg", shown(DEMO[screen] + " --format svg", stores["demo"], "piped"))
