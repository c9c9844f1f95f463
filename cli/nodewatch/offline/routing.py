"""What a slice needs to answer requests from the local store: a route, the call it gets, and how an error reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from nodewatch.backend import ABSENT, Answer, answered_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from nodewatch.backend import Request
    from nodewatch.documents import Document
    from nodewatch.errors import NodewatchError
    from nodewatch.offline.store import Store

    Owned = TypeVar("Owned", bound=Document)


class Call(NamedTuple):
    """What a route's handler gets beside the store: the request, the names in its path, the time, the tenant."""

    request: Request[object]
    names: dict[str, str]
    now: datetime
    tenant: str

    @property
    def body(self) -> Any:
        """The request's body; None if it has none."""
        return None if self.request.body is ABSENT else self.request.body


class Route(NamedTuple):
    """A method and a path with `{names}` in it, answered by a function of the store and the call."""

    method: str
    path: str
    handler: Callable[[Store, Call], Answer]


def problem(status: int, title: str, detail: str) -> Answer:
    """Return an error answer as BOS writes it (RFC 7807)."""
    return Answer(status, {"detail": detail, "status": status, "title": title, "type": "about:blank"})


def refused(call: Call, answer: Answer) -> NodewatchError:
    """Return what a handler raises that cannot go on: the error that this answer is to whoever asked."""
    return answered_error(call.request, answer, "the local store")


def by_owner(documents: Iterable[Owned]) -> list[Owned]:
    """Return sessions, or session templates, in the order in which BOS lists them: of the hashes of owner and name.

    >>> [each["name"] for each in by_owner([{"name": "a"}, {"name": "b", "tenant": "blue"}, {"name": "c"}])]
    ['b', 'c', 'a']
    """
    from hashlib import sha1

    def place(document: Document) -> list[bytes]:
        owner, name = str(document.get("tenant") or ""), str(document["name"])
        return [sha1(text.encode(errors="replace"), usedforsecurity=False).digest() for text in (owner, name)]

    return sorted(documents, key=place)


def names_in_path(pattern: str, path: str) -> dict[str, str] | None:
    """Return the names in the path if it fits the pattern, else None.

    >>> names_in_path("/v2/sessions/{id}/status", "/v2/sessions/a%2Fb/status")
    {'id': 'a/b'}
    >>> names_in_path("/v2/sessions/{id}", "/v2/sessions/a/status")
    """
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    names = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{") and have:
            names[want[1:-1]] = unquoted(have)
        elif want != have:
            return None
    return names


def unquoted(segment: str) -> str:
    """Return the name that a segment of a path stands for."""
    if "%" not in segment:
        return segment
    from urllib.parse import unquote

    return unquote(segment)
