from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

CONFIG = """\
[contexts.prod]
bos.url = "https://prod.example.com/apis/bos"
proxy = "http://me:secret@proxy:3128"
[contexts.case]
local = "/case.json"
"""


def configured(run: Runner, text: str = CONFIG) -> Path:
    path = run.home / ".config/nodewatch/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_none(run: Runner) -> None:
    done = run("config list")
    assert done.json == [demo(run)]
    assert done.stderr == "No context of your own is configured yet: `nodewatch config init` makes one.\n"


def demo(run: Runner) -> dict[str, object]:
    """Return the context that is always there."""
    store = str(run.home / ".local/share/nodewatch/demo.db")
    return {"name": "demo", "active": False, "file": "", "settings": {"local": store, "exchange.org": "valley"}}


def test_json(run: Runner) -> None:
    path = configured(run, 'context = "case"\n' + CONFIG)
    prod = {"bos.url": "https://prod.example.com/apis/bos", "proxy": "http://me:***@proxy:3128"}
    assert run("config list").json == [
        {"name": "prod", "active": False, "file": str(path), "settings": prod},
        {"name": "case", "active": True, "file": str(path), "settings": {"local": "/case.json"}},
        demo(run),
    ]


def test_table(run: Runner) -> None:
    path = configured(run)
    lines = run("config list --format table", NODEWATCH_CONTEXT="prod").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["Context", "Active", "Settings", "File"],
        [
            "prod",
            "yes",
            "bos.url",
            "=",
            "https://prod.example.com/apis/bos,",
            "proxy",
            "=",
            "http://me:***@proxy:3128",
            str(path),
        ],
        ["case", "local", "=", "/case.json", str(path)],
        ["demo", "local", "=", f"{run.home}/.local/share/nodewatch/demo.db,", "exchange.org", "=", "valley"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "[contexts" + ".a" * 3000 + "]\nx = 1\n",
        "x = " + "9" * 5000,
        "[contexts.a]\nrequest_timeout = " + "9" * 400,
    ],
    ids=["arrays", "tables", "digits", "seconds"],
)
def test_files_that_nobody_means(run: Runner, text: str) -> None:
    file = run.home / ".config/nodewatch/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    done = run("config list")
    assert (done.code, done.stdout) == (7, "")
    assert done.stderr.startswith(f"Error: {file}")
