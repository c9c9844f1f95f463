"""The Exchange and the agent offline: their routes over the local store, with their documents and errors.

The agent's own words for what it does not know, and the effect of its reset, are those of "Node management status".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.backend import Answer
from nodewatch.horizon import rules
from nodewatch.offline.routing import Call, Route
from nodewatch.offline.section import Section

if TYPE_CHECKING:
    from nodewatch.offline.store import Store

POLICIES = "exchange/managementpolicies"
NODES = "exchange/nodes"
NODE_POLICIES = "exchange/nodePolicies"
STATUSES = "exchange/managementStatus"
AGENT = "agent/nodemanagement"
TRIES = "life/tries"  # by node: of each policy the tries, and the downloads of the last that failed; agents keep them
VERSION = "2.154.0\n"
NO_OBJECT = Answer(400, {"code": "invalid-input", "msg": "the request body was malformed: a JSON object is needed"})
DONE = Answer(201, {"code": "ok", "msg": "updated"})
NOT_FOUND = Answer(404, {"code": "not-found", "msg": "not found"})


def answer_documents(field: str, documents: dict[str, Any]) -> Answer:
    """Answer as the Exchange does: documents by name, and 404 when there is none."""
    return Answer(200 if documents else 404, {field: documents, "lastIndex": 0})


def named_documents(store: Store, collection: str, org: str, name: str | None) -> dict[str, Any]:
    """Return the organization's documents, or the one of that name."""
    if name is None:
        return {key: document for key, document in store.items(collection) if key.startswith(f"{org}/")}
    document = store.get(collection, f"{org}/{name}")
    return {} if document is None else {f"{org}/{name}": document}


def malformed(call: Call) -> bool:
    """Tell whether what was sent is no JSON object."""
    return not isinstance(call.body, dict)


def version(_store: Store, _call: Call) -> Answer:
    """Answer `GET /admin/version`."""
    return Answer(200, None, VERSION)


