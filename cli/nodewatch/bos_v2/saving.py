"""What BOS v2 says, as its part of a fleet file."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from nodewatch.bos_v2.client import BosClient, status_in, status_request
from nodewatch.bos_v2.rules import saved_key
from nodewatch.documents import as_text, id_of, part
from nodewatch.errors import NotFound, WrongUsage
from nodewatch.offline.saving import OnBehalf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.bos_v2.types import ExtendedStatus, Session
    from nodewatch.offline.saving import Saver


def all_documents(saver: Saver) -> dict[str, object]:
    """Return all of BOS v2; nothing where there is no BOS v2."""
    bos = BosClient(saver)
    sessions = saver.ask(bos.sessions, None)
    if sessions is None and not saver.unasked:
        return {}
    return {
        "sessions": sessions or [],
        "components": saver.ask(bos.components, []),
        "sessiontemplates": saver.ask(bos.templates, []),
        **about_the_service(saver),
        "session_status": complete_statuses(saver, sessions or []),
    }


def session_documents(saver: Saver, name: str) -> dict[str, object]:
    """Return a session with its components and its template; raise `NotFound` if there is none of that name.

    One that belongs to a tenant is found too, unless several tenants have one of that name.
    """
    backend: Saver | OnBehalf = saver
    try:
        session = BosClient(saver).session(name)
    except NotFound:
        owners = [
            as_text(each.get("tenant")) for each in saver.ask(BosClient(saver).sessions, []) if each.get("name") == name
        ]
        if len(owners) != 1 or not owners[0]:
            raise
        backend = OnBehalf(saver, owners[0])
        session = BosClient(backend).session(name)
    bos = BosClient(backend)
    components = {
        id_of(component): component
        for found in (
            saver.ask(lambda: bos.components(session=name), []),
            saver.ask(lambda: bos.components(staged_session=name), []),
        )
        for component in found
    }
    template = as_text(session.get("template_name"))
    found = saver.ask(lambda: bos.template(template), None) if template else None
    return {
        "sessions": [session],
        "components": [components[key] for key in sorted(components)],
        "sessiontemplates": [] if found is None else [found],
        **about_the_service(saver),
        "session_status": complete_statuses(saver, [session]),
    }


def about_the_service(saver: Saver) -> dict[str, object]:
    """Return the options and the version of the service, as far as it tells them."""
    bos = BosClient(saver)
    found = {"options": saver.ask(bos.options, None), "version": saver.ask(bos.version, None)}
    return {name: document for name, document in found.items() if document is not None}


def complete_statuses(saver: Saver, sessions: Iterable[Session]) -> dict[str, ExtendedStatus]:
    """Return the statuses of the sessions that are complete: those of the others follow from their components.

    Each is asked for on its owner's behalf.
    """
    requests = {}
    for session in sessions:
        name, tenant = as_text(session.get("name")), as_text(session.get("tenant"))
        if name and part(session, "status").get("status") == "complete":
            with suppress(WrongUsage):  # no path can hold such a name
                requests[saved_key(name, tenant)] = status_request(name)._replace(tenant=tenant or None)
    return saver.ask_all(requests, status_in, what="sessions")
