"""Files read whole, and files written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.errors import FileTrouble, WrongConfiguration, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import TextIO


def read_file(path: Path) -> str:
    """Return a file's text; raise `FileTrouble` if it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileTrouble(f"{path} is not UTF-8 text: byte {error.start} is wrong.") from error


def read_input(name: str, stdin: TextIO) -> str:
    """Return the text of a file that a user names, `-` for stdin; raise `FileTrouble` as `read_file` does."""
    if name != "-":
        from pathlib import Path

        return read_file(Path(name))
    try:
        return stdin.read().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FileTrouble(f"stdin is not UTF-8 text: byte {error.start} is wrong.") from error
    except OSError as error:
        raise FileTrouble(f"stdin cannot be read: {error.strerror}.") from error


def write_whole(path: Path, texts: Iterable[str], mode: int = 0o644) -> None:
    """Put the texts in a file in place of what is there, durably; raise `FileTrouble` and leave the old one if not.

    Whoever opens the path meanwhile, or after `kill -9`, gets the old content or the new. A symbolic link at the path
    is replaced, never written through.
    """
    import os
    import tempfile
    from contextlib import suppress

    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise FileTrouble(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(texts)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(name)
        if isinstance(error, OSError):
            raise FileTrouble(f"{path} cannot be written: {error.strerror}. It is as it was.") from error
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def text_of(path: str) -> str | None:
    """Return a configuration file's text, None if there is no such file; raise `WrongConfiguration` otherwise."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise WrongConfiguration(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def read_object(text: str, source: str) -> dict[str, Any]:
    """Return the JSON object in the text; raise `WrongUsage` for any other text."""
    import json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"{source} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise WrongUsage(f"{source} must hold a JSON object, in braces.")
    return document
