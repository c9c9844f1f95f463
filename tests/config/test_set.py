"""`config set` and `unset`: one key changes, everything else in the file stays."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

CONFIG = """\
# mine
context = "prod"   # for now

[contexts.prod]
bos.url = "https://prod.example.com/apis/bos"  # the one
[contexts."the lab"]
local = "/lab.db"
"""


@pytest.fixture
def config(run: Runner) -> Path:
    path = run.home / ".config/nodewatch/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


def test_a_key_of_the_context_in_use(run: Runner, config: Path) -> None:
    assert run("config set bos.url https://new") == (0, "", "bos.url of the context prod is https://new now.\n")
    assert config.read_text() == CONFIG.replace("https://prod.example.com/apis/bos", "https://new")
    assert config.stat().st_mode & 0o777 == 0o600
    assert run("config set request_timeout 2.5").code == 0
    assert run("config show").json["bos.request_timeout"]["value"] == 2.5
    assert run("config unset request_timeout").stderr == "request_timeout of the context prod is no longer set.\n"
    assert run("config set bos.url https://prod.example.com/apis/bos").code == 0
    assert config.read_text() == CONFIG


def test_a_context_that_is_named(run: Runner, config: Path) -> None:
    assert run("config set proxy '' --context 'the lab'").code == 0
    assert config.read_text() == f'{CONFIG}proxy = ""\n'
    assert run("config set exchange.org o", NODEWATCH_CONTEXT="the lab").code == 0
    assert run("config set bos.url https://h --context new").code == 0
    assert run("config show --context new").json["bos.url"]["value"] == "https://h"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("set bos.uri x", 2, "there is no key 'bos.uri'; do you mean bos.url? Keys are bos.url, bos.tenant, "),
        ("set bos.url x", 2, "bos.url: a URL is needed, not 'x'.\n"),
        ("set bos.tenant ' '", 2, "bos.tenant cannot be empty: `nodewatch config unset bos.tenant` takes it away.\n"),
        ("set bos.tenant 'red\x07'", 2, "bos.tenant: a text without control characters is needed, not 'red\\x07'.\n"),
        ("set bos.url 'https://h/\x7f'", 2, "bos.url: a URL is needed, not 'https://h/\\x7f'.\n"),
        ("set request_timeout soon", 2, "request_timeout: a number of seconds above 0 is needed, not 'soon'.\n"),
        ("set local /x", 7, ": contexts.prod.local: a local store answers everything: it cannot stand with bos.url.\n"),
        ("unset proxy", 8, "the context prod sets no proxy.\n"),
        ("unset proxi", 2, "there is no key 'proxi'; do you mean proxy? Keys are "),
    ],
)
def test_what_is_refused(run: Runner, config: Path, line: str, code: int, words: str) -> None:
    done = run(f"config {line}")
    assert (done.code, done.stdout) == (code, "")
    assert words in done.stderr
    assert config.read_text() == CONFIG


def test_no_context_is_in_use(run: Runner) -> None:
    done = run("config set bos.url https://h")
    assert done == (2, "", "Error: no context is in use: say which one is meant with --context NAME.\n")


def test_the_machines_context_is_not_shadowed(run: Runner) -> None:
    machines = run.home.parent / "etc/nodewatch/config.toml"
    machines.parent.mkdir(parents=True)
    machines.write_text(CONFIG)
    assert run("config set proxy ''") == (
        7,
        "",
        f"Error: the context prod is in {machines}: it is changed there.\n",
    )


def test_dry_run(run: Runner, config: Path) -> None:
    done = run("config set bos.tenant red --dry-run")
    assert done == (0, "", f"{config} would say: bos.tenant = 'red', in the context prod.\n")
    assert config.read_text() == CONFIG


def test_no_change_is_lost_that_another_process_makes(run: Runner, config: Path) -> None:
    with (config.parent / ".config.toml.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run("config set proxy http://p")
        assert done == (4, "", f"Error: another process is changing {config}, for 10 s now. Try again.\n")
        assert run("config set proxy http://p --dry-run").code == 0
    assert config.read_text() == CONFIG
    assert run("config set proxy http://p").code == 0
