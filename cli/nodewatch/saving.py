"""What the live systems say, as a fleet: questions only, many at once, and nothing of it a credential.

The questions are those of the BOS v2, BOS v1, Exchange and agent APIs; each part of the fleet is what they answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.backend import Request, array, named, segment
from nodewatch.errors import NodewatchError, NotFound, UnreadableAnswer
from nodewatch.gather import gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.backend import Backend
    from nodewatch.world import World

MASK = "********"  # what the Exchange itself shows in place of a node's token


def without_token(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node's document with its credentials masked, if there are any.

    >>> without_token({"name": "n", "token": "x"}), without_token({"name": "n"})
    ({'name': 'n', 'token': '********'}, {'name': 'n'})
    """
    return {**node, "token": MASK} if node.get("token") else node


def boot_sets_in(document: Any) -> list[str]:
    """Return the names of the boot sets in a status or a template of BOS v1, as far as there are any.

    >>> boot_sets_in({"boot_sets": ["a"]}), boot_sets_in({"boot_sets": {"b": {}}}), boot_sets_in({}), boot_sets_in(None)
    (['a'], ['b'], [], [])
    """
    return [str(name) for name in (document or {}).get("boot_sets") or []]


def template_of(session: dict[str, Any]) -> str:
    """Return the name of the template that a session of BOS v1 was made from, which has two names; empty for none."""
    return str(session.get("templateName") or session.get("templateUuid") or "")


class Trouble(NamedTuple):
    """What could not be asked, and why."""

    what: str
    why: NodewatchError


class Saver:
    """Asks the live systems; `troubles` holds what of many alike could not be asked."""

    def __init__(self, world: World, *, quiet: bool) -> None:
        self.world, self.quiet = world, quiet
        self.troubles: list[Trouble] = []

    def ask(self, backend: Backend, paths: Mapping[str, str], what: str) -> dict[str, Any]:
        """Return the objects at the paths, by the names given; one that does not exist (any more) is left out.

        Raise `KeyboardInterrupt` if the user does not want to wait: half of a fleet is none.
        """
        requests = [Request("GET", path) for path in paths.values()]
        gathered = gather(backend, requests, self.world, what=what, quiet=self.quiet)
        if gathered.interrupted:
            raise KeyboardInterrupt
        found = {}
        for (name, path), result in zip(paths.items(), gathered.results, strict=True):
            if isinstance(result, NotFound) or result is None:
                continue
            if isinstance(result, NodewatchError):
                self.troubles.append(Trouble(name, result))
            elif not isinstance(result.document, dict):
                self.troubles.append(Trouble(name, UnreadableAnswer(f"GET {path} answered no object.")))
            else:
                found[name] = result.document
        return found

    def bos_v2(self, backend: Backend) -> dict[str, Any]:
        """Return all of BOS v2; sessions that are complete with the status that they ended with."""
        sessions = array(backend, Request("GET", "/v2/sessions"))
        return {
            "sessions": sessions,
            "components": array(backend, Request("GET", "/v2/components")),
            "sessiontemplates": array(backend, Request("GET", "/v2/sessiontemplates")),
            "options": named(backend, Request("GET", "/v2/options")),
            "version": named(backend, Request("GET", "/v2/version")),
            "session_status": self.session_statuses(backend, sessions),
        }

    def session_statuses(self, backend: Backend, sessions: Iterable[Any]) -> dict[str, Any]:
        """Return the statuses of the sessions that are complete: those of the others follow from their components."""
        complete = [each["name"] for each in sessions if (each.get("status") or {}).get("status") == "complete"]
        return self.ask(backend, {name: f"/v2/sessions/{segment(name)}/status" for name in complete}, "sessions")

    def bos_v2_session(self, backend: Backend, name: str) -> dict[str, Any]:
        """Return one session of BOS v2, with its components and its template; raise `NotFound` if there is none."""
        session = named(backend, Request("GET", f"/v2/sessions/{segment(name)}"), "name", name)
        components = {
            component["id"]: component
            for field in ("session", "staged_session")
            for component in array(backend, Request("GET", "/v2/components", {field: name}))
        }
        template = str(session.get("template_name") or "")
        path = {template: f"/v2/sessiontemplates/{segment(template)}"} if template else {}
        return {
            "sessions": [session],
            "components": [components[key] for key in sorted(components)],
            "sessiontemplates": list(self.ask(backend, path, "templates").values()),
            "session_status": self.session_statuses(backend, [session]),
        }

    def bos_v1(self, backend: Backend, names: Iterable[str]) -> dict[str, Any]:
        """Return sessions of BOS v1, with all that is known of their status.

        Which boot sets a session has is in its status, or else in the template that it was made from.
        """
        paths = {name: f"/v1/session/{segment(name)}" for name in names}
        sessions = self.ask(backend, paths, "sessions")
        statuses = self.ask(backend, {name: f"{path}/status" for name, path in paths.items()}, "sessions")
        made_from = {name: template_of(session) for name, session in sessions.items()}
        used = {template for name, template in made_from.items() if template and not boot_sets_in(statuses.get(name))}
        templates = self.ask(backend, {name: f"/v1/sessiontemplate/{segment(name)}" for name in used}, "templates")
        parts = [
            (name, part)
            for name in paths
            for part in boot_sets_in(statuses.get(name)) or boot_sets_in(templates.get(made_from.get(name, "")))
        ]
        asked = {f"{name}/{part}": f"{paths[name]}/status/{segment(part)}" for name, part in parts}
        found = self.ask(backend, asked, "boot sets")
        boot_sets: dict[str, dict[str, Any]] = {}
        for name, part in parts:
            if f"{name}/{part}" in found:
                boot_sets.setdefault(name, {})[part] = found[f"{name}/{part}"]
        return {"session": sessions, "status": statuses, "boot_sets": boot_sets}

    def bos_v1_names(self, backend: Backend) -> list[str]:
        """Return the ids of all sessions of BOS v1; none where there is no BOS v1 (any more)."""
        try:
            return list(array(backend, Request("GET", "/v1/session", retry=False), str))
        except NotFound:
            return []

    def exchange(self, backend: Backend, org: str) -> dict[str, Any]:
        """Return an organization's policies and nodes, the nodes' own policies, and what they say of the policies."""
        root = f"/orgs/{segment(org)}"
        nodes = self.ask(backend, {"nodes": f"{root}/nodes"}, "nodes").get("nodes", {}).get("nodes") or {}
        policies = self.ask(backend, {"policies": f"{root}/managementpolicies"}, "policies").get("policies", {})
        paths = {name: f"{root}/nodes/{segment(name.partition('/')[2])}" for name in nodes}
        statuses = self.ask(backend, {name: f"{path}/managementStatus" for name, path in paths.items()}, "nodes")
        return {
            "managementpolicies": policies.get("managementPolicy") or {},
            "nodes": {name: without_token(node) for name, node in nodes.items()},
            "nodePolicies": self.ask(
                backend, {name: f"{path}/policy" for name, path in paths.items()}, "node policies"
            ),
            "managementStatus": {name: answer.get("managementStatus") or {} for name, answer in statuses.items()},
        }

    def agent(self, backend: Backend) -> dict[str, Any]:
        """Return what the agent on a node says of the policies."""
        try:
            return {"nodemanagement": named(backend, Request("GET", "/nodemanagement/status"))}
        except NotFound:
            return {}
