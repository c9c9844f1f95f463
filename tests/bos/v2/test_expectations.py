"""Why, since when, and what next: `components describe` and the laggards of `sessions status list`, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from fleets import component, session
from nodewatch.bos_v2.expectation_rules import expect, is_stuck
from nodewatch.bos_v2.status_rules import COMPONENT_CHART
from nodewatch.times import Clock

if TYPE_CHECKING:
    from conftest import Load, Runner

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def described(run: Runner, name: str) -> str:
    """Return what is said about a component between where it is and its states."""
    done = run(f"bos v2 components describe {name} --format table")
    assert (done.code, done.stderr) == (0, "")
    return done.stdout.partition("\n\n")[2].partition("\n\nDesired state")[0]


def fleet(*nodes: Any, **options: Any) -> Any:
    return {"bos": {"v2": {"sessions": [session("reboot-7")], "components": list(nodes), "options": options}}}


def test_a_node_that_boots(run: Runner, load: Load) -> None:
    load(fleet(component("x1", "powering_on", minutes=1)))
    assert (
        described(run, "x1").partition("\n\nActual")[0]
        == """\
Means:          CAPMC has been called to power on the component, but it is not yet reported on and ready.
BOS waits for:  the power state on, then the boot artifacts that the node reports when it is up
BOS does next:  if it is off, power on again at 2026-11-21 12:01:00 UTC; if it is on, reboot at \
2026-11-21 12:19:00 UTC

Next
  cray power status list --xnames x1
  cray console interact x1
  nodewatch bos v2 sessions status list reboot-7"""
    )


def test_the_options_of_the_service_count(run: Runner, load: Load) -> None:
    load(
        fleet(
            component("x1", "powering_off", "powering_off_gracefully", minutes=1, retry_policy=1),
            max_power_off_wait_time=30,
            default_retry_policy=9,
        )
    )
    assert described(run, "x1").splitlines()[2:4] == [
        "BOS does next:  if it is still on, power off by force at 2026-11-21 11:59:30 UTC",
        "Stuck:          yes: for 1 min, and max_power_off_wait_time is 30 s",
    ]


@pytest.mark.parametrize(
    ("node", "waits", "next_step"),
    [
        (component("x1"), "nothing", "nothing"),
        (
            component("x1", "configuring"),
            "CFS to report the configuration done",
            "whatever CFS reports: stable, or failed",
        ),
        (
            component("x1", "configuring", enabled=False, override="failed"),
            "an administrator to repair it",
            "nothing, until it is enabled again or a session takes it",
        ),
        (
            component("x1", "configuring", enabled=False),
            "nothing: it is disabled, and BOS leaves it alone",
            "nothing, until it is enabled again",
        ),
        (
            component("x1", "powering_on", "session_setup"),
            "the power-on operator, at its next round",
            "power on, within 15 s",
        ),
        (component("x1", "powering_off", override="odd"), "that is not known", "nothing"),
    ],
)
def test_what_is_waited_for(run: Runner, load: Load, node: Any, waits: str, next_step: str) -> None:
    load(fleet(node))
    lines = described(run, "x1").splitlines()
    assert lines[1:3] == [f"BOS waits for:  {waits}", f"BOS does next:  {next_step}"]


@pytest.mark.parametrize("name", COMPONENT_CHART.statuses)
def test_only_what_was_called_is_ever_stuck(name: str) -> None:
    node: Any = {
        "id": "x",
        "enabled": True,
        "status": {"status": name},
        "last_action": {"last_updated": "2026-11-20T12:00:00"},
    }
    assert is_stuck(node, {}, NOON) == name.endswith("_called")
    assert bool(expect(node, {}, Clock(NOON)).stuck) == name.endswith("_called")


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"enabled": True, "status": None, "last_action": {"last_updated": "soon"}},
        {"enabled": True, "status": {"status": "power_on_called"}, "event_stats": []},
    ],
)
def test_odd_documents_are_explained_too(node: Any) -> None:
    assert expect(node, {"polling_frequency": "often"}, Clock(NOON)).means


def test_laggards_of_a_session_longest_idle_first(run: Runner, load: Load) -> None:
    load(
        fleet(
            component("x1", override="failed", error="no power", enabled=False),
            component("x2", "configuring", minutes=7),
            component("x3", "powering_on", minutes=3),
            component("x10", "powering_on", minutes=50),
            component("x4", "configuring", minutes=2),
            component("x5"),
            component("x6", "configuring", enabled=False),
        )
    )
    done = run("bos v2 sessions status list reboot-7 --format table")
    assert (
        done.stdout.partition("will not try again ")[2].partition("\n\nNext")[0]
        == """\
(1)
  1 node: no power
      x1

Disabled: BOS leaves them alone (1)
  1 node: no error was reported
      x6

In progress (4)
Status           Nodes  Oldest action            Limit   Late    Which
power_on_called      2  2026-11-21 11:10:00 UTC  20 min  1 of 2  x[3,10]
configuring          2  2026-11-21 11:53:00 UTC                  x[2,4]"""
    )
    narrow = run("bos v2 sessions status list reboot-7", tty=True, NO_COLOR="1", COLUMNS="50").stdout
    assert (
        narrow.partition("In progress (4) ")[2].partition("\n\nNext")[0]
        == f"""\
{"─" * 34}
Status           Nodes  Late              Which
power_on_called      2  1 of 2 by 30 min  x[3,10]
configuring          2                    x[2,4]
Not shown for lack of width: limit, oldest action."""
    )


def test_options_are_asked_for_only_where_somebody_is_waited_for(
    run: Runner, load: Load, backend: str, network: Any
) -> None:
    load(fleet(component("x5")))
    assert run("bos v2 sessions status list reboot-7 --format table").code == 0
    assert not any("options" in call.request.url for call in network.calls)
