from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from fleets import COMPONENTS, FLEET, as_answered, component
from nodewatch.arrays import StoredArray

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner

IDS = sorted(node["id"] for node in COMPONENTS)


def test_json_is_in_the_order_of_ids_with_computed_statuses(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos v2 components list")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == [as_answered(index) for index in (2, 3, 0, 1, 4)]


def test_what_a_store_holds_is_printed_without_being_read(
    run: Runner, load: Load, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 20,000 components, reading takes longer than all else."""
    load(FLEET)
    whole = run("bos v2 components list")
    if backend == "local":
        monkeypatch.setattr(StoredArray, "__iter__", None)
    assert run("bos v2 components list")[:3] == whole[:3]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ("--session done-3", ["x3000c0s9b0n0"]),
        ("--session nope", []),
        ("--staged-session reboot-7", ["x3000c0s9b0n0"]),
        ("--ids x3000c0s9b0n0,x3000c0s1b0n0,x9", ["x3000c0s1b0n0", "x3000c0s9b0n0"]),
        ("--ids 'x3000c0s1*'", ["x3000c0s10b0n0", "x3000c0s10b0n1", "x3000c0s1b0n0"]),
        ("--ids x3000c0s10,X3000C0S9B0N0", ["x3000c0s10b0n0", "x3000c0s10b0n1", "x3000c0s9b0n0"]),
        ("--ids x3000 --session done-3", ["x3000c0s9b0n0"]),
        ("--ids 'x4*'", []),
        ("--ids 'x3000c0s?b*' --page-size 2", ["x3000c0s1b0n0", "x3000c0s2b0n0"]),
        ("--enabled true", ["x3000c0s10b0n0", "x3000c0s2b0n0"]),
        ("--enabled false", ["x3000c0s10b0n1", "x3000c0s1b0n0", "x3000c0s9b0n0"]),
        ("--enabled no --session reboot-7", ["x3000c0s10b0n1", "x3000c0s1b0n0"]),
        ("--phase configuring", ["x3000c0s1b0n0", "x3000c0s2b0n0"]),
        ("--phase ''", IDS),
        ("--status failed,power_on_called", ["x3000c0s10b0n0", "x3000c0s1b0n0"]),
        ("--start-after-id x3000c0s1b0n0 --page-size 1", ["x3000c0s2b0n0"]),
        ("--start-after-id X3000C0S1B0N0 --page-size 1", ["x3000c0s2b0n0"]),
        ("--enabled false --page-size 2", ["x3000c0s10b0n1", "x3000c0s1b0n0"]),
        ("--page-size 0", IDS),
        ("--page-size 99999999999999999999", IDS),
    ],
)
def test_filters(run: Runner, load: Load, options: str, ids: list[str]) -> None:
    load(FLEET)
    assert [node["id"] for node in run(f"bos v2 components list {options}").json] == ids


@pytest.mark.parametrize(
    ("ids", "unknown"),
    [
        ("X3000C0S1B0N0,x3000c0s2b0n0", None),
        ("x3000c0s[1,7]b0n0", None),
        ("x3000c0s1b0n0,x3000c0s7b0n0", "x3000c0s7b0n0"),
        ("'x3000c0s1b0n0, x3000c0s7b0n0'", "x3000c0s7b0n0"),
        ("x3000c0s1b0n0,x3000c0s[7-8]b0n0", "x3000c0s[7-8]b0n0"),
        ("x3000c0s[7-8]b0n0 --status failed", "x3000c0s[7-8]b0n0"),
        ("x3000c0s1* --status failed --phase powering_off", None),
        ("x3000c0s[1,7]b0n0 --phase powering_off", None),
        ("'x4*'", "x4*"),
        ("'x3000c0s[1-7]b0n0,x4*'", "x4*"),
    ],
)
def test_names_that_bos_does_not_know(run: Runner, load: Load, ids: str, unknown: str | None) -> None:
    load(FLEET)
    sentence = f"Error: BOS does not know {unknown}: `nodewatch bos v2 components list` shows what it knows.\n"
    for done in (run(f"bos v2 components {word} --ids {ids}") for word in ("list", "map")):
        assert (done.code, done.stderr) == ((8, sentence) if unknown else (0, ""))


@pytest.mark.parametrize("style", ["table", "json", "yaml", "toml", "csv", "names"])
def test_ids_that_are_known_are_no_error(run: Runner, load: Load, style: str) -> None:
    load(FLEET)
    done = run(f"bos v2 components list --ids x3000c0s9b0n0,x3000c0s1b0n0 --format {style}")
    assert (done.code, done.stderr, "c0s9b0n0" in done.stdout or "[1,9]" in done.stdout) == (0, "", True)


def test_a_long_list_of_ids_is_asked_for_in_parts(
    run: Runner, load: Load, network: responses.RequestsMock, backend: str
) -> None:
    names = [f"x3000c0s{number}b0n0" for number in range(30)]
    load({"bos": {"v2": {"components": [component(name) for name in names]}}})
    done = run(f"bos v2 components list --ids {','.join(names)} --page-size 20")
    assert [node["id"] for node in done.json] == sorted(names)[:20]
    if backend == "http":
        asked = [parse_qs(urlsplit(str(call.request.url)).query)["ids"][0] for call in network.calls]
        assert len(asked) == 4
        assert ",".join(asked) == ",".join(names)
        assert max(map(len, asked)) <= 127


def test_an_id_that_none_can_have_is_not_asked_for(run: Runner, load: Load) -> None:
    load(FLEET)
    why = f"'{'x0' * 30}'... is no component: an id has 127 characters at most."
    assert run(f"bos v2 components list --ids x3000c0s1b0n0,{'x[0]' * 64}") == (2, "", f"Error: {why}\n")


def test_yaml_keeps_nulls_and_never_folds_lines(run: Runner, load: Load) -> None:
    message = "a very long message " * 20
    load({"bos": {"v2": {"components": [{"id": "x1", "error": message, "session": None}]}}})
    assert (
        run("bos v2 components list --format yaml").stdout
        == f"""\
- id: x1
  error: '{message}'
  session: null
  status:
    status: stable
"""
    )


def test_nothing_fits(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components list --session nope") == (0, "[]\n", "")
    assert run("bos v2 components list --session nope --format table") == (0, "No component matches.\n", "")
    assert run("bos v2 components list --session nope --format toml") == (0, "results = []\n", "")


COUNTS = "5 nodes: 2 stable, 1 failed, 1 configuring, 1 power_on_called\n\n"
WIDE = """\
Component       Status           Phase        Session   Last action           Attempts    Error
x3000c0s1b0n0   failed           configuring  reboot-7  powering_on (5 min)   power on 1  cfs configuration failed
x3000c0s2b0n0   configuring      configuring  reboot-7  powering_on (12 min)  power on 1
x3000c0s9b0n0   stable                        done-3    powering_on (5 min)   power on 1
x3000c0s10b0n0  power_on_called  powering_on  reboot-7  powering_on (1 min)   power on 1
x3000c0s10b0n1  stable                        reboot-7  powering_on (5 min)   power on 1
"""
NARROW = """\
Component       Status           Last action           Error
x3000c0s1b0n0   failed           powering_on (5 min)   cfs configuration failed
x3000c0s2b0n0   configuring      powering_on (12 min)
x3000c0s9b0n0   stable           powering_on (5 min)
x3000c0s10b0n0  power_on_called  powering_on (1 min)
x3000c0s10b0n1  stable           powering_on (5 min)
Not shown for lack of width: attempts, phase, session.
"""
SHARED = """\
4 nodes: 1 failed, 1 configuring, 1 power_on_called, 1
stable

Session: reboot-7
Component       Status           Error
x3000c0s1b0n0   failed           cfs configuration failed
x3000c0s2b0n0   configuring
x3000c0s10b0n0  power_on_called
x3000c0s10b0n1  stable
Not shown for lack of width: attempts, phase, last action.
"""


def test_table_has_natural_order_and_columns_leave(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components list", tty=True, NO_COLOR="1", COLUMNS="160") == (0, COUNTS + WIDE, "")
    assert run("bos v2 components list", tty=True, NO_COLOR="1", COLUMNS="80") == (0, COUNTS + NARROW, "")
    assert run("bos v2 components list --session reboot-7", tty=True, NO_COLOR="1", COLUMNS="60") == (0, SHARED, "")
    piped = run("bos v2 components list --format table", COLUMNS="60").stdout
    timed = re.sub(r"\((\d+) min\) *", lambda age: f"(2026-11-21 11:{60 - int(age[1])}:00 UTC)  ", WIDE)
    assert piped == timed.replace("Last action         ", "Last action                          ")


LONG = "Power control did not power the component on: the controller does not answer"
FOLDED = """\
Status: failed, session: night
Component  Last action          Attempts    Error
x1         powering_on (5 min)  power on 1  Power control did…
x2         powering_on (5 min)  power on 1  Power control did…
x3         powering_on (5 min)  power on 1  The boot image is not there: that is for x3 alone

Errors in full ─────────────────────────────────────────────────────────────────────────────────────
  2 nodes: Power control did not power the component on: the controller does not answer
      x[1-2]
"""


def test_a_long_error_of_several_nodes_is_told_once(run: Runner, load: Load) -> None:
    errors = {"x1": LONG, "x2": LONG, "x3": "The boot image is not there: that is for x3 alone"}
    nodes = [{**component(name, override="failed", session="night"), "error": text} for name, text in errors.items()]
    load({"bos": {"v2": {"components": nodes}}})
    shown = run("bos v2 components list", tty=True, NO_COLOR="1", COLUMNS="100").stdout
    assert shown == FOLDED
    assert run("bos v2 components list --format table").stdout.count(LONG) == 2
    assert run("bos v2 components list --columns id,error", tty=True, NO_COLOR="1").stdout.count(LONG) == 2
