from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

CONFIG = '# mine\n[contexts.prod]\nbos.url = "https://prod"\n'


@pytest.fixture
def config(run: Runner) -> Path:
    path = run.home / ".config/nodewatch/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    return path


def editor(script: str) -> str:
    return f"sed -i -e {shlex.quote(script)}"


def test_what_the_editor_leaves_counts(run: Runner, config: Path) -> None:
    done = run("config edit", EDITOR="false", VISUAL=editor("s/prod/lab/"))
    assert done == (0, "", f"{config} is changed.\n")
    assert config.read_text() == CONFIG.replace("prod", "lab")


def test_a_file_that_would_be_wrong_is_not_written(run: Runner, config: Path) -> None:
    wrong = f"Error: {config}, line 3: contexts.prod.bos.uri: there is no such key; do you mean bos.url?\n"
    assert run("config edit", EDITOR=editor("s/url/uri/")) == (7, "", wrong)
    done = run("config edit", EDITOR=editor("s/url/uri/"), tty=True, stdin="n\n")
    assert done == (1, "", f"{wrong}Edit it again? [y/N]: Error: Nothing was changed.\n")
    assert config.read_text() == CONFIG


def test_a_file_that_is_wrong_can_be_put_right(run: Runner, config: Path) -> None:
    config.write_text(CONFIG.replace("url", "uri"))
    assert run("config edit", EDITOR=editor("s/uri/url/")).code == 0
    assert config.read_text() == CONFIG


def test_the_first_file(run: Runner) -> None:
    assert run("config edit", EDITOR=editor('$a[contexts.a]\\nlocal = "/f.db"')).code == 0
    assert run("config show --context a").json["bos.local"]["value"] == "/f.db"


def test_without_a_terminal_an_editor_must_be_named(run: Runner, config: Path) -> None:
    words = "Error: no editor can be opened here: set EDITOR to one, or use `nodewatch config set KEY VALUE`.\n"
    assert run("config edit") == (2, "", words)
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(("command", "code"), [("false", 4), ("true", 1), ("/nonexistent", 4)])
def test_an_editor_that_does_nothing(run: Runner, config: Path, command: str, code: int) -> None:
    done = run("config edit", EDITOR=command)
    assert (done.code, done.stdout) == (code, "")
    assert config.read_text() == CONFIG
