"""What only real processes show: readers that go away, full disks, Ctrl-C, encodings."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fleets import FLEET, component

if TYPE_CHECKING:
    from subprocess import CompletedProcess

PROGRAM = Path(sys.prefix, "bin", "nodewatch")
BIG = {"bos": {"v2": {"components": [component(f"x{number}", error="é" * 50) for number in range(3000)]}}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "fleet.json").write_text(json.dumps(FLEET))
    (tmp_path / "big.json").write_text(json.dumps(BIG))
    assert nodewatch(tmp_path, "local", "load", "fleet.json").returncode == 0
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "NODEWATCH_LOCAL": str(home / "fleet.db"), **more}


def nodewatch(home: Path, *words: str, env: dict[str, str] | None = None, **options: Any) -> CompletedProcess[bytes]:
    return subprocess.run(
        [PROGRAM, *words],
        capture_output="stdout" not in options and "stderr" not in options,
        cwd=home,
        env=environment(home, **(env or {})),
        timeout=60,
        check=False,
        **options,
    )


def test_a_reader_that_goes_away_ends_it_quietly(home: Path) -> None:
    nodewatch(home, "local", "load", "big.json")
    line = f"{PROGRAM} bos components list; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({line}) | head -1"],
        capture_output=True,
        env=environment(home),
        cwd=home,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"[\n", b"141\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [["bos", "components", "list"], ["bos", "sessions", "list", "--format", "table"]])
def test_a_full_disk_behind_stdout(home: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = nodewatch(home, *words, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert done.stderr == b"Error: the output could not be written: No space left on device.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    ("line", "code"), [("bos sessions list -v", 0), ("bos sessions describe x", 8), ("bos sessions list --x", 2)]
)
def test_a_full_disk_behind_stderr_changes_nothing(home: Path, line: str, code: int) -> None:
    with Path("/dev/full").open("w") as full:
        assert nodewatch(home, *line.split(), stderr=full, stdout=subprocess.PIPE).returncode == code


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize(
    ("line", "code"), [("bos sessions list", 0), ("--help", 0), ("bos sessions describe x", 8), ("local load -", 4)]
)
def test_closed_streams(home: Path, line: str, code: int, closed: str) -> None:
    before = (home / "fleet.db").read_bytes()
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} {line} {closed}"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment(home),
        timeout=60,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert (home / "fleet.db").read_bytes() == before


def test_what_fits_into_a_pipe_is_written_at_once(home: Path) -> None:
    nodes = [component(f"x{number}", error="e" * 50) for number in range(68)]
    (home / "some.json").write_text(json.dumps({"bos": {"v2": {"components": nodes}}}))
    nodewatch(home, "local", "load", "some.json")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # keeps what is written apart
    with ours, theirs:
        nodewatch(home, "bos", "components", "list", stdout=theirs, env={"PYTHONUNBUFFERED": "1"})
        written = ours.recv(1 << 20)
    assert 60_000 < len(written) < 65_536
    assert written.endswith(b"]\n")


def test_a_disk_that_is_full_leaves_the_store_as_it_was(home: Path) -> None:
    before = (home / "fleet.db").read_bytes()
    done = nodewatch(home, "local", "load", "big.json", preexec_fn=small_files)
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith(b"Error: the disk that holds ") or b"failed: disk I/O error" in done.stderr
    assert nodewatch(home, "bos", "sessions", "describe", "reboot-7").returncode == 0
    assert (home / "fleet.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["big.json", "fleet.db", "fleet.json"]


def test_a_disk_that_is_full_where_a_large_list_is_kept(home: Path) -> None:
    nodewatch(home, "local", "load", "big.json")
    done = nodewatch(home, "bos", "components", "list", preexec_fn=small_files, env={"TMPDIR": str(home)})
    assert (done.returncode, done.stdout) == (4, b"")
    said = f"a large list needs a temporary file, which could not be written in {home}: File too large."
    assert done.stderr.decode() == f"Error: {said} TMPDIR names another folder.\n"


def small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


def test_ctrl_c(home: Path) -> None:
    nodewatch(home, "local", "load", "big.json")
    reading, writing = os.pipe()
    running = subprocess.Popen(
        [PROGRAM, "bos", "components", "list"], stdout=writing, stderr=subprocess.PIPE, env=environment(home), cwd=home
    )
    assert os.read(reading, 1) == b"["  # it is on its way, and the pipe is full before it ends
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    os.close(reading)
    os.close(writing)
    assert (running.returncode, errors) == (130, b"Interrupted.\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_encoding_that_cannot_show_a_character(home: Path, encoding: str) -> None:
    (home / "odd.json").write_text(json.dumps({"bos": {"v2": {"components": [{"id": "x1", "error": "日本 é"}]}}}))
    nodewatch(home, "local", "load", "odd.json")
    done = nodewatch(home, "bos", "components", "list", "--format", "table", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0
    assert "日本 é".encode(encoding, "backslashreplace") in done.stdout


@pytest.mark.parametrize("line", ["local load -", "bos sessiontemplates update t --file -"])
def test_bytes_on_stdin_that_are_no_text(home: Path, line: str) -> None:
    done = nodewatch(home, *line.split(), input=b'{"a": "\xff"}', env={"PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stderr) == (4, b"Error: stdin is not UTF-8 text: byte 7 is wrong.\n")


def test_python_dash_m_is_the_command(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nodewatch", "--version"],
        capture_output=True,
        text=True,
        env=environment(home),
        check=True,
    )
    assert done.stdout.startswith("nodewatch ")
