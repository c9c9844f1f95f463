"""Help: short, with what to begin with; where the shared options are; and hints for other programs' habits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nodewatch import __version__

if TYPE_CHECKING:
    from conftest import Runner


@pytest.mark.parametrize("words", ["", "bos", "bos v2 sessions list", "exchange nmp status", "explain"])
def test_help_of_a_command_is_what_its_own_option_prints(run: Runner, words: str) -> None:
    assert run(f"help {words}") == run(f"{words} --help")


def test_shared_options_stand_in_one_place(run: Runner) -> None:
    options = run("help options").stdout
    assert all(name in options for name in ("--format", "--local", "--no-pager", "--utc", "--version", "-h, --help"))
    for words in ("", "bos", "bos v2 sessions describe"):
        page = run(f"{words} --help").stdout
        assert "--local PATH" not in page
        assert page.endswith("\nShared options, such as --format and --local: nodewatch help options\n")


def test_the_version(run: Runner) -> None:
    assert run("--version") == (0, f"nodewatch {__version__}\n", "")


def test_five_commands_to_begin_with(run: Runner) -> None:
    section = run("--help").stdout.partition("Begin with:\n")[2].partition("\n\n")[0]
    assert section.count("  nodewatch ") == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("nope", "No such command 'nope'."),
        ("bos v2 sessions list more", "nodewatch bos v2 sessions list has no commands below it."),
    ],
)
def test_what_is_no_command(run: Runner, words: str, message: str) -> None:
    done = run(f"help {words}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: {message}\n")


@pytest.mark.parametrize(
    ("option", "meant"),
    [("-o json", "--format"), ("--output json", "--format"), ("-w", "--watch"), ("--sort-by name", "--sort")],
)
def test_habits_of_other_programs_get_a_hint(run: Runner, option: str, meant: str) -> None:
    done = run(f"bos v2 sessions list {option}")
    assert done.code == 2
    assert done.stderr.endswith(f"Did you mean '{meant}'?\n")
