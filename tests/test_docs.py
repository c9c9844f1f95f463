"""Man pages and completions are what the tree says; every command explains itself; the shells complete."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import docs
import pytest
from click.testing import CliRunner

from nodewatch import errors
from nodewatch.command_tree import TREE
from nodewatch.tree import Command, Group

if TYPE_CHECKING:
    import click
    from docs import Entry

    from conftest import Runner

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^ *\$ (.*)", re.MULTILINE)
ENTRIES = [entry for name, tree in {"nodewatch": TREE, **docs.SHORTCUTS}.items() for entry in docs.entries(name, tree)]
COMMANDS = {entry.paths[0]: entry for entry in ENTRIES if entry.paths[0].startswith("nodewatch ")}

each_command = pytest.mark.parametrize("entry", COMMANDS.values(), ids=COMMANDS.keys())


def groups(group: Group) -> list[Group]:
    """Return the group and all below it."""
    below = [each for member in group.members.values() if isinstance(member, Group) for each in groups(member)]
    return [group, *below]


def test_committed_files_are_what_the_tree_says() -> None:
    assert docs.stale(ROOT) == [], "run `python tests/tools/docs.py`"


def test_help_shows_the_other_names(run: Runner) -> None:
    assert "\n  list, ls    List the policies, or show one.\n" in run("exchange nmp --help").stdout


def test_what_is_left_out_is_named_where_only_one_member_can_be_meant(run: Runner) -> None:
    assert run("bos sessions status night-reboot") == (
        2,
        "",
        """\
Usage: nodewatch bos sessions status [OPTIONS] COMMAND [ARGS]...
Try 'nodewatch bos sessions status --help' for help.

Error: No such command 'night-reboot'. You mean: nodewatch bos sessions status list night-reboot
""",
    )
    assert "You mean" not in run("bos v1 session status night-reboot").stderr


def test_check_names_what_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "man", tmp_path / "man")
    shutil.copytree(ROOT / "completions", tmp_path / "completions")
    (tmp_path / "man/nodewatch.1").write_text("old")
    (tmp_path / "man/nodewatch-gone.1").write_text("old")
    (tmp_path / "completions/bos.fish").unlink()
    monkeypatch.chdir(tmp_path)
    names = ["completions/bos.fish", "man/nodewatch-gone.1", "man/nodewatch.1"]

    checked = CliRunner().invoke(docs.main, ["--check"])
    assert checked.exit_code == 1
    assert checked.stderr == "".join(f"{name} is stale: run `python tests/tools/docs.py`.\n" for name in names)

    written = CliRunner().invoke(docs.main, [])
    assert (written.exit_code, written.stdout) == (0, "".join(f"{name}\n" for name in names))
    assert docs.stale(tmp_path) == []

    again = CliRunner().invoke(docs.main, ["--check"])
    assert (again.exit_code, again.output) == (0, "")


def test_outside_the_source_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(docs.main, ["--check"])
    assert (done.exit_code, done.output) == (1, f"Error: {tmp_path} is not the source tree: it has no man/.\n")


@pytest.mark.parametrize("page", sorted(docs.man_pages()))
def test_man_page_is_clean(page: str) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run([groff, "-man", "-ww", "-Tutf8", "-z", ROOT / "man" / page], capture_output=True, check=True)
    assert done.stderr == b""


def test_man_page_reads_as_the_help_does() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    command = [groff, "-man", "-Tascii", "-P-cbou", "-rLL=100n", str(ROOT / "man/nodewatch-local.1")]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert "   nodewatch local load [OPTIONS] FLEET.json\n       Load a fleet file into the local store.\n" in text
    assert "\n           $ nodewatch local load fleet.json --local fleet.db\n" in text
    assert "\n       --merge\n              Add to the store's content instead of replacing it.\n" in text


def test_exit_statuses_are_those_of_the_errors() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.NodewatchError)}
    assert set(docs.EXIT_STATUS) == codes | {0, 130, 141}


def test_variables_that_are_read_are_documented() -> None:
    ours = r'"((?:NODEWATCH|HZN|HORIZON|CRAY)_[A-Z_]+)"|(?:variable|value)\("([A-Z_]+)"\)'
    sources = [path.read_text() for path in (ROOT / "cli").rglob("*.py") if path.name != "docs.py"]
    code = [line for source in sources for line in source.splitlines() if not line.lstrip().startswith(">>>")]
    read = {name for line in code for pair in re.findall(ours, line) for name in pair if name}
    documented = {name for names in docs.ENVIRONMENT for name in names.split(", ")}
    assert read - documented == set()
    assert {name for name in documented - read if name.startswith(("NODEWATCH", "HZN", "HORIZON", "CRAY"))} == set()


@each_command
def test_help_opens_with_a_sentence(entry: Entry, run: Runner) -> None:
    sentence = entry.command.sentence
    assert re.fullmatch(r"[A-Z][a-z]*[^s]( [^.]*[^ .])?\.", sentence), "not one imperative sentence"
    assert len(sentence) < 75
    path = entry.paths[0].partition(" ")[2]
    usage, first, *_ = run(f"{path} --help").stdout.split("\n\n")
    assert usage.startswith(f"Usage: nodewatch {path} ")
    assert first == f"  {sentence}"


@each_command
def test_help_has_examples_that_its_command_accepts(entry: Entry, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[click.Command] = []
    monkeypatch.setattr(Command, "invoke", lambda self, _context: called.append(self))
    examples = EXAMPLE.findall(entry.command.help or "")
    assert examples, "the help has no line that begins with `$ `, in a block after `\\b`"
    for example in examples:
        lexer = shlex.shlex(example, posix=True, punctuation_chars="|>;&")
        lexer.whitespace_split = True
        program, *words = itertools.takewhile(lambda word: word not in ("|", ">", ";", "&&"), lexer)
        shortcut = "" if program == "nodewatch" else f"!{program} "
        assert program in ("nodewatch", *docs.SHORTCUTS)
        done = run(shortcut + shlex.join(words))
        assert (done.code, done.stderr) == (0, ""), example
    assert set(called) == {entry.command}


def test_no_two_commands_say_the_same() -> None:
    sentences = [entry.command.sentence for entry in COMMANDS.values()]
    assert sorted(sentences) == sorted(set(sentences))


def test_groups_say_what_they_hold() -> None:
    for group in groups(TREE):
        assert re.fullmatch(r"[A-Z].*[^.]\.", group.sentence)
        assert len(group.sentence) < 80
