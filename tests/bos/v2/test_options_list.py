from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Load, Runner

OLD = {"disable_components_on_completion": True, "polling_frequency": 60, "logging_level": "INFO"}


def test_a_store_has_the_servers_defaults(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 options list").json == {
        "bss_read_timeout": 20,
        "cfs_read_timeout": 20,
        "cleanup_completed_session_ttl": "7d",
        "clear_stage": False,
        "component_actual_state_ttl": "4h",
        "default_retry_policy": 3,
        "discovery_frequency": 300,
        "hsm_read_timeout": 20,
        "ims_errors_fatal": False,
        "ims_images_must_exist": False,
        "ims_read_timeout": 20,
        "logging_level": "INFO",
        "max_boot_wait_time": 1200,
        "max_component_batch_size": 2800,
        "max_power_off_wait_time": 300,
        "max_power_on_wait_time": 120,
        "pcs_read_timeout": 20,
        "polling_frequency": 15,
        "reject_nids": False,
        "session_limit_required": False,
    }


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
