"""Measures what `--watch` costs, one refresh of 10,000 nodes against one plain command with the same table; and a wait.

    PYTHONPATH=tests python -m bench.watch [--python VENV/bin/python] [--rounds 5]

A refresh is what eleven looks take more than one, by ten; the program's clock is set on instead of waiting.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Bench, Candidate, Sample, memory_row, table, time_row, warn_if_editable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .measure import Row

TESTS = Path(__file__).parents[1]
COUNT, MORE = 10_000, 20_000
LOOKS = 11
LINES = {
    "a session's status": "bos sessions status list night-reboot",
    "the list of its components": "bos components list --session night-reboot",
}
WATCH = """
import sys
from nodewatch.command_tree import TREE
from nodewatch.main import run
from nodewatch.world import World

class Hasty(World):
    looks, ahead = int(sys.argv[1]), 0.0
    def monotonic(self):
        return super().monotonic() + self.ahead
    def sleep(self, seconds):
        self.ahead += seconds
        self.looks -= 1
        if not self.looks:
            raise KeyboardInterrupt

sys.exit(run(TREE, "nodewatch", sys.argv[2:], Hasty()) != 130)
"""


def watch(bench: Bench, looks: int, line: str, option: str = "--watch") -> Candidate:
    """Return a candidate that looks as often as that, and ends."""
    code = bench.code(f"{looks} looks", WATCH, str(looks), *line.split(), option, "--interval", "1")
    return code._replace(terminal=True)


def waits(bench: Bench, rounds: int) -> Iterator[Row]:
    """Measure how large a wait for a session of 20,000 nodes gets, beside the plain command."""
    store = load(bench, MORE)
    for (what, line), limit in zip(LINES.items(), (80e6, 120e6), strict=True):
        found = bench.compare(
            rounds,
            [
                bench.ours("plain", f"{line} --format json --local {store}"),
                watch(bench, LOOKS, f"{line} --format json --local {store}", "--wait"),
            ],
        )
        plain = f" (the plain command: {found['plain'].peak / 1e6:.0f} MB)"
        yield memory_row(f"memory: {MORE:,} nodes, a wait for {what}{plain}", found[f"{LOOKS} looks"], limit)


def load(bench: Bench, count: int) -> Path:
    """Make a store with so many nodes, and return where it is."""
    fleets, store = [str(bench.folder / file) for file in ("small.json", f"{count}.json")], bench.folder / f"{count}.db"
    bench.output(bench.python, "-m", "bench.fleets", *fleets, str(count), PYTHONPATH=str(TESTS))
    bench.output(bench.nodewatch, "local", "load", fleets[1], "--local", str(store))
    return store


def refresh(bench: Bench, what: str, line: str, rounds: int) -> Row:
    """Measure one refresh of what the command line shows."""
    found = bench.compare(
        rounds,
        [
            bench.ours("plain", line, terminal=True),
            watch(bench, 1, line),
            watch(bench, LOOKS, line),
        ],
    )
    one, many = found["1 looks"], found[f"{LOOKS} looks"]
    each = Sample((many.seconds - one.seconds) / (LOOKS - 1), (many.busy - one.busy) / (LOOKS - 1), many.peak)
    return time_row(f"{COUNT:,} nodes, one refresh of {what}", each, found["plain"], "the plain command", 1.5)


def main() -> int:
    """Prepare the store, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nodewatch-bench-") as name:
        bench = Bench(given.python, Path(name))
        warn_if_editable(bench)
        store = load(bench, COUNT)
        rows = [refresh(bench, what, f"{line} --local {store}", given.rounds) for what, line in LINES.items()]
        rows += waits(bench, max(given.rounds // 2, 1))
    print(table(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
