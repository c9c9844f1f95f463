"""How tests run a command line: `run("bos v2 sessions list")` returns exit code, stdout and stderr."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import hypothesis
import pytest
import responses

from nodewatch.backend import ABSENT, Request
from nodewatch.command_tree import BOS_GROUP, NMSTATUS_GROUP, TREE
from nodewatch.errors import NodewatchError
from nodewatch.main import run as run_line
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.settings.model import resolve
from nodewatch.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

hypothesis.settings.register_profile("patient", deadline=None)  # how long it takes is not what is tested
hypothesis.settings.load_profile("patient")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SERVERS = {
    "bos": "https://bos.example.com/apis/bos",
    "exchange": "https://exchange.example.com/v1",
    "agent": "http://agent.example.com:8510",
}


class Stream(io.StringIO):
    """A stream that can claim to be a terminal."""

    def __init__(self, text: str = "", *, tty: bool = False) -> None:
        super().__init__(text)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


class FakeWorld(World):
    """A world of a test: streams in memory, a clock that stands until somebody sleeps."""

    def __init__(
        self,
        environ: dict[str, str],
        stdin: str = "",
        tty: bool = False,
        now: datetime = NOW,
        script: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__(environ)
        self.script = script
        self.streams = Stream(stdin, tty=tty), Stream(tty=tty), Stream(tty=tty)
        self.time = now
        self.slept: list[float] = []

    @property
    def stdin(self) -> Stream:
        return self.streams[0]

    @property
    def stdout(self) -> Stream:
        return self.streams[1]

    @property
    def stderr(self) -> Stream:
        return self.streams[2]

    @property
    def etc(self) -> str:
        return str(Path(self.home).parent / "etc")

    @property
    def zone(self) -> tzinfo:
        return UTC

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        from datetime import timedelta

        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        if self.script is not None:
            self.script(sum(self.slept))


class Result(NamedTuple):
    """What a command line did."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class Runner:
    """Runs command lines in this process; `environ` is all the environment they see."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"HOME": str(home), "COLUMNS": "160"}
        self.script: Callable[[float], None] | None = None
        self.closing = contextlib.ExitStack()

    def __call__(self, line: str, *, stdin: str = "", tty: bool = False, now: datetime = NOW, **environ: str) -> Result:
        """Run `nodewatch LINE`; a line that begins with `!bos`, `!nmstatus` or `!cray` calls it by that name."""
        words = shlex.split(line)
        tree, program = TREE, "nodewatch"
        if words and words[0].startswith("!"):
            program = words.pop(0)[1:]
            tree = {"bos": BOS_GROUP, "nmstatus": NMSTATUS_GROUP}.get(program, TREE)
        world = FakeWorld({**self.environ, **environ}, stdin, tty, now, self.script)
        with contextlib.redirect_stdout(world.stdout), contextlib.redirect_stderr(world.stderr):
            code = run_line(tree, program, words, world)
        return Result(code, world.stdout.getvalue(), world.stderr.getvalue())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Runner]:
    """Run command lines in an empty home directory, with nothing configured."""
    home = tmp_path / "home"
    home.mkdir()
    runner = Runner(home)
    with runner.closing:
        yield runner


@pytest.fixture(autouse=True)
def network() -> Iterator[responses.RequestsMock]:
    """Let nothing out to the network: `responses` answers, or the connection is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(params=["local", "http"])
def backend(request: pytest.FixtureRequest) -> str:
    """Run the test twice: on the local store, and over HTTP against a server that answers as the store does."""
    return str(request.param)


Load = Callable[[Any], Path]
Play = Callable[[dict[int, Any]], None]


@pytest.fixture
def load(run: Runner, tmp_path: Path, network: responses.RequestsMock, backend: str) -> Load:
    """Load a fleet (the content of a fleet file) and make it what command lines see, on this test's backend."""

    def load(fleet: Any) -> Path:
        store = tmp_path / "fleet.db"
        file = tmp_path / "fleet.json"
        file.write_text(json.dumps(fleet))
        done = run(f"local load {file} --local {store}")
        assert done.code == 0, done.stderr
        if backend == "local":
            run.environ["NODEWATCH_LOCAL"] = str(store)
        else:
            serve(run, network, store)
        return store

    return load


@pytest.fixture
def play(run: Runner, load: Callable[[Any], Path], monkeypatch: pytest.MonkeyPatch) -> Play:
    """Have command lines see a life: `play({0: fleet, 60: another, 90: error})`, seconds and what is true from then on.

    A fleet is what the store holds; an error is what the server answers to everything until the next entry (its
    `status` and words over HTTP), an exception of Python (Ctrl-C) happens at that time, a function is called.
    """

    def play(life: dict[int, Any]) -> None:
        send = LocalBackend.send
        down: list[NodewatchError] = []

        def send_or_fail(self: LocalBackend, request: Request[object]) -> Any:
            if down:
                raise down[0]
            return send(self, request)

        def go_on(seconds: float) -> None:
            for time in sorted(time for time in coming if time <= seconds):
                happening = coming.pop(time)
                if isinstance(happening, NodewatchError):
                    down[:] = [happening]
                elif isinstance(happening, BaseException):
                    raise happening
                elif callable(happening):
                    happening()
                else:
                    down.clear()
                    script, run.script = run.script, None
                    file = store.with_suffix(".next.json")
                    file.write_text(json.dumps(happening))
                    assert run(f"local load {file} --local {store}").code == 0
                    run.script = script

        coming = dict(life)
        store = load(coming.pop(0))
        run.environ["NODEWATCH_RETRIES"] = "0"
        monkeypatch.setattr(LocalBackend, "send", send_or_fail)
        run.script = go_on

    return play


def serve(run: Runner, network: responses.RequestsMock, store: Path) -> None:
    """Answer HTTP requests from the store, as the servers would, and point the environment at it."""
    import re
    import threading

    turn = threading.Lock()
    variables = {"bos": "NODEWATCH_BOS_URL", "exchange": "HZN_EXCHANGE_URL", "agent": "HORIZON_URL"}
    for service, base in SERVERS.items():
        run.environ[variables[service]] = base
        world = FakeWorld(dict(run.environ))
        local = LocalBackend(str(store), routes(service), world, resolve({"local": str(store)}, world))
        run.closing.callback(local.close)

        def answer(request: Any, local: LocalBackend = local, base: str = base) -> tuple[int, dict[str, str], str]:
            parts = urlsplit(request.url)
            body = ABSENT if request.body is None else json.loads(request.body)
            path, tenant = parts.path.removeprefix(urlsplit(base).path), request.headers.get("Cray-Tenant-Name", "")
            asked = Request(request.method, path, dict(request.params), body, tenant=tenant)
            try:
                with turn:
                    answered = local.send(asked)
            except NodewatchError as error:
                return error.status or 500, {"Content-Type": "application/problem+json"}, json.dumps(error.document)
            document: Any = answered.document
            document = list(document) if hasattr(document, "texts") else document
            if answered.text is not None:
                return answered.status, {"Content-Type": "text/plain"}, answered.text
            text = "" if document is None else json.dumps(document)
            return answered.status, {"Content-Type": "application/json"}, text

        for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
            network.add_callback(method, re.compile(re.escape(base) + "/.*"), callback=answer)
