from __future__ import annotations

from typing import TYPE_CHECKING

from edge import FLEET, address

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_it_is_disabled_and_its_organization_may_be_named(run: Runner, load: Load) -> None:
    load(FLEET)
    sentence = "Node management policy other/theirs disabled in the Horizon Exchange\n"
    said = f"No node has a status of other/theirs at {address(run)}.\n"
    assert run("exchange nmp disable other/theirs") == (0, sentence, said)
    after = run("exchange nmp list other/theirs").json["other/theirs"]
    assert (after["enabled"], after["constraints"]) == (False, ["site == harbor"])
    assert run("exchange nmp disable other/theirs").stdout == sentence.replace("disabled", "is already disabled")


def test_it_says_which_statuses_are_lost(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("exchange nmp disable roll").stderr == (
        f"The statuses of harbor/roll at {address(run)} on 6 nodes are lost: "
        "successful 1, failed 1, precheck failed 1, initiated 1, asleep 1, (no status) 1.\n"
        "Warning: an upgrade is in progress on 1 node: harbor/edge-04.\n"
    )


def test_a_status_that_is_no_text_is_lost_like_any_other(run: Runner, load: Load) -> None:
    odd = {"agentUpgradePolicyStatus": {"status": ["odd"]}}
    load({"exchange": {**FLEET["exchange"], "managementStatus": {"harbor/edge-01": {"harbor/roll": odd}}}})
    lost = f'The statuses of harbor/roll at {address(run)} on 1 node are lost: ["odd"] 1.\n'
    assert run("exchange nmp disable roll") == (
        0,
        "Node management policy harbor/roll disabled in the Horizon Exchange\n",
        lost,
    )
