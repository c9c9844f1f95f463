"""The Exchange and the agent on a node, typed: each method is one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import (
    ASK_RIGHT,
    REHEARSED,
    Backend,
    Request,
    as_asked,
    ask_array,
    ask_confirmed,
    check_given,
    json_kind,
    segment,
    status_words,
    unconfirmed,
)
from nodewatch.errors import NodewatchError, NotFound, ServiceTrouble, UnreadableAnswer, WrongConfiguration
from nodewatch.horizon import exchange_rules, rules
from nodewatch.nodes.courses import NOT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.arrays import Documents
    from nodewatch.backend import Answer, Asked
    from nodewatch.documents import Document
    from nodewatch.horizon.reset_rules import Target
    from nodewatch.horizon.types import Node, NodePolicy, Policy, Statuses


class ExchangeClient:
    """Questions to the Exchange, over whatever backend. Names are without their organization, which comes first."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def check_version(self) -> None:
        """Raise `WrongConfiguration` if the Exchange is too old, or if what answers is none."""
        try:
            answer = self.backend.send(Request("GET", "/admin/version"))
        except NodewatchError as error:
            if error.status != 404:
                raise
            raise WrongConfiguration(f"{error.message}\nThe URL of an Exchange ends in /v1, usually.") from error
        exchange_rules.check_version(answer.text or str(answer.document or ""))

    def policies(self, org: str, nmp: str = "") -> dict[str, Policy | None]:
        """Return the policies of an organization, or the one of that name, by `org/nmp`; none if there is none."""
        found = ask_for_members(self.backend, policies_request(org, nmp), "managementPolicy")
        if not nmp:
            return found
        key = f"{org}/{nmp}"
        if found and key not in found:  # Exchanges before 2.144.0 answer with any policy when asked for one by name
            found = ask_for_members(self.backend, policies_request(org), "managementPolicy")
        return {name: policy for name, policy in found.items() if name == key}

    def nodes(self, org: str, node: str = "") -> dict[str, Node | None]:
        """Return the nodes of an organization that the caller may see, or the one of that name, by `org/node`.

        Raise `UnreadableAnswer` where one of them has another kind of name: nobody could ask for its status.
        """
        request: Request[dict[str, Node | None]] = Request("GET", node_path(org, node))
        found = ask_for_members(self.backend, request, "nodes")
        for name in found:
            if not all(name.partition("/")):
                raise UnreadableAnswer(f"nodes should be answered as ORG/NODE, but one is {name!r}. Ask again.")
        return found

    def policy_near(self, org: str, nmp: str) -> str:
        """Return the question after the policy whose name is near to one that none has; nothing if none is near."""
        return nearest_member(self.backend, policy_path(org), "managementPolicy", nmp)

    def node_near(self, org: str, node: str) -> str:
        """Return the question after the node whose name is near to one that none has; nothing if none is near."""
        return nearest_member(self.backend, node_path(org, ""), "nodes", node)

    def node_policy(self, org: str, node: str) -> NodePolicy | None:
        """Return a node's own policy, None if it has none."""
        request = node_policy_request(org, node)
        result: Answer | NodewatchError
        try:
            result = self.backend.send(request)
        except NotFound as error:
            result = error
        return node_policy_in(result, request)

    def statuses(self, org: str, node: str) -> Statuses:
        """Return the statuses of all policies on a node, by `org/nmp`; none if it has none."""
        return ask_for_members(self.backend, status_request(org, node, ""), "managementStatus")

    def recording(self, nmp: str = "") -> Documents[Mapping[str, str]]:
        """Return what `local record` has kept, the oldest first: all changes of statuses, or those of one `org/nmp`.

        Raise `NotFound` where there is no recording: no Exchange keeps one.
        """
        try:
            return ask_array(self.backend, Request("GET", "/recording", {"nmp": nmp or None}))
        except NotFound as error:
            raise NotFound(NOT_RECORDED) from error

    def post_policy(self, org: str, nmp: str, policy: Document) -> Answer:
        """Make a policy that is not there yet; raise an error of status 403 if it is, or may not be made."""
        check_given(org=org, nmp=nmp)
        return ask_confirmed(self.backend, Request("POST", policy_path(org, nmp), body=policy, done=(201,)))

    def put_policy(self, org: str, nmp: str, policy: Document) -> Answer:
        """Replace a policy that is there; raise `NotFound` if it is not."""
        check_given(org=org, nmp=nmp)
        return ask_confirmed(self.backend, Request("PUT", policy_path(org, nmp), body=policy, retry=True, done=(201,)))

    def delete_policy(self, org: str, nmp: str) -> Answer:
        """Remove a policy, and with it the statuses that nodes have of it; raise `NotFound` if it is not there.

        Raise `WrongUsage` for a name that would remove others, too.
        """
        check_given(org=org, nmp=nmp)
        rules.check_removable(f"{org}/{nmp}")
        return ask_confirmed(self.backend, Request("DELETE", policy_path(org, nmp), done=(204,)))


