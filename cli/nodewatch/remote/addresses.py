"""Base URLs: which can be asked, which are this machine's own, and which proxy is on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nodewatch.errors import WrongConfiguration
from nodewatch.masking import without_login

if TYPE_CHECKING:
    from nodewatch.world import World

BYTE = r"(25[0-5]|2[0-4]\d|1?\d?\d)"


def checked_url(url: str, source: str) -> str:
    """Return a base URL without its trailing slash; raise `WrongConfiguration` if it is none that can be asked.

    >>> checked_url("https://bos.example.com/apis/bos/", "NODEWATCH_BOS_URL")
    'https://bos.example.com/apis/bos'
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if "@" in url.partition("//")[2].partition("/")[0]:  # looked for first: no message may show the password
        raise WrongConfiguration(f"{source}: a URL is no place for a user or a password. Write it without them.")
    if not usable or not url.isprintable() or " " in url:
        raise WrongConfiguration(f"{source}: {without_login(url)!r} is not a URL such as https://HOST/PATH.")
    if "?" in url or "#" in url:
        begin = re.split("[?#]", url)[0]
        raise WrongConfiguration(f"{source}: the URL that begins with {begin!r} must not hold '?' or '#'.")
    return url.rstrip("/")


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
