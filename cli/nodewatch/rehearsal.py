"""`--dry-run`: questions are asked, changes are printed instead of sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import ABSENT, REHEARSED, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.backend import Backend, Request


class Rehearsal:
    """A backend that lets questions through, and prints the method, path, query and body of every change.

    The answer to a change is the document `REHEARSED`, of which nothing is shown.
    """

    def __init__(self, backend: Backend, show: Callable[[object], None]) -> None:
        self.backend = backend
        self.show = show

    @property
    def limit(self) -> int:
        """How many questions may be asked at once."""
        return self.backend.limit

    def send(self, request: Request[object]) -> Answer:
        """Ask, or print what would be sent."""
        if request.method == "GET":
            return self.backend.send(request)
        change = {"method": request.method, "path": request.path, "query": request.query}
        self.show(change if request.body is ABSENT else {**change, "body": request.body})
        return Answer(200, REHEARSED)
