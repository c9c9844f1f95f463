"""--filter, --sort, --columns, --count-by and the formats of lists, on components."""

from __future__ import annotations

from datetime import UTC
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import NOW
from fleets import COMPONENTS, FLEET, as_answered, component
from nodewatch.bos_v2 import list_tables
from nodewatch.lists.conditions import condition_test, read_condition
from nodewatch.nodes.nodeset import natural
from nodewatch.times import Clock

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

LIST = "bos v2 components list"
FAILED, CONFIGURING, CALLED, STABLE, STAGED = (node["id"] for node in COMPONENTS)
WORDS = (
    "stable, power_off_pending, power_off_gracefully_called, power_off_forcefully_called, power_on_pending, "
    "power_on_called, configuring, failed, on_hold"
)


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("status = failed", [FAILED]),
        ("STATUS = Failed", [FAILED]),
        ("stat = failed", [FAILED]),
        ("status != stable", [CALLED, FAILED, CONFIGURING]),
        ("status = power_*", [CALLED]),
        ("status = 'Power-on called'", [CALLED]),
        ("id = x3000c0s1b0n?", [FAILED]),
        ("id < x3000c0s9b0n0", [FAILED, CONFIGURING]),
        ("id ~ '10b0n[01]$'", [CALLED, STABLE]),
        ("id !~ 's10'", [FAILED, CONFIGURING, STAGED]),
        ("component = X3000C0S1B0N0", [FAILED]),
        ("error = *cfs*", [FAILED]),
        ("error != ''", [FAILED]),
        ("staged_session = ''", [CALLED, STABLE, FAILED, CONFIGURING]),
        ("enabled = yes", [CALLED, CONFIGURING]),
        ("age > 10m", [CONFIGURING]),
        ("age <= 60", [CALLED]),
        ("last_updated < 2026-11-21T11:50:00Z", [CONFIGURING]),
        ("last_updated = 2026-11-21T12:54+01:00", []),
        ("last_updated = 2026-11-21T12:55+01:00", [STABLE, FAILED, STAGED]),
        ("power_on_attempts >= 1 and class = moving", [CALLED, CONFIGURING]),
        ("class = failed or (session = done-3 and not enabled = true)", [FAILED, STAGED]),
        ("slot = x3000c0s10", [CALLED, STABLE]),
        ("late = true", []),
        ("retry_policy > 0", []),
    ],
)
def test_filter(run: Runner, load: Load, expression: str, ids: list[str]) -> None:
    load(FLEET)
    done = run(f'{LIST} --filter "{expression}"')
    assert [node["id"] for node in done.json] == ids
    assert all(node == as_answered([each["id"] for each in COMPONENTS].index(node["id"])) for node in done.json)


def test_all_filters_must_hold(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{LIST} --filter 'status != stable' --filter 'age < 10m' --session reboot-7 --format names")
    assert done.stdout == "x3000c0s[1,10]b0n0\n"


@pytest.mark.parametrize("options", ["--filter 'status = failed'", "--filter 'enabled = no and phase = configuring'"])
def test_what_the_server_can_filter_is_asked_of_it(
    run: Runner, load: Load, network: responses.RequestsMock, backend: str, options: str
) -> None:
    load(FLEET)
    assert [node["id"] for node in run(f"{LIST} {options}").json] == [FAILED]
    if backend == "http":
        assert urlsplit(str(network.calls[-1].request.url)).query != ""


@pytest.mark.parametrize("value", ["failed", "FAILED", "configuring", "on_hold"])
def test_the_server_and_nodewatch_filter_alike(run: Runner, load: Load, value: str) -> None:
    load(FLEET)
    asked = run(f"{LIST} --filter 'status = {value}'")
    assert asked == run(f"{LIST} --filter 'status ~ ^{value}$'") == run(f"{LIST} --status {value.lower()}")


COMPARISONS = st.sampled_from(
    [
        *(f"status {sign} {word}" for sign in ("=", "!=") for word in ("failed", "Stable", "power_*", "configuring")),
        *(f"phase {sign} {word}" for sign in ("=", "!=") for word in ("configuring", "powering_on", "''")),
        *(f"enabled {sign} {word}" for sign in ("=", "!=") for word in ("yes", "false")),
        *(f"session {sign} {word}" for sign in ("=", "~") for word in ("reboot-7", "REBOOT-7", "done")),
        "staged_session = ''",
        "staged_session = next",
        "error = *cfs*",
        "class = held",
        "slot = x3000c0s10",
        "age > 10m",
    ]
)
EXPRESSIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds("not ({})".format, inner)
        | st.builds("({}) and ({})".format, inner, inner)
        | st.builds("({}) or ({})".format, inner, inner)
    ),
    max_leaves=5,
)


