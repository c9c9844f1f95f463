"""What the Exchange and the agent on a node say, as their parts of a fleet file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.horizon.client import (
    AgentClient,
    ExchangeClient,
    node_policy_in,
    node_policy_request,
    status_request,
    statuses_in,
)
from nodewatch.offline.saving import EXCHANGE_MASK

if TYPE_CHECKING:
    from nodewatch.documents import Document
    from nodewatch.horizon.types import Node
    from nodewatch.offline.saving import Saver


def exchange_documents(saver: Saver, org: str) -> Document:
    """Return an organization's policies and nodes, the nodes' own policies, and what they say of the policies."""
    source = ExchangeClient(saver)
    policies = saver.ask(lambda: source.policies(org), {})
    nodes = saver.ask(lambda: source.nodes(org), {})
    own = {name: node_policy_request(org, name.partition("/")[2]) for name in nodes}
    requests = {name: status_request(org, name.partition("/")[2], "") for name in nodes}
    return {
        "managementpolicies": policies,
        "nodes": {name: without_user_input(node) for name, node in nodes.items()},
        "nodePolicies": saver.ask_all(own, node_policy_in, what="node policies"),
        "managementStatus": saver.ask_all(requests, statuses_in, what="nodes"),
    }


def agent_documents(saver: Saver) -> Document:
    """Return what the agent on a node says of the policies."""
    return {"nodemanagement": saver.ask(AgentClient(saver).statuses, {})}


def without_user_input(node: Node | None) -> Document | None:
    """Return a node with the values masked that its owner gave to services, and without the services' policies.

    >>> without_user_input({"name": "n", "userInput": [{"inputs": [{"name": "DB", "value": "x"}]}]})
    {'name': 'n', 'userInput': [{'inputs': [{'name': 'DB', 'value': '********'}]}]}
    >>> without_user_input({"registeredServices": [{"url": "s", "policy": "{}"}]})
    {'registeredServices': [{'url': 's'}]}
    """
    if node is None:
        return None
    hidden: dict[str, object] = {**node}
    if "userInput" in hidden:
        hidden["userInput"] = mask_members(hidden["userInput"], "value")
    services = hidden.get("registeredServices")
    if isinstance(services, list):
        hidden["registeredServices"] = [
            {name: value for name, value in service.items() if name != "policy"}
            if isinstance(service, dict)
            else EXCHANGE_MASK
            for service in services
        ]
    return hidden


def mask_members(document: object, name: str) -> object:
    """Return the document with the members of that name masked, wherever they stand."""
    if isinstance(document, dict):
        return {key: EXCHANGE_MASK if key == name else mask_members(value, name) for key, value in document.items()}
    return [mask_members(item, name) for item in document] if isinstance(document, list) else document
