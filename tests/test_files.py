"""The one careful reader and the one careful writer, and the commands that use them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from nodewatch.errors import FileTrouble, WrongConfiguration
from nodewatch.files import SMALL, read_beginning, read_bytes, read_configuration, read_file, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Runner

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
NOBODY = 65534


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "large", "nul", "missing"])
def test_what_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "it"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "large":
        path.touch()
        os.truncate(path, 100 << 30)
    name = f"{path}\0" if kind == "nul" else str(path)
    why = {
        "fifo": "it is no regular file",
        "device": "it is no regular file",
        "folder": "Is a directory",
        "large": "it is larger than 1,024 MiB",
        "nul": "that is not the name of a file",
        "missing": "No such file or directory",
    }[kind]
    with pytest.raises(FileTrouble, match=f"cannot be read: {why}[.]"):
        read_file(name)
    if kind == "missing":
        assert read_configuration(name) is None
    else:
        with pytest.raises(WrongConfiguration, match=f"cannot be read: {why.replace('1,024', '1')}"):
            read_configuration(name)


def test_a_file_of_unknown_size_is_read_to_the_limit_only() -> None:
    assert len(read_bytes("/proc/self/status")) > 0
    with pytest.raises(OSError, match="larger than"):
        read_bytes("/proc/self/status", 10)
    assert read_beginning("/proc/self/status", 5) == b"Name:"


def test_a_pipe_of_the_shell_is_read() -> None:
    reading, writing = os.pipe()
    with open(writing, "w") as pipe:  # it is open
        pipe.write("xxxxx")
    assert read_file(f"/dev/fd/{reading}", SMALL) == "xxxxx"
    os.close(reading)


@pytest.mark.usefixtures("umask")
def test_modes(tmp_path: Path) -> None:
    new, old, secret = (tmp_path / name for name in ("new", "old", "secret"))
    old.touch(0o604)
    secret.touch(0o644)
    write_whole(str(new), ["a", "b"])
    write_whole(str(old), ["a"])
    write_whole(str(secret), ["a"], secret=True)
    assert (new.read_text(), mode(new), mode(old), mode(secret)) == ("ab", 0o640, mode(old), 0o600)
    assert mode(old) & 0o666 == 0o600 | (0o604 & ~0o027)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old", "secret"]


def test_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def texts() -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    with pytest.raises(FileTrouble, match=r"file cannot be written: No space left on device\."):
        write_whole(str(file), texts())
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_own_link_to_own_file_stays_but_for_a_secret(tmp_path: Path) -> None:
    link, real = tmp_path / "link", tmp_path / "real"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(str(link), ["new"])
    assert (link.is_symlink(), real.read_text()) == (True, "new")
    write_whole(str(link), ["secret"], secret=True)
    assert (link.is_symlink(), link.read_text(), real.read_text()) == (False, "secret", "new")


@as_root
@pytest.mark.parametrize("whose", ["link", "file"])
def test_no_link_leads_from_or_to_another_user(tmp_path: Path, whose: str) -> None:
    link, real = tmp_path / "link", tmp_path / "real"
    real.write_text("precious")
    link.symlink_to(real)
    os.chown({"link": link, "file": real}[whose], NOBODY, NOBODY, follow_symlinks=False)
    write_whole(str(link), ["new"])
    assert (link.is_symlink(), link.read_text(), real.read_text()) == (False, "new", "precious")


@as_root
def test_what_root_makes_in_another_users_home_is_theirs(run: Runner) -> None:
    os.chown(run.home, NOBODY, NOBODY)
    assert run("demo --quiet").code == 0
    config = run.home / ".config/nodewatch/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[contexts.a]\nlocal = "a.db"\n')
    for path in (config, config.parent, config.parent.parent):
        os.chown(path, NOBODY, NOBODY)
    assert run("config use a").code == 0
    assert {path: path.lstat().st_uid for path in run.home.rglob("*") if path.lstat().st_uid != NOBODY} == {}


def test_streams_are_written_to(run: Runner, tmp_path: Path) -> None:
    fifo, link = tmp_path / "fifo", tmp_path / "null.json"
    os.mkfifo(fifo)
    link.symlink_to("/dev/null")
    found: list[str] = []
    reader = Thread(target=lambda: found.append(fifo.read_text()))
    reader.start()
    for path in (fifo, link):
        write_whole(str(path), ["a"])
    reader.join()
    assert found == ["a"]
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert link.is_symlink()


def test_a_configuration_that_is_written_in_another_way_is_changed_all_the_same(run: Runner) -> None:
    config = run.home / ".config/nodewatch/config.toml"
    config.parent.mkdir(parents=True)
    text = '"context" = "b"\n[contexts.a]\nlocal = "a.db"\n[contexts.b]\nlocal = "b.db"\n'
    config.write_text(text)
    assert run("config use a").code == 0
    assert config.read_text() == text.replace('"context" = "b"', '"context" = "a"')
