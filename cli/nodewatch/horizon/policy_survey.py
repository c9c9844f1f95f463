"""The question how far a policy is: which nodes are asked, and for their own policies where they have no status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.errors import NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.choosing import ask_named_nodes, ask_typed_nodes
from nodewatch.horizon.shared import exchange_client
from nodewatch.horizon.survey import ask_statuses
from nodewatch.horizon.whom import ask_own_policies

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nodewatch.app import App
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import NodePolicy


class PolicyQuestion:
    """Asks how far a policy is, again and again: on all nodes, or on those that were typed.

    `match` tells that a node without a status is asked for its own policy, which decides whether this one is meant for
    it; that is asked for once.
    """

    def __init__(self, app: App, nmp: str, node_names: Sequence[str] = (), *, match: bool = True) -> None:
        self.app, self.nmp, self.node_names, self.match = app, nmp, node_names, match
        self.own: dict[str, NodePolicy | None] = {}

    def ask(self, skipped: Collection[str] = ()) -> Survey:
        """Return what the nodes answer, but for those that are skipped; where none is, all of it is asked anew.

        Raise `NotFound` if there is no such policy, or no such node.
        """
        found = self.ask_nodes(skipped)
        if not skipped:
            self.own.clear()
        return self.with_own_policies(found) if self.match else found

    def ask_nodes(self, skipped: Collection[str]) -> Survey:
        """Return the statuses of the nodes, with the policies and all the nodes."""
        client = exchange_client(self.app)
        org, name = rules.qualified(self.nmp, self.app.settings.org)
        policies = client.policies(org, name)
        if not policies:
            raise NotFound(f"NMP {name or self.nmp} not found in org {org}{client.policy_near(org, name)}")
        nodes = ask_typed_nodes(client, org, self.node_names)
        asked = {node: document for node, document in nodes.items() if node not in skipped}
        return ask_statuses(self.app, org, asked, name)._replace(policies=policies, nodes=nodes)

    def with_own_policies(self, found: Survey) -> Survey:
        """Return the survey with the own policies of those nodes that lack a status, as far as they decide.

        A node that could not be asked is among the troubled.
        """
        lacking = {node for nmp in found.policies for node in found.without(nmp)} - self.own.keys()
        if found.interrupted or not lacking:
            return found._replace(own=self.own)
        asked = ask_own_policies(self.app, found.policies, {node: found.nodes.get(node) for node in lacking})
        self.own.update(asked.policies)
        return found._replace(
            own=self.own,
            silent=[node for node in found.silent if node not in asked.troubled],
            statuses={node: statuses for node, statuses in found.statuses.items() if node not in asked.troubled},
            troubled={**found.troubled, **asked.troubled},
            interrupted=asked.interrupted,
        )


def ask_for_reset(app: App, org: str, name: str, only: str | None) -> Survey:
    """Return what nodes answer about a policy, all of them or those that are named; raise `NotFound` for unknown ones.

    Raise `KeyboardInterrupt` if the user does not want to wait: then nothing is reset.
    """
    client = exchange_client(app)
    policies = client.policies(org, name)
    if not policies:
        raise NotFound(f"NMP {name} not found in org {org}{client.policy_near(org, name)}")
    if only is None:
        nodes = client.nodes(org)
    else:
        _, nodes = ask_named_nodes(app, client, only, org)
    found = ask_statuses(app, org, nodes, name)._replace(policies=policies)
    if found.interrupted:
        raise KeyboardInterrupt
    return found
