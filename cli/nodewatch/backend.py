"""The one seam to the outside: a request goes in, an answer comes out, from a server or from the local store alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar, cast

from nodewatch.arrays import AlikeArray, StoredArray
from nodewatch.errors import NodewatchError, NotFound, NotPermitted, ServiceTrouble, UnreadableAnswer, WrongUsage


class Absent:
    """The type of `ABSENT`: no body at all, which is not the same as the body `null`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
REHEARSED: Final = object()  # the answer to a change that `--dry-run` did not send
Params = Mapping[str, object]  # texts, numbers and booleans
Asked = TypeVar("Asked")
Asked_co = TypeVar("Asked_co", covariant=True)


class Fits(NamedTuple):
    """Which documents of a list are wanted: a test of one, and the members that it looks at."""

    test: Callable[[Any], bool]
    fields: Sequence[str]


class Request(NamedTuple, Generic[Asked_co]):
    """One question to a service, or a change; `Asked_co` is what the API says that it answers with.

    `path` is what follows the service's base URL, already quoted; `params` holds the query, a None in it is not sent;
    `body` is JSON to be, `ABSENT` for no body. `retry` says whether asking twice is harmless (None: as HTTP defines it
    for the method). `fields` names the members of the documents that will be looked at, none of them means
    all: a backend may leave the others out. So it may leave out documents of a list that `fits` does not want. `tenant`
    names on whose behalf BOS is asked, empty for nobody's; None is as the settings say. `done` holds the statuses that
    say that a change was made (none of them: this is a question). `aside` marks a question whose answer only words an
    error better: a server is asked it when somebody reads the error on a terminal, so that scripts send what they sent
    before.
    """

    method: str
    path: str
    params: Params | None = None
    body: object = ABSENT
    retry: bool | None = None
    fields: Sequence[str] = ()
    fits: Fits | None = None
    tenant: str | None = None
    done: Sequence[int] = ()
    aside: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether the request may be sent again when its answer was lost."""
        return self.method in ("GET", "HEAD") if self.retry is None else self.retry

    @property
    def query(self) -> dict[str, str]:
        """The query as it is sent: None left out, booleans as `True` and `False` (as cray sends them).

        Raise `WrongUsage` for a value that is no text.

        >>> Request("GET", "/v2/components", {"enabled": False, "session": None, "page_size": 3}).query
        {'enabled': 'False', 'page_size': '3'}
        """
        given = {name: str(value) for name, value in (self.params or {}).items() if value is not None}
        for value in given.values():
            encoded(value)
        return given


class Answer(NamedTuple):
    """What a service said: the HTTP status, and the JSON document (None without a body), or a text that is no JSON."""

    status: int
    document: object = None
    text: str | None = None


class Backend(Protocol):
    """Something that answers requests.

    `send` returns answers of status 200 to 299 and raises a `NodewatchError` for everything else; an answered error
    carries `status` and `document`. `limit` is how many requests it can well answer at once (`gather` obeys it).
    """

    @property
    def limit(self) -> int:
        """How many requests may be sent at once, from as many threads."""
        ...

    def send(self, request: Request[object]) -> Answer:
        """Return the answer to the request; raise what `answered_error` says for a status of 400 and above."""
        ...


# What a path may hold as it is (RFC 3986); urllib.parse, which knows this too, costs a tenth of a start.
UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def segment(name: str) -> str:
    """Return the name quoted for use as one segment of a path, whatever is in it; raise `WrongUsage` if it is no text.

    >>> segment("a b/c?d#é"), segment("..")
    ('a%20b%2Fc%3Fd%23%C3%A9', '%2E%2E')
    """
    if name in (".", ".."):
        return "%2E" * len(name)
    return "".join(chr(byte) if chr(byte) in UNRESERVED else f"%{byte:02X}" for byte in encoded(name))


def check_given(**values: object) -> None:
    """Raise `WrongUsage` for a value that is a text without a visible character: it never stands for all.

    >>> check_given(limit="x1", name=None)
    >>> check_given(limit=" ")
    Traceback (most recent call last):
      ...
    nodewatch.errors.WrongUsage: limit is empty, which never stands for all: name what is meant, or leave it out.
    """
    for name, value in values.items():
        if isinstance(value, str) and not any(each.isprintable() and not each.isspace() for each in value):
            raise WrongUsage(f"{name} is empty, which never stands for all: name what is meant, or leave it out.")


def encoded(text: str) -> bytes:
    r"""Return the text in UTF-8; raise `WrongUsage` for a word of the command line that was not UTF-8.

    >>> encoded("é")
    b'\xc3\xa9'
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise WrongUsage(f"{text!r} is not UTF-8 text, and no name is anything else.") from error


