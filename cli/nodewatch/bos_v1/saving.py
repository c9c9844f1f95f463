"""What BOS v1 says, as its part of a fleet file: sessions with all that is known of their status."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from nodewatch.backend import Request, object_in
from nodewatch.bos_v1.client import BosV1Client, status_path, template_path
from nodewatch.bos_v1.rules import template_name
from nodewatch.documents import names_in, part
from nodewatch.errors import WrongUsage
from nodewatch.offline.saving import OnBehalf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.backend import Answer, Asked
    from nodewatch.offline.saving import Saver


def all_documents(saver: Saver) -> dict[str, object]:
    """Return all sessions of BOS v1; none where there is no BOS v1 (any more)."""
    return save_sessions(saver, saver.ask(BosV1Client(OnBehalf(saver, "")).sessions, []))


def save_sessions(saver: Saver, names: Iterable[str]) -> dict[str, object]:
    """Return the sessions of these ids.

    Which boot sets a session has is in its status, or else in the template that it was made from.
    """
    known = dict.fromkeys(names)
    described = ask_each(saver, {name: (name,) for name in known}, "sessions")
    statuses = ask_each(saver, {name: (name, "") for name in known}, "sessions")
    made_from = {name: template_name(session) or "" for name, session in described.items()}
    used = {template for template in made_from.values() if template}
    found = save_templates(saver, used)
    parts = {
        f"{name}/{boot_set}": (name, boot_set)
        for name in known
        for boot_set in names_in(part({"": statuses.get(name)}, "").get("boot_sets"))
        or part(found.get(made_from.get(name, "")), "boot_sets")
    }
    boot_sets: dict[str, dict[str, object]] = {}
    for key, boot_set in ask_each(saver, parts, "boot sets").items():
        session, name = parts[key]
        boot_sets.setdefault(session, {})[name] = boot_set
    return {"session": described, "status": statuses, "boot_sets": boot_sets}


def save_templates(saver: Saver, names: Iterable[str]) -> dict[str, object]:
    """Return the session templates of these names."""
    requests = {name: Request("GET", template_path(name), tenant="") for name in names}
    return saver.ask_all(requests, answered_object, what="templates")


def service_documents(saver: Saver) -> dict[str, object]:
    """Return what else a BOS that has no v2 tells: its templates and its version, as the fleet file's part of v2."""
    bos = BosV1Client(OnBehalf(saver, ""))
    version = saver.ask(bos.version, None)
    return {"sessiontemplates": saver.ask(bos.templates, []), **({} if version is None else {"version": version})}


def answered_object(answer: Answer, request: Request[Asked]) -> Asked:
    """Return the object that was answered."""
    return object_in(answer.document, request)


def ask_each(saver: Saver, names: Mapping[str, tuple[str, ...]], what: str) -> dict[str, dict[str, object]]:
    """Return what the server has at the paths of these names; v1 is asked on no tenant's behalf, which it refuses."""
    requests = {}
    for key, parts in names.items():
        with suppress(WrongUsage):  # no path can hold such a name
            requests[key] = Request("GET", status_path(*parts), tenant="")
    return saver.ask_all(requests, answered_object, what=what)
