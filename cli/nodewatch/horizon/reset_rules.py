"""Which statuses a reset is for, and what came of it: pure functions of statuses and results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text
from nodewatch.errors import NodewatchError, WrongUsage
from nodewatch.horizon import rules
from nodewatch.statuses import normalized_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.horizon.types import Status, Statuses


class Target(NamedTuple):
    """A status that is to be reset, as it was seen: its node (`org/node`), its policy (`org/nmp`), and itself."""

    node: str
    nmp: str
    status: Status | None


class Result(NamedTuple):
    """What became of one target.

    It `is_reset`; or it was left alone, because it had changed (`now` is its word since then); or an `error` kept it
    from being reset. None of these: nobody knows, because the user interrupted while it was being written; or it was
    not `begun`.
    """

    target: Target
    is_reset: bool = False
    now: str | None = None
    error: NodewatchError | None = None
    begun: bool = True

    @property
    def words(self) -> str:
        """What became of it, in words.

        >>> target = Target("o/n", "o/p", None)
        >>> Result(target, now="initiated").words, Result(target, begun=False).words
        ('left alone: it has changed in the meantime, to initiated', 'not reset')
        >>> Result(target).words
        'reset or not: it was interrupted'
        """
        if self.is_reset:
            return "reset"
        if self.now is not None:
            return f"left alone: it has changed in the meantime, to {self.now}"
        if self.error is not None:
            return f"not reset: {self.error.message}"
        return "reset or not: it was interrupted" if self.begun else "not reset"


def without_node_name(said: str, node: str) -> str:
    """Return what is said of a node (`org/node`) without its name: the same of many nodes is told once.

    >>> without_node_name("PUT /orgs/o/nodes/n1/managementStatus/p was refused: o/n1 is not yours", "o/n1")
    'PUT /orgs/o/nodes/NODE/managementStatus/p was refused: o/NODE is not yours'
    """
    return said.replace(f"/{node.partition('/')[2]}", "/NODE")


def wanted_words(option: str) -> frozenset[str]:
    """Return the words of `--status`, as `is_wanted` takes them; raise `WrongUsage` if there is none.

    >>> sorted(wanted_words("Download failed, waiting"))
    ['download failed', 'waiting']
    """
    words = frozenset(normalized_status(word) for word in option.split(",") if word.strip())
    if not words:
        raise WrongUsage("--status is empty: name statuses, separated by commas, or `failed` for all failures.")
    return words


def is_wanted(status: Status | None, words: frozenset[str]) -> bool:
    """Return whether a status is one of those: by its word, or by what the word counts as.

    >>> status = {"agentUpgradePolicyStatus": {"status": "download failed"}}
    >>> [is_wanted(status, frozenset([word])) for word in ("failed", "download failed", "rollback failed")]
    [True, True, False]
    """
    return rules.meaning(status).outcome in words or normalized_status(as_text(rules.status_word(status))) in words


def targets(found: Mapping[str, Statuses], words: frozenset[str] | None) -> list[Target]:
    """Return the statuses, by nodes, that a reset is for: those of the `words`, or all of them for None.

    >>> failed, done = ({"agentUpgradePolicyStatus": {"status": word}} for word in ("failed", "successful"))
    >>> [target.node for target in targets({"o/b": {"o/p": failed}, "o/a": {"o/p": done}}, frozenset(["failed"]))]
    ['o/b']
    """
    return [
        Target(node, nmp, status)
        for node in sorted(found)
        for nmp, status in sorted(found[node].items())
        if words is None or is_wanted(status, words)
    ]


def group_by_words(wanted: Iterable[Target]) -> dict[str, list[str]]:
    """Return the nodes by what their statuses say, word and error, the most frequent first.

    >>> failed = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> group_by_words([Target("o/a", "o/p", None), Target("o/b", "o/p", failed), Target("o/c", "o/p", failed)])
    {'failed: no disk': ['o/b', 'o/c'], '(no status)': ['o/a']}
    """
    found: dict[str, list[str]] = {}
    for target in wanted:
        error = as_text(rules.upgrade(target.status).get("errorMessage"))
        said = (as_text(rules.status_word(target.status)) or "(no status)") + (f": {error}" if error else "")
        found.setdefault(said, []).append(target.node)
    return dict(sorted(found.items(), key=lambda group: (-len(group[1]), group[0])))
