"""The commands of the guide page "View the Status of a BOS Session" print its documents, on the demo fleet."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import NOW
from nodewatch.demo import demo_fleet
from older_fleets import OLD

if TYPE_CHECKING:
    from conftest import Load, Runner

PAGE = Path(__file__).parents[4] / "shared" / "guide" / "view_the_status_of_a_bos_session.md"
OTHER = "f89eb554-c733-4197-b2f2-4e1e5ba0c0ec"


@pytest.fixture
def documents() -> list[Any]:
    """Return the JSON that the page shows for BOS v1, in its order."""
    if not PAGE.exists():
        pytest.skip("the guide page is not here")
    older = PAGE.read_text().partition("## BOS v1 session status")[2]
    return [json.loads(text) for text in re.findall(r"```json\n(.*?)```", older, re.DOTALL)]


def test_each_documented_command_prints_the_documented_document(run: Runner, load: Load, documents: list[Any]) -> None:
    load(demo_fleet(NOW))
    ids, *others = documents
    assert [name for name in run("bos v1 session list").json if name in ids] == ids
    commands = [
        f"status list {OLD}",
        f"status describe computes {OLD}",
        f"status describe shutdown computes {OTHER}",
        f"status describe in_progress shutdown computes {OTHER}",
    ]
    for command, document in zip(commands, others, strict=True):
        assert run(f"bos v1 session {command}").json == document
    assert run(f"bos v1 session describe {OLD}").json == {
        "status_link": f"/v1/session/{OLD}/status",
        "complete": False,
        "start_time": "2020-07-22 13:39:07.706774",
        "templateName": "cle-1.3.0",
        "error_count": 4,
        "boa_job_name": f"boa-{OLD}",
        "in_progress": False,
        "operation": "reboot",
    }
