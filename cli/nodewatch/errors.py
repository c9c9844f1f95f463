"""Every way a command can end badly, each with its exit code.

    NodewatchError                1   a defect of ours, or a prompt that was declined
    ├── WrongUsage                2   the command line cannot be right
    ├── UnreadableAnswer          3   the server's answer could not be understood
    ├── FileTrouble               4   a local file could not be read or written
    │   └── Held                      another process has it: it may be free a little later
    ├── ServiceTrouble            5   the server refused, or failed
    │   ├── Unreachable               no connection: name, route, port, TLS
    │   ├── Dropped                   the connection ended before the answer did
    │   └── TimedOut                  the deadline passed first
    ├── NotPermitted              6   not logged in, login expired, or not allowed
    ├── WrongConfiguration        7   configuration missing or wrong
    ├── NotFound                  8   what was asked for does not exist
    ├── NotAllSucceeded          10   finished, but not every node succeeded
    ├── TimeRanOut               11   waited until the time ran out
    └── WentAway                 12   waited for something that is gone now

Whoever notices raises; `main` alone prints the sentence and ends with the code.
"""

from __future__ import annotations


class NodewatchError(Exception):
    """What went wrong, as a sentence for the user; the class carries the exit code.

    `status` is the HTTP status that was answered, `document` the body's JSON (or its text), where a server answered.
    """

    exit_code = 1

    def __init__(self, message: str, *, status: int | None = None, document: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.document = document

    def reword(self, message: str) -> None:
        """Say it in other words."""
        self.args, self.message = (message,), message


class WrongUsage(NodewatchError):
    """The command line cannot be right; nothing was sent."""

    exit_code = 2


class UnreadableAnswer(NodewatchError):
    """The server's answer could not be understood."""

    exit_code = 3


class FileTrouble(NodewatchError):
    """A local file could not be read or written; nothing was changed."""

    exit_code = 4


class Held(FileTrouble):
    """Another process has the file, and kept it for as long as was waited."""


class ServiceTrouble(NodewatchError):
    """The server refused or failed."""

    exit_code = 5


class Unreachable(ServiceTrouble):
    """No connection came about."""


class Dropped(ServiceTrouble):
    """The connection ended before the answer did."""


class TimedOut(ServiceTrouble):
    """The deadline passed before the answer was complete."""


class NotPermitted(NodewatchError):
    """Not logged in, login expired, or not allowed."""

    exit_code = 6


class WrongConfiguration(NodewatchError):
    """Configuration is missing, incomplete or wrong."""

    exit_code = 7


class NotFound(NodewatchError):
    """What was asked for does not exist."""

    exit_code = 8


class NotAllSucceeded(NodewatchError):
    """What was waited for has finished, but not every node succeeded, or there was none."""

    exit_code = 10


class TimeRanOut(NodewatchError):
    """The time to wait has run out."""

    exit_code = 11


class WentAway(NodewatchError):
    """What was waited for does not exist any more."""

    exit_code = 12