class Manifests:
    """Questions to the model management service (CSS), which keeps the manifests of upgrades."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def has(self, org: str, manifest: str) -> bool:
        """Return whether the organization has an upgrade manifest of that name."""
        wanted = {"filters": "true", "objectID": manifest, "objectType": "agent_upgrade_manifests"}
        try:
            return bool(self.backend.send(Request("GET", f"/api/v1/objects/{segment(org)}", wanted)).document)
        except NotFound:
            return False


class AgentClient:
    """Questions to the agent on a node, over whatever backend. Names may be `nmp` or `org/nmp`."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def statuses(self, nmp: str = "") -> Statuses:
        """Return the statuses by `org/nmp`; raise `NotFound` for an unknown policy or on an unregistered node.

        `ServiceTrouble` of status 404 is raised if it is not the agent that says so.
        """
        request: Request[Statuses] = Request("GET", agent_path("status", nmp))
        try:
            answer = self.backend.send(request)
            return objects_by_name(answer.text or answer.document, request)
        except NotFound as error:
            if isinstance(error.document, dict) and "error" in error.document:
                raise
            raise ServiceTrouble(
                f"GET {request.path} was answered 404, but not in the words of an agent: it may be too old to know "
                "node management policies, or something else answers at the address in HORIZON_URL.",
                status=404,
                document=error.document,
            ) from error

    def reset(self, nmp: str | None = None) -> Answer:
        """Have the policy of that name, or all of them, evaluated again; raise `WrongUsage` for an empty name."""
        check_given(nmp=nmp)
        request = Request("PUT", agent_path("reset", nmp or ""), body=None, done=(200, 201))
        answer = ask_confirmed(self.backend, request)
        said = answer.text or answer.document
        sentence = isinstance(said, str) and not said.startswith("<")  # in which an agent says what it did
        if answer.status == 200 and not sentence and said is not REHEARSED:
            raise unconfirmed(request, status_words(200))
        return answer


def policy_path(org: str, nmp: str = "") -> str:
    """Return the path of a policy, or of all policies of an organization.

    >>> policy_path("o", "a b"), policy_path("o")
    ('/orgs/o/managementpolicies/a%20b', '/orgs/o/managementpolicies')
    """
    return f"/orgs/{segment(org)}/managementpolicies" + (nmp and f"/{segment(nmp)}")


def node_path(org: str, node: str) -> str:
    """Return the path of a node, or of all nodes of an organization.

    >>> node_path("o", "a b"), node_path("o", "")
    ('/orgs/o/nodes/a%20b', '/orgs/o/nodes')
    """
    return f"/orgs/{segment(org)}/nodes" + (node and f"/{segment(node)}")


def status_request(org: str, node: str, nmp: str) -> Request[Statuses]:
    """Return the question for the status of a policy on a node, or of all policies; `statuses_in` reads its answer."""
    return Request("GET", f"{node_path(org, node)}/managementStatus" + (nmp and f"/{segment(nmp)}"))


def reset_request(target: Target) -> Request[Statuses]:
    """Return the change that sets the status to `reset`; all else in it stays as it was seen."""
    (org, _, node), (_, _, nmp) = target.node.partition("/"), target.nmp.partition("/")
    body = rules.with_word(target.status, "reset")
    return status_request(org, node, nmp)._replace(method="PUT", body=body, retry=True, done=(201,))


def statuses_in(result: Answer | NodewatchError, request: Request[Statuses]) -> Statuses:
    """Return the statuses in what a `status_request` brought; none where the Exchange answered that there are none."""
    return members_or_nothing(result, request, "managementStatus")


def node_policy_request(org: str, node: str) -> Request[NodePolicy]:
    """Return the question for a node's own policy; `node_policy_in` reads its answer."""
    return Request("GET", f"{node_path(org, node)}/policy")


