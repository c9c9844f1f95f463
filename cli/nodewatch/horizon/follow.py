"""What is waited for and watched of Horizon: which questions a look asks, and which rules read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import NotFound
from nodewatch.horizon import list_tables, meant_rules, outcome, rules, status_tables, tables
from nodewatch.watch.model import Subject, is_temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from nodewatch.app import App
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Policy, Status, Statuses

ALL_AGAIN = 10  # looks, of which one asks the nodes whose status is final, too
DISABLED_NOTE = "the policy is disabled: nothing will start"


class Awaited(NamedTuple):
    """Who is waited for: nodes that were `named`, a number of nodes (`expect`, as the option says), or all."""

    named: bool = False
    expect: str = ""


class PolicyWatcher:
    """Looks at a policy (`org/nmp`, or nothing for all of them) on the nodes that `ask` asks, again and again.

    `ask` is given the nodes that need not be asked this time. Those are the ones whose status is final; nine looks in
    ten go without them, but none that would be the last.
    """

    def __init__(self, full: str, ask: Callable[[Collection[str]], Survey], wanted: Awaited) -> None:
        self.full, self.ask, self.wanted = full, ask, wanted
        self.known: dict[str, Statuses] = {}
        self.looks = 0
        self.survey: Survey

    def look(self) -> outcome.Look:
        """Ask once; raise `NotFound` if no node has a status at first, and none is to be waited for."""
        final = {node for node, statuses in self.known.items() if all(map(is_final, statuses.values()))}
        skipped = final if self.looks % ALL_AGAIN else set()
        found = self.answers(skipped)
        look = self.look_at(found)
        if skipped and all(map(may_be_last, look.statuses.values())):
            found = self.answers(set())
            look = self.look_at(found)
        if not self.looks and not (look.statuses or look.awaited or look.troubled or look.short):
            raise NotFound(f"no node has a status of {self.full or 'any policy'}{look.note and f', and {look.note}'}.")
        self.looks += 1
        self.survey = found
        self.known.update(found.statuses)
        return look

    def answers(self, skipped: Collection[str]) -> Survey:
        """Return what the nodes answer, with what those answered before that are not asked."""
        found = self.ask(skipped)
        if found.interrupted:
            raise KeyboardInterrupt
        if found.troubled and not found.statuses and not found.silent and not skipped:
            raise next(iter(found.troubled.values()))
        kept = {node: self.known[node] for node in skipped if node in found.nodes}
        return found._replace(statuses={**found.statuses, **kept})

    def look_at(self, found: Survey) -> outcome.Look:
        """Return what the rule of the end needs to know of a survey."""
        reported = [(node, nmp, status) for node in found.statuses for nmp, status in found.statuses[node].items()]
        awaited = [] if self.wanted.expect else self.awaited(found)
        waiting = {node for node, _ in awaited}
        expected = rules.expected_count(self.wanted.expect, sum(map(meant_rules.is_registered, found.nodes.values())))
        return outcome.Look(
            self.full or "all policies",
            "nodes" if self.full else "policies",
            {self.status_name(node, nmp): status for node, nmp, status in reported},
            silent=sum(node not in waiting for node in found.silent),
            awaited=[self.status_name(node, nmp) for node, nmp in awaited],
            troubled={
                self.status_name(node, nmp): is_temporary(error)
                for node, error in found.troubled.items()
                for nmp in self.known.get(node, [self.full])
            },
            kept=[
                self.status_name(node, nmp)
                for node, nmp, status in reported
                if rules.is_outdated(status, found.policies.get(nmp))
            ],
            short=max(0, expected - len(found.statuses) - len(found.troubled)),
            note=DISABLED_NOTE * (not any(map(meant_rules.is_enabled, found.policies.values()))),
        )

    def awaited(self, found: Survey) -> list[tuple[str, str]]:
        """Return the nodes that have no status yet of a policy, each with that policy, and are waited for.

        Of one policy those that were named; else, as long as it is enabled, all that it is meant for, or may be. Of all
        policies those that it is known to be meant for. A status that was seen and is gone does not come back by
        itself: the policy is not meant for the node any more.
        """
        may_come = ("not reported", "not known") if self.full else ("not reported",)
        return [
            (node, nmp)
            for nmp, policy in found.policies.items()
            for node in found.without(nmp)
            if nmp not in self.known.get(node, {})
            and (
                (self.full and self.wanted.named)
                or (meant_rules.is_enabled(policy) and found.standing(nmp, node) in may_come)
            )
        ]

    def status_name(self, node: str, nmp: str) -> str:
        """Return the name that a status of the node has among the others."""
        return node if self.full else f"{node} {nmp}".rstrip()


def is_final(status: Status | None) -> bool:
    """Return whether nothing follows the status by itself; `failed` may still become a rollback."""
    found = rules.meaning(status).outcome
    return found == "successful" or (found == "failed" and rules.status_word(status) != outcome.UNSETTLED)


def may_be_last(status: Status | None) -> bool:
    """Return whether a look may be the last one though it shows this status."""
    return rules.meaning(status).outcome in ("successful", "failed", "unknown")


def follow_policy(
    app: App, full: str, ask: Callable[[Collection[str]], Survey], wanted: Awaited, *, long: bool
) -> Subject[outcome.Look, list_tables.StatusRecord]:
    """Return how to follow a policy (`org/nmp`, or nothing for all of them) on the nodes that `ask` asks."""
    pursuit = PolicyWatcher(full, ask, wanted)

    return Subject(
        look=pursuit.look,
        document=lambda _: rules.by_node(pursuit.survey.statuses, full, long=long),
        table=lambda _: status_tables.nmp_status_page(pursuit.survey, app.clock, long=long, brief=app.brief),
        states=outcome.states,
        outcome=outcome.outcome,
        nodes=lambda _: list_tables.status_records(
            pursuit.survey.statuses, pursuit.survey.nodes, full, pursuit.survey.silent if app.list.has_options else []
        ),
        whole=lambda records: list_tables.records_by_node(records, full, long=long),
        gone_means="left without a status",
    )


class NodeAnswer(NamedTuple):
    """What a node answers: its statuses, and the policies that they belong to, as far as they are known."""

    statuses: Statuses
    policies: Mapping[str, Policy | None] = {}


def follow_node(
    app: App, name: str, ask: Callable[[], NodeAnswer], again: str, awaited: str = "", *, long: bool
) -> Subject[outcome.Look, list_tables.StatusRecord]:
    """Return how to follow the statuses of one node, that `ask` asks for.

    `awaited` is the policy that was named, whose status is waited for; without one `NotFound` is raised if the node has
    no status at first.
    """
    seen: set[str] = set()

    def look() -> outcome.Look:
        statuses, policies = ask()
        if not statuses and not awaited and not seen:
            raise NotFound(f"{name} has no status of a policy.")
        seen.update(statuses)
        missing = not seen
        kept = [nmp for nmp, status in statuses.items() if rules.is_outdated(status, policies.get(nmp))]
        note = f"{awaited} has no status yet" if missing else ""
        return outcome.Look(name, "policies", statuses, kept=kept, short=int(missing), note=note)

    return Subject(
        look=look,
        document=lambda look: rules.whole_statuses(look.statuses) if long else rules.words_of(look.statuses),
        table=lambda look: tables.node_statuses_page(look.statuses, app.clock, long=long, again=again),
        states=outcome.states,
        outcome=outcome.outcome,
        nodes=lambda look: list_tables.status_records({name: look.statuses}, {}, ""),
        whole=lambda records: list_tables.records_by_node(records, "", long=long).get(name, {}),
        gone_means="left without a status",
    )
