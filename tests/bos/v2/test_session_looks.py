"""What a wait for a session asks the server, look by look: a look costs what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lives import configuring, failed, moment, off, on, stable, staged, taken
from nodewatch.bos_v2 import client

if TYPE_CHECKING:
    from responses import RequestsMock

    from conftest import Play, Runner

NAMES = [f"x{cabinet}c0s{slot}b0n0" for cabinet in range(1000, 1030) for slot in range(10)]
STATUS, SESSION = "/status", "/boot-1"
PAGES = ["", "from x1009c0s9b0n0", "from x1019c0s9b0n0", "from x1029c0s9b0n0"]
UNCHANGED = 5_000  # bytes that a look may cost at which nothing has changed


@pytest.fixture
def backend() -> str:
    """Run these tests over HTTP only."""
    return "http"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages of 100 components."""
    monkeypatch.setattr(client, "PAGE_SIZE", 100)


def short(url: str) -> str:
    """Return what was asked in a word: of components the filters, and the name that the page begins behind."""
    parts = urlsplit(url)
    if not parts.path.endswith("/components"):
        return parts.path[parts.path.rindex("/") :]
    query = {name: values[0] for name, values in parse_qs(parts.query).items() if name != "session"}
    size, after = query.pop("page_size", None), query.pop("start_after_id", None)
    words = [f"{name}={value}" for name, value in query.items()]
    return " ".join([*words, *(["one"] if size == "1" else []), *([f"from {after}"] if after else [])])


def fleet(*nodes: Any, state: str = "running") -> Any:
    """Return the session with these nodes; it was set up for all the names."""
    found = moment(*nodes, state=state)
    found["bos"]["v2"]["sessions"][0]["components"] = ",".join(NAMES)
    return found


def everyone(make: Any) -> Any:
    return fleet(*map(make, NAMES))


def looks(network: Any) -> list[list[tuple[str, int]]]:
    """Return the questions of each look, which begins with the status, and the bytes of their answers."""
    found: list[list[tuple[str, int]]] = []
    for call in network.calls:
        asked = short(str(call.request.url))
        if asked == STATUS:
            found.append([])
        found[-1].append((asked, len(call.response.content)))
    return found


def asked(network: Any) -> list[list[str]]:
    return [[question for question, _ in look] for look in looks(network)]


@pytest.mark.usefixtures("small_pages")
def test_a_whole_life(run: Runner, play: Play, network: RequestsMock) -> None:
    half = fleet(*map(stable, NAMES[:150]), *map(configuring, NAMES[150:]))
    play({0: everyone(off), 45: everyone(on), 90: half, 135: everyone(stable)})
    done = run("bos v2 sessions status list boot-1 --wait")
    assert (done.code, done.stderr) == (0, "")
    unchanged = [STATUS]
    assert asked(network) == [[STATUS, SESSION, *PAGES], *[unchanged] * 8, [STATUS, "enabled=True one", *PAGES]]
    assert max(size for look in looks(network)[1:9] for _, size in look) < UNCHANGED


@pytest.mark.usefixtures("small_pages")
def test_failed_nodes_are_asked_for_alone(run: Runner, play: Play, network: RequestsMock) -> None:
    nodes = [failed(NAMES[0]), *map(configuring, NAMES[1:])]
    play({0: everyone(configuring), 20: fleet(*nodes), 50: fleet(taken(NAMES[0]), *map(stable, NAMES[1:]))})
    done = run("bos v2 sessions status list boot-1 --wait")
    assert (done.code, done.stderr.splitlines()[1:]) == (
        10,
        ["  Missing (1): x1000c0s0b0n0, last seen: failed (cfs configuration failed)"],
    )
    assert asked(network)[1:] == [
        [STATUS],
        [STATUS, "status=failed"],
        [STATUS],
        [STATUS, "", "from x1010c0s0b0n0", "from x1020c0s0b0n0"],
    ]


@pytest.mark.usefixtures("small_pages")
def test_the_time_runs_out(run: Runner, play: Play, network: RequestsMock) -> None:
    play({0: everyone(configuring), 20: fleet(*map(stable, NAMES[1:]), configuring(NAMES[0]))})
    done = run("bos v2 sessions status list boot-1 --wait --timeout 40s")
    assert (done.code, done.stderr.splitlines()[1:]) == (11, ["  Lagging (1): x1000c0s0b0n0: configuring"])
    assert asked(network)[1:] == [[STATUS], [STATUS], [STATUS, *PAGES]]


@pytest.mark.usefixtures("small_pages")
def test_a_watch_asks_for_all_when_something_has_changed(run: Runner, play: Play, network: RequestsMock) -> None:
    play({0: everyone(off), 20: everyone(on), 50: everyone(stable)})
    assert run("bos v2 sessions status list boot-1 --watch").code == 0
    assert asked(network)[1:] == [[STATUS], [STATUS, *PAGES], [STATUS], [STATUS, *PAGES]]


