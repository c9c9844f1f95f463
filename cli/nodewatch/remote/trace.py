"""The trace that `-v` asks for: one line a request on stderr, with `-vv` headers and bodies too; never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.remote.transport import Reply
    from nodewatch.world import World

SHOWN = 2048
MARGIN = 8192
SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie")


class Trace:
    """Tells on stderr what was asked and answered; nothing at verbosity 0."""

    def __init__(self, verbose: int, world: World) -> None:
        self.verbose, self.world = verbose, world
        self.secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """Mask that text wherever it stands."""
        self.secrets.add(secret)

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
        lines = [f"{method} {url}: {reply.status} in {seconds:.3f} s{counted(tries)}"]
        if self.verbose > 1:
            lines += [f"> {line}" for line in shown(headers, body, self.secrets)]
            lines += [f"< {line}" for line in shown(reply.headers, reply.body, self.secrets)]
        self.tell(lines)

    def failed(self, method: str, url: str, why: str, tries: int) -> None:
        """Tell of a request that was not answered."""
        if self.verbose:
            self.tell([f"{method} {url}: {why}{counted(tries)}"])

    def tell(self, lines: list[str]) -> None:
        """Write the lines at once, so that those of several threads do not mix."""
        self.world.stderr.write("".join(f"{visible(line)}\n" for line in lines))


def counted(tries: int) -> str:
    """Return which try it was, from the second on.

    >>> counted(1), counted(3)
    ('', ' (retry 2)')
    """
    return f" (retry {tries - 1})" if tries > 1 else ""


def shown(headers: Mapping[str, str], body: bytes | None, secrets: Iterable[str] = ()) -> list[str]:
    """Return headers and the beginning of a body as lines, secrets masked.

    >>> shown({"Authorization": "Bearer abc", "Accept": "x"}, b'{"access_token": "abc", "id": 1}')
    ['Authorization: ***', 'Accept: x', '{"access_token": "***", "id": 1}']
    """
    lines = [f"{name}: {'***' if name.lower() in SECRET_HEADERS else value}" for name, value in headers.items()]
    if body:
        # Masked before it is cut: half a token is a secret too.
        text = masked(body[: SHOWN + MARGIN].decode("utf-8", "replace"), secrets)
        lines += text[:SHOWN].splitlines()
        if len(body) > SHOWN:
            lines.append(f"... ({len(body)} bytes)")
    return lines


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    r"""Return a body's text with its secrets replaced: those known, and the values of telling names in JSON and forms.

    >>> masked("grant_type=password&password=hunter2&username=u"), masked('{"token":"a\\"b","n":1}')
    ('grant_type=password&password=***&username=u', '{"token":"***","n":1}')
    >>> masked("You sent: Bearer abc", ["abc"])
    'You sent: Bearer ***'
    """
    import re

    for secret in tuple(secrets):  # another thread may add one meanwhile
        text = text.replace(secret, "***")
    names = r"[a-z_]*(?:token|password|secret|passcode)[a-z_]*"
    text = re.sub(rf'("{names}"\s*:\s*)"(?:[^"\\]|\\.)*("|$)', r'\1"***"', text, flags=re.IGNORECASE)
    return re.sub(rf"(^|&)({names}=)[^&]*", r"\1\2***", text, flags=re.IGNORECASE)
