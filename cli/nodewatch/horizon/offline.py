"""The Exchange and the agent offline: their routes over the local store, with their documents and errors.

The agent's own words for what it does not know, and the effect of its reset, are those of "Node management status".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.horizon import rules
from nodewatch.offline.routing import Call, Route
from nodewatch.offline.section import Collection, Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

STORED_POLICIES: Collection[Document] = Collection("exchange/managementpolicies")
STORED_NODES: Collection[Document] = Collection("exchange/nodes")
STORED_NODE_POLICIES: Collection[Document] = Collection("exchange/nodePolicies")
STORED_STATUSES: Collection[Document] = Collection("exchange/managementStatus")
STORED_AGENT_STATUSES: Collection[Document] = Collection("agent/nodemanagement")
# By node: of each policy the tries, and the downloads of the last that failed; agents keep them.
STORED_TRIES: Collection[Document] = Collection("life/tries")
EXCHANGE_VERSION = "2.154.0\n"
NO_OBJECT = Answer(400, {"code": "invalid-input", "msg": "the request body was malformed: a JSON object is needed"})
DONE = Answer(201, {"code": "ok", "msg": "updated"})
NOT_FOUND = Answer(404, {"code": "not-found", "msg": "not found"})


def answer_documents(field: str, documents: Mapping[str, object]) -> Answer:
    """Answer as the Exchange does: documents by name, and 404 when there is none."""
    return Answer(200 if documents else 404, {field: documents, "lastIndex": 0})


def named_documents(store: Store, collection: Collection[Document], org: str, name: str | None) -> dict[str, Document]:
    """Return the organization's documents, or the one of that name."""
    if name is None:
        return {key: document for key, document in store.items(collection) if key.startswith(f"{org}/")}
    document = store.get(collection, f"{org}/{name}")
    return {} if document is None else {f"{org}/{name}": document}


def policy_key(call: Call) -> str:
    """Return the name of the policy in the path, with its organization."""
    return f"{call.names['org']}/{call.names['nmp']}"


def node_key(call: Call) -> str:
    """Return the name of the node in the path, with its organization."""
    return f"{call.names['org']}/{call.names['node']}"


def get_version(_store: Store, _call: Call) -> Answer:
    """Answer `GET /admin/version`."""
    return Answer(200, None, EXCHANGE_VERSION)


