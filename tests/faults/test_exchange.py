"""What goes wrong between nodewatch and an Exchange, or an agent, on real sockets."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faults.exchange import Exchange
from faults.server import answer, drip, reset_after, silence

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from faults.conftest import Outcome
    from faults.exchange import Odd
    from faults.server import Step

    Ask = Callable[..., Outcome]
    Start = Callable[..., Exchange]

VERSION, POLICY, NODES = "/v1/admin/version", "/v1/orgs/harbor/managementpolicies/roll", "/v1/orgs/harbor/nodes"
INVALID = {"code": "invalid-credentials", "msg": "invalid.credentials"}
DENIED = {"code": "access-denied", "msg": "Access denied: 'harbor/u' does not have authorization: READ_ALL_NODES"}


def of_node(number: int) -> str:
    return f"/v1/orgs/harbor/nodes/n{number}/managementStatus/roll"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Exchanges; they end with the test."""
    running: list[Exchange] = []

    def start(nodes: int = 4, odd: Odd = lambda _: None) -> Exchange:
        running.append(Exchange(nodes, odd))
        return running[-1]

    yield start
    for exchange in running:
        exchange.close()


def account(exchange: Exchange) -> dict[str, str]:
    return {
        "HZN_EXCHANGE_URL": f"{exchange.url}/v1",
        "HORIZON_URL": exchange.url,
        "HZN_ORG_ID": "harbor",
        "HZN_EXCHANGE_USER_AUTH": "u:p",
    }


def show(ask: Ask, exchange: Exchange, line: str = "exchange nmp status roll", **environ: str) -> Outcome:
    return ask("", line, NODEWATCH_BOS_URL="", **{**account(exchange), **environ})


def at(path: str, step: Step) -> Odd:
    return lambda asked: step if asked == path else None


FOUR = {"harbor/n0": "successful", "harbor/n1": "failed", "harbor/n2": "initiated", "harbor/n3": "waiting"}


def test_nothing_wrong(start: Start, ask: Ask) -> None:
    exchange = start()
    done = show(ask, exchange)
    assert (done.code, done.json, done.stderr) == (0, FOUR, "")
    assert exchange.paths[:3] == [VERSION, POLICY, NODES]
    assert sorted(exchange.paths[3:]) == [of_node(number) for number in range(4)]


@pytest.mark.parametrize(
    ("path", "step", "code", "words"),
    [
        (VERSION, reset_after(b""), 5, "did not answer GET /admin/version: the connection was closed"),
        (VERSION, answer(200, b"2.100.0\n", {"Content-Type": "text/plain"}), 7, "The current exchange version 2.100.0"),
        (POLICY, answer(401, INVALID), 6, "invalid-credentials: invalid.credentials"),
        (POLICY, answer(403, DENIED), 6, "access-denied: Access denied: 'harbor/u' does not have"),
        (POLICY, answer(429, b"", {"Retry-After": "7"}), 5, "answered 429 Too Many Requests"),
        (NODES, reset_after(answer(200, b'{"nodes": ', length=900)), 5, "the connection was closed before"),
        (NODES, answer(200, b'{"nodes": ', length=900), 5, "the connection was closed before the answer was complete"),
        (NODES, silence, 5, "the answer was not complete after 0.5 s"),
        (NODES, drip(answer(200, {"nodes": {}})), 5, "the answer was not complete after 0.5 s"),
        (NODES, answer(200, b"<html>", {"Content-Type": "text/html"}), 3, "a page of HTML"),
        (NODES, answer(200, {"nodes": ["n0"]}), 3, "GET /orgs/harbor/nodes should answer objects by name"),
        (NODES, answer(200, {}), 3, "should answer nodes by name, but it answered an object without nodes"),
        (NODES, answer(200, b""), 3, "should answer nodes by name, but it answered nothing"),
        (POLICY, answer(200, {"status": "ok"}), 3, "but it answered an object without managementPolicy"),
    ],
)
def test_what_concerns_the_whole_exchange_ends_it(
    start: Start, ask: Ask, path: str, step: Step, code: int, words: str
) -> None:
    done = show(ask, start(odd=at(path, step)))
    assert (done.code, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.seconds < 5


def test_refused(start: Start, ask: Ask) -> None:
    exchange = start()
    exchange.close()
    done = show(ask, exchange)
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr.startswith(
        f"Error: the Exchange at {exchange.url}/v1 cannot be reached: the connection was refused"
    )
    assert show(ask, exchange, "nmstatus list").code == 5


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (answer(403, DENIED), "access-denied: Access denied: 'harbor/u' does not have authorization: READ_ALL_NODES"),
        (answer(500), "answered 500 Internal Server Error to GET /orgs/harbor/nodes/NODE/managementStatus/roll."),
        (answer(200, b"<html>", {"Content-Type": "text/html"}), "a page of HTML"),
        (answer(200, {"managementStatus": {"harbor/roll": "failed"}}), "should answer objects by name"),
        (answer(200, {"status": "ok"}), "but it answered an object without managementStatus"),
        (answer(200, b""), "but it answered nothing"),
        (reset_after(b""), "the connection was closed before the answer was complete"),
        (silence, "the answer was not complete after 0.5 s"),
    ],
)
def test_one_node_s_trouble_is_told_and_the_rest_shown(start: Start, ask: Ask, step: Step, why: str) -> None:
    done = show(ask, start(odd=at(of_node(1), step)))
    assert (done.code, done.json) == (5, {node: word for node, word in FOUR.items() if node != "harbor/n1"})
    assert done.stderr.startswith("Error: 1 of 4 nodes could not be asked; the rest is shown.\n  harbor/n1: ")
    assert why in done.stderr


