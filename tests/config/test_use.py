from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

CONFIG = """\
# mine
context = "prod"   # for now

[contexts.prod]
bos.url = "https://prod.example.com/apis/bos"
[contexts."the lab"]
local = "/lab.db"
"""


@pytest.fixture
def config(run: Runner) -> Path:
    path = run.home / ".config/nodewatch/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    return path


def test_use(run: Runner, config: Path) -> None:
    assert run("config use 'the lab'") == (0, "", "From now on, the context the lab is the one that is asked.\n")
    assert config.read_text() == CONFIG.replace('context = "prod"', 'context = "the lab"')
    assert run("config show").json["context"]["value"] == "the lab"
    assert run("config use prod").code == 0
    assert config.read_text() == CONFIG


def test_first_use(run: Runner, config: Path) -> None:
    config.write_text(CONFIG.replace('context = "prod"   # for now\n', ""))
    assert run("config use prod --quiet") == (0, "", "")
    assert run("config show").json["context"] == {"value": "prod", "source": f"{config}, line 2"}


def test_context_of_the_machine(run: Runner) -> None:
    machines = run.home.parent / "etc/nodewatch/config.toml"
    machines.parent.mkdir(parents=True)
    machines.write_text(CONFIG)
    assert run("config use 'the lab'").code == 0
    assert machines.read_text() == CONFIG
    assert (run.home / ".config/nodewatch/config.toml").read_text() == 'context = "the lab"\n'
    assert run("config show").json["context"]["value"] == "the lab"


def test_unknown(run: Runner, config: Path) -> None:
    done = run("config use pro")
    assert (done.code, done.stdout, done.stderr) == (
        7,
        "",
        "Error: config use: there is no context 'pro'; do you mean prod? Configured are prod, the lab, demo.\n",
    )
    assert config.read_text() == CONFIG


def test_none_configured(run: Runner) -> None:
    done = run("config use prod")
    assert (done.code, done.stderr) == (7, "Error: config use: there is no context 'prod'. Configured are demo.\n")


def test_dry_run(run: Runner, config: Path) -> None:
    assert run("config use 'the lab' --dry-run") == (0, "", f"{config} would say: context = 'the lab'.\n")
    assert config.read_text() == CONFIG


def test_link_stays_a_link(run: Runner, config: Path) -> None:
    real = run.home / "dotfiles.toml"
    config.rename(real)
    config.symlink_to(real)
    assert run("config use 'the lab'").code == 0
    assert config.is_symlink()
    assert 'context = "the lab"' in real.read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(run: Runner, config: Path) -> None:
    config.parent.chmod(0o500)
    done = run("config use 'the lab'")
    assert (done.code, done.stderr) == (4, f"Error: {config} cannot be written: Permission denied.\n")
    assert config.read_text() == CONFIG
