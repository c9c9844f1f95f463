"""What a script's empty variable leaves on the command line is refused before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import SERVERS

if TYPE_CHECKING:
    from conftest import Runner


@pytest.mark.parametrize(
    "line",
    [
        "components list --enabled ''",
        "components update x1 --enabled ''",
        "options update --clear-stage ''",
        "components updatemany --filter-ids x1 --enabled ''",
        "sessiontemplates update t --enable-cfs ''",
        "sessions create --template-name t --operation boot --stage ''",
    ],
)
def test_a_truth_that_is_empty(run: Runner, line: str) -> None:
    done = run(f"bos v2 {line}", NODEWATCH_BOS_URL=SERVERS["bos"])
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: Invalid value for '{line.split()[-2]}': '' is neither true nor false.\n")


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_timeout_that_is_none(run: Runner, text: str) -> None:
    done = run(f"bos v2 sessions list --request-timeout '{text}'", NODEWATCH_BOS_URL=SERVERS["bos"])
    assert (done.code, done.stdout) == (2, "")
    assert f"Invalid value for '--request-timeout': {text!r} is not a number of seconds above 0." in done.stderr
