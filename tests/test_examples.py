"""The examples in the help of every command work as they stand, on the demo fleet.

They run where a user would have the files that they name. What needs a live system is left to the tests of its command.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import docs
import pytest

from conftest import NOW
from nodewatch.command_tree import TREE
from nodewatch.demo import demo_fleet

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner

EXAMPLE = re.compile(r"^ *\$ nodewatch (.*)", re.MULTILINE)
LIVE = (
    "auth ",
    "config use",
    "config init",
    "config set",
    "config unset",
    "config edit",
    "config show --context",
    "local save",
    "local serve",
    "local run --local",
)
EXAMPLES = sorted(
    {
        line
        for entry in docs.entries("nodewatch", TREE)
        for line in EXAMPLE.findall(entry.command.help or "")
        if not line.startswith(LIVE) and "--watch" not in line
    }
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that examples name."""
    folder = tmp_path_factory.mktemp("files")
    fleet: dict[str, Any] = demo_fleet(NOW)
    template = next(each for each in fleet["bos"]["v2"]["sessiontemplates"] if each["name"] == "compute-26.3")
    boot_sets = {"boot_sets": template["boot_sets"]}
    for name, document in {
        "fleet.json": fleet,
        "yesterday.json": fleet,
        "today.json": fleet,
        "more.json": {"bos": {"v2": {"components": [{"id": "x9"}]}}},
        "compute.json": boot_sets,
        "change.json": boot_sets,
        "nmp.json": {"constraints": ["site == valley"]},
    }.items():
        (folder / name).write_text(json.dumps(document))
    return folder


@pytest.fixture
def here(run: Runner, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a copy of that folder, with a store in it, the current one; put the demo store into the home directory."""
    folder = shutil.copytree(files, tmp_path / "here")
    monkeypatch.chdir(folder)
    if not (files / "fleet.db").exists():
        assert run(f"local load fleet.json --local {files}/fleet.db").code == 0
        assert run(f"local record {files}/past.db --local {files}/fleet.db", HZN_ORG_ID="valley").code == 0
    for name in ("fleet.db", "past.db"):
        shutil.copy(files / name, folder)
    run.environ["NODEWATCH_CONTEXT"] = "demo"
    demo = run.home / ".local/share/nodewatch/demo.db"
    demo.parent.mkdir(parents=True)
    shutil.copy(files / "fleet.db", demo)
    return folder


@pytest.mark.parametrize("line", EXAMPLES)
def test_example(run: Runner, here: Path, line: str) -> None:
    ends = (0, 10, 11) if "--wait" in line or "--live" in line else (0,)
    for tty in (False, True):
        assert run(line, tty=tty, stdin="y\n").code in ends, line
        shutil.copy(here / "fleet.db", run.home / ".local/share/nodewatch/demo.db")
