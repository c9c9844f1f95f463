"""A small fleet of nodes with policies of their own, and node management policies that are meant for some of them."""

from __future__ import annotations

from typing import Any

from edge import node, policy


def node_policy(constraints: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a node's own policy as the Exchange has it."""
    return {
        "label": "",
        "description": "",
        "properties": [{"name": name, "value": value} for name, value in properties.items()],
        "constraints": constraints or [],
        "nodePolicyVersion": "v2",
        "lastUpdated": "2026-11-20T12:00:00Z",
    }


ROLE = [{"name": "role", "value": "edge"}]
FLEET: dict[str, Any] = {
    "exchange": {
        "managementpolicies": {
            "harbor/rome": policy(constraints=["site == rome"], properties=ROLE),
            "harbor/shops": policy(constraints=[], patterns=["shop"]),
            "harbor/all": policy(constraints=[], enabled=False),
            "harbor/broken": policy(constraints=["site == rome AND"]),
            "other/rome": policy(constraints=["site == rome"]),
        },
        "nodes": {
            "harbor/rome-1": node("rome-1"),
            "harbor/rome-2": node("rome-2"),
            "harbor/rome-3": {**node("rome-3"), "publicKey": ""},
            "harbor/oslo-1": node("oslo-1"),
            "harbor/shop-1": {**node("shop-1"), "pattern": "harbor/shop"},
            "harbor/bare-1": node("bare-1"),
            "other/rome-1": node("rome-1"),
        },
        "nodePolicies": {
            "harbor/rome-1": node_policy(site="rome"),
            "harbor/rome-2": {
                **node_policy(["never == true"], site="oslo"),
                "management": {"properties": [{"name": "site", "value": "rome"}], "constraints": ["role == edge"]},
            },
            "harbor/rome-3": node_policy(site="rome"),
            "harbor/oslo-1": node_policy(site="oslo"),
            "other/rome-1": node_policy(site="rome"),
        },
    }
}