@given(expressions=st.lists(EXPRESSIONS, min_size=1, max_size=2))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_it_is_filtered_the_same_fit(run: Runner, load: Load, expressions: list[str]) -> None:
    """The server, the store's columns and nodewatch itself: all give what the rule gives of the whole list."""
    load(FLEET)
    line = f"{LIST} {' '.join(f'--filter {quote(each)}' for each in expressions)}"
    listing, clock = list_tables.COMPONENT_LISTING, Clock(NOW, UTC)
    tests = [condition_test(read_condition(listing, each), listing) for each in expressions]
    fit = [node for node in run(LIST).json if all(test(node, clock) for test in tests)]
    assert run(f"{line} --format json").json == fit
    assert run(f"{line} --format csv --columns id").stdout.split()[1:] == sorted(
        (node["id"] for node in fit), key=natural
    )


def test_an_option_and_a_filter_must_both_hold(
    run: Runner, load: Load, network: responses.RequestsMock, backend: str
) -> None:
    load(FLEET)
    assert run(f"{LIST} --status stable --filter 'status = failed'").json == []
    if backend == "http":
        assert parse_qs(urlsplit(str(network.calls[-1].request.url)).query) == {"status": ["stable"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--filter 'status = faild'", f"--filter: 'faild' is no status: you may mean failed. There are {WORDS}."),
        ("--filter 'class = red'", "--filter: 'red' is no class. There are stable, failed, moving, held."),
        (
            "--filter 'age > soon'",
            "--filter: age is compared with a duration (90, 30s, 10m, 2h, 1d), not with 'soon'.",
        ),
        ("--filter 'enabled > true'", "--filter: enabled is true or false: only = and != make sense."),
        ("--filter 'retry_policy = many'", "--filter: retry_policy is compared with a number, not with 'many'."),
        ("--filter 'sta = 1'", "--filter: 'sta' may mean status or staged_session: write more of it."),
        ("--filter 'error ~ [a'", "--filter: this is no regular expression: unterminated character set at position 0."),
        ("--columns sta", "--columns: 'sta' may mean status or staged_session: write more of it."),
        ("--columns id --count-by status", "--columns and --count-by do not go together: counts have the columns"),
        ("--count-by status --sort age", "--sort: there is no column 'age'. The columns are status, count."),
        ("--sort age,,id", "--sort: there is no column ''. The columns are id, status, phase,"),
        ("--filter '()'", "--filter: the name of a column should stand here."),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(run: Runner, options: str, said: str) -> None:
    done = run(f"{LIST} {options}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {said}")


def test_a_column_that_does_not_exist_is_marked_and_the_others_named(run: Runner) -> None:
    assert run(f"{LIST} --filter 'age > 5m and role=compute'") == (
        2,
        "",
        """\
Error: --filter: there is no column 'role'. The columns are id, status, phase, enabled, session, staged_session, \
action, failed, last_updated, attempts, power_on_attempts, power_off_graceful_attempts, power_off_forceful_attempts, \
retry_policy, error, class, age, late, cabinet, chassis, slot, board, bmc, configuration.
    age > 5m and role=compute
                 ^
""",
    )


@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        ("id", [FAILED, CONFIGURING, STAGED, CALLED, STABLE]),
        ("-id", [STABLE, CALLED, STAGED, CONFIGURING, FAILED]),
        ("-age,id", [CONFIGURING, FAILED, STAGED, STABLE, CALLED]),
        ("staged_session,-id", [STAGED, STABLE, CALLED, CONFIGURING, FAILED]),
        ("-staged_session", [STAGED, CALLED, STABLE, FAILED, CONFIGURING]),
    ],
)
def test_sort(run: Runner, load: Load, columns: str, ids: list[str]) -> None:
    load(FLEET)
    assert [node["id"] for node in run(f"{LIST} --sort {columns}").json] == ids


