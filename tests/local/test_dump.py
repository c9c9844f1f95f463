from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fleets import FLEET

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Runner


def test_what_was_loaded_comes_out(run: Runner, tmp_path: Path) -> None:
    store, file, copy = tmp_path / "fleet.db", tmp_path / "fleet.json", tmp_path / "copy.json"
    fleet = {"nodewatch": 1, **FLEET, "agent": {"nodemanagement": {"o/p": {"unknown": [None, 1e300, "\u2028"]}}}}
    file.write_text(json.dumps(fleet))
    run(f"local load {file} --local {store}")
    done = run(f"local dump --local {store}")
    assert (done.code, done.stderr, done.json) == (0, "", fleet)
    assert run(f"local dump {copy} --local {store}") == (0, "", f"Wrote {copy}.\n")
    assert copy.read_text() == done.stdout


def test_a_fleet_file_is_a_store_that_cannot_be_changed(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "fleet.json"
    file.write_text(json.dumps(FLEET))
    assert run(f"local dump --local {file}").json == {"nodewatch": 1, **FLEET}
    assert len(run(f"bos components list --local {file}").json) == 5


def test_a_missing_store(run: Runner, tmp_path: Path) -> None:
    store = tmp_path / "none.db"
    load = f"`nodewatch local load FLEET.json --local {store}`"
    assert run(f"local dump --local {store}") == (
        4,
        "",
        f"Error: there is no local store at {store}. Make one with {load}.\n",
    )
