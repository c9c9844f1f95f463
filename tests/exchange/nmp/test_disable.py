from __future__ import annotations

from typing import TYPE_CHECKING

from edge import FLEET

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_it_is_disabled_and_its_organization_may_be_named(run: Runner, load: Load) -> None:
    load(FLEET)
    sentence = "Node management policy other/theirs disabled in the Horizon Exchange\n"
    assert run("exchange nmp disable other/theirs") == (0, sentence, "")
    after = run("exchange nmp list other/theirs").json["other/theirs"]
    assert (after["enabled"], after["constraints"]) == (False, ["site == harbor"])
    assert run("exchange nmp disable other/theirs").stdout == sentence.replace("disabled", "is already disabled")
