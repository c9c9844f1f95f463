"""Called as `cray`: by a link of that name, for scripts that read what cray prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fleets import FLEET

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from conftest import Runner

    Load = Callable[[Any], Path]

LINES = ["bos v2 sessions list", "bos v2 sessions describe night", "bos v2 components list", "bos v1 session list"]


@pytest.mark.parametrize("line", LINES)
def test_a_pipe_has_toml(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    assert run(f"!cray {line}") == run(f"{line} --format toml")
    assert run(f"!cray {line} --format json") == run(line)


def test_a_terminal_has_a_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("!cray bos v2 sessions list", tty=True) == run("bos v2 sessions list", tty=True)


def test_exit_codes_are_ours(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("!cray bos v2 sessions describe nowhere").code == 8
    done = run("!cray cfs")
    assert (done.code, done.stderr.splitlines()[-1]) == (
        2,
        "Error: only `cray cfs` has this: it is no part of nodewatch.",
    )


def test_a_link_is_enough(tmp_path: Path) -> None:
    (tmp_path / "cray").symlink_to(Path(sys.prefix, "bin", "nodewatch"))
    (tmp_path / "f.json").write_text('{"bos": {"v2": {"options": {"logging_level": "INFO"}}}}')
    words = ["bos", "v2", "options", "list", "--local", "f.json"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [tmp_path / "cray", *words], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert 'logging_level = "INFO"' in done.stdout.splitlines()
