from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2.rules import DEFAULT_OPTIONS

if TYPE_CHECKING:
    from conftest import Load, Runner

OLD = {"disable_components_on_completion": True, "polling_frequency": 60, "logging_level": "INFO"}


def test_a_store_has_the_servers_defaults(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 options list").json == DEFAULT_OPTIONS


def test_options_of_another_release_are_shown_as_they_are(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"options": OLD}}})
    assert run("bos v2 options list").json == OLD
    assert (
        run("bos v2 options list --format table").stdout
        == """\
disable_components_on_completion:  true
polling_frequency:                 60
logging_level:                     INFO
"""
    )


def test_a_case_that_was_saved_without_options_has_none(run: Runner, load: Load) -> None:
    load({"saved_at": "2026-11-21T12:00:00Z", "bos": {"v2": {}}})
    done = run("bos v2 options list")
    assert (done.code, done.stdout) == (8, "")
    assert done.stderr.splitlines()[-1] == "Error: Not Found: The options were not saved."