def node_policy_in(result: Answer | NodewatchError, request: Request[NodePolicy]) -> NodePolicy | None:
    """Return the policy in what a `node_policy_request` brought; None where the Exchange says that there is none."""
    if isinstance(result, NodewatchError):
        check_nothing(result, request.path, "")
        return None
    if not isinstance(result.document, dict):
        raise UnreadableAnswer(
            f"GET {request.path} should answer an object, but it answered {json_kind(result.document)}."
        )
    return as_asked(result.document, request)


def agent_path(doing: str, nmp: str) -> str:
    """Return the agent's path for a policy, whose organization is a segment of its own.

    >>> agent_path("reset", "org/a b"), agent_path("status", "")
    ('/nodemanagement/reset/org/a%20b', '/nodemanagement/status')
    """
    return "/".join(["/nodemanagement", doing, *map(segment, nmp.split("/") if nmp else ())])


def policies_request(org: str, nmp: str = "") -> Request[dict[str, Policy | None]]:
    """Return the question for the policies of an organization, or for the one of that name."""
    return Request("GET", policy_path(org, nmp))


def ask_for_members(backend: Backend, request: Request[Asked], field: str) -> Asked:
    """Return what the Exchange holds in the field, by name; nothing where it answers that there is nothing."""
    result: Answer | NodewatchError
    try:
        result = backend.send(request)
    except NotFound as error:
        result = error
    return members_or_nothing(result, request, field)


def nearest_member(backend: Backend, path: str, field: str, name: str) -> str:
    """Return the question after the name in the field that is nearest to a wrong one; a server is asked aside only."""
    from nodewatch.spelling import nearest

    request: Request[dict[str, object]] = Request("GET", path, aside=True)
    try:
        found = members_in(backend.send(request), request, field)
    except NodewatchError:
        return ""
    return nearest(name, (full.partition("/")[2] for full in found))


def members_or_nothing(result: Answer | NodewatchError, request: Request[Asked], field: str) -> Asked:
    """Return the field of the answer, nothing where the Exchange itself says that there is nothing; raise the error."""
    if not isinstance(result, NodewatchError):
        return members_in(result, request, field)
    check_nothing(result, request.path, field)
    return as_asked({}, request)


def check_nothing(error: NodewatchError, path: str, field: str) -> None:
    """Raise the error, unless it is the Exchange's own word that it holds nothing there; say so of another 404."""
    if not isinstance(error, NotFound):
        raise error
    if not says_nothing(error.document, field):
        raise ServiceTrouble(
            f"GET {path} was answered 404, but not in the words of an Exchange: what it holds there is not known. "
            "Is there a proxy in between, and does the URL of the Exchange end in /v1?",
            status=404,
            document=error.document,
        )


def says_nothing(said: object, field: str) -> bool:
    """Return whether the body of a 404 is the Exchange's own word that it holds nothing there.

    That is the field, empty, or the code `not-found`; not the page of a proxy, and not that the question is unknown.

    >>> own = [{"nodes": {}, "lastIndex": 0}, {"code": "not-found", "msg": "not found"}]
    >>> others = [{"code": "not-found", "msg": "unrecognized route"}, "<html>", {}, {"nodes": {"o/n": {}}}, None]
    >>> [says_nothing(said, "nodes") for said in own + others]
    [True, True, False, False, False, False, False]
    """
    if not isinstance(said, dict):
        return False
    return said.get(field) == {} or (said.get("code") == "not-found" and said.get("msg") != "unrecognized route")


def members_in(answer: Answer, request: Request[Asked], field: str) -> Asked:
    """Return an answer's field; raise `UnreadableAnswer` without one: an Exchange that has nothing there says 404."""
    document = answer.document
    if not isinstance(document, dict) or field not in document:
        found = f"an object without {field}" if isinstance(document, dict) else json_kind(document)
        raise UnreadableAnswer(
            f"GET {request.path} should answer {field} by name, but it answered {found}. {ASK_RIGHT}"
        )
    return objects_by_name(document[field], request)


def objects_by_name(document: object, request: Request[Asked]) -> Asked:
    """Return the object that maps names to documents (or to null); raise `UnreadableAnswer` if it is none."""
    found = {} if document is None else document
    if not isinstance(found, dict) or not all(isinstance(entry, dict | None) for entry in found.values()):
        raise UnreadableAnswer(
            f"GET {request.path} should answer objects by name, but it answered {json_kind(document)}."
        )
    return as_asked(found, request)