UNCLEAR: Final = "Whether the change was made is not known: look before you repeat it."
ASK_RIGHT: Final = "Is it the right service that answers at this address?"
NOT_THE_SERVICE: Final = "That is not what the service answers itself: check the address, and what is on the way."
ADVICE: Final = {
    401: "Log in, or renew the login.",
    403: "The login is known, but may not do this: ask for the right, or use another login.",
    404: "Check the name, and the address that is asked.",
    408: "Try again.",
    413: "Ask for less at once.",
    429: "It is asked too often: try again later.",
    500: "Its log says more.",
    502: "The gateway in front of it got no proper answer: try again in a minute.",
    503: "It is not ready or overloaded: try again in a minute.",
    504: "The gateway in front of it waited in vain: try again in a minute.",
}


def answered_error(request: Request[object], answer: Answer, who: str, advice: str | None = None) -> NodewatchError:
    """Return the error for an answer of status 400 and above: the server's words where it has some, ours where not.

    `who` names the service in the sentence; `advice` is what to do next, where more is known than the status. 401 and
    403 are `NotPermitted`, 404 is `NotFound` if the service itself says so, the rest `ServiceTrouble`. A problem
    document (RFC 7807, as BOS sends them) is `TITLE: DETAIL`, an Exchange error is `CODE: MSG`.
    """
    document, status = answer.document, answer.status
    unclear = status in (502, 503, 504) and request.method not in ("GET", "HEAD")
    message = own_words(document)
    if message is None:
        message = f"{who} answered {status_words(status)} to {request.method} {request.path}{other_words(answer)}."
        foreign = status == 404 and not is_own_404(request, answer)
        advice = advice or (NOT_THE_SERVICE if foreign else ADVICE.get(status))
        message += f" {advice}" if advice and not unclear else ""
    elif status == 401 and advice:
        message += f"\n{advice}"
    if unclear:
        message = f"{message.rstrip('.')}. {UNCLEAR}"
    kind: type[NodewatchError] = ServiceTrouble
    if status in (401, 403):
        kind = NotPermitted
    elif status == 404 and is_own_404(request, answer):
        kind = NotFound
    return kind(message, status=status, document=document if document is not None else answer.text)


def is_own_404(request: Request[object], answer: Answer) -> bool:
    """Return whether an answer of status 404 comes from the service itself: then what was asked for does not exist.

    A proxy on the way answers 404 too, with a page, a text or an object of its own, when it does not find the service.
    BOS v2 answers a problem document; BOS v1 that, `{}`, a text in JSON or nothing ("BOS v1 API", errors), as the
    service of manifests does; an agent its error document; the Exchange its error document, which may also say that it
    does not know the question, or an object whose collections are empty.

    >>> v2, v1, agent = (Request("GET", path) for path in ("/v2/sessions/x", "/v1/session/x", "/nodemanagement/status"))
    >>> [is_own_404(v2, Answer(404, it)) for it in ({"title": "t", "detail": "d"}, {})]
    [True, False]
    >>> [is_own_404(v1, answer) for answer in (Answer(404), Answer(404, "x"), Answer(404, {}), Answer(404, None, "x"))]
    [True, True, True, False]
    >>> [is_own_404(agent, Answer(404, it)) for it in ({"error": "e", "input": "i"}, {"error": {"code": 404}}, "x")]
    [True, False, False]
    >>> node, unknown = Request("GET", "/orgs/o/nodes/n"), {"code": "not-found", "msg": "unrecognized route"}
    >>> [is_own_404(node, Answer(404, it)) for it in ({"nodes": {}, "lastIndex": 0}, {**unknown, "msg": "not found"})]
    [True, True]
    >>> others = unknown, {}, {"metadata": {}, "code": 404}, {"error": {"code": 404}}, {"title": "t"}, "x"
    >>> [is_own_404(node, Answer(404, it)) for it in others]
    [False, False, False, False, False, False]
    """
    document, path = answer.document, request.path
    said: dict[str, object] = document if isinstance(document, dict) else {}
    if path.startswith(("/v1/", "/v2", "/api/v1/")):
        bare = document == {} or isinstance(document, str) or (document is None and not (answer.text or "").strip())
        return bool(said.get("title") and said.get("detail")) or (bare and not path.startswith("/v2"))
    if path.startswith("/nodemanagement"):
        return "input" in said and own_words(said) is not None
    collections = [member for name, member in said.items() if name != "lastIndex"]
    if said.get("code") == "not-found":
        return own_words(said) is not None and said.get("msg") != "unrecognized route"
    return bool(collections) and all(member == {} for member in collections)


def status_words(status: int) -> str:
    """Return a status as it is read out.

    >>> status_words(404), status_words(499)
    ('404 Not Found', '499')
    """
    from http import HTTPStatus

    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def other_words(answer: Answer) -> str:
    """Return how an error answer without an error document goes on, for the end of a sentence about it.

    >>> other_words(Answer(502, None, " no healthy\\n upstream. ")), other_words(Answer(502, None, "<html>"))
    (': no healthy upstream', ', with a page of HTML')
    >>> other_words(Answer(404, {})), other_words(Answer(404, "Session not found"))
    ('', ': Session not found')
    """
    said = answer.document if isinstance(answer.document, str) else answer.text
    line = " ".join(said.split())[:200].rstrip(".") if said else ""
    if line.startswith("<"):
        return ", with a page of HTML"
    return f": {line}" if line else ""


