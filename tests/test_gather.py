from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from conftest import FakeWorld
from nodewatch.backend import Answer, Request
from nodewatch.errors import NotPermitted, ServiceTrouble, Unreachable
from nodewatch.gather import gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.errors import NodewatchError


class Scripted:
    """A backend that answers with the path, after `answer` has had its say."""

    def __init__(self, limit: int = 8, answer: Callable[[str], object] = lambda path: None) -> None:
        self.limit, self.answer = limit, answer
        self.lock = threading.Lock()
        self.asked: list[str] = []
        self.threads: set[threading.Thread] = set()
        self.busy = self.busiest = 0

    def send(self, request: Request[object]) -> Answer:
        with self.lock:
            self.asked.append(request.path)
            self.threads.add(threading.current_thread())
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        try:
            self.answer(request.path)
            return Answer(200, request.path)
        finally:
            with self.lock:
                self.busy -= 1


def questions(count: int) -> list[Request[object]]:
    return [Request("GET", f"/{number}") for number in range(count)]


def documents(results: list[Answer | NodewatchError | None]) -> list[object]:
    return [result.document for result in results if result is not None]


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld({})


@pytest.mark.parametrize("count", [0, 1, 2, 100])
@pytest.mark.parametrize("limit", [1, 8])
def test_results_come_in_the_order_of_the_questions(world: FakeWorld, count: int, limit: int) -> None:
    backend = Scripted(limit, lambda path: time.sleep(int(path[1:]) % 3 / 1000))
    done = gather(backend, questions(count), world)
    assert documents(done.results) == [f"/{number}" for number in range(count)]
    assert not done.interrupted


def test_never_more_at_once_than_the_backend_likes(world: FakeWorld) -> None:
    backend = Scripted(5, lambda path: time.sleep(0.002))
    gather(backend, questions(50), world)
    assert backend.busiest == len(backend.threads) == 5


def test_local_backend_answers_in_this_thread(world: FakeWorld) -> None:
    backend = Scripted(1)
    gather(backend, questions(5), world)
    assert backend.threads == {threading.current_thread()}
    assert backend.asked == ["/0", "/1", "/2", "/3", "/4"]


@pytest.mark.parametrize("error", [NotPermitted("no", status=403), ServiceTrouble("broken", status=500)])
@pytest.mark.parametrize("limit", [1, 8])
def test_one_nodes_error_is_its_own(world: FakeWorld, error: NodewatchError, limit: int) -> None:
    def answer(path: str) -> None:
        if path == "/3":
            raise error

    results = gather(Scripted(limit, answer), questions(9), world).results
    assert results[3] is error
    assert documents(results[:3] + results[4:]) == [f"/{n}" for n in (0, 1, 2, 4, 5, 6, 7, 8)]


@pytest.mark.parametrize("error", [NotPermitted("who?", status=401), Unreachable("nobody there")])
@pytest.mark.parametrize("limit", [1, 8])
def test_error_of_the_whole_service_ends_the_run(world: FakeWorld, error: NodewatchError, limit: int) -> None:
    def answer(path: str) -> None:
        raise error

    backend = Scripted(limit, answer)
    assert gather(backend, questions(1000), world).results == [error] * 1000
    assert len(backend.asked) <= limit


@pytest.mark.parametrize("limit", [1, 8])
def test_interruption_keeps_what_is_there(world: FakeWorld, limit: int) -> None:
    begun = threading.Event()

    def answer(path: str) -> None:
        if path == "/20":
            begun.set()
            if limit == 1:
                raise KeyboardInterrupt
        if int(path[1:]) >= 20:
            time.sleep(5)

    if limit > 1:
        interrupt_when(begun)
    start = time.monotonic()
    done = gather(Scripted(limit, answer), questions(1000), world)
    assert time.monotonic() - start < 2
    assert done.interrupted
    assert documents(done.results[:20]) == [f"/{number}" for number in range(20)]
    assert done.results[30:] == [None] * 970


def interrupt_when(event: threading.Event) -> None:
    """Press Ctrl-C when the event has come."""
    import _thread

    def press() -> None:
        event.wait()
        time.sleep(0.05)
        _thread.interrupt_main()

    threading.Thread(target=press, daemon=True).start()


def test_defect_in_a_thread_is_not_an_empty_answer(world: FakeWorld) -> None:
    def answer(path: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather(Scripted(8, answer), questions(9), world)


@pytest.mark.parametrize(("tty", "quiet", "drawn"), [(True, False, True), (True, True, False), (False, False, False)])
def test_progress_is_for_people_who_wait(tty: bool, quiet: bool, drawn: bool) -> None:
    world = FakeWorld({}, tty=tty)
    gather(Scripted(1, lambda path: world.sleep(0.7)), questions(3), world, quiet=quiet)
    line = "\r[####################          ] 2 of 3 nodes"
    assert (line in world.stderr.getvalue()) == drawn
    assert world.stderr.getvalue().endswith("\r\x1b[K") == drawn
    assert world.stdout.getvalue() == ""
