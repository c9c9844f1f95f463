from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nodewatch.bos_v2.fields import OPTION_FIELDS, Field
from nodewatch.bos_v2.rules import DEFAULT_OPTIONS
from nodewatch.bos_v2.schema import AGE_SCHEMA

if TYPE_CHECKING:
    from conftest import Load, Runner

UPDATE = "bos v2 options update"
TYPED = {"logging_level": "debug", "cleanup_completed_session_ttl": "2w", "component_actual_state_ttl": "6h"}


def test_options_are_changed(run: Runner, load: Load) -> None:
    load({})
    done = run(f"{UPDATE} --default-retry-policy 5 --clear-stage true")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {**DEFAULT_OPTIONS, "clear_stage": True, "default_retry_policy": 5}
    assert run("bos v2 options list").json == done.json


def test_there_is_one_option_for_each(run: Runner, load: Load) -> None:
    assert {field.place for field in OPTION_FIELDS} == set(DEFAULT_OPTIONS)


@pytest.mark.parametrize("field", OPTION_FIELDS, ids=[field.option for field in OPTION_FIELDS])
@pytest.mark.parametrize("backend", ["local"])
def test_every_option_sends_its_field(run: Runner, load: Load, field: Field) -> None:
    load({})
    value: Any = TYPED.get(field.place, True if field.value_type is bool else 30)
    done = run(f"{UPDATE} {field.option} {value} --dry-run")
    assert done.json == {"method": "PATCH", "path": "/v2/options", "query": {}, "body": {field.place: value}}
    assert run(f"{UPDATE} {field.option} {value}").json == {**DEFAULT_OPTIONS, field.place: value}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ("", 2, "nothing says which option to change: add one, such as --default-retry-policy 5."),
        ("--bss-read-timeout 9", 5, "Bad Request: 9 is less than the minimum of 10 - 'bss_read_timeout'"),
        ("--bss-read-timeout 86401", 5, "Bad Request: 86401 is greater than the maximum of 86400 - 'bss_read_timeout'"),
        ("--polling-frequency -1", 5, "Bad Request: -1 is less than the minimum of 0 - 'polling_frequency'"),
        (
            "--cleanup-completed-session-ttl 7y",
            5,
            f"Bad Request: '7y' does not match '{AGE_SCHEMA['pattern']}' - 'cleanup_completed_session_ttl'",
        ),
        (
            "--component-actual-state-ttl 0",
            5,
            "Bad Request: '0' does not match '^[1-9][0-9]*[hHdDwW]$' - 'component_actual_state_ttl'",
        ),
    ],
)
def test_what_cannot_be(run: Runner, load: Load, options: str, code: int, words: str) -> None:
    load({})
    assert run(f"{UPDATE} {options}") == (code, "", f"Error: {words}\n")
    assert run("bos v2 options list").json == DEFAULT_OPTIONS