@pytest.mark.usefixtures("small_pages")
def test_nodes_that_are_stable_and_not_yet_disabled(run: Runner, play: Play, network: RequestsMock) -> None:
    def enabled(name: str) -> Any:
        return {**stable(name), "enabled": True}

    play({0: everyone(on), 10: everyone(enabled), 40: everyone(stable)})
    assert run("bos v2 sessions status list boot-1 --wait").code == 0
    one = "enabled=True one"
    assert asked(network)[1:] == [[STATUS, one], [STATUS, one], [STATUS, one, *PAGES]]

    play({0: everyone(enabled), 20: everyone(stable)})
    network.calls.reset()
    assert run("bos v2 sessions status list boot-1 --wait").code == 0
    assert asked(network)[1:] == [[STATUS, one], [STATUS, one, *PAGES]]


def test_a_staged_session_that_is_applied(run: Runner, play: Play, network: RequestsMock) -> None:
    def life(make: Any) -> Any:
        found = moment(*map(make, NAMES[:2]))
        found["bos"]["v2"]["sessions"][0]["components"] = ""
        return found

    def enabled(name: str) -> Any:
        return {**stable(name), "enabled": True}

    line, one, whole = "bos v2 sessions status list boot-1 --wait", "enabled=True one", ""
    play({0: life(staged), 20: life(stable)})
    assert run(line).code == 0
    assert asked(network)[1:] == [[STATUS], [STATUS, one, whole]]
    network.calls.reset()
    play({0: life(staged), 10: life(configuring), 20: life(enabled), 50: life(stable)})
    assert run(line).code == 0
    assert asked(network)[1:] == [[STATUS], [STATUS, one], [STATUS, one], [STATUS, one, whole]]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (moment(state="pending"), [""]),
        (moment(*map(staged, NAMES[:3])), ["", "staged_session=boot-1"]),
        (moment(), [""]),
    ],
)
def test_a_session_that_waits_costs_nothing(
    run: Runner, play: Play, network: RequestsMock, now: Any, first: list[str]
) -> None:
    now["bos"]["v2"]["sessions"][0]["components"] = ""
    play({0: now})
    assert run("bos v2 sessions status list boot-1 --wait --timeout 40s").code == 11
    assert asked(network) == [[STATUS, SESSION, *first], [STATUS], [STATUS], [STATUS, *first]]


def test_the_options_are_asked_for_where_a_table_shows_who_is_late(
    run: Runner, play: Play, network: RequestsMock
) -> None:
    line, nodes = "bos v2 sessions status list boot-1 --watch --format table", NAMES[:2]
    play({0: moment(*map(on, nodes)), 10: moment(*map(configuring, nodes)), 20: moment(*map(stable, nodes))})
    run(line)
    assert asked(network) == [[STATUS, SESSION, "", "/options"], [STATUS, ""], [STATUS, ""]]
    network.calls.reset()
    play({0: moment(*map(stable, nodes))})
    run(line)
    assert asked(network) == [[STATUS, SESSION, ""]]


def test_what_is_unclear_is_asked_for_again(run: Runner, network: RequestsMock) -> None:
    base = "https://bos.example.com/apis/bos"
    status = {"status": "running", "managed_components_count": 2, "percent_successful": 100.0}
    network.add("GET", f"{base}/v2/components", json=[{"id": "x1", "enabled": False, "status": {"status": "stable"}}])
    network.add("GET", f"{base}/v2/sessions/boot-1/status", json=status)
    network.add("GET", f"{base}/v2/sessions/boot-1", json={"name": "boot-1", "status": {"status": "running"}})
    line = "bos v2 sessions status list boot-1 --wait --settle 40s"
    assert run(line, NODEWATCH_BOS_URL=base).code == 10
    assert asked(network) == [[STATUS, SESSION, ""], *[[STATUS, ""]] * 3]


def test_what_was_not_asked_for_is_no_end(run: Runner, network: RequestsMock) -> None:
    base = "https://bos.example.com/apis/bos"
    network.add("GET", f"{base}/v2/components", json=[{"id": "x1", "enabled": False, "status": {"status": "stable"}}])
    network.add("GET", f"{base}/v2/sessions/boot-1", json={"name": "boot-1", "status": {"status": "running"}})
    running = {"status": "running", "managed_components_count": 1}
    phases = [
        {**running, "phases": {f"percent_{phase}": 100.0}} for phase in ("powering_off", "powering_on", "configuring")
    ]
    for status in (*phases, {**running, "status": "complete", "percent_successful": 100.0}):
        network.add("GET", f"{base}/v2/sessions/boot-1/status", json=status)
    line = "bos v2 sessions status list boot-1 --wait --settle 15s"
    assert run(line, NODEWATCH_BOS_URL=base).code == 0


def test_a_server_without_pages(run: Runner, network: RequestsMock) -> None:
    base = "https://bos.example.com/apis/bos"
    node = {"enabled": False, "status": {"status": "stable"}}
    found = [{**node, "id": f"x{number}"} for number in range(client.PAGE_SIZE)]
    status = {"status": "running", "managed_components_count": len(found), "percent_successful": 100.0}
    network.add("GET", f"{base}/v2/components", json=found)
    network.add("GET", f"{base}/v2/sessions/s/status", json=status)
    network.add("GET", f"{base}/v2/sessions/s", json={"name": "s", "status": {"status": "running"}})
    assert run("bos v2 sessions status list s --wait", NODEWATCH_BOS_URL=base).code == 0
    assert len(network.calls) == 4
