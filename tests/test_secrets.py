"""Secrets stay where they are: out of messages, and out of the project's own text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nodewatch.bos_v2.client import BosV2
from nodewatch.settings.model import resolve
from nodewatch.settings.table import Secret

if TYPE_CHECKING:
    from conftest import Runner

ROOT = Path(__file__).parents[1]
KINDS = ("*.py", "*.md", "*.toml", "*.json", "*.yaml", "*.yml", "*.1", "*.bash", "*.fish", "_nodewatch")
LOOK_LIKE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abpr]-\w{10,}"
    r"|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
)


@pytest.mark.parametrize("secret", ["token", "password"])
def test_defect_does_not_tell_them(run: Runner, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    def fail(self: BosV2, **filters: Any) -> None:
        raise RuntimeError(f"cannot send {'Bearer hidden-token' if secret == 'token' else 'hidden-password'}")

    monkeypatch.setattr(BosV2, "sessions", fail)
    done = run(
        "bos sessions list",
        NODEWATCH_BOS_URL="https://h",
        NODEWATCH_TOKEN="hidden-token",
        HZN_EXCHANGE_USER_AUTH="org/me:hidden-password",
    )
    assert done.code == 1
    assert "RuntimeError: cannot send" in done.stderr
    assert "hidden" not in done.stderr


def test_settings_do_not_show_them(run: Runner) -> None:
    from conftest import FakeWorld

    environ = {**run.environ, "NODEWATCH_TOKEN": "hidden", "HZN_EXCHANGE_USER_AUTH": "org/me:hidden"}
    assert "hidden" not in repr(resolve({}, FakeWorld(environ)))
    assert f"{Secret('x')!r}" == "***"


def test_project_holds_none() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:20]}"
        for folder in ("cli", "tests", "man", "completions", "")
        for kind in KINDS
        for path in (ROOT / folder).glob(kind if folder == "" else f"**/{kind}")
        for match in [LOOK_LIKE.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert found == []
