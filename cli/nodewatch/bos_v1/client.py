"""The BOS v1 API, typed: each method is one question; the server's many ways to say "not found" become one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nodewatch.backend import (
    REHEARSED,
    Backend,
    Request,
    ask_array,
    ask_document,
    ask_object,
    check_given,
    object_in,
    segment,
    status_words,
    unconfirmed,
)
from nodewatch.bos_v1 import rules
from nodewatch.documents import names_in, part
from nodewatch.errors import Dropped, NodewatchError, NotFound, ServiceTrouble, TimedOut, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nodewatch.backend import Answer, Asked
    from nodewatch.bos_v1.types import BootSet, Category, Phase, Session, SessionStatus, SessionTemplate
    from nodewatch.documents import Document

MISSING_PART_STATUSES = (
    404,
    500,
    502,
    503,
)  # what a missing boot set, phase or category makes of the server, or of its gateway
NO_V1 = (
    "this server has no BOS v1: it answered 404 Not Found. BOS v1 was removed with CSM 1.6; "
    "`nodewatch bos v2 sessions list` shows the sessions of BOS v2."
)
ENDLESS_LIST = (
    "the list of sessions did not come in time. BOS v1 cannot list well over 1000 sessions: it tries for ever, and "
    "each further try adds to its load, so this was not repeated. `session describe ID`, `session status list ID` and "
    "`session delete ID` still work; delete what is finished. If ids are not known, an administrator removes the "
    'sessions from etcd, as "Hang Listing BOS V1 Sessions" in the CSM documentation tells.'
)

HALF_A_STATUS = (
    "It always ends so where one of the boot sets in the session has no status: `session describe` may still work with "
    "it, and `session status describe BOOT_SET SESSION_ID` for each boot set."
)


class BosV1Client:
    """Questions to BOS v1, over whatever backend."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def version(self) -> dict[str, object]:
        """Return the version of the API."""
        with explaining_not_found("the version of the BOS v1 API is not known."):
            return ask_object(self.backend, Request("GET", "/v1/version"))

    def health(self) -> dict[str, object]:
        """Return whether the service and its database work."""
        with explaining_not_found("the service does not report its health."):
            return ask_object(self.backend, Request("GET", "/v1/healthz"))

    def sessions(self) -> list[str]:
        """Return the ids of the sessions, in no order; raise `TimedOut` with the remedy where there are too many.

        It is asked once only: the server goes on working for every question that was given up ("BOS v1 API").
        """
        try:
            with explaining_not_found("there is no list of sessions."):
                return ask_array(self.backend, Request("GET", "/v1/session", retry=False), str)
        except ServiceTrouble as error:
            if isinstance(error, TimedOut) or error.status == 504:
                raise TimedOut(ENDLESS_LIST, status=error.status, document=error.document) from error
            raise

    def session(self, session: str) -> Session:
        """Return what a session was asked to do; raise `NotFound` if the server cannot tell."""
        missing = (
            f"there is no session {session!r}, or nothing but its status: if `nodewatch bos v1 session list` shows it, "
            "`session status list` and `session delete` may still work with it."
        )
        with explaining_not_found(missing):
            return ask_object(self.backend, Request("GET", status_path(session)))

    def templates(self) -> list[SessionTemplate]:
        """Return the session templates, which are also those of BOS v2."""
        with explaining_not_found("there are no session templates."):
            return ask_array(self.backend, Request("GET", "/v1/sessiontemplate"))

    def template(self, name: str) -> SessionTemplate:
        """Return a session template; raise `NotFound` if there is none of that name."""
        with explaining_not_found(f"there is no session template {name!r}."):
            return ask_object(self.backend, Request("GET", template_path(name)))

    def put_template(self, template: Document) -> object:
        """Store a session template under the name in it, in place of one there; return where it is then."""
        with explaining_not_found("there is no place for session templates."):
            return ask_document(self.backend, Request("POST", "/v1/sessiontemplate", body=template, done=(200, 201)))

    def delete_template(self, name: str) -> object:
        """Remove a session template; raise `NotFound` if there is none of that name."""
        with explaining_not_found(f"there is no session template {name!r}."):
            return ask_document(self.backend, Request("DELETE", template_path(name), done=(204,)))

    def example_template(self) -> SessionTemplate:
        """Return a session template to start from."""
        with explaining_not_found("there is no example of a session template."):
            return ask_object(self.backend, Request("GET", "/v1/sessiontemplatetemplate"))

    def api(self) -> Document:
        """Return the version of the API, and where it is."""
        with explaining_not_found("the version of the BOS v1 API is not known."):
            return ask_object(self.backend, Request("GET", "/v1"))

    def create(self, operation: str, template: str | None, template_uuid: str | None, limit: str | None) -> Document:
        """Start a session and return the server's answer; raise `NotFound` if there is no such template."""
        fields = {"operation": operation, "templateUuid": template_uuid, "templateName": template, "limit": limit}
        body = {name: value for name, value in fields.items() if value is not None}
        check_given(**body)
        with explaining_not_found(f"there is no session template {template or template_uuid!r}."):
            return ask_object(self.backend, Request("POST", "/v1/session", body=body, done=(201,)))

    def delete(self, session: str) -> object:
        """Remove a session with its status, and return what the server answers; raise `NotFound` if there is none.

        Some of its DELETEs are answered 200 with the status in the body: 204, or 404.
        """
        missing = f"there is no session {session!r}."
        with explaining_not_found(missing):
            request = Request("DELETE", status_path(session), done=(200, 204))
            answer = self.backend.send(request)
            if answer.document == 404:
                raise NotFound(missing, status=404, document=answer.document)
            if answer.document is REHEARSED:
                return answer.document
            if answer.status != 204 and (answer.status, answer.document) != (200, 204):
                raise unconfirmed(request, status_words(answer.status))
            return None

    def status(self, session: str) -> SessionStatus:
        """Return how far a session is; raise `NotFound` if it has no status, or does not exist."""
        missing = (
            f"session {session!r} has no status, or there is no such session: `nodewatch bos v1 session list` shows "
            "which there are; those of BOS v2 are in `nodewatch bos v2 sessions list`."
        )
        try:
            with explaining_not_found(missing):
                return ask_object(self.backend, Request("GET", status_path(session, ""), retry=False))
        except ServiceTrouble as error:
            if isinstance(error, Dropped) or error.status in (502, 503):
                message = f"{error.message.rstrip('.')}. {HALF_A_STATUS}"
                raise type(error)(message, status=error.status, document=error.document) from error
            raise

    def boot_set(self, session: str, boot_set: str) -> BootSet:
        """Return how far a boot set is; raise `NotFound` if there is none of that name, or no such session."""
        with explaining_not_found(no_boot_set(session, boot_set)):
            return ask_object(self.backend, Request("GET", status_path(session, boot_set)))

    def phase(self, session: str, boot_set: str, phase: str) -> Phase:
        """Return a phase of a boot set; raise `NotFound` that says which part does not exist, and which do."""
        request: Request[Phase] = Request("GET", status_path(session, boot_set, phase), retry=False)
        return self.inside(request, session, boot_set, phase)

    def category(self, session: str, boot_set: str, phase: str, category: str) -> Category:
        """Return a category of a phase; raise `NotFound` that says which part does not exist, and which do."""
        request: Request[Category] = Request("GET", status_path(session, boot_set, phase, category), retry=False)
        return self.inside(request, session, boot_set, phase, category)

    def inside(
        self, request: Request[Asked], session: str, boot_set: str, phase: str, category: str | None = None
    ) -> Asked:
        """Return a phase or category; where the server gives no clear answer, ask the boot set which part is missing.

        For a part that does not exist the server closes the connection, or answers 500, and a gateway in front of it
        502 or 503. Asking again would not help, and costs the server a worker.
        """
        try:
            return ask_object(self.backend, request)
        except NodewatchError as error:
            if lacks_v1(error):
                raise NotFound(NO_V1, status=error.status, document=error.document) from error
            if isinstance(error, Dropped) or error.status in MISSING_PART_STATUSES:
                raise self.reason(error, session, boot_set, phase, category) from error
            raise

    def reason(
        self, error: NodewatchError, session: str, boot_set: str, phase: str, category: str | None
    ) -> NodewatchError:
        """Return the error that says which part is missing; the one there was, if the boot set cannot tell."""
        request: Request[BootSet] = Request("GET", status_path(session, boot_set), retry=False)
        try:
            document = ask_object(self.backend, request)
        except NotFound as missing:
            said = "" if error.status == 404 else f" The question itself ended so: {error.message}"
            return NotFound(no_boot_set(session, boot_set) + said, status=404, document=missing.document)
        except NodewatchError:
            return error
        sentence = rules.missing_part(document, boot_set, phase, category)
        return error if sentence is None else NotFound(sentence, status=404, document=error.document)

    def parts(self, session: str, status: SessionStatus) -> rules.BootSets:
        """Return how far a session's boot sets are: those that its status names, else those of its session template."""
        listed, template = status.get("boot_sets"), None
        names = [name for name in names_in(listed) if name]
        if not names:
            template, names = self.template_boot_sets(session)
        found = {name: self.boot_set_or_none(session, name) for name in names}
        if isinstance(listed, list) and not all(isinstance(name, str) and name for name in listed):
            found[""] = None  # there is one whose name cannot be read
        return rules.BootSets(found, template)

    def boot_set_or_none(self, session: str, boot_set: str) -> BootSet | None:
        """Return how far a boot set is; None if it has no status, as before anything was done for it."""
        try:
            return self.boot_set(session, boot_set)
        except NotFound:
            return None

    def template_boot_sets(self, session: str) -> tuple[str | None, list[str]]:
        """Return the template that a session was made from, and the names of its boot sets, as far as there are any."""
        template = None
        try:
            template = rules.template_name(self.session(session))
            if template is None:
                return None, []
            return template, list(part(self.template(template), "boot_sets"))
        except NotFound:
            return template, []


