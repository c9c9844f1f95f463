"""Base URLs: which are one server, which are this machine's own, and which proxy is on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from nodewatch.world import World

BYTE = r"(25[0-5]|2[0-4]\d|1?\d?\d)"


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return what tells one server from another: scheme, host and port.

    >>> origin("https://h/a") == origin("https://H:443/b"), origin("http://h/") == origin("https://h/")
    (True, False)
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def loopback(url: str) -> bool:
    """Return whether a URL names this machine itself, so that nobody on a network can listen.

    >>> hosts = ("localhost:1", "127.0.0.1", "[::1]:80", "127.0.0.1.example.com", "127.0.0.999", "127.1", "10.0.0.1")
    >>> [loopback(f"http://{host}/") for host in hosts]
    [True, True, True, False, False, False, False]
    """
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or bool(re.fullmatch(rf"127(\.{BYTE}){{3}}", host, re.ASCII))


def in_the_clear(url: str) -> bool:
    """Return whether what is sent to a URL can be read on the way."""
    return url.startswith("http:") and not loopback(url)


def proxy_for(url: str, world: World) -> str | None:
    """Return the proxy on the way to a URL, as the environment says; None for the direct way.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count, in lower case too, which goes first.
    """

    def either(name: str) -> str | None:
        return world.variable(name.lower()) or world.variable(name)

    proxy = either(f"{urlsplit(url).scheme.upper()}_PROXY") or either("ALL_PROXY")
    if proxy is None or loopback(url):
        return None
    from requests.utils import should_bypass_proxies

    if should_bypass_proxies(url, no_proxy=either("NO_PROXY") or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