def policies(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/managementpolicies[/{nmp}]`."""
    return answer_documents(
        "managementPolicy", named_documents(store, POLICIES, call.names["org"], call.names.get("nmp"))
    )


def post_policy(store: Store, call: Call) -> Answer:
    """Answer `POST /orgs/{org}/managementpolicies/{nmp}`; 403 if there is one of that name."""
    from nodewatch.horizon.policy_rules import as_stored

    key = f"{call.names['org']}/{call.names['nmp']}"
    if malformed(call):
        return NO_OBJECT
    if store.get(POLICIES, key) is not None:
        return Answer(403, {"code": "already-exists", "msg": f"management policy '{key}' already exists"})
    document = as_stored(call.body)
    store.put(
        POLICIES, key, {"owner": "", **document, "lastUpdated": exchange_time(call), "created": exchange_time(call)}
    )
    return Answer(201, {"code": "ok", "msg": f"management policy '{key}' created"})


def put_policy(store: Store, call: Call) -> Answer:
    """Answer `PUT /orgs/{org}/managementpolicies/{nmp}`: what the Exchange itself sets stays."""
    from nodewatch.horizon.policy_rules import as_stored

    key = f"{call.names['org']}/{call.names['nmp']}"
    old = store.get(POLICIES, key)
    if malformed(call):
        return NO_OBJECT
    if old is None:
        return NOT_FOUND
    own = {name: old[name] for name in ("owner", "created") if name in old}
    store.put(POLICIES, key, {**own, **as_stored(call.body), "lastUpdated": exchange_time(call)})
    return DONE


def delete_policy(store: Store, call: Call) -> Answer:
    """Answer `DELETE /orgs/{org}/managementpolicies/{nmp}`: the statuses of the policy go with it."""
    key = f"{call.names['org']}/{call.names['nmp']}"
    if not store.delete(POLICIES, key):
        return NOT_FOUND
    for node, statuses in list(store.items(STATUSES)):
        if key in statuses:
            store.put(STATUSES, node, {name: status for name, status in statuses.items() if name != key})
    return Answer(204)


def nodes(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes[/{node}]`."""
    documents = named_documents(store, NODES, call.names["org"], call.names.get("node"))
    return NOT_FOUND if not documents and "node" in call.names else answer_documents("nodes", documents)


def node_policy(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes/{node}/policy`."""
    key = f"{call.names['org']}/{call.names['node']}"
    found = store.get(NODE_POLICIES, key)
    if found is None:
        return Answer(404, {"code": "not-found", "msg": f"node policy for node '{key}' not found"})
    return Answer(200, found)


def statuses(store: Store, call: Call) -> Answer:
    """Answer `GET /orgs/{org}/nodes/{node}/managementStatus[/{nmp}]`."""
    held = store.get(STATUSES, f"{call.names['org']}/{call.names['node']}") or {}
    name = f"{call.names['org']}/{call.names['nmp']}" if "nmp" in call.names else ""
    return answer_documents("managementStatus", rules.only_policy(held, name))


def put_status(store: Store, call: Call) -> Answer:
    """Answer `PUT /orgs/{org}/nodes/{node}/managementStatus/{nmp}`: this policy's status is replaced, others stay."""
    node, name = f"{call.names['org']}/{call.names['node']}", f"{call.names['org']}/{call.names['nmp']}"
    if malformed(call):
        return NO_OBJECT
    if store.get(NODES, node) is None:
        return NOT_FOUND
    upgrade = {**rules.upgrade(call.body), "lastUpdated": exchange_time(call)}
    status = {**call.body, "agentUpgradePolicyStatus": upgrade}
    store.put(STATUSES, node, {**(store.get(STATUSES, node) or {}), name: status})
    return DONE


def exchange_time(call: Call) -> str:
    """Return the time as the Exchange writes it."""
    return call.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def agent_documents(store: Store, call: Call) -> dict[str, Any] | Answer:
    """Return the agent's statuses that the path names, or its answer that there is none of that name."""
    held = dict(store.items(AGENT))
    org, nmp = call.names.get("org"), call.names.get("nmp")
    if nmp is None:
        return held
    name = f"{org}/{nmp}" if org else next((key for key in held if key.endswith(f"/{nmp}")), "")
    if name not in held:
        return Answer(404, {"error": f"The nmp {nmp} cannot be found", "input": "management"})
    return {name: held[name]}


def agent_statuses(store: Store, call: Call) -> Answer:
    """Answer `GET /nodemanagement/status[[/{org}]/{nmp}]`."""
    named = agent_documents(store, call)
    return named if isinstance(named, Answer) else Answer(200, named)


def agent_reset(store: Store, call: Call) -> Answer:
    """Answer `PUT /nodemanagement/reset[[/{org}]/{nmp}]`: wait again, forget the last attempt."""
    named = agent_documents(store, call)
    if isinstance(named, Answer):
        return named
    for name, status in named.items():
        store.put(AGENT, name, rules.re_evaluated(status))
    return Answer(201, f"Updated status for NMP {', '.join(named)}." if named else "No nmp status found")


SECTIONS = (
    Section("exchange.managementpolicies", "map", {}),
    Section("exchange.nodes", "map", {}),
    Section("exchange.nodePolicies", "map", {}),
    Section("exchange.managementStatus", "map", {}),
    Section("agent.nodemanagement", "map", {}),
    Section("life.tries", "map", {}),
)

POLICY = "/orgs/{org}/managementpolicies/{nmp}"
STATUS = "/orgs/{org}/nodes/{node}/managementStatus"
EXCHANGE_ROUTES = [
    Route("GET", f"{STATUS}/{{nmp}}", statuses),
    Route("GET", STATUS, statuses),
    Route("PUT", f"{STATUS}/{{nmp}}", put_status),
    Route("GET", "/admin/version", version),
    Route("GET", "/orgs/{org}/managementpolicies", policies),
    Route("GET", POLICY, policies),
    Route("POST", POLICY, post_policy),
    Route("PUT", POLICY, put_policy),
    Route("DELETE", POLICY, delete_policy),
    Route("GET", "/orgs/{org}/nodes", nodes),
    Route("GET", "/orgs/{org}/nodes/{node}", nodes),
    Route("GET", "/orgs/{org}/nodes/{node}/policy", node_policy),
]
AGENT_ROUTES = [
    Route(method, f"/nodemanagement/{doing}{names}", handler)
    for method, doing, handler in (("GET", "status", agent_statuses), ("PUT", "reset", agent_reset))
    for names in ("", "/{nmp}", "/{org}/{nmp}")
]