def own_words(document: object) -> str | None:
    """Return what a service says in its error document, in one of the forms they have; None for any other document.

    >>> own_words({"title": "The resource was not found", "detail": "Session 'x' does not exist", "status": 404})
    "The resource was not found: Session 'x' does not exist"
    >>> own_words({"code": "access-denied", "msg": "Access denied"}), own_words({}), own_words([])
    ('access-denied: Access denied', None, None)
    """
    if not isinstance(document, dict):
        return None
    for heading, words in (("title", "detail"), ("code", "msg")):
        if document.get(heading) and document.get(words):
            return f"{document[heading]}: {document[words]}"
    return str(document["error"]) if document.get("error") and "input" in document else None


def ask_array(backend: Backend, request: Request[Asked], of: type = dict) -> Asked:
    """Return the array that answers the request, `Documents` of what `of` says.

    Raise `UnreadableAnswer` for anything else. The answer to a rehearsed change is returned as it is.
    """
    document = ask_document(backend, request)
    if isinstance(document, StoredArray | AlikeArray) or document is REHEARSED:
        return as_asked(document, request)
    if isinstance(document, list):
        wrong = [element for element in document if not isinstance(element, of)]
        if not wrong:
            return as_asked(document, request)
        found = f"a list with {json_kind(wrong[0])} in it"
    else:
        found = json_kind(document)
    if request.done:
        raise unconfirmed(request, found)
    wanted = "objects" if of is dict else "texts"
    raise UnreadableAnswer(
        f"{request.method} {request.path} should answer a list of {wanted}, but it answered {found}. {ASK_RIGHT}"
    )


def ask_object(backend: Backend, request: Request[Asked], field: str = "", name: str = "") -> Asked:
    """Return the object that answers the request; raise `UnreadableAnswer` if it is none, or not the one named.

    `field` is where the object carries its name. The answer to a rehearsed change is returned as it is.
    """
    document = ask_document(backend, request)
    if document is REHEARSED:
        return as_asked(document, request)
    if request.done and not (isinstance(document, dict) and document):
        raise unconfirmed(request, json_kind(document) if document != {} else "an empty object")
    if field and isinstance(document, dict) and document.get(field) != name:
        found = repr(document[field]) if field in document else f"an object without {field}"
        if request.done:
            raise unconfirmed(request, found)
        raise UnreadableAnswer(f"{name!r} was asked for, but the server answered {found}. Ask again.")
    return object_in(document, request)


def object_in(document: object, request: Request[Asked]) -> Asked:
    """Return the object that was answered; raise `UnreadableAnswer` if it is none."""
    if isinstance(document, dict):
        return as_asked(document, request)
    raise UnreadableAnswer(
        f"{request.method} {request.path} should answer an object, but it answered {json_kind(document)}. {ASK_RIGHT}"
    )


def as_asked(document: object, request: Request[Asked]) -> Asked:  # noqa: ARG001  # it tells the type
    """Return a document as what the API says that it is.

    Its members are still read without trust (`documents`): a server may leave out or change any of them.
    """
    return cast("Asked", document)


def ask_document(backend: Backend, request: Request[object]) -> object:
    """Return the document that answers the request; raise `ServiceTrouble` if it does not say that a change was made.

    The answer to a rehearsed change is returned as it is.
    """
    return ask_confirmed(backend, request).document


def ask_confirmed(backend: Backend, request: Request[object]) -> Answer:
    """Return the answer to the request; raise `ServiceTrouble` if it does not say that a change was made."""
    answer = backend.send(request)
    if request.done and answer.status not in request.done and answer.document is not REHEARSED:
        raise unconfirmed(request, status_words(answer.status))
    return answer


def unconfirmed(request: Request[object], answered: str) -> ServiceTrouble:
    """Return the error that a change was answered by something which does not say that it was made."""
    return ServiceTrouble(
        f"{request.method} {request.path} was answered with {answered}, which does not confirm the change. {UNCLEAR}"
    )


def json_kind(document: object) -> str:
    """Return what sort of JSON a document is, in words.

    >>> [json_kind(document) for document in (None, [], {}, "x", 1.5, True)]
    ['nothing', 'a list', 'an object', 'a text', 'a number', 'a boolean']
    """
    kinds: dict[type, str] = {
        type(None): "nothing",
        list: "a list",
        dict: "an object",
        str: "a text",
        bool: "a boolean",
    }
    return next((words for kind, words in kinds.items() if isinstance(document, kind)), "a number")
