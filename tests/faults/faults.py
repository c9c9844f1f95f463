"""What goes wrong on a network: the fault, the exit code, and the sentence that the user gets.

In a sentence, BOS stands for `BOS at URL`, and ASKED for `GET /v2/sessions/night of BOS at URL`.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, NamedTuple

from faults.server import answer, drip, reset_after, silence, then

if TYPE_CHECKING:
    from faults.server import Step

LIST = "bos v2 sessions list"
SESSION = b'{"name": "night"}'
HTML = b"<!DOCTYPE html><html><title>Log in</title></html>"
PAGE = {"Content-Type": "text/html"}
PROBLEM = {"Content-Type": "application/problem+json"}
CHECK = "Check the address in NODEWATCH_BOS_URL."
NOBODY = (
    "Nobody is logged in to SERVER: type `nodewatch auth login`, or name a token file with --token or CRAY_CREDENTIALS."
)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


class Fault(NamedTuple):
    """A fault of a server that does answer, or at least accepts the connection."""

    name: str
    step: Step
    code: int
    sentence: str
    line: str = "bos v2 sessions describe night"


def problem(status: int, title: str, detail: str) -> Step:
    document = {"detail": detail, "status": status, "title": title, "type": "about:blank"}
    return answer(status, document, PROBLEM)


def late(what: str = "GET /v2/sessions/night") -> str:
    why = "the answer was not complete after 0.5 s. Give it more time with --request-timeout SECONDS"
    return f"BOS did not answer {what}: {why}."


def no_json(why: str) -> str:
    return f"ASKED was answered 200 with something that is not JSON ({why}). {CHECK}"


def refused(status: str, then: str = ".") -> str:
    return f"BOS answered {status} to GET /v2/sessions/night{then} "


def should(want: str, got: str, name: str = "/night") -> str:
    ask = "Is it the right service that answers at this address?"
    return f"GET /v2/sessions{name} should answer {want}, but it answered {got}. {ask}"


CLOSED = "BOS did not answer GET /v2/sessions/night: the connection was closed before the answer was complete."
NO_HTTP = "BOS did not answer GET /v2/sessions/night: what came back is not HTTP. Check scheme and port."
LYING_GZIP = (
    "BOS did not answer GET /v2/sessions/night: the answer is said to be compressed, but is not. "
    "A proxy on the way may be at fault."
)

MANY_HEADERS = "BOS did not answer GET /v2/sessions/night: the answer has far too many headers."
TOO_LARGE = "BOS did not answer GET /v2/sessions/night: the answer is far too large, so it was not read to its end."
BOMB = gzip.compress(b" " * (66 << 20))
FAILED = refused("500 Internal Server Error") + "Its log says more."
ENDLESS = "-1e999 is too large for a number"
NO_URL = f"ASKED was redirected to what is no URL. {CHECK}"

FAULTS = [
    # Time
    Fault("silence", silence, 5, late()),
    Fault("slow-header", drip(answer(200, SESSION)), 5, late()),
    Fault("slow-body", then(answer(200, b"", length=900), drip(SESSION * 9)), 5, late()),
    Fault("slow-chunks", then(CHUNKED, drip(b"1\r\n \r\n" * 90)), 5, late()),
    # Sizes
    Fault("many-headers", answer(200, SESSION, {f"X-{number}": "y" for number in range(500)}), 3, MANY_HEADERS),
    Fault("length-too-large", answer(200, SESSION, length=3 << 30), 3, TOO_LARGE),
    Fault("gzip-bomb", answer(200, BOMB, {"Content-Encoding": "gzip"}), 3, TOO_LARGE),
    Fault(
        "gzip-bomb-error",
        answer(500, BOMB, {"Content-Encoding": "gzip"}),
        5,
        FAILED,
    ),
    Fault(
        "number-too-large",
        answer(200, b'{"name": "night", "n": -1e999}'),
        3,
        no_json("-1e999 is too large for a number"),
    ),
    # Redirects that lead nowhere
    *(
        Fault(f"redirected-to-{url}", answer(302, b"", {"Location": url}), 5, NO_URL)
        for url in ("http://[::1", "http://127.0.0.1:abc/", "http://127.0.0.1:99999/x")
    ),
    # Connections that end early
    Fault("closed-before-answer", b"", 5, CLOSED),
    Fault("reset-before-answer", reset_after(b""), 5, CLOSED),
    Fault("closed-in-header", b"HTTP/1.1 200 OK\r\nContent-Ty", 5, CLOSED),
    Fault("closed-between-headers", b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n", 5, CLOSED),
    Fault("reset-in-header", reset_after(b"HTTP/1.1 200 OK\r\nContent-Ty"), 5, CLOSED),
    Fault("reset-in-body", reset_after(answer(200, SESSION, length=900)), 5, CLOSED),
    Fault("short-body", answer(200, SESSION, length=900), 5, CLOSED),
    Fault("long-body", answer(200, SESSION, length=9), 3, no_json("Expecting value: line 1 column 10 (char 9)")),
    Fault("chunks-without-end", CHUNKED + b"11\r\n" + SESSION + b"\r\n", 5, CLOSED),
    Fault("chunks-without-size", CHUNKED + b"zz\r\n" + SESSION + b"\r\n0\r\n\r\n", 5, CLOSED),
    # Answers that are not what they say
    Fault("not-http", b"SSH-2.0-OpenSSH_9.6\r\n", 3, NO_HTTP),
    Fault("endless-header-line", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 3, NO_HTTP),
    Fault("gzip-that-is-none", answer(200, SESSION, {"Content-Encoding": "gzip"}), 3, LYING_GZIP),
    Fault(
        "gzip-cut-short",
        answer(200, gzip.compress(SESSION)[:-12], {"Content-Encoding": "gzip"}),
        3,
        no_json("Unterminated string starting at: line 1 column 10 (char 9)"),
    ),
    Fault(
        "html-page",
        answer(200, HTML, PAGE),
        3,
        f"ASKED was answered 200 with a page of HTML in place of JSON, from a login or a proxy. {CHECK}",
    ),
    Fault(
        "html-page-said-to-be-json",
        answer(200, HTML),
        3,
        f"ASKED was answered 200 with a page of HTML in place of JSON, from a login or a proxy. {CHECK}",
    ),
    Fault(
        "not-json",
        answer(200, b"{'name': 'night'}"),
        3,
        no_json("Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ),
    Fault("plain-text", answer(200, b"ok\n", {"Content-Type": "text/plain"}), 3, should("an object", "nothing")),
    Fault("empty", answer(200, b""), 3, should("an object", "nothing")),
    Fault("no-content", answer(204, b"", {"Content-Length": ""}), 3, should("an object", "nothing")),
    Fault("null", answer(200, b"null"), 3, should("an object", "nothing")),
    Fault("list-for-object", answer(200, []), 3, should("an object", "a list")),
    Fault("object-for-list", answer(200, {}), 3, should("a list of objects", "an object", ""), LIST),
    Fault(
        "another-object",
        answer(200, {"name": "day"}),
        3,
        "'night' was asked for, but the server answered 'day'. Ask again.",
    ),
    Fault(
        "nested-too-deeply",
        answer(200, b"[" * 10_000 + b"]" * 10_000),
        3,
        f"ASKED was answered 200 with a document that is nested too deeply. {CHECK}",
    ),
    Fault(
        "no-utf-8",
        answer(200, b'{"name": "\xff\xfe"}'),
        3,
        f"ASKED was answered 200 with bytes that are no UTF-8 text (at byte 10). {CHECK}",
    ),
    Fault("nan", answer(200, b'{"name": NaN}'), 3, no_json("NaN is no number in JSON")),
    Fault(
        "huge-number",
        answer(200, b'{"name": ' + b"9" * 5_000 + b"}"),
        3,
        no_json("Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits"),
    ),
    Fault(
        "status-that-means-nothing",
        answer(304, b"", {"Content-Length": ""}),
        5,
        f"ASKED was answered 304, which means nothing here. {CHECK}",
    ),
    Fault(
        "part-of-an-answer",
        answer(206, b'{"name": "night"}'),
        5,
        f"ASKED was answered 206, which means nothing here. {CHECK}",
    ),
    # Redirects
    Fault(
        "redirect-in-a-circle",
        answer(302, b"", {"Location": "/apis/bos/v2/sessions/night"}),
        5,
        f"ASKED is redirected in a circle. {CHECK}",
    ),
    Fault(
        "redirect-to-login",
        answer(302, b"", {"Location": "https://u:p@login.example.com/auth?next=/"}),
        5,
        "ASKED was redirected to another server, https://login.example.com/auth, and was not sent there. If that is "
        f"a page to log in, the login is missing or has expired. {CHECK}",
    ),
    # Refusals
    Fault("401", answer(401, b"", {"Content-Length": "0"}), 6, refused("401 Unauthorized") + NOBODY),
    Fault("401-html", answer(401, HTML, PAGE), 6, refused("401 Unauthorized", ", with a page of HTML.") + NOBODY),
    Fault("401-problem", problem(401, "Unauthorized", "Jwt is expired"), 6, "Unauthorized: Jwt is expired\n" + NOBODY),
    Fault(
        "403",
        answer(403, b"RBAC: access denied", {"Content-Type": "text/plain"}),
        6,
        refused("403 Forbidden", ": RBAC: access denied.") + NOBODY,
    ),
    Fault("403-problem", problem(403, "Forbidden", "no"), 6, "Forbidden: no"),
    Fault(
        "404",
        problem(404, "The resource was not found", "Session 'night' does not exist"),
        8,
        "The resource was not found: Session 'night' does not exist",
    ),
    Fault(
        "404-html",
        answer(404, HTML, PAGE),
        5,
        refused("404 Not Found", ", with a page of HTML.")
        + "That is not what the service answers itself: check the address, and what is on the way.",
    ),
    Fault(
        "400-many-lines",
        problem(400, "Bad Request", "'-x' does not match\n\nFailed validating"),
        5,
        "Bad Request: '-x' does not match\n\nFailed validating",
    ),
    Fault("408", answer(408), 5, refused("408 Request Timeout") + "Try again."),
    Fault("429", answer(429), 5, refused("429 Too Many Requests") + "It is asked too often: try again later."),
    Fault(
        "429-seconds",
        answer(429, b"", {"Retry-After": "120"}),
        5,
        refused("429 Too Many Requests") + "It asks for a pause (Retry-After: 120): try again after that time.",
    ),
    Fault(
        "429-date",
        answer(429, b"", {"Retry-After": "Sat, 21 Nov 2026 12:02:00 GMT"}),
        5,
        refused("429 Too Many Requests") + "It asks for a pause "
        "(Retry-After: Sat, 21 Nov 2026 12:02:00 GMT): try again after that time.",
    ),
    Fault("500", answer(500), 5, refused("500 Internal Server Error") + "Its log says more."),
    Fault(
        "500-problem",
        problem(500, "Internal Server Error", "The server encountered an error"),
        5,
        "Internal Server Error: The server encountered an error",
    ),
    Fault(
        "502",
        answer(502, HTML, PAGE),
        5,
        refused("502 Bad Gateway", ", with a page of HTML.")
        + "The gateway in front of it got no proper answer: try again in a minute.",
    ),
    Fault(
        "503",
        answer(503, b"no healthy upstream", {"Content-Type": "text/plain"}),
        5,
        refused("503 Service Unavailable", ": no healthy upstream.")
        + "It is not ready or overloaded: try again in a minute.",
    ),
    Fault(
        "504",
        answer(504, b"upstream request timeout", {"Content-Type": "text/plain"}),
        5,
        refused("504 Gateway Timeout", ": upstream request timeout.")
        + "The gateway in front of it waited in vain: try again in a minute.",
    ),
    Fault("escape-sequences", problem(500, "\x1b[31mred", "bell\x07"), 5, "\\x1b[31mred: bell\\x07"),
]
