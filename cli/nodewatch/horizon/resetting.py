"""Statuses are reset: many at once, each read again before it is written, and left alone if it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.backend import Answer, Request, ask_confirmed
from nodewatch.documents import as_text
from nodewatch.errors import NodewatchError, NotAllSucceeded, NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.client import reset_request, statuses_in
from nodewatch.horizon.reset_rules import Result, Target, group_by_words, without_node_name
from nodewatch.horizon.survey import reasons_of
from nodewatch.nodes.nodeset import fold
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.app import App
    from nodewatch.backend import Backend
    from nodewatch.horizon.survey import Survey

MOST_GROUPS_ASKED = 10  # of statuses and errors that the question shows


class ChangedSince(NamedTuple):
    """What the careful backend answers instead of writing: the word that the status has by now."""

    word: str


class CheckedWrites:
    """A backend that writes a status only if the server still has it as it was seen; else it answers `ChangedSince`.

    `begun` holds the paths of those that were written, whatever came of it.
    """

    def __init__(self, backend: Backend, seen: Mapping[str, Target]) -> None:
        self.backend, self.seen = backend, seen
        self.begun: set[str] = set()

    @property
    def limit(self) -> int:
        """How many requests may be sent at once."""
        return self.backend.limit

    def send(self, request: Request[object]) -> Answer:
        """Read the status that the request is to replace, and send the request if it is what was seen."""
        target, question = self.seen[request.path], Request("GET", request.path)
        result: Answer | NodewatchError
        try:
            result = self.backend.send(question)
        except NotFound as error:
            result = error
        now = statuses_in(result, question)
        if target.nmp not in now or now[target.nmp] != target.status:
            return Answer(200, ChangedSince(as_text(rules.status_word(now.get(target.nmp))) or "(no status)"))
        self.begun.add(request.path)
        return ask_confirmed(self.backend, request)


class ResetResults(NamedTuple):
    """What became of all targets; `interrupted` tells that the user did not want to wait for the rest."""

    results: list[Result]
    interrupted: bool = False

    @property
    def reset(self) -> list[Target]:
        """Those that are reset now."""
        return [result.target for result in self.results if result.is_reset]


def reset(app: App, wanted: Sequence[Target]) -> ResetResults:
    """Reset the statuses, as many at a time as nodes are asked; an interruption leaves the rest as it is."""
    from nodewatch.gather import gather

    requests = [reset_request(target) for target in wanted]
    seen = {request.path: target for request, target in zip(requests, wanted, strict=True)}
    careful = CheckedWrites(app.backend("exchange"), seen)
    gathered = gather(careful, requests, app.world, what="resets", quiet=app.quiet)
    results = []
    for request, target, result in zip(requests, wanted, gathered.results, strict=True):
        if result is None:
            results.append(Result(target, begun=request.path in careful.begun))
        elif isinstance(result, NodewatchError):
            results.append(Result(target, error=result))
        elif isinstance(result.document, ChangedSince):
            results.append(Result(target, now=result.document.word))
        else:
            results.append(Result(target, is_reset=True))
    return ResetResults(results, gathered.interrupted)


def ask_to_reset_targets(app: App, wanted: Sequence[Target], what: str, *, yes: bool) -> None:
    """Say how many nodes of which statuses and errors are to be reset, warn of upgrades, and ask once.

    Raise `NodewatchError` when the user declines.
    """
    found = group_by_words(wanted)
    app.say(f"{what}:")
    for said, nodes in list(found.items())[:MOST_GROUPS_ASKED]:
        app.say(f"  {plural(len(nodes), 'node')}: {said}" + f"\n    {fold(nodes)}" * app.settings.dry_run)
    if len(found) > MOST_GROUPS_ASKED:
        app.say(f"  and {plural(len(found) - MOST_GROUPS_ASKED, 'more kind')} of status and error")
    going_on = [target.node for target in wanted if rules.meaning(target.status).outcome == "running"]
    if going_on:
        app.warn(
            f"Warning: {plural(len(going_on), 'node')} in the middle of an upgrade: {fold(going_on)}. "
            "After a reset it may be started again while it is still going on."
        )
    counted = plural(len({target.node for target in wanted}), "node")
    app.agree(f"Reset these on {counted}, at {app.address('exchange')}", yes=yes)


def rehearse(app: App, wanted: Sequence[Target]) -> None:
    """Print the changes that would be sent, one after the other."""
    for target in wanted:
        app.backend("exchange").send(reset_request(target))


def raise_not_reset(done: ResetResults, found: Survey | None = None) -> None:
    """Raise for what was not reset: the interruption, the error that every one met, or that some were not.

    `found` is the survey before; its nodes that could not be asked, or that have no status, were not reset either.
    """
    if done.interrupted:
        raise KeyboardInterrupt
    errors = [result.error for result in done.results if result.error]
    if errors and len(errors) == len(done.results):
        raise errors[0]
    said = not_reset_words(done, found)
    if said:
        raise NotAllSucceeded(said)


def warn_of_rest(app: App, done: ResetResults, found: Survey | None) -> None:
    """Say what was not reset, before the rest is followed."""
    said = not_reset_words(done, found)
    if said:
        app.warn(said)


def raise_unasked(found: Survey) -> None:
    """Raise for nodes that could not be asked: what of theirs should be reset is not known."""
    if found.troubled and not found.statuses and not found.silent:
        raise next(iter(found.troubled.values()))
    raise_not_reset(ResetResults([]), found._replace(silent=[]))


def not_reset_words(done: ResetResults, found: Survey | None) -> str:
    """Return what was not reset, and why, with the nodes; empty where all was."""
    kinds: dict[str, list[str]] = {}
    for result in done.results:
        if not result.is_reset:
            kinds.setdefault(without_node_name(result.words, result.target.node), []).append(result.target.node)
    lines = [f"  {fold(nodes)}: {said}" for said, nodes in kinds.items()]
    if found is not None:
        lines += [f"  {nodes}: not reset: {why}" for why, nodes in reasons_of(found).items()]
        lines += [f"  {fold(found.silent)}: not reset: no status" for _ in found.silent[:1]]
    said = f"{len(done.reset):,} {'status was' if len(done.reset) == 1 else 'statuses were'} reset, others were not:"
    return "\n".join([said, *lines]) if lines else ""
