"""Files read whole, and files written whole or not at all: the one careful reader, and the one careful writer."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from nodewatch.errors import FileTrouble, Held, WrongConfiguration, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, TextIO

    from nodewatch.world import World

SMALL = 1 << 20  # bytes that a configuration, a token or a password may have
LARGE = 1 << 30  # bytes that a fleet file may have
STREAMS = ("/dev/fd/", "/dev/std", "/proc/")  # what is named there is open already, or no file at all


def read_bytes(path: str, most: int = SMALL) -> bytes:
    """Return the bytes of a file; raise `OSError` if it cannot be read, is none, or has more than `most` of them.

    A FIFO, which nobody may ever write to, and a device, which may never end, are refused unread; a pipe that the
    shell has opened for us, `<(...)`, is read as standard input is.
    """
    with open_for_reading(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise too_large(most)
        found = file.read(most + 1)
    if len(found) > most:
        raise too_large(most)
    return found


def read_beginning(path: str, count: int) -> bytes:
    """Return the first bytes of a file, however large it is; raise `OSError` as `read_bytes` does."""
    with open_for_reading(path) as file:
        return file.read(count)


def open_for_reading(path: str) -> BinaryIO:
    """Open a regular file, or a pipe of the shell; raise `OSError` for everything else."""
    handle = open_descriptor(path, os.O_RDONLY | os.O_NONBLOCK)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and path.startswith(STREAMS)):
        os.set_blocking(handle, True)
        return open(handle, "rb")
    os.close(handle)
    raise os_error(errno.EISDIR) if stat.S_ISDIR(mode) else os_error(errno.EINVAL, "it is no regular file")


def open_descriptor(path: str, flags: int) -> int:
    """Return the descriptor of a file; raise `OSError` for whatever is wrong with it, also with its name."""
    try:
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOCTTY)
    except ValueError as error:  # a NUL in it, or half of a surrogate pair
        raise os_error(errno.EINVAL, "that is not the name of a file") from error


def too_large(most: int) -> OSError:
    """Return the error about a file that cannot be meant."""
    return os_error(errno.EFBIG, f"it is larger than {most >> 20:,} MiB")


def os_error(number: int, why: str | None = None) -> OSError:
    """Return the error that says why a file is not touched."""
    return OSError(number, why or os.strerror(number))


def read_file(path: str, most: int = LARGE) -> str:
    """Return a file's text; raise `FileTrouble` if it cannot be read or is not UTF-8."""
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except OSError as error:
        raise FileTrouble(f"{path or 'a file without a name'} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileTrouble(f"{path} is not UTF-8 text: byte {error.start} is wrong.") from error


def read_input(name: str, stdin: TextIO, most: int = LARGE) -> str:
    """Return the text of a file that a user names, `-` for stdin; raise `FileTrouble` as `read_file` does."""
    if name != "-":
        return read_file(name, most)
    try:
        text = stdin.read(most + 1).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FileTrouble(f"stdin is not UTF-8 text: byte {error.start} is wrong.") from error
    except OSError as error:
        raise FileTrouble(f"stdin cannot be read: {error.strerror}.") from error
    if len(text) > most:
        raise FileTrouble(f"stdin cannot be read: it is larger than {most >> 20:,} MiB.")
    return text


def read_configuration(path: str) -> str | None:
    """Return a configuration file's text, None if there is no such file; raise `WrongConfiguration` otherwise."""
    try:
        return read_bytes(path).decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WrongConfiguration(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise WrongConfiguration(f"{path} is not UTF-8 text: byte {error.start} is wrong.") from error


def write_whole(path: str, texts: Iterable[str], *, secret: bool = False) -> None:
    """Put the texts in a file in place of what is there, durably; raise `FileTrouble` and leave the old one if not.

    Whoever opens the path meanwhile, or after `kill -9`, gets the old content or the new. The mode of what was there
    stays, a new file gets what the umask allows; a `secret` is for its owner alone. A link of the user's own to a file
    of theirs stays, and the file behind it is replaced; any other link is replaced, and so is every link where a secret
    is written. What is no regular file (a device, a FIFO, `/dev/stdout`) is written to, never replaced.
    """
    try:
        if is_stream(path):
            write_through(path, texts)
        else:
            replace(path if secret else file_to_replace(path), texts, secret=secret)
    except OSError as error:
        raise FileTrouble(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def locked(path: str, world: World, seconds: float) -> Iterator[None]:
    """Let one process at a time do what is done inside, by a lock file beside the path; wait that long for it.

    Where no lock file can be made there is no lock: nothing can be saved there either. Nor is there one where the file
    system has none. Raise `Held` if another process has it all the time.
    """
    import fcntl

    name = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.lock")
    try:
        handle = os.open(name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            give_to_owner(name, os.path.dirname(os.path.abspath(name)))
        end = world.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if world.monotonic() >= end:
                    raise Held(f"another process is changing {path}, for {seconds:g} s now. Try again.") from error
                world.sleep(0.05)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(handle)


def is_stream(path: str) -> bool:
    """Return whether a path names something that is written to rather than replaced."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    except ValueError as error:
        raise os_error(errno.EINVAL, "that is not the name of a file") from error
    if stat.S_ISDIR(mode):
        raise os_error(errno.EISDIR)
    return not stat.S_ISREG(mode) or os.path.abspath(path).startswith(STREAMS)


def write_through(path: str, texts: Iterable[str]) -> None:
    """Write the texts to a device, a FIFO or an open stream, behind what is there."""
    with open(open_descriptor(path, os.O_WRONLY | os.O_APPEND), "w", encoding="utf-8") as file:
        file.writelines(texts)


def file_to_replace(path: str) -> str:
    """Return the file that is replaced where a path is to be written: behind a link, if link and file are one's own."""
    if not os.path.islink(path):
        return path
    behind = os.path.realpath(path)
    owners = {os.lstat(path).st_uid, os.stat(behind if os.path.exists(behind) else os.path.dirname(behind)).st_uid}
    return behind if owners == {os.geteuid()} else path


def replace(path: str, texts: Iterable[str], *, secret: bool) -> None:
    """Write the texts to a new file beside the path, with the mode that is due, and rename it; raise `OSError` if not.

    The new file of a secret has a name of its own (whoever writes one has its lock), so that what a process that was
    killed has left is replaced.
    """
    folder, name = os.path.split(os.path.abspath(path))
    new = os.path.join(folder, f".{name[:200]}.new" if secret else f".{name[:200]}-{os.getpid()}.new")
    mode = mode_of(path)
    with suppress(FileNotFoundError):
        os.unlink(new)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    handle = os.open(new, flags, 0o600 if secret or mode is not None else 0o666)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.writelines(texts)
            file.flush()
            if mode is not None and not secret:
                os.fchmod(handle, mode)
            give_to_owner(new, folder)
            os.fsync(handle)
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise
    sync_folder(folder)


def mode_of(path: str) -> int | None:
    """Return the mode of a regular file; None if there is none."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return None
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None


def make_folder(path: str, mode: int = 0o777) -> None:
    """Make a folder, and those above it that are missing; raise `OSError` if that cannot be done."""
    if os.path.isdir(path):
        return
    above = os.path.dirname(os.path.abspath(path))
    make_folder(above)
    with suppress(FileExistsError):
        os.mkdir(path, mode)
        give_to_owner(path, above)
    if not os.path.isdir(path):
        raise os_error(errno.EEXIST)


def give_to_owner(path: str, folder: str) -> None:
    """Let what root makes in another user's folder belong to that user: `sudo` may keep HOME, and would lock them out.

    Nothing is given away in a folder that everybody may write to.
    """
    status = os.stat(folder)
    if os.geteuid() == 0 and status.st_uid != 0 and not status.st_mode & stat.S_IWOTH:
        os.chown(path, status.st_uid, status.st_gid, follow_symlinks=False)


def sync_folder(folder: str) -> None:
    """Have the disk know a new name in the folder; one that may be written but not read cannot be asked for that."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_object(text: str, source: str) -> dict[str, object]:
    """Return the JSON object in the text; raise `WrongUsage` for any other text."""
    import json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"{source} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise WrongUsage(f"{source} must hold a JSON object, in braces.")
    return document
