"""What must not be read by others, taken out of texts: known secrets in every form, logins in URLs, telling names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "***"
SHORTEST = 6  # characters: a shorter secret is part of too many words
TELLING_NAMES = (
    r"[a-z_-]{0,60}(?:token|passw(?:or)?d|pwd|secret|passcode|credential|authorization|api[_-]?key|jwt)[a-z_-]{0,60}"
    r"|t?otp"
)
IN_JSON = rf'("(?:{TELLING_NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*("|$)'
IN_FORM = rf"((?:^|[&?;])(?:{TELLING_NAMES})=)[^&#\s]*"
AMONG_WORDS = (
    rf"((?:^|[\s,;&?.])(?:{TELLING_NAMES})=)(?!\$\{{)[^\s&,;#]+"  # ${{NAME}} is filled in later, by another one
)
LOGIN_IN_URL = r"(://(?:[^\s/?#@:\[]*:)?)(?:[^\s/?#]+|(?<=[^/]:)(?!\d+[/?#])[^\s@]{1,200})@"


def masked(text: str, secrets: Iterable[str]) -> str:
    r"""Return the text with the secrets masked: plain, in base64 or hexadecimal, and with any of their letters escaped.

    A secret that is shorter than six characters is left, because words would be cut.

    >>> masked('Bearer hidden+1 or HIDDEN%252B1, {"t": "\\u0068idden+1"}, hidde&#x6e;+1, abc', ["hidden+1", "abc"])
    'Bearer *** or ***, {"t": "***"}, ***, abc'
    """
    low = text.lower()
    for secret in secrets:
        if len(secret) < SHORTEST:
            continue
        for form in encoded_forms(secret):
            if form in low:
                text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
        if any(sign in text for sign in "%\\&") and escaped_pattern(secret[:SHORTEST]).search(text):
            text = escaped_pattern(secret).sub(MASK, text)
    return text


@lru_cache
def encoded_forms(secret: str) -> tuple[str, ...]:
    """Return a secret, and what encodings make of all of it, in small letters; the longest first.

    >>> encoded_forms("hidden")
    ('68696464656e', 'aglkzgvu', 'hpzgrlb', 'oawrkzw', 'hidden')
    """
    data = secret.encode(errors="surrogateescape")
    found = {secret, data.hex(), *in_base64(data)}
    return tuple(sorted({form.lower() for form in found}, key=lambda form: (-len(form), form)))


@lru_cache
def escaped_pattern(secret: str) -> re.Pattern[str]:
    r"""Return the pattern of a secret with any of its characters escaped, once or more: as in URLs, in JSON or in HTML.

    >>> [bool(escaped_pattern("a/b c").fullmatch(text)) for text in ("a%2Fb+c", "a\\/b c", "A&#47;b%2520c", "a/bc")]
    [True, True, True, False]
    """
    from html import escape

    def ways(character: str) -> Iterator[str]:
        number, byte_pairs = ord(character), character.encode("utf-16-be", "surrogatepass").hex()
        yield re.escape(character)
        yield "".join(f"%(?:25)*{byte:02x}" for byte in character.encode(errors="surrogateescape"))
        yield "".join(rf"\\+u{byte_pairs[at : at + 4]}" for at in range(0, len(byte_pairs), 4))
        yield f"&#(?:0*{number}|x0*{number:x});"
        yield rf"\\+{re.escape(character)}"
        yield re.escape(escape(character))
        if character == " ":
            yield r"\+"

    return re.compile("".join(f"(?:{'|'.join(ways(each))})" for each in secret), re.IGNORECASE)


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


def without_secrets(text: str) -> str:
    r"""Return a text, kernel parameters say, with the logins of the URLs in it masked, and the values of telling names.

    >>> without_secrets("root=live:https://me:a/b@h:80/x@1 ftp://key@h rd.iscsi.password=hunter2 a.token=${T}")
    'root=live:https://me:***@h:80/x@1 ftp://***@h rd.iscsi.password=*** a.token=${T}'
    >>> without_secrets("https://[fe80::1]:80/a@b s3://b/c@2 tokens: 3")
    'https://[fe80::1]:80/a@b s3://b/c@2 tokens: 3'
    """
    text = re.sub(LOGIN_IN_URL, rf"\1{MASK}@", text) if "://" in text else text
    return re.sub(AMONG_WORDS, rf"\1{MASK}", text, flags=re.IGNORECASE) if "=" in text else text


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
