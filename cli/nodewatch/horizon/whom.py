"""The nodes' own policies, each asked for once: they decide which nodes a policy is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import NodewatchError
from nodewatch.horizon import meant_rules
from nodewatch.horizon.client import node_policy_in, node_policy_request
from nodewatch.horizon.survey import Survey, raise_if_not_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.app import App
    from nodewatch.backend import Answer, Request
    from nodewatch.horizon.types import Node, NodePolicy, Policy


class OwnPolicies(NamedTuple):
    """The nodes' own policies by `org/node`, None for a node without one.

    `troubled` nodes could not be asked, `unasked` ones were not, because the user interrupted.
    """

    policies: dict[str, NodePolicy | None]
    troubled: dict[str, NodewatchError]
    unasked: list[str]
    interrupted: bool = False


def ask_own_policies(app: App, policies: Mapping[str, Policy | None], nodes: Mapping[str, Node | None]) -> OwnPolicies:
    """Ask those nodes (by `org/node`) for their own policy of which it decides about one of the policies."""
    from nodewatch.gather import gather

    names = [name for name in sorted(nodes) if meant_rules.needs_node_policy(policies.values(), nodes[name] or {})]
    requests = [node_policy_request(*name.split("/", 1)) for name in names]
    gathered = gather(app.backend("exchange"), requests, app.world, what="node policies", quiet=app.settings.quiet)
    found = OwnPolicies({}, {}, [], gathered.interrupted)
    for name, request, result in zip(names, requests, gathered.results, strict=True):
        if result is None:
            found.unasked.append(name)
            continue
        own = policy_or_error(result, request)
        if isinstance(own, NodewatchError):
            found.troubled[name] = own
        else:
            found.policies[name] = own
    return found


def policy_or_error(
    result: Answer | NodewatchError, request: Request[NodePolicy]
) -> NodePolicy | NodewatchError | None:
    """Return the policy that one question brought, None where the node has none, or its error."""
    try:
        return node_policy_in(result, request)
    except NodewatchError as error:
        return error


class MeantNodes(NamedTuple):
    """The nodes (`org/node`, sorted) that each policy (`org/nmp`) is meant for, as far as they could be asked."""

    nodes: dict[str, list[str]]
    asked: Survey

    def raise_trouble(self, app: App) -> None:
        """Raise for what kept this from being whole: an interruption, or nodes that could not be asked."""
        raise_if_not_whole(app, self.asked)


def ask_meant_nodes(app: App, policies: Mapping[str, Policy | None], nodes: Mapping[str, Node | None]) -> MeantNodes:
    """Find out which of the nodes (by `org/node`) each of the policies (by `org/nmp`) is meant for."""
    own = ask_own_policies(app, policies, nodes)
    missing = {*own.troubled, *own.unasked}
    known = {name: node for name, node in nodes.items() if name not in missing}
    asked = Survey({}, sorted(known), own.troubled, own.unasked, own.interrupted)
    return MeantNodes(meant_rules.meant_nodes(policies, known, own.policies), asked)
