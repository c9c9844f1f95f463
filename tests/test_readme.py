"""The README's examples are run on the demo fleet, and what they print is what it says.

An example is a line `$ nodewatch ...` in a `console` block, then all that it prints on a terminal of 100 columns; a
line `...` stands for any lines. `python tests/test_readme.py` puts in what the examples print now, where they differ.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import NOW, FakeWorld, Runner
from nodewatch.command_tree import BOS_GROUP, NMSTATUS_GROUP, TREE
from nodewatch.main import run

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HOME = "/home/admin"
DEMO = ".local/share/nodewatch/demo.db"
PROGRAMS = {"nodewatch": TREE, "bos": BOS_GROUP, "nmstatus": NMSTATUS_GROUP}


class Example(NamedTuple):
    """A command line, and what the README says that it prints."""

    line: str
    printed: str


def blocks(text: str) -> list[list[Example]]:
    """Return the examples of each block."""
    parts = [re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE) for block in BLOCK.findall(text)]
    assert all(part[0] == "" for part in parts), "a console block begins with a line `$ ...`"
    return [[Example(*pair) for pair in zip(part[1::2], part[2::2], strict=True)] for part in parts]


def printed(line: str, home: Path) -> str:
    """Return all that the command line prints on a terminal without colours, on stdout and stderr in its order."""
    program, *words = shlex.split(line)
    assert not {"|", ">", "<", ";", "&&"} & set(words), "only one command a line can be run here"
    world = FakeWorld(
        {"HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1", "NODEWATCH_CONTEXT": "demo"}, tty=True, now=NOW
    )
    world.streams = world.stdin, world.stdout, world.stdout
    with contextlib.redirect_stdout(world.stdout), contextlib.redirect_stderr(world.stdout):
        run(PROGRAMS[program], program, words, world)
    return world.stdout.getvalue().replace(str(home), HOME)


def without_note(text: str) -> str:
    """Return the text without the note that the demo fleet is shown: the README says so once."""
    return re.sub(r"\AShowing the demo fleet, .*\n", "", text)


def fits(text: str, pattern: str) -> bool:
    """Tell whether the text is what the pattern says; a line `...` in it stands for any lines."""
    parts = re.split(r"^\.\.\.\n", pattern, flags=re.MULTILINE)
    return re.fullmatch(r"(?:.*\n)*".join(map(re.escape, parts)), text) is not None


def copied(demo: Path, home: Path) -> Path:
    """Return the home directory with a copy of the demo store in it."""
    (home / DEMO).parent.mkdir(parents=True)
    shutil.copy(demo, home / DEMO)
    return home


EXAMPLES = blocks(README.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a demo store."""
    home = tmp_path_factory.mktemp("home")
    printed("nodewatch demo", home)
    return home / DEMO


@pytest.mark.parametrize("block", EXAMPLES, ids=[block[0].line for block in EXAMPLES])
def test_examples(block: list[Example], demo: Path, tmp_path: Path) -> None:
    home = copied(demo, tmp_path / "home")
    for example in block:
        now = without_note(printed(example.line, home))
        if not fits(now, example.printed):
            assert now == example.printed, "`python tests/test_readme.py` puts it right"


# Lines in blocks of shell that are run on the demo fleet; the others ask a live system, install, or run until Ctrl-C.
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.startswith("nodewatch ") and not re.search(r"local (save|serve)|--wait", line)
]


@pytest.mark.parametrize("line", LINES)
def test_lines(line: str, run: Runner, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(demo, run.home)
    monkeypatch.chdir(tmp_path)
    for name in ("fleet.json", "yesterday.json"):
        assert run(f"local dump {name} --context demo").code == 0
    assert run("local record past.db --context demo").code == 0
    done = run(line.partition("#")[0].removeprefix("nodewatch "), NODEWATCH_CONTEXT="demo", tty=True)
    assert (done.code, "Error" in done.stderr) == (0, False)


def test_there_are_examples() -> None:
    assert EXAMPLES
    assert LINES


def test_elision() -> None:
    assert fits("a\nb\nc\n", "a\n...\nc\n")
    assert fits("a\n", "a\n...\n")
    assert not fits("a\nb\nc\n", "a\n...\nb\n")
    assert not fits("a.\n", "a...\n")


def renewed(text: str) -> str:
    """Return the README's text with what its examples print now."""
    with tempfile.TemporaryDirectory() as folder:
        printed("nodewatch demo", Path(folder, "first"))
        homes = (copied(Path(folder, "first", DEMO), Path(folder, str(number))) for number in range(len(EXAMPLES)))

        def block(found: re.Match[str]) -> str:
            home = next(homes)
            lines = ["```console\n"]
            for example in blocks(found[0])[0]:
                now = without_note(printed(example.line, home))
                lines += [f"$ {example.line}\n", example.printed if fits(now, example.printed) else now]
            return "".join([*lines, "```"])

        return BLOCK.sub(block, text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