def get_policies(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/managementpolicies[/{nmp}]`."""
    return answer_documents(
        "managementPolicy", named_documents(store, STORED_POLICIES, call.names["org"], call.names.get("nmp"))
    )


def post_policy(store: Store, call: Call) -> Answer:
    """Answer `POST /orgs/{org}/managementpolicies/{nmp}`; 403 if there is one of that name."""
    from nodewatch.horizon.policy_rules import as_stored

    key, body, now = policy_key(call), call.body, exchange_time(call.now)
    if not isinstance(body, dict):
        return NO_OBJECT
    if store.get(STORED_POLICIES, key) is not None:
        return Answer(403, {"code": "already-exists", "msg": f"management policy '{key}' already exists"})
    store.put(STORED_POLICIES, key, {"owner": "", **as_stored(body), "lastUpdated": now, "created": now})
    return Answer(201, {"code": "ok", "msg": f"management policy '{key}' created"})


def put_policy(store: Store, call: Call) -> Answer:
    """Answer `PUT /orgs/{org}/managementpolicies/{nmp}`: what the Exchange itself sets stays."""
    from nodewatch.horizon.policy_rules import as_stored

    key, body = policy_key(call), call.body
    old = store.get(STORED_POLICIES, key)
    if not isinstance(body, dict):
        return NO_OBJECT
    if old is None:
        return NOT_FOUND
    kept = {name: old[name] for name in ("owner", "created") if name in old}
    store.put(STORED_POLICIES, key, {**kept, **as_stored(body), "lastUpdated": exchange_time(call.now)})
    return DONE


def delete_policy(store: Store, call: Call) -> Answer:
    """Answer `DELETE /orgs/{org}/managementpolicies/{nmp}`: the statuses of the policy go with it."""
    key = policy_key(call)
    if not store.delete(STORED_POLICIES, key):
        return NOT_FOUND
    for node, statuses in list(store.items(STORED_STATUSES)):
        if key in statuses:
            store.put(STORED_STATUSES, node, {name: status for name, status in statuses.items() if name != key})
    return Answer(204)


def get_nodes(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes[/{node}]`."""
    documents = named_documents(store, STORED_NODES, call.names["org"], call.names.get("node"))
    return NOT_FOUND if not documents and "node" in call.names else answer_documents("nodes", documents)


def get_node_policy(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes/{node}/policy`."""
    key = node_key(call)
    found = store.get(STORED_NODE_POLICIES, key)
    if found is None:
        return Answer(404, {"code": "not-found", "msg": f"node policy for node '{key}' not found"})
    return Answer(200, found)


def get_statuses(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes/{node}/managementStatus[/{nmp}]`."""
    statuses = store.get(STORED_STATUSES, node_key(call)) or {}
    return answer_documents(
        "managementStatus", rules.only_policy(statuses, policy_key(call) if "nmp" in call.names else "")
    )


def put_status(store: Store, call: Call) -> Answer:
    """Answer `PUT /orgs/{org}/nodes/{node}/managementStatus/{nmp}`: this policy's status is replaced, others stay."""
    node, body = node_key(call), call.body
    if not isinstance(body, dict):
        return NO_OBJECT
    if store.get(STORED_NODES, node) is None:
        return NOT_FOUND
    upgrade = {**rules.upgrade(body), "lastUpdated": exchange_time(call.now)}
    status = {**body, "agentUpgradePolicyStatus": upgrade}
    store.put(STORED_STATUSES, node, {**(store.get(STORED_STATUSES, node) or {}), policy_key(call): status})
    return DONE


def exchange_time(time: datetime) -> str:
    """Return a time in UTC as the Exchange writes it."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named_agent_statuses(store: Store, call: Call) -> dict[str, Document] | Answer:
    """Return the agent's statuses that the path names, or its answer that there is none of that name."""
    statuses = dict(store.items(STORED_AGENT_STATUSES))
    org, nmp = call.names.get("org"), call.names.get("nmp")
    if nmp is None:
        return statuses
    name = f"{org}/{nmp}" if org else next((key for key in statuses if key.endswith(f"/{nmp}")), "")
    if name not in statuses:
        return Answer(404, {"error": f"The nmp {nmp} cannot be found", "input": "management"})
    return {name: statuses[name]}


def get_agent_statuses(store: Store, call: Call) -> Answer:
    """Answer `GET /nodemanagement/status[[/{org}]/{nmp}]`."""
    found = named_agent_statuses(store, call)
    return found if isinstance(found, Answer) else Answer(200, found)


def reset_agent_statuses(store: Store, call: Call) -> Answer:
    """Answer `PUT /nodemanagement/reset[[/{org}]/{nmp}]`: wait again, forget the last attempt."""
    found = named_agent_statuses(store, call)
    if isinstance(found, Answer):
        return found
    for name, status in found.items():
        store.put(STORED_AGENT_STATUSES, name, rules.re_evaluated(status))
    return Answer(201, f"Updated status for NMP {', '.join(found)}." if found else "No nmp status found")


SECTIONS = (
    Section("exchange.managementpolicies", "map", {}),
    Section("exchange.nodes", "map", {}),
    Section("exchange.nodePolicies", "map", {}),
    Section("exchange.managementStatus", "map", {}),
    Section("agent.nodemanagement", "map", {}),
    Section("life.tries", "map", {}),
)

POLICY_PATH = "/orgs/{org}/managementpolicies/{nmp}"
STATUSES_PATH = "/orgs/{org}/nodes/{node}/managementStatus"
EXCHANGE_ROUTES = [
    Route("GET", f"{STATUSES_PATH}/{{nmp}}", get_statuses),
    Route("GET", STATUSES_PATH, get_statuses),
    Route("PUT", f"{STATUSES_PATH}/{{nmp}}", put_status),
    Route("GET", "/admin/version", get_version),
    Route("GET", "/orgs/{org}/managementpolicies", get_policies),
    Route("GET", POLICY_PATH, get_policies),
    Route("POST", POLICY_PATH, post_policy),
    Route("PUT", POLICY_PATH, put_policy),
    Route("DELETE", POLICY_PATH, delete_policy),
    Route("GET", "/orgs/{org}/nodes", get_nodes),
    Route("GET", "/orgs/{org}/nodes/{node}", get_nodes),
    Route("GET", "/orgs/{org}/nodes/{node}/policy", get_node_policy),
]
AGENT_ROUTES = [
    Route(method, f"/nodemanagement/{doing}{names}", handler)
    for method, doing, handler in (("GET", "status", get_agent_statuses), ("PUT", "reset", reset_agent_statuses))
    for names in ("", "/{nmp}", "/{org}/{nmp}")
]
