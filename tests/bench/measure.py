"""Whole processes, side by side: each round runs every candidate once, in an order drawn anew; medians are compared."""

from __future__ import annotations

import os
import pty
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MB = 1_000_000


class Candidate(NamedTuple):
    """A command line; `terminal` runs it with a terminal of 160 columns as its output, else that goes nowhere."""

    name: str
    argv: tuple[str, ...]
    environ: tuple[tuple[str, str], ...] = ()
    terminal: bool = False


class Sample(NamedTuple):
    """What one run took: seconds of wall time and of processor time, and the largest resident size in bytes."""

    seconds: float
    busy: float
    peak: int


class Row(NamedTuple):
    """One line of the table: ours and the reference as text, their ratio, the largest wanted, whether it is met."""

    what: str
    ours: str
    reference: str
    ratio: str
    goal: str
    met: bool


class Bench:
    """Runs commands of one Python environment in an empty home directory, with an environment of their own."""

    def __init__(self, python: str, folder: Path) -> None:
        self.python, self.folder = python, folder
        self.nodewatch = str(Path(python).parent / "nodewatch")
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        # What distorts start-up or names a system is left out: PYTHON*, NODEWATCH_*, HZN_*, CRAY_*.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        self.environ = {**kept, "HOME": str(self.home), "TERM": "xterm-256color", "COLUMNS": "160"}

    def ours(
        self, name: str, line: str, environ: Mapping[str, str] | None = None, *, terminal: bool = False
    ) -> Candidate:
        """Return `nodewatch LINE` as a candidate."""
        return Candidate(name, (self.nodewatch, *line.split()), tuple((environ or {}).items()), terminal)

    def code(self, name: str, code: str, *words: str) -> Candidate:
        """Return `python -c CODE WORDS` as a candidate."""
        return Candidate(name, (self.python, "-c", code, *words))

    def output(self, *argv: str, **environ: str) -> str:
        """Return what a command prints; end the benchmark if it fails."""
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, cwd=self.home, env={**self.environ, **environ}
        )
        if done.returncode:
            sys.exit(f"{' '.join(argv)[:200]} ended with {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    def write(self, file: Path, *argv: str) -> None:
        """Write what a command prints into a file, past this process: its own size would count as its children's."""
        self.output("sh", "-c", 'file="$1"; shift; exec "$@" > "$file"', "sh", str(file), *argv)

    def once(self, candidate: Candidate) -> Sample:
        """Run the candidate and return what it took; end the benchmark if it fails."""
        with tempfile.TemporaryFile() as errors:
            environ = {**self.environ, **dict(candidate.environ)}
            parent, output = pty.openpty() if candidate.terminal else (-1, os.open(os.devnull, os.O_WRONLY))
            began = time.perf_counter()
            process = subprocess.Popen(
                candidate.argv, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environ, cwd=self.home
            )
            os.close(output)
            if parent >= 0:
                drain(parent)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                errors.seek(0)
                said = errors.read().decode(errors="replace")[-500:]
                sys.exit(f"{' '.join(candidate.argv)[:200]} ended with {process.returncode}: {said}")
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            return Sample(seconds, used.ru_utime + used.ru_stime, peak)

    def compare(self, rounds: int, candidates: Sequence[Candidate]) -> dict[str, Sample]:
        """Return the medians of each candidate, by its name, after a first round that does not count."""
        found: dict[str, list[Sample]] = {candidate.name: [] for candidate in candidates}
        for number in range(rounds + 1):
            for candidate in random.sample(candidates, len(candidates)):
                sample = self.once(candidate)
                if number:
                    found[candidate.name].append(sample)
            progress(f"round {number} of {rounds}: {', '.join(found)}")
        progress("")
        return {name: median(samples) for name, samples in found.items()}


def median(samples: Sequence[Sample]) -> Sample:
    """Return the medians of the times, and of the largest sizes."""
    seconds, busy, peak = map(statistics.median, zip(*samples, strict=True))
    return Sample(seconds, busy, int(peak))


def drain(terminal: int) -> None:
    """Read what is written to a terminal until its other end is closed."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:  # how Linux reports the end
        pass
    finally:
        os.close(terminal)


def progress(text: str) -> None:
    """Show how far the benchmark is, on a terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{text[:width]}", end="", file=sys.stderr, flush=True)


def time_row(what: str, ours: Sample, reference: Sample, of: str, goal: float, *, waiting: bool = False) -> Row:
    """Return a row that compares processor times, which other work on the machine does not change; or, if `waiting` for
    a server is what it is about, wall times.
    """
    one, other = (ours.seconds, reference.seconds) if waiting else (ours.busy, reference.busy)
    times = f"{one * 1000:.0f} ms", f"{of}: {other * 1000:.0f} ms"
    return Row(what, *times, f"{one / other:.2f}", f"{goal:.2f}", one <= goal * other)


def limit_row(what: str, value: float, goal: float, unit: str) -> Row:
    """Return a row that holds a value against a limit of its own."""
    return Row(what, f"{value:.0f} {unit}", "", "", f"{goal:.0f} {unit}", value <= goal)


def memory_row(what: str, ours: Sample, limit: float) -> Row:
    """Return a row that holds the largest resident size against a limit in bytes."""
    return limit_row(what, ours.peak / MB, limit / MB, "MB")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| What | nodewatch | against | ratio | at most | |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row[:-1])} | {'yes' if row.met else '**no**'} |" for row in rows]
    return "\n".join(lines)


def warn_if_editable(bench: Bench) -> None:
    """Say so on stderr if what is measured is not an installed, byte-compiled wheel."""
    place = Path(bench.output(bench.python, "-c", "import nodewatch; print(nodewatch.__file__)").strip())
    if "site-packages" not in place.parts and "dist-packages" not in place.parts:
        print(f"Warning: nodewatch is installed editable ({place.parent}): start-up is slower.", file=sys.stderr)
    elif not (place.parent / "__pycache__").exists():
        print(f"Warning: {place.parent} is not byte-compiled: start-up is slower.", file=sys.stderr)


@contextmanager
def serving(*argv: str) -> Iterator[str]:
    """Run a server as a process of its own, by default that of this folder; return the address that it prints."""
    words = argv if argv[0].startswith("/") else (sys.executable, "-m", "bench.server", *argv)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    try:
        assert process.stdout is not None
        yield next(found[0] for line in process.stdout if (found := re.search("http://[0-9.:]+", line)))
    finally:
        process.terminate()
        process.wait()