def test_columns(run: Runner, load: Load) -> None:
    load(FLEET)
    options = "--session reboot-7 --columns id,stat,age,enabled,cabinet"
    assert run(f"{LIST} {options}", tty=True, NO_COLOR="1", COLUMNS="20").stdout == (
        """\
Component       Status              Age  Enabled  Cabinet
x3000c0s1b0n0   failed            5 min  no       x3000
x3000c0s2b0n0   configuring      12 min  yes      x3000
x3000c0s10b0n0  power_on_called   1 min  yes      x3000
x3000c0s10b0n1  stable            5 min  no       x3000
"""
    )
    assert run(f"{LIST} {options} --format tsv --no-headings").stdout.split("\n")[0] == (
        "x3000c0s1b0n0\tfailed\t300\tfalse\tx3000"
    )
    assert run(f"{LIST} {options}").json[0] == {
        "id": "x3000c0s1b0n0",
        "status": "failed",
        "age": 300,
        "enabled": False,
        "cabinet": "x3000",
    }


def test_no_headings(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{LIST} --session reboot-7 --columns id,session --no-headings --format table")
    assert done.stdout == "".join(f"{name:<14}  reboot-7\n" for name in (FAILED, CONFIGURING, CALLED, STABLE))
    assert run(f"{LIST} --session nope --no-headings --format table") == (0, "", "")


def test_columns_help_asks_nothing(run: Runner) -> None:
    done = run(f"{LIST} --columns help")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith("Column                       Means\nid                           the node's xname\n")


COUNTS = """\
Session   Status           Count  Components
reboot-7  configuring          1  x3000c0s2b0n0
reboot-7  failed               1  x3000c0s1b0n0
reboot-7  power_on_called      1  x3000c0s10b0n0
done-3    stable               1  x3000c0s9b0n0
reboot-7  stable               1  x3000c0s10b0n1
"""


def test_count_by(run: Runner, load: Load) -> None:
    load(FLEET)
    counts = [{"cabinet": "x3000", "enabled": False, "count": 3}, {"cabinet": "x3000", "enabled": True, "count": 2}]
    assert run(f"{LIST} --count-by cabinet,enabled").json == counts
    assert run(f"{LIST} --count-by cabinet,enabled --sort count").json == counts[::-1]
    assert run(f"{LIST} --count-by enabled --format csv").stdout == "enabled,count\nfalse,3\ntrue,2\n"
    assert run(f"{LIST} --count-by session,status --sort status,session --format table").stdout == COUNTS
    assert run(f"{LIST} --count-by enabled", tty=True, NO_COLOR="1").stdout == (
        """\
Enabled  Count  Components
no           3  x3000c0s[1,9]b0n0,x3000c0s10b0n1
yes          2  x3000c0s[2,10]b0n0
"""
    )


def test_names_with_a_separator(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"components": [component("x2"), component("x10"), component("a,b")]}}})
    assert run(f"{LIST} --format names --separator ,").stdout == "a\\x2cb,x2,x10\n"
    assert run(f"{LIST} --format names --separator '\\n'").stdout == "a\\x2cb\nx2\nx10\n"


def test_what_was_chosen_is_followed(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run(f"{LIST} --filter 'class = stable' --wait --format csv --columns id,status")
    assert done == (0, "id,status\nx3000c0s9b0n0,stable\nx3000c0s10b0n1,stable\n", done.stderr)
