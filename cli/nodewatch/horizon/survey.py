"""One question a node, for all nodes: the Exchange has no route that answers for a whole fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.backend import segment
from nodewatch.errors import NodewatchError, ServiceTrouble
from nodewatch.horizon import meant_rules, rules
from nodewatch.horizon.client import status_request, statuses_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.app import App
    from nodewatch.backend import Answer, Request
    from nodewatch.horizon.meant_rules import Standing
    from nodewatch.horizon.types import Node, NodePolicy, Policy, Statuses


class Survey(NamedTuple):
    """What nodes answered when they were asked for their statuses; nodes are `org/node`.

    `silent` nodes have none of what was asked for, `troubled` ones could not be asked, `unasked` ones were not, because
    the user interrupted. `policies` are those that were asked about, `nodes` what the Exchange tells of the nodes,
    `own` those of the nodes' own policies that were asked for.
    """

    statuses: dict[str, Statuses]
    silent: list[str]
    troubled: dict[str, NodewatchError]
    unasked: list[str]
    interrupted: bool = False
    policies: Mapping[str, Policy | None] = {}
    nodes: Mapping[str, Node | None] = {}
    own: Mapping[str, NodePolicy | None] = {}

    def standing(self, nmp: str, node: str) -> Standing:
        """Return where a node stands that has no status of the policy (`org/nmp`)."""
        return meant_rules.standing(
            self.policies.get(nmp), self.nodes.get(node), self.own.get(node), asked=node in self.own
        )

    def without(self, nmp: str) -> list[str]:
        """Return the nodes that answered, but have no status of the policy (`org/nmp`)."""
        return sorted([node for node, statuses in self.statuses.items() if nmp not in statuses] + self.silent)

    @property
    def total(self) -> int:
        """How many nodes there are."""
        return len(self.statuses) + len(self.silent) + len(self.troubled) + len(self.unasked)


def ask_statuses(app: App, org: str, nodes: Mapping[str, Node | None], nmp: str) -> Survey:
    """Ask each node (`org/node`) for its status of a policy, or of all policies for an empty name."""
    from nodewatch.gather import gather

    names = sorted(nodes)
    requests = [status_request(org, name.partition("/")[2], nmp) for name in names]
    gathered = gather(app.backend("exchange"), requests, app.world, quiet=app.quiet)
    found = Survey({}, [], {}, [], gathered.interrupted, nodes=nodes)
    for name, request, result in zip(names, requests, gathered.results, strict=True):
        if result is None:
            found.unasked.append(name)
            continue
        statuses = statuses_or_error(result, request)
        if isinstance(statuses, NodewatchError):
            found.troubled[name] = statuses
            continue
        wanted = rules.only_policy(statuses, f"{org}/{nmp}" if nmp else "")
        if wanted:
            found.statuses[name] = wanted
        else:
            found.silent.append(name)
    return found


def statuses_or_error(result: Answer | NodewatchError, request: Request[Statuses]) -> Statuses | NodewatchError:
    """Return the statuses that one question brought (none where the Exchange says so), or its error."""
    try:
        return statuses_in(result, request)
    except NodewatchError as error:
        return error


def raise_if_not_whole(app: App, found: Survey) -> None:
    """Raise for what kept the survey from being whole: an interruption, or nodes that could not be asked."""
    if found.interrupted:
        app.warn(f"{len(found.unasked):,} of {found.total:,} nodes were not asked.")
        raise KeyboardInterrupt
    if not found.troubled:
        return
    if not found.statuses and not found.silent:
        raise next(iter(found.troubled.values()))
    reasons = [f"  {names}: {why}" for why, names in reasons_of(found).items()]
    failed = f"{len(found.troubled)} of {found.total} nodes could not be asked; the rest is shown."
    raise ServiceTrouble("\n".join([failed, *reasons]))


def reasons_of(found: Survey) -> dict[str, str]:
    """Return why nodes could not be asked, and for each reason the nodes, folded."""
    from nodewatch.nodes.nodeset import fold

    groups: dict[str, list[str]] = {}
    for name, error in found.troubled.items():
        # The same trouble of many nodes is told once: what differs is the node in the sentence.
        org, _, node = name.partition("/")
        why = error.message.replace(f"/nodes/{segment(node)}/", "/nodes/NODE/").replace(name, f"{org}/NODE")
        groups.setdefault(why, []).append(name)
    return {why: fold(names) for why, names in groups.items()}
