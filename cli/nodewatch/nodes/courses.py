"""The courses of nodes over many looks: what changed from one look to the next, and which nodes failed most often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Key = TypeVar("Key")
    State = TypeVar("State")

GONE = "gone"  # the status of what is not there any more
NOT_RECORDED = "nothing is recorded here. Record it, `nodewatch local record STORE`, and ask with --local STORE."


class Attempt(NamedTuple):
    """A node as it was seen in something that may fail: a boot session, an upgrade; `of` tells one from another."""

    node: str
    of: str
    failed: bool
    error: str


def steps(
    before: Mapping[Key, State], now: Mapping[Key, State], gone: State
) -> Iterator[tuple[Key, State | None, State]]:
    """Return what is otherwise than it was: by what it is known, its state then (None: never seen), and its state now.

    What is missing now has the state `gone`.

    >>> list(steps({"x1": "on", "x2": "on", "x3": "gone"}, {"x2": "off", "x4": "on"}, "gone"))
    [('x2', 'on', 'off'), ('x4', None, 'on'), ('x1', 'on', 'gone')]
    """
    everything = {**now, **{key: gone for key in before if key not in now}}
    return ((key, before.get(key), state) for key, state in everything.items() if before.get(key) != state)


def most_failures(seen: Iterable[Attempt], called: str) -> list[dict[str, object]]:
    """Return the nodes that failed, those that failed in most attempts first.

    Each has in how many attempts it failed, of how many that it was seen in (under the name that these are `called`),
    and the errors, the most frequent first. Of one attempt only the last error counts.

    >>> failed = Attempt("x1", "s1", True, "off")
    >>> fine, unknown = Attempt("x1", "s2", False, ""), Attempt("x2", "s1", True, "")
    >>> for node in most_failures([failed, failed._replace(error=""), failed, fine, unknown], "sessions"):
    ...     print(node)
    {'node': 'x1', 'failures': 1, 'sessions': 2, 'errors': ['off']}
    {'node': 'x2', 'failures': 1, 'sessions': 1, 'errors': []}
    """
    attempts: dict[str, set[str]] = {}
    failures: dict[str, dict[str, str]] = {}
    for node, of, failed, error in seen:
        attempts.setdefault(node, set()).add(of)
        if failed:
            known = failures.setdefault(node, {})
            known[of] = error or known.get(of, "")
    return [
        {
            "node": node,
            "failures": len(errors),
            called: len(attempts[node]),
            "errors": [error for error, _ in Counter(filter(None, errors.values())).most_common()],
        }
        for node, errors in sorted(failures.items(), key=lambda failure: (-len(failure[1]), failure[0]))
    ]
