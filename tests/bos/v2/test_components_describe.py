from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fleets import FLEET, as_answered

if TYPE_CHECKING:
    from conftest import Load, Runner


@pytest.mark.parametrize("index", range(5))
def test_json_has_the_computed_status(run: Runner, load: Load, index: int) -> None:
    load(FLEET)
    wanted = as_answered(index)
    done = run(f"bos v2 components describe {wanted['id']}")
    assert (done.code, done.json, done.stderr) == (0, wanted, "")


def test_the_time_of_boot_artifacts_is_not_answered(run: Runner, load: Load) -> None:
    artifacts = {"kernel": "k", "timestamp": "2026-11-21T11:00:00"}
    load({"bos": {"v2": {"components": [{"id": "x1", "actual_state": {"boot_artifacts": artifacts}}]}}})
    assert run("bos v2 components describe x1").json["actual_state"] == {"boot_artifacts": {"kernel": "k"}}


def test_names_are_case_sensitive(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 components describe X3000c0s1b0n0")
    assert done == (8, "", "Error: The resource was not found: Component 'X3000c0s1b0n0' does not exist\n")


def test_an_odd_name_reaches_the_server_quoted(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"components": [{"id": "a b/c?d#é"}]}}})
    assert run("bos v2 components describe 'a b/c?d#é'").json["id"] == "a b/c?d#é"
    assert run("bos v2 components describe ../options").code == 8
