"""Measures nodewatch on boots: start-up, small answers, and a system of 20,000 components.

    PYTHONPATH=tests python -m bench.run [--python VENV/bin/python] [--rounds 20] [--only start,small,large]

Install a wheel (not editable) into a virtual environment of its own, and name its Python. The result is a table in
Markdown on standard output; the exit code is 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Bench, limit_row, memory_row, serving, table, time_row, warn_if_editable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .measure import Row

TESTS = Path(__file__).parents[1]
COUNT = 20_000
SESSION = "night-reboot"
COUNTED = "--filter class!=stable --filter age>30m --count-by status,cabinet --sort -count"
CLICK = "import click"
TABLE = "import click, rich.table, rich.console, sqlite3, json"
HTTP = "import click, requests"
LOAD = "import json, sys\nfor name in sys.argv[1:]: json.load(open(name))"
FETCH = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
# The fleet as it may be a little later. In a process of its own: this one's size would count as its children's.
CHANGED = """
import json, sys
fleet = json.load(open(sys.argv[1]))
for component in fleet["bos"]["v2"]["components"][::10]:
    component["status"]["status_override"], component["error"] = "failed", "no power"
json.dump(fleet, open(sys.argv[2], "w"))
"""
FOLD = """
import statistics, sys, time
from nodewatch.nodes.nodeset import fold
names = [name for number, name in enumerate(sys.stdin.read().split()) if number % 7 and number % 11]
times = []
for _ in range(9):
    began = time.process_time()
    fold(names)
    times.append(time.process_time() - began)
print(statistics.median(times) * 1000)
"""


def start(bench: Bench, rounds: int) -> Iterator[Row]:
    """Measure what costs nothing but start-up."""
    lines = {
        "--version": 1.10,
        "--help": 1.25,
        "bos --help": 1.25,
        "bos v2 components list --help": 1.25,
    }
    candidates = [bench.ours(line, line) for line in lines]
    found = bench.compare(rounds, [*candidates, bench.code("click", CLICK)])
    for line, goal in lines.items():
        yield time_row(f"`nodewatch {line}`", found[line], found["click"], "`import click`", goal)


def small(bench: Bench, rounds: int) -> Iterator[Row]:
    """Measure one session's status on the demo fleet, offline and over HTTP."""
    store, answers = bench.folder / "small.db", bench.folder / "answers.json"
    status = f"bos sessions status list {SESSION}"
    saved = bench.folder / "status.json"
    bench.write(saved, bench.nodewatch, *status.split(), "--format", "json", "--local", str(store))
    answers.write_text(json.dumps({f"/v2/sessions/{SESSION}/status": str(saved)}))
    with serving("--answers", str(answers)) as url:
        found = bench.compare(
            rounds,
            [
                bench.ours("offline", f"{status} --format json --local {store}"),
                bench.ours("table", f"{status} --local {store}", terminal=True),
                bench.ours("http", f"{status} --format json", {"NODEWATCH_BOS_URL": url}),
                bench.code("click", CLICK),
                bench.code("rich", TABLE),
                bench.code("requests", HTTP),
            ],
        )
    yield time_row("A session's status, offline, JSON", found["offline"], found["click"], "`import click`", 1.4)
    yield time_row("The same as a table on a terminal", found["table"], found["rich"], f"`{TABLE}`", 1.35)
    yield time_row("The same over HTTP, JSON", found["http"], found["requests"], f"`{HTTP}`", 1.15)