def test_every_tenth_node_fails(start: Start, ask: Ask) -> None:
    done = show(ask, start(100, lambda path: answer(500) if path.endswith("0/managementStatus/roll") else None))
    assert (done.code, len(done.json)) == (5, 90)
    assert done.stderr.splitlines()[0] == "Error: 10 of 100 nodes could not be asked; the rest is shown."
    assert done.stderr.splitlines()[1].startswith("  harbor/n[0,10,20,30,40,50,60,70,80,90]: ")
    assert len(done.stderr.splitlines()) == 2
    table = show(
        ask,
        start(100, lambda path: answer(500) if path.endswith("0/managementStatus/roll") else None),
        "exchange nmp status roll --format table",
    ).stdout
    assert re.search(r"could not be asked \d+ % \(\d+\)", table)  # a busy machine loses more than these ten


def test_all_nodes_fail(start: Start, ask: Ask) -> None:
    done = show(ask, start(odd=lambda path: answer(403, DENIED) if "managementStatus" in path else None))
    assert (done.code, done.stdout, done.stderr) == (6, "", f"Error: access-denied: {DENIED['msg']}\n")


def test_a_node_without_a_status_is_no_trouble(start: Start, ask: Ask) -> None:
    done = show(ask, start(odd=at(of_node(1), answer(404, {"managementStatus": {}, "lastIndex": 0}))))
    assert (done.code, "harbor/n1" in done.json, done.stderr) == (0, False, "")


def test_a_404_of_a_proxy_is_trouble_with_that_node(start: Start, ask: Ask) -> None:
    page = answer(404, b"default backend - 404", {"Content-Type": "text/plain"})
    done = show(ask, start(odd=at(of_node(1), page)))
    assert (done.code, "harbor/n1" in done.json) == (5, False)
    assert "n1" in done.stderr
    assert "404 Not Found" in done.stderr


@pytest.mark.parametrize("status", [429, 503])
def test_a_crowded_exchange_is_asked_more_slowly(start: Start, ask: Ask, status: int) -> None:
    crowded = [answer(status, b"", {"Retry-After": "2"})] * 3

    def odd(path: str) -> Step | None:
        return crowded.pop() if crowded and "managementStatus" in path else None

    exchange = start(40, odd)
    done = show(ask, exchange, HZN_HTTP_RETRIES="5", NODEWATCH_RETRIES="", NODEWATCH_REQUEST_TIMEOUT="30")
    assert (done.code, len(done.json), done.stderr) == (0, 40, "")
    assert len(exchange.paths) == 3 + 40 + 3  # nothing is asked more often than it has to be
    assert max(done.slept) >= 2


def test_no_more_questions_at_once_than_are_wanted(start: Start, ask: Ask) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def odd(path: str) -> None:
        nonlocal running, most
        if "managementStatus" in path:
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.01)
            with lock:
                running -= 1

    done = show(ask, start(30, odd), "exchange nmp status roll --concurrency 3")
    assert (done.code, len(done.json)) == (0, 30)
    assert 1 < most <= 3


def test_ctrl_c_shows_what_is_there(start: Start, tmp_path: Path) -> None:
    asked = threading.Event()

    def wait(connection: socket.socket) -> None:
        asked.set()
        silence(connection)

    exchange = start(40, lambda path: wait if path >= of_node(3) and "managementStatus" in path else None)
    process = subprocess.Popen(
        [Path(sys.prefix, "bin", "nodewatch"), "exchange", "nmp", "status", "roll"],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], **account(exchange)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert asked.wait(30)
    while not all(of_node(number) in exchange.paths for number in (0, 1, 2)):
        time.sleep(0.01)
    time.sleep(0.3)  # the answers that were sent are to arrive
    process.send_signal(signal.SIGINT)
    with contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, b'"harbor/n0": "successful"' in stdout) == (130, True)
    assert stderr.endswith(b" of 40 nodes were not asked.\nInterrupted.\n")


def test_an_agent_that_says_nothing_is_given_up(start: Start, ask: Ask) -> None:
    done = show(ask, start(odd=at("/nodemanagement/reset/roll", silence)), "nmstatus reset roll --quiet")
    assert (done.code, done.stdout) == (5, "")
    assert "did not answer PUT /nodemanagement/reset/roll: the answer was not complete after 0.5 s" in done.stderr
    assert done.seconds < 5


def test_hzn_s_deadline_counts(start: Start, ask: Ask) -> None:
    done = show(ask, start(odd=at(NODES, silence)), NODEWATCH_REQUEST_TIMEOUT="", HZN_HTTP_TIMEOUT="1")
    assert (done.code, done.stdout) == (5, "")
    assert "the answer was not complete after 1 s" in done.stderr
