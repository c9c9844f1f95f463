"""What real command lines load: start-up time is imports, and only a run of the whole program shows which."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Loaded = Callable[..., set[str]]

CODE = Path(__file__).parents[1] / "cli"

# In times of starting Python for nothing, requests costs 10, rich 5, ssl 3.7, dataclasses and json 2.
HTTP = {"requests", "urllib3", "ssl", "http.client", "importlib.metadata"}
SHOWN = {"rich", "yaml", "tomli_w"}
NEVER = {"ClusterShell", "tomlkit", "asyncio", "dataclasses", "concurrent.futures", "nodewatch.library"}
HEAVY = {*HTTP, *SHOWN, *NEVER, "sqlite3", "tempfile", "subprocess", "email"}

PROGRAM = """
import atexit, sys
report = sys.argv.pop(1)
atexit.register(lambda: open(report, "w").write(" ".join(sys.modules)))
from nodewatch.__main__ import nodewatch
nodewatch()
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    """Run a command line in a process of its own, and return the modules that it loaded."""

    def loaded(line: str, **environ: str) -> set[str]:
        report = tmp_path / "modules"
        command = [sys.executable, "-c", PROGRAM, str(report), *shlex.split(line)]
        environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **environ}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return set(report.read_text().split())

    return loaded


@pytest.fixture
def fleet(tmp_path: Path, loaded: Loaded) -> str:
    """Return the path of a local store."""
    store = str(tmp_path / "fleet.db")
    file = tmp_path / "fleet.json"
    file.write_text('{"bos": {"v2": {"sessions": [{"name": "s", "status": {"status": "running"}}], "components": []}}}')
    loaded(f"local load {file} --quiet --local {store}")
    return store


@pytest.fixture
def server() -> Iterator[str]:
    """Return the address of a BOS without sessions."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/apis/bos"
        http.shutdown()


def test_modules_are_seen(loaded: Loaded, server: str) -> None:
    modules = loaded("bos v2 sessions list", NODEWATCH_BOS_URL=server)
    assert {"nodewatch.main", "click", "requests", "json"} <= modules


@pytest.mark.parametrize("line", ["--version", "--help", "bos --help", "bos v2"])
def test_version_and_help_of_groups_load_click_only(loaded: Loaded, line: str) -> None:
    modules = loaded(line)
    assert modules & {*HEAVY, "json", "pathlib", "urllib.parse"} == set()
    names = ("__main__", "command_tree", "main", "app", "errors", "options", "tree", "world")
    ours = {"nodewatch", *(f"nodewatch.{name}" for name in names)}
    assert {name for name in modules if name.startswith("nodewatch")} == ours


@pytest.mark.parametrize(
    "line",
    [
        "bos v2 sessions list --help",
        "bos v2 sessions status list --help",
        "exchange nmp status -h",
        "nmstatus reset -h",
        "local load -h",
        "demo --help",
    ],
)
def test_help_of_commands_loads_nothing_heavy(loaded: Loaded, line: str) -> None:
    modules = loaded(line)
    assert modules & HEAVY == set()
    assert {name for name in modules if name.endswith((".tables", ".store", ".remote", ".offline"))} == set()


def test_completion_loads_nothing_heavy(loaded: Loaded) -> None:
    words = "nodewatch bos v2 sessions list --"
    modules = loaded("", _NODEWATCH_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="5")
    assert modules & HEAVY == set()


@pytest.mark.parametrize(
    "line",
    [
        "bos v2 sessions status list s",
        "bos v2 sessions list",
        "bos v2 components list",
        "bos v2 options list",
        "bos v1 session list",
        "nmstatus list",
    ],
)
def test_offline_json_loads_sqlite_only(loaded: Loaded, fleet: str, line: str) -> None:
    modules = loaded(f"{line} --format json --local {fleet}")
    shown = {name for name in modules if name.endswith("tables")} | modules & {
        "nodewatch.table",
        "nodewatch.nodes.nodeset",
    }
    assert modules & HEAVY | shown == {"sqlite3"}


def test_offline_table_loads_no_network_and_no_other_format(loaded: Loaded, fleet: str) -> None:
    assert loaded(f"bos v2 sessions status list s --format table --local {fleet}") & HEAVY <= {"sqlite3", "rich"}


@pytest.mark.parametrize(("style", "library"), [("yaml", "yaml"), ("toml", "tomli_w")])
def test_a_format_loads_its_own_library(loaded: Loaded, fleet: str, style: str, library: str) -> None:
    modules = loaded(f"bos v2 sessions list --format {style} --local {fleet}")
    assert modules & {*HTTP, *SHOWN} == {library}


def test_json_over_http_loads_neither_tables_nor_store(loaded: Loaded, server: str) -> None:
    modules = loaded("bos v2 sessions list --format json", NODEWATCH_BOS_URL=server)
    assert modules & {*SHOWN, *NEVER, "sqlite3", "nodewatch.bos_v2.tables", "nodewatch.nodes.nodeset"} == set()


@pytest.mark.parametrize("minor", range(6, 11))
def test_a_python_that_is_older_is_told_so(minor: int) -> None:
    python = shutil.which(f"python3.{minor}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"there is no Python 3.{minor}")
    words = [python, "-m", "nodewatch", "demo"]
    done = subprocess.run(words, cwd=CODE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"nodewatch needs Python 3.11 or newer, and \S+ is 3\.{minor}\.\d+\.\n", done.stderr)


def test_an_older_python_is_told_so() -> None:
    code = "import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_module('nodewatch', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    version = sys.version.split()[0]
    sentence = f"nodewatch needs Python 3.11 or newer, and {sys.executable} is {version}.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
