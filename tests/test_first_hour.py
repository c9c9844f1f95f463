"""The first hour on a fresh account: `golden/first_hour.txt` tells it, and this plays it against a server with TLS.

A line `## ...` tells what happens; a line `$ ...` is typed at a terminal of 100 columns, and all that it prints
follows. With NODEWATCH_GOLDEN set the story is written anew, with what its lines print now; read it before you keep it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
import threading
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from conftest import NOW, FakeWorld
from faults.connections import certified
from nodewatch.command_tree import TREE
from nodewatch.main import run
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.offline.server import MOUNTS, TOKEN_ANSWER, Handler, Refusal, StoreServer
from nodewatch.settings.model import resolve
from test_completion import in_bash

if TYPE_CHECKING:
    from collections.abc import Iterator

    import responses

STORY = Path(__file__).with_name("golden") / "first_hour.txt"
HOME, PORT = "/home/an-account", "44300"  # as long as the real ones, so that tables stay as they are


class Guarded(Handler):
    """Answers those who bring the token, as a gateway before BOS does."""

    def unwanted(self, named: str) -> Refusal | None:
        """Refuse what comes without the token."""
        brought = self.headers.get("Authorization")
        if self.path.startswith("/apis/") and brought != f"Bearer {TOKEN_ANSWER['access_token']}":
            return Refusal(401, "Unauthorized", "Jwt verification fails" if brought else "Jwt is missing")
        return super().unwanted(named)


class Account:
    """A fresh account: a home directory with nothing in it, an environment, and a terminal."""

    def __init__(self, home: Path, port: str) -> None:
        self.home, self.port = home, port
        self.environ = {"HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}

    def typed(self, line: str) -> str:
        """Return all that a line prints, with a last line for an exit code that is not 0."""
        line = line.replace(PORT, self.port)
        if line.endswith("<TAB>"):
            environ = {**self.environ, "NODEWATCH_COMPLETION_TIMEOUT": "30"}
            return self.shown("".join(f"{word}\n" for word in in_bash(*line[:-5].split(), **environ)))
        words = [word.replace("~", str(self.home)) for word in shlex.split(line)]
        if words[0] in ("export", "unset"):
            name, _, value = words[1].partition("=")
            self.environ = {key: each for key, each in self.environ.items() if key != name}
            self.environ |= {name: value} if value else {}
            return ""
        if words[0] == "echo":
            Path(words[-1]).write_text(f"{words[1]}\n", encoding="utf-8")
            Path(words[-1]).chmod(0o600)
            return ""
        if words[0] == "cat":
            return self.shown(Path(words[1]).read_text(encoding="utf-8"))
        world = FakeWorld(self.environ, tty=True, now=NOW)
        world.streams = world.stdin, world.stdout, world.stdout
        with redirect_stdout(world.stdout), redirect_stderr(world.stdout):
            code = run(TREE, words[0], words[1:], world)
        return self.shown(world.stdout.getvalue() + (f"(exit code {code})\n" if code else ""))

    def shown(self, text: str) -> str:
        """Return a text with a port and a home directory that are the same everywhere."""
        return text.replace(f":{self.port}", f":{PORT}").replace(str(self.home), HOME)


def told(story: str, account: Account) -> str:
    """Return the story with what its lines print now."""
    parts: list[str] = []
    for line in re.findall(r"^(?:##|\$) .*", story, re.MULTILINE):
        if line.startswith("$ "):
            parts += [line, "\n", account.typed(line[2:])]
        else:
            parts += ["\n" * bool(parts), line, "\n"]
    return "".join(parts)


@pytest.fixture
def account(network: responses.RequestsMock) -> Iterator[Account]:
    """Return an account on a machine from which a server is reached whose authority nobody knows."""
    network.add_passthru("https://localhost")
    home = Path(tempfile.mkdtemp(prefix="nw-", dir="/tmp"))  # short, and always of the same length
    authority = trustme.CA()
    authority.cert_pem.write_to_path(home / "lab-ca.pem")
    store = home / "served.db"
    world = FakeWorld({"HOME": str(home)})
    assert run(TREE, "nodewatch", ["demo", "--local", str(store)], world) == 0
    backends = {
        name: LocalBackend(str(store), routes(name), world, resolve({"local": str(store)}, world)) for name in MOUNTS
    }
    server = StoreServer(("localhost", 0), backends, lambda _line: None)
    server.RequestHandlerClass = Guarded
    server.socket = certified(authority, "localhost").wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Account(home, str(server.server_address[1]))
    server.shutdown()
    thread.join()
    server.server_close()
    shutil.rmtree(home)


def test_the_first_hour(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(account.home)
    story = STORY.read_text(encoding="utf-8")
    now = told(story, account)
    if os.environ.get("NODEWATCH_GOLDEN"):
        STORY.write_text(now, encoding="utf-8")
    assert now == story, "NODEWATCH_GOLDEN=1 pytest tests/test_first_hour.py writes it anew"
