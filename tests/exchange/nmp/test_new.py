from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nodewatch.horizon.policy_rules import FIELDS, without_comments

if TYPE_CHECKING:
    from conftest import Runner


def test_it_needs_nothing_and_names_every_field_that_the_exchange_takes(run: Runner) -> None:
    run.environ.clear()
    run.environ["HOME"] = str(run.home)
    done = run("exchange nmp new")
    assert (done.code, done.stderr) == (0, "")
    document = json.loads(without_comments(done.stdout))
    assert list(document) == [name for name in FIELDS if name != "agentImagePolicy"]
