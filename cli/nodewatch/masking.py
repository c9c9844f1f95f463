"""What must not be read by others, taken out of texts: known secrets in every form, logins in URLs, telling names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "***"
SHORTEST = 6  # characters: a shorter secret is part of too many words
NAMES = r"[a-z_-]*(?:token|passw(?:or)?d|pwd|secret|passcode|credential|authorization|api[_-]?key|jwt)[a-z_-]*|t?otp"
IN_JSON = rf'("(?:{NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*("|$)'
IN_FORM = rf"((?:^|[&?;])(?:{NAMES})=)[^&#\s]*"


def masked(text: str, secrets: Iterable[str]) -> str:
    r"""Return the text with the secrets masked: plain, in base64, percent-encoded, and escaped as JSON has it.

    A secret that is shorter than six characters is left, because words would be cut.

    >>> masked('Bearer hidden+1 or HIDDEN%2B1, {"t": "hidden\\u002b1"}, abc', ["hidden+1", "abc"])
    'Bearer *** or ***, {"t": "hidden\\u002b1"}, abc'
    >>> masked("".join(f"\\u{ord(each):04X}" for each in "hidden+1"), ["hidden+1"])
    '***'
    """
    low = text.lower()
    for form in (form for secret in secrets for form in forms(secret) if form in low):
        text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
    return text


@lru_cache
def forms(secret: str) -> tuple[str, ...]:
    r"""Return how a secret may be written, in small letters, the longest first; nothing for a short one.

    >>> forms("Päss+w")[1:5], forms("short")
    (('p%c3%a4ss%2bw', 'umokc3mrdw==', 'p%c3%a4ss+w', 'p\\u00e4ss+w'), ())
    """
    if len(secret) < SHORTEST:
        return ()
    import json
    from urllib.parse import quote

    data = secret.encode(errors="surrogateescape")
    found = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        "".join(f"\\u{ord(each):04x}" for each in secret),
        *(quote(data, safe=safe) for safe in ("", "/", "+/=:")),
        *in_base64(data),
    }
    return tuple(sorted({form.lower() for form in found}, key=lambda form: (-len(form), form)))


def in_base64(data: bytes) -> Iterator[str]:
    """Return the characters that base64 makes of data alone, wherever in a longer text it begins, in both alphabets."""
    from base64 import b64encode

    yield b64encode(data).decode()
    for lead in range(3):
        text = b64encode(bytes(lead) + data).decode()
        core = text[(lead * 8 + 5) // 6 : (lead + len(data)) * 8 // 6]
        yield core
        yield core.replace("+", "-").replace("/", "_")


def without_named(text: str) -> str:
    r"""Return a text, a body of HTTP say, with the values of telling names in JSON and in forms masked.

    >>> without_named("grant_type=password&password=hunter2&username=u"), without_named('{"api-key":"a\\"b","n":1}')
    ('grant_type=password&password=***&username=u', '{"api-key":"***","n":1}')
    """
    text = re.sub(IN_JSON, rf'\1"{MASK}"', text, flags=re.IGNORECASE)
    return re.sub(IN_FORM, rf"\1{MASK}", text, flags=re.IGNORECASE)


def without_login(url: str) -> str:
    """Return what is a base URL, or should have been one, without a login: before the last `@`, or behind `?` or `#`.

    >>> [without_login(url) for url in ("http://me:x@proxy:3128", "https:me:s/x@h", "me:x@h", "https://h:80/a?b=c")]
    ['http://me:***@proxy:3128', 'https:me:***@h', 'me:***@h', 'https://h:80/a?***']
    """
    url = re.sub(r"([?#]).+", rf"\1{MASK}", url)
    login, at, rest = url.rpartition("@")
    if not at:
        return url
    user = re.match(r"([a-z][a-z0-9+.-]*:[\\/]*)?([^:@]*:)?", login, re.IGNORECASE)
    return f"{user[0] if user else ''}{MASK}@{rest}"
