"""What slices need to save what a live system says: questions that note what could not be asked, and no credentials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from nodewatch.errors import NodewatchError, NotFound, Unreachable, UnreadableAnswer, WrongConfiguration
from nodewatch.gather import gather
from nodewatch.masking import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nodewatch.backend import Answer, Asked, Backend, Request
    from nodewatch.documents import Document
    from nodewatch.world import World

    T = TypeVar("T")
    U = TypeVar("U")

EXCHANGE_MASK = "********"  # what the Exchange itself shows in place of a node's token
SECRET_NAME = re.compile(r"(token|password|passwd|secret|credentials?|api_?key)$", re.IGNORECASE)


def without_credentials(document: Document) -> dict[str, object]:
    """Return the document with every text masked whose name says that it is a secret, and each login within a text.

    >>> without_credentials({"actual_state": {"bss_token": "eyJ0", "boot_artifacts": {}}, "token": ""})
    {'actual_state': {'bss_token': '********', 'boot_artifacts': {}}, 'token': ''}
    >>> without_credentials({"a": [{"name": "DB_PASSWORD"}, {"DB_PASSWORD": "x", "secret": {"needChange": True}}]})
    {'a': [{'name': 'DB_PASSWORD'}, {'DB_PASSWORD': '********', 'secret': {'needChange': True}}]}
    >>> without_credentials({"kernel_parameters": "quiet root=live:https://me:hunter2@h/rootfs"})
    {'kernel_parameters': 'quiet root=live:https://me:***@h/rootfs'}
    """
    return {name: without_credential(name, value) for name, value in document.items()}


def without_credential(name: str, value: object) -> object:
    """Return the value that a document has under the name, masked if it is a secret, or holds one."""
    if isinstance(value, dict):
        return without_credentials(value)
    if isinstance(value, list):
        return [without_credential("", item) for item in value]
    if not isinstance(value, str):
        return value
    return EXCHANGE_MASK if value and SECRET_NAME.search(name) else without_secrets(value)


def with_texts(document: object, change: Callable[[str], str]) -> object:
    """Return the document with every name and text in it changed.

    >>> with_texts({"a": ["b", 1, None]}, str.upper)
    {'A': ['B', 1, None]}
    """
    if isinstance(document, dict):
        return {change(name): with_texts(value, change) for name, value in document.items()}
    if isinstance(document, list):
        return [with_texts(item, change) for item in document]
    return change(document) if isinstance(document, str) else document


class OnBehalf(NamedTuple):
    """A backend that asks BOS on a tenant's behalf, or with an empty name on nobody's, whatever the settings say."""

    backend: Backend
    tenant: str

    @property
    def limit(self) -> int:
        """How many requests may be sent at once."""
        return self.backend.limit

    def send(self, request: Request[object]) -> Answer:
        """Return the answer to the request of that tenant."""
        return self.backend.send(request._replace(tenant=self.tenant))


class Saver:
    """Asks a live system; `unasked` holds, by its path, the error of each question that it did not answer.

    It is itself the backend that the typed clients ask.
    """

    def __init__(self, backend: Backend, world: World, *, quiet: bool) -> None:
        self.backend, self.world, self.quiet = backend, world, quiet
        self.unasked: dict[str, NodewatchError] = {}
        self.path = ""

    @property
    def limit(self) -> int:
        """How many requests may be sent at once."""
        return self.backend.limit

    def send(self, request: Request[object]) -> Answer:
        """Return the answer to the request; note its error, unless that says only that there is nothing."""
        self.path = request.path
        try:
            return self.backend.send(request)
        except NotFound:
            raise
        except NodewatchError as error:
            if not request.aside:
                self.unasked[request.path] = error
            raise

    def ask(self, question: Callable[[], T], otherwise: U) -> T | U:
        """Return what the question brings; `otherwise` where there is nothing, or nothing that can be read.

        Raise what concerns the whole system: it cannot be reached, or nobody is logged in.
        """
        try:
            return question()
        except NotFound:
            return otherwise
        except UnreadableAnswer as error:
            self.unasked[self.path] = error
            return otherwise
        except NodewatchError as error:
            if isinstance(error, Unreachable | WrongConfiguration) or error.status == 401:
                raise
            return otherwise

    def ask_all(
        self, requests: Mapping[str, Request[Asked]], read: Callable[[Answer, Request[Asked]], T], *, what: str
    ) -> dict[str, T]:
        """Return what `read` makes of the answers, by the names given; what does not exist (any more) is left out.

        Raise `KeyboardInterrupt` if the user does not want to wait: half of a fleet is none.
        """
        gathered = gather(self, list(requests.values()), self.world, what=what, quiet=self.quiet)
        if gathered.interrupted:
            raise KeyboardInterrupt
        found = {}
        for (name, request), result in zip(requests.items(), gathered.results, strict=True):
            try:
                if isinstance(result, NodewatchError):
                    raise result
                if result is not None:
                    found[name] = read(result, request)
            except NotFound:
                continue
            except NodewatchError as error:
                self.unasked[request.path] = error
        return found
