"""Measures nodewatch on an Exchange: one question a node, to a server that takes 20 ms an answer.

    PYTHONPATH=tests python -m bench.edge [--python VENV/bin/python] [--rounds 5]

The server is a process of its own, with Nagle's algorithm off. The result is a table in Markdown on standard output;
the exit code is 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Bench, Candidate, Row, memory_row, serving, table, time_row, warn_if_editable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .measure import Sample

DELAY = 0.02
BARE = str(Path(__file__).with_name("bare.py"))


def measured(bench: Bench, count: int, rounds: int) -> tuple[Sample, Sample]:
    """Return what nodewatch and the bare loop take for an Exchange of so many nodes."""
    with serving("--nodes", str(count), "--delay", str(DELAY)) as url:
        environ = account(url)
        found = bench.compare(
            rounds,
            [
                bench.ours("ours", "exchange nmp status upgrade", environ),
                Candidate("bare", (bench.python, BARE, url)),
            ],
        )
    return found["ours"], found["bare"]


def matched(bench: Bench, rounds: int) -> Row:
    """Compare a survey of 2,000 nodes, of which all but one have not reported, with one that asks no node policies."""
    with serving("--nodes", "2000", "--delay", str(DELAY)) as url:
        environ = account(url)
        found = bench.compare(
            rounds,
            [
                bench.ours("matched", "exchange nmp status fresh", environ),
                bench.ours("plain", "exchange nmp status fresh --no-match", environ),
            ],
        )
    what = "2,000 nodes that have not reported, with whom it is meant for"
    return time_row(what, found["matched"], found["plain"], "without", 2.2, waiting=True)


def reset(bench: Bench, rounds: int) -> Row:
    """Compare the reset of 336 nodes in 5,000 with a survey of all of them and 336 changes, 32 at a time."""
    with serving("--nodes", "5000", "--delay", str(DELAY)) as url:
        environ = account(url)
        found = bench.compare(
            rounds,
            [
                bench.ours("reset", "exchange nmp reset broken --yes --quiet", environ),
                bench.ours("survey", "exchange nmp status broken --no-match", environ),
            ],
        )
    changes = -(-336 // 32) * DELAY
    survey = found["survey"]._replace(seconds=found["survey"].seconds + changes)
    return time_row(
        "reset of 336 failed of 5,000 nodes", found["reset"], survey, "one survey, 336 changes", 1.5, waiting=True
    )


def account(url: str) -> dict[str, str]:
    """Return the environment that names the Exchange and the login."""
    return {"HZN_EXCHANGE_URL": url, "HZN_ORG_ID": "bench", "HZN_EXCHANGE_USER_AUTH": "user:word"}


def rows(bench: Bench, rounds: int) -> Iterator[Row]:
    """Measure 2,000 nodes, and 10,000; whom a policy is meant for, and a reset."""
    bare = "32 threads, a `requests.Session` each"
    few, few_bare = measured(bench, 2_000, rounds)
    many, many_bare = measured(bench, 10_000, max(rounds // 2, 2))
    yield time_row("2,000 nodes, 20 ms an answer", few, few_bare, bare, 1.25, waiting=True)
    yield memory_row("memory: 2,000 nodes", few, 60e6)
    yield time_row("10,000 nodes", many, many_bare, bare, 1.25, waiting=True)
    growth = many.seconds / few.seconds / 5
    yield Row(
        "10,000 nodes against 5 x 2,000",
        f"{many.seconds:.1f} s",
        f"{5 * few.seconds:.1f} s",
        f"{growth:.2f}",
        "1.10",
        growth <= 1.1,
    )
    yield matched(bench, max(rounds // 2, 2))
    yield reset(bench, max(rounds // 2, 2))


def main() -> int:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nodewatch-bench-") as name:
        bench = Bench(given.python, Path(name))
        warn_if_editable(bench)
        found = list(rows(bench, given.rounds))
    print(table(found))
    return 0 if all(row.met for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