def status_path(session: str, *parts: str) -> str:
    """Return the path of a session; with parts, that of its status, or of a boot set, phase or category in it.

    Raise `WrongUsage` for a name that no path can hold: an empty one, and one with a slash, which servers take apart
    even where it is quoted.

    >>> status_path("0f2d"), status_path("0f2d", ""), status_path("0f2d", "my set", "boot")
    ('/v1/session/0f2d', '/v1/session/0f2d/status', '/v1/session/0f2d/status/my%20set/boot')
    """
    given = [session, *parts] if parts != ("",) else [session]
    for name in given:
        if not name or "/" in name:
            raise WrongUsage(f"{name!r} cannot be the name of a session, or of anything in it.")
    inside = "/".join(segment(name) for name in given[1:])
    return f"/v1/session/{segment(session)}" + "/status" * bool(parts) + f"/{inside}" * bool(inside)


def session_request(session: str) -> Request[Session]:
    """Return the question what a session was asked to do, as one of many: it is not repeated."""
    return Request("GET", status_path(session), retry=False)


def session_in(result: Answer | NodewatchError | None, request: Request[Session]) -> Session:
    """Return the session that one of many questions brought, nothing of one that is gone; raise another error."""
    if isinstance(result, NotFound):
        return {}
    if isinstance(result, NodewatchError):
        raise result
    return object_in(result and result.document, request)


def template_path(name: str) -> str:
    """Return the path of a session template; raise `WrongUsage` without a name: it would be the path of all of them."""
    if not name:
        raise WrongUsage("'' cannot be the name of a session template.")
    return f"/v1/sessiontemplate/{segment(name)}"


def no_boot_set(session: str, boot_set: str) -> str:
    """Return the sentence for a boot set that the server does not find."""
    return (
        f"there is no session {session!r} with a boot set {boot_set!r}: "
        f"`nodewatch bos v1 session status list {session}` shows which there are."
    )


def lacks_v1(error: NodewatchError) -> bool:
    """Tell whether an error says that the server does not know the path at all: no other 404 has this title."""
    return error.status == 404 and isinstance(error.document, dict) and error.document.get("title") == "Not Found"


@contextmanager
def explaining_not_found(missing: str) -> Iterator[None]:
    """Raise `NotFound` with the sentence for a 404 of any form: `{}`, nothing, a bare text, a problem document."""
    try:
        yield
    except NotFound as error:
        sentence = NO_V1 if lacks_v1(error) else missing
        raise NotFound(sentence, status=error.status, document=error.document) from error
