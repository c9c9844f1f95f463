"""Many questions at once: bounded threads over kept connections, progress, and an end when the user wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from nodewatch.errors import NodewatchError, TimedOut, Unreachable, WrongConfiguration
from nodewatch.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nodewatch.backend import Answer, Backend, Request
    from nodewatch.world import World

TICK = 0.2
Question = TypeVar("Question")
Brought = TypeVar("Brought")


class Gathered(NamedTuple):
    """What the questions brought, in their order: an answer, or the error that one question met.

    None is what was not asked any more after an interruption (Ctrl-C); `interrupted` tells of that: the caller shows
    what is there, and then raises `KeyboardInterrupt`.
    """

    results: list[Answer | NodewatchError | None]
    interrupted: bool = False


def gather(
    backend: Backend, requests: Sequence[Request[object]], world: World, *, what: str = "nodes", quiet: bool = False
) -> Gathered:
    """Send all requests, at most `backend.limit` at a time, and return what each brought.

    An error is the result of the question that met it. Only what concerns the whole service (it cannot be reached,
    nobody is logged in, the configuration is wrong) ends the run: it is then the result of every question left. A line
    on stderr counts (`1,200 of 2,000 nodes`) from the second second on, on a terminal and unless `quiet`. When the
    world's deadline has passed, what has no answer yet is `TimedOut`.
    """
    run = Run(backend.send, requests, ends_all)
    progress = Progress(world, len(requests), what, quiet=quiet)
    threads = min(backend.limit, len(requests))
    try:
        if threads <= 1:
            while run.step():
                progress.show(run.finished)
        else:
            run.start(threads)
            while not run.wait(min(TICK, world.within_deadline(TICK))):
                progress.show(run.finished)
                if world.monotonic() >= world.deadline:
                    run.give_up()
                    break
    except KeyboardInterrupt:
        run.stopped = True
        return Gathered(list(run.results), interrupted=True)  # threads may still write theirs
    finally:
        progress.end()
    return Gathered([run.ending if result is None else result for result in run.results])


def side_by_side(calls: Sequence[Callable[[], Brought]], limit: int) -> list[Brought]:
    """Return what the calls return, in their order, at most `limit` of them going on at a time.

    Raise the first error that one of them met. Ctrl-C waits for none of them.
    """
    brought: dict[int, Brought] = {}

    def call(place: int) -> None:
        brought[place] = calls[place]()

    if calls:
        run = Run(call, range(len(calls)), lambda _: True)
        run.start(min(limit, len(calls)))
        while not run.wait(TICK):
            pass
        if run.ending is not None:
            raise run.ending
    return [brought[place] for place in range(len(calls))]


def ends_all(error: NodewatchError) -> bool:
    """Return whether an error concerns the whole service, so that nothing more need be asked."""
    return isinstance(error, Unreachable | WrongConfiguration) or error.status == 401


class Run(Generic[Question, Brought]):
    """The state that the threads of one run share: what is asked, in order, and what each question brought."""

    def __init__(
        self, send: Callable[[Question], Brought], requests: Sequence[Question], ends: Callable[[NodewatchError], bool]
    ) -> None:
        import threading

        self.send, self.requests, self.ends = send, requests, ends
        self.results: list[Brought | NodewatchError | None] = [None] * len(requests)
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.next = self.finished = self.working = 0
        self.stopped = False
        self.ending: NodewatchError | None = None
        self.defect: BaseException | None = None

    def start(self, threads: int) -> None:
        """Start the threads; they end with the process, so that an interruption need not wait for a slow answer."""
        import threading

        self.working = threads
        for _ in range(threads):
            threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        """Ask until nothing is left."""
        try:
            while self.step():
                pass
        except BaseException as error:  # noqa: BLE001  # a defect in a thread must not look like an empty answer
            self.defect, self.stopped = error, True
        with self.lock:
            self.working -= 1
            if not self.working:
                self.done.set()

    def step(self) -> bool:
        """Ask the next question; return False when there is none."""
        with self.lock:
            place = self.next
            if self.stopped or place == len(self.requests):
                return False
            self.next += 1
        try:
            self.results[place] = self.send(self.requests[place])
        except NodewatchError as error:
            self.results[place] = error
            if self.ends(error):
                self.ending, self.stopped = error, True
        with self.lock:
            self.finished += 1
        return True

    def give_up(self) -> None:
        """Ask nothing more, and take what has no answer yet for timed out."""
        self.ending, self.stopped = TimedOut("there was no answer before the time ran out."), True

    def wait(self, seconds: float) -> bool:
        """Return whether all threads have ended, after that many seconds at most; raise what a thread could not."""
        ended = self.done.wait(seconds)
        if self.defect is not None:
            raise self.defect
        return ended
