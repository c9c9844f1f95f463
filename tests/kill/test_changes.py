"""Commands that change several things, and files, under `kill -9`: each change is done or not, none is half done."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from edge import node, policy, status
from fleets import component, session, template
from killing import killed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Runner

    Fresh = Callable[[], None]

NODES = [f"x3000c0s{number}b0n0" for number in range(40)]
EDGE = [f"harbor/edge-{number}" for number in range(40)]
ERROR = "cfs configuration failed"
FLEET = {
    "bos": {
        "v2": {
            "sessions": [session("night", "complete", template_name="compute", components=",".join(NODES))],
            "components": [
                component(name, "configuring", session="night", enabled=False, override="failed", error=ERROR)
                for name in NODES
            ],
            "sessiontemplates": [template("compute", *NODES)],
        }
    },
    "exchange": {
        "managementpolicies": {"harbor/roll": policy()},
        "nodes": {name: node(name.partition("/")[2]) for name in EDGE},
        "managementStatus": {name: {"harbor/roll": status("download failed")} for name in EDGE},
    },
}


@pytest.fixture
def store(run: Runner, tmp_path: Path) -> Path:
    """Return where a store is to be that is made anew before each kill; every command line asks it."""
    assert run(f"local load - --local {tmp_path}/whole.db", stdin=json.dumps(FLEET)).code == 0
    run.environ |= {"NODEWATCH_LOCAL": str(tmp_path / "fleet.db"), "HZN_ORG_ID": "harbor"}
    return tmp_path / "fleet.db"


@pytest.fixture
def fresh(store: Path) -> Fresh:
    def fresh() -> None:
        store.with_name("fleet.db-journal").unlink(missing_ok=True)
        shutil.copy(store.with_name("whole.db"), store)

    return fresh


def dump(run: Runner) -> str:
    done = run("local dump")
    assert done.code == 0
    return done.stdout


def test_a_session_is_tried_again_or_not(run: Runner, fresh: Fresh) -> None:
    def retry() -> int:
        return run("bos v2 sessions retry night --name again --yes").code

    fresh()
    before = dump(run)
    assert retry() == 0
    after = dump(run)
    for _ in killed(fresh, retry):
        assert dump(run) in (before, after)


def test_each_step_of_a_life_is_taken_or_not(run: Runner, fresh: Fresh) -> None:
    states = []
    for minutes in range(9):
        fresh()
        assert run("bos v2 sessions retry night --name again --yes").code == 0
        assert run(f"local run --for {minutes}m").code == 0 if minutes else True
        states.append(dump(run))
    assert len(set(states)) > 4

    def begin() -> None:
        fresh()
        assert run("bos v2 sessions retry night --name again --yes").code == 0

    for _ in killed(begin, lambda: run("local run --for 8m").code):
        assert dump(run) in states


def test_each_of_many_statuses_is_reset_or_not(run: Runner, fresh: Fresh) -> None:
    def reset() -> int:
        return run("exchange nmp reset roll --yes").code

    def statuses() -> list[Any]:
        return list(json.loads(dump(run))["exchange"]["managementStatus"].values())

    fresh()
    before = statuses()
    assert reset() == 0
    after = statuses()
    assert not any(old == new for old, new in zip(before, after, strict=True))
    for _ in killed(fresh, reset):
        assert all(each in (old, new) for each, old, new in zip(statuses(), before, after, strict=True))
        assert reset() == 0
        assert statuses() == after


def test_a_setting_is_changed_or_not(run: Runner) -> None:
    file = run.home / ".config/nodewatch/config.toml"
    file.parent.mkdir(parents=True)
    before = '# mine\n[contexts.lab]\nbos.url = "https://lab.example.com/apis/bos"\n' + "# and more\n" * 5000

    def change() -> int:
        return run("config set request_timeout 9 --context lab").code

    file.write_text(before)
    assert change() == 0
    after = file.read_text()
    assert before != after
    for _ in killed(lambda: file.write_text(before), change):
        assert file.read_text() in (before, after)
