"""The trace that `-v` asks for: one line a request on stderr, with `-vv` headers and bodies too; never a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.masking import without_named
from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nodewatch.remote.transport import Reply
    from nodewatch.world import World

TRACED_BYTES = 2048
MASKED_MARGIN = 8192
TELLING_HEADERS = "auth|cookie|token|secret|password|api-?key"


class Trace:
    """Tells on stderr what was asked and answered; nothing at verbosity 0."""

    def __init__(self, verbose: int, world: World) -> None:
        self.verbose, self.world = verbose, world

    def answered(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        reply: Reply,
        seconds: float,
        tries: int,
    ) -> None:
        """Tell of a request that was answered; `tries` counts this one."""
        if not self.verbose:
            return
        lines = [f"{method} {url}: {reply.status} in {seconds:.3f} s{try_words(tries)}"]
        if self.verbose > 1:
            lines += [f"> {line}" for line in traced_lines(headers, body, self.world.masked)]
            lines += [f"< {line}" for line in traced_lines(reply.headers, reply.body, self.world.masked)]
        self.tell(lines)

    def failed(self, method: str, url: str, why: str, tries: int) -> None:
        """Tell of a request that was not answered."""
        if self.verbose:
            self.tell([f"{method} {url}: {why}{try_words(tries)}"])

    def tell(self, lines: list[str]) -> None:
        """Write the lines at once, so that those of several threads do not mix."""
        self.world.tell("".join(f"{visible(without_named(line))}\n" for line in lines))


def try_words(tries: int) -> str:
    """Return which try it was, from the second on.

    >>> try_words(1), try_words(3)
    ('', ' (retry 2)')
    """
    return f" (retry {tries - 1})" if tries > 1 else ""


def traced_lines(
    headers: Mapping[str, str], body: bytes | bytearray | None, mask: Callable[[str], str] = str
) -> list[str]:
    """Return headers and the beginning of a body as lines, secrets masked.

    >>> traced_lines({"Authorization": "Bearer abc", "Accept": "x"}, b'{"access_token": "abc", "id": 1}')
    ['Authorization: ***', 'Accept: x', '{"access_token": "***", "id": 1}']
    """
    telling = re.compile(TELLING_HEADERS, re.IGNORECASE).search
    lines = [f"{name}: {'***' if telling(name) else value}" for name, value in headers.items()]
    if body:
        # Masked before it is cut; the end of what was masked may be half of a secret, and is not shown.
        text = without_named(mask(body[: TRACED_BYTES + MASKED_MARGIN].decode("utf-8", "replace")))
        end = len(text) if len(body) <= TRACED_BYTES + MASKED_MARGIN else max(len(text) - MASKED_MARGIN, 0)
        lines += text[: min(TRACED_BYTES, end)].splitlines()
        if len(body) > TRACED_BYTES:
            lines.append(f"... ({len(body)} bytes)")
    return lines