def large(bench: Bench, rounds: int) -> Iterator[Row]:
    """Measure a system of 20,000 components, offline and over HTTP."""
    folder = bench.folder
    store, few, file, text = folder / "large.db", folder / "small.db", folder / "large.json", folder / "components.json"
    rounds = max(rounds // 4, 3)
    listing = "bos components list"
    bench.write(text, bench.nodewatch, *listing.split(), "--format", "json", "--local", str(store))
    answers = folder / "answers.json"
    answers.write_text(json.dumps({"/v2/components": str(text)}))
    one = "bos components describe x1000c0s0b0n0 --format json --local"
    later = folder / "later.json"
    bench.output(bench.python, "-c", CHANGED, str(file), str(later))
    os.sync()  # what was loaded is still being written otherwise, and the larger store waits longer for that
    found = bench.compare(rounds * 4, [bench.ours("few", f"{one} {few}"), bench.ours("many", f"{one} {store}")])
    serve = (bench.nodewatch, "local", "serve", "--read-only", "--local", str(store))
    with serving("--answers", str(answers)) as url, serving(*serve) as ours:
        found |= bench.compare(
            rounds,
            [
                bench.ours("status", f"bos sessions status list {SESSION} --format json --local {store}"),
                bench.ours("status table", f"bos sessions status list {SESSION} --format table --local {store}"),
                bench.ours("map", f"bos sessions map {SESSION} --format table --local {store}"),
                bench.ours("list", f"{listing} --format json --local {store}"),
                bench.ours("table", f"{listing} --format table --local {store}"),
                bench.ours("http", f"{listing} --format json", {"NODEWATCH_BOS_URL": url}),
                bench.ours("asked", f"{listing} {COUNTED} --format json --local {store}"),
                bench.ours("asked http", f"{listing} {COUNTED} --format json", {"NODEWATCH_BOS_URL": url}),
                bench.code("served", FETCH, f"{ours}/apis/bos/v2/components"),
                bench.ours("diff", f"diff {file} {later} --format json"),
                bench.code("load", LOAD, str(file)),
                bench.code("both", LOAD, str(file), str(later)),
                bench.code("tool", "import runpy; runpy.run_module('json.tool', run_name='__main__')", str(file)),
            ],
        )
    names = folder / "names"
    listed = json.loads(bench.output(bench.nodewatch, "bos", "sessions", "describe", SESSION, "--local", str(store)))
    names.write_text(listed["components"].replace(",", "\n"))
    fold = float(bench.output("sh", "-c", f'"{bench.python}" -c "$1" < "{names}"', "sh", FOLD))
    size = text.stat().st_size
    load, tool = "`json.load` of the fleet file", "`json.tool` of the fleet file"
    yield time_row(f"{COUNT:,} components: a session's status, JSON", found["status"], found["load"], load, 0.5)
    yield time_row("the same as a table", found["status table"], found["load"], load, 0.5)
    yield time_row("the same as a map", found["map"], found["status table"], "the same as a table", 2.0)
    yield time_row("one component", found["many"], found["few"], "in a store of 200", 1.1)
    yield time_row("all components, JSON", found["list"], found["tool"], tool, 0.6)
    yield time_row("all components, piped as a table", found["table"], found["load"], load, 1.4)
    yield time_row("all components over HTTP, JSON", found["http"], found["tool"], tool, 0.8)
    yield time_row("filtered, sorted and counted, offline", found["asked"], found["load"], load, 0.6)
    yield time_row("the same over HTTP", found["asked http"], found["http"], "the plain list over HTTP", 1.1)
    yield time_row(
        "the same from `local serve`, without nodewatch", found["served"], found["load"], load, 1.5, waiting=True
    )
    yield time_row("what changed between two fleet files", found["diff"], found["both"], "`json.load` of both", 2.5)
    yield limit_row("folding their names, with holes", fold, 100, "ms")
    yield memory_row("memory: what changed between two fleet files", found["diff"], 4 * file.stat().st_size + 60e6)
    yield memory_row("memory: all components offline, JSON", found["list"], 60e6)
    yield memory_row(f"memory: all components over HTTP, JSON ({size / 1e6:.0f} MB)", found["http"], 4 * size)


def main() -> int:
    """Prepare the stores, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="start,small,large")
    given = parser.parse_args()
    parts = {"start": start, "small": small, "large": large}
    with tempfile.TemporaryDirectory(prefix="nodewatch-bench-") as name:
        bench = Bench(given.python, Path(name))
        warn_if_editable(bench)
        wanted = given.only.split(",")
        fleets = [str(bench.folder / file) for file in ("small.json", "large.json")]
        bench.output(given.python, "-m", "bench.fleets", *fleets, str(COUNT), PYTHONPATH=str(TESTS))
        for file in fleets:
            bench.output(bench.nodewatch, "local", "load", file, "--local", file.replace(".json", ".db"))
        rows = [row for part in wanted for row in parts[part](bench, given.rounds)]
    print(table(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
