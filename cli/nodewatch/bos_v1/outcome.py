"""When a BOS v1 session, or a part of it, is over, and how it ended: a table, and what is looked up in it.

Sources: the guide page "View the Status of a BOS Session", and the BOS v1 API for what its servers really do: their
flags cannot be trusted, `configure` stays as it was made where nothing configures, and a session whose job was killed
is never ended by anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v1 import doubt_rules, rules
from nodewatch.documents import part
from nodewatch.table import plural
from nodewatch.times import read_time
from nodewatch.watch.model import FAILED, GOES_ON, SETTLES, SUCCEEDED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.bos_v1.types import BootSet
    from nodewatch.documents import Document
    from nodewatch.watch.model import End, Settling

ENDED_CATEGORIES = ("succeeded", "failed", "excluded")  # categories that a node does not leave


class Look(NamedTuple):
    """One look at a session, a boot set or a phase.

    `what` names it in a sentence. `document` is what is printed, `metadata` what the server says of it, `boot_sets` the
    status of each boot set it has (None: it has none); `phase` is the one that is waited for, if it is one.
    """

    what: str
    document: Document
    metadata: Document
    boot_sets: Mapping[str, BootSet | None]
    phase: str | None = None

    @property
    def phases(self) -> dict[str, list[Document]]:
        """The phases that are waited for, by the boot set they are of."""
        found = {name: rules.phases_of(boot_set) for name, boot_set in self.boot_sets.items() if boot_set is not None}
        if self.phase is None:
            return found
        return {
            name: [each for each in phases if rules.phase_name(each) == self.phase.lower()]
            for name, phases in found.items()
        }


class Course(NamedTuple):
    """Where the nodes of a phase are: `waiting` ones may still get on, `moving` tells whether one of them is at it.

    Nodes in a category that nobody knows are waited for. `failed` are also those that this phase never came to, because
    they failed an earlier one.
    """

    phase: str
    waiting: list[str]
    moving: bool
    failed: list[str]
    succeeded: list[str]


def phase_courses(phases: Sequence[Document]) -> list[Course]:
    """Return where the nodes of a boot set are, phase by phase.

    A node that failed a phase is not waited for in later ones; nor is anybody in a `configure` that none ever entered,
    once boot is over: nothing configures then.

    >>> def phase(name, **lists):
    ...     return {"name": name, "categories": [{"name": name, "node_list": nodes} for name, nodes in lists.items()]}
    >>> boot = phase("boot", failed=["x1"], succeeded=["x2"])
    >>> phase_courses([boot, phase("configure", not_started=["x1"], in_progress=["x2"])])[1]
    Course(phase='configure', waiting=['x2'], moving=True, failed=['x1'], succeeded=[])
    >>> phase_courses([boot, phase("configure", not_started=["x1", "x2"])])[1].waiting
    []
    >>> phase_courses([boot, phase("check", not_started=["x2"])])[1].waiting
    ['x2']
    >>> phase_courses([phase("boot", in_progress=["x2"]), phase("configure", not_started=["x2"])])[1].waiting
    ['x2']
    >>> phase_courses([phase("boot", succeeded=["x1"], timed_out=["x2"])])[0].waiting
    ['x2']
    """
    found: list[Course] = []
    lost: set[str] = set()
    for phase in phases:
        nodes, name = rules.nodes_by_one_category(phase), rules.phase_name(phase)
        begun = any(nodes[category] for category in nodes if category != "not_started")
        open_ones = [category for category in nodes if category not in ENDED_CATEGORIES]
        open_nodes = [node for category in open_ones for node in nodes[category]]
        waiting = [node for node in open_nodes if node not in lost]
        booted = any(course.phase == "boot" and not course.waiting for course in found)
        if name == "configure" and booted and not begun:
            waiting = []
        moving = any(node not in lost for node in nodes["in_progress"])
        failed = nodes["failed"] + [node for node in open_nodes if node in lost]
        found.append(Course(name, waiting, moving, failed, nodes["succeeded"]))
        lost.update(nodes["failed"])
    return found


def all_courses(look: Look) -> list[Course]:
    """Return where the nodes are in all phases of all boot sets."""
    return [course for boot_set in look.boot_sets.values() for course in phase_courses(rules.phases_of(boot_set))]


def awaited_courses(look: Look) -> list[Course]:
    """Return where the nodes are in all phases that are waited for; the whole boot set tells who failed before."""
    return [course for course in all_courses(look) if look.phase is None or course.phase == look.phase.lower()]


def node_states(look: Look) -> dict[str, str]:
    """Return for each node the phases that it has begun, with how far it is in them.

    >>> lists = [{"name": "succeeded", "node_list": ["x1"]}, {"name": "not_started", "node_list": ["x2"]}]
    >>> node_states(Look("", {}, {}, {"computes": {"phases": [{"name": "shutdown", "categories": lists}]}}))
    {'x1': 'shutdown succeeded', 'x2': 'not_started'}
    """
    begun: dict[str, list[str]] = {}
    for boot_set in look.boot_sets.values():
        for phase in rules.phases_of(boot_set):
            for category, nodes in rules.nodes_by_one_category(phase).items():
                for node in nodes:
                    steps = begun.setdefault(node, [])
                    if category != "not_started":
                        steps.append(f"{rules.phase_name(phase)} {category}")
    return {node: ", ".join(begun[node]) or "not_started" for node in sorted(begun)}


def failed_nodes(found: Sequence[Course]) -> list[str]:
    """Return the nodes that failed any of the phases."""
    return list(dict.fromkeys(node for course in found for node in course.failed))


def waiting_nodes(found: Sequence[Course]) -> list[str]:
    """Return the nodes that are waited for: a node that failed any of the phases is not."""
    failed = set(failed_nodes(found))
    return list(dict.fromkeys(node for course in found for node in course.waiting if node not in failed))


# By what is the case: the state in words, and the end.
SESSION_ENDS: dict[str, tuple[str, End]] = {
    "all succeeded": ("finished", SUCCEEDED),
    "not all succeeded": ("finished", FAILED),
    "stopped": ("stopped", FAILED),
    "at it": ("running", GOES_ON),
    "nobody has begun": ("not started", GOES_ON),
    "a boot set has no status": ("stalled", GOES_ON),
    "unclear": ("unclear", SETTLES),
    "nobody is at it": ("stalled", SETTLES),
}


def find_case(look: Look, found: Sequence[Course]) -> str:
    """Return which line of the table fits.

    >>> def look(stop="", others=(), **lists):
    ...     found = [{"name": name, "node_list": nodes} for name, nodes in lists.items()]
    ...     boot_sets = {"computes": {"phases": [{"name": "boot", "categories": found}]}, **dict(others)}
    ...     return Look("", {}, {"stop_time": stop}, boot_sets)
    >>> def cases(*looks): return [find_case(each, awaited_courses(each)) for each in looks]
    >>> cases(look(succeeded=["x1"]), look(succeeded=["x1"], failed=["x2"]), look(excluded=["x1"]))
    ['all succeeded', 'not all succeeded', 'not all succeeded']
    >>> cases(look(in_progress=["x1"], succeeded=["x2"]), look(not_started=["x1"]), look(stop="S", in_progress=["x1"]))
    ['at it', 'nobody has begun', 'stopped']
    >>> cases(look(not_started=["x1"], succeeded=["x2"]), look(timed_out=["x1"], succeeded=["x2"]), look())
    ['nobody is at it', 'unclear', 'nobody has begun']
    >>> cases(look(others=[("uans", None)], succeeded=["x2"]), look(others=[("uans", {})], succeeded=["x2"]))
    ['a boot set has no status', 'unclear']
    >>> cases(Look("", {}, {}, {}), look()._replace(phase="shutdown"))
    ['nobody has begun', 'nobody has begun']
    """
    whole = bool(found) and None not in look.boot_sets.values()
    failed, waited_for, doubtful = failed_nodes(found), waiting_nodes(found), bool(find_doubts(look))
    if whole and not waited_for and (failed or not doubtful):
        return "all succeeded" if any(course.succeeded for course in found) and not failed else "not all succeeded"
    if look.metadata.get("stop_time"):
        return "stopped"
    if any(course.moving for course in all_courses(look)):
        return "at it"
    if all(state == "not_started" for state in node_states(look).values()):
        return "nobody has begun"
    if not whole:
        return "a boot set has no status"
    return "unclear" if doubtful else "nobody is at it"


def find_doubts(look: Look) -> list[str]:
    """Return a sentence for each thing that keeps a look from proving that all went well, though no node failed.

    >>> phases = [{"name": "boot", "categories": [{"name": "succeeded", "node_list": ["x1"]}]}]
    >>> find_doubts(Look("", {}, {"error_count": 1}, {"computes": {"phases": phases}}))
    ['The server counts 1 error, but its phases have 0.']
    >>> find_doubts(Look("", {}, {}, {"computes": {"phases": phases, "metadata": {"error_count": 2}}}))
    ['The server counts 2 errors, but its phases have 0.']
    >>> find_doubts(Look("", {}, {"error_count": 0}, {"computes": {"phases": phases}}))
    []
    >>> find_doubts(Look("", {}, {}, {"computes": {}}))
    ['It has no phases.']
    >>> counted = [{**phases[0], "metadata": {"error_count": 1}}]
    >>> find_doubts(Look("", {}, {}, {"computes": {"phases": counted}}, "boot"))
    ['The server counts 1 error, but its phases have 0.']
    """
    waited_for = look.phases
    flags = {name: rules.roll_up(map(rules.phase_flags, phases)) for name, phases in waited_for.items()}
    claims: list[tuple[Document, rules.Flags]] = []
    if look.phase is None:
        # Since BOS 2.0.9 a session says that it is in progress until its job has ended, wherever its nodes are.
        session = {name: value for name, value in look.metadata.items() if name != "in_progress"}
        claims = [(session, rules.roll_up(flags.values()))]
        claims += [(part(look.boot_sets[name], "metadata"), found) for name, found in flags.items()]
    else:
        claims = [(look.metadata, rules.roll_up(flags.values()))]
    phases = [phase for each in waited_for.values() for phase in each]
    claims += [(part(phase, "metadata"), rules.phase_flags(phase)) for phase in phases]
    said = [sentence for metadata, found in claims for sentence in doubt_rules.doubtful_claims(metadata, found)]
    for name, each in waited_for.items():
        said += doubt_rules.unclear_phases(look.boot_sets[name] or {}, each)
    return list(dict.fromkeys(said))


def outcome(look: Look, settling: Settling) -> Outcome:
    """Return what one look says: how far it is, whether that is the end, which nodes failed or lag.

    What is stalled or unclear ends, as no success, when it has been unchanged for `--settle`.

    >>> from datetime import datetime, timedelta
    >>> from nodewatch.watch.model import Settling
    >>> settling = Settling(datetime.min, {}, timedelta(seconds=120))
    >>> phases = [{"name": "boot", "categories": [{"name": "succeeded", "node_list": ["x1"]}]}]
    >>> looks = [{"a": {"phases": phases}}, {"a": {"phases": phases}, "b": None}, {"b": None}, {}]
    >>> for each in looks: print(outcome(Look("it", {}, {}, each), settling).words)
    it is finished: 1 of 1 node done
    it is stalled: 1 of 1 node done, and not every boot set has a status
    it is not started: not every boot set has a status
    it is not started: not every boot set has a status
    """
    found = awaited_courses(look)
    failed, waiting = failed_nodes(found), waiting_nodes(found)
    state, end = SESSION_ENDS[find_case(look, found)]
    whole = bool(found) and None not in look.boot_sets.values()
    said = look_in_words(state, len(node_states(look)), len(failed), len(waiting), whole=whole)
    because = "".join(f"; {sentence.rstrip('.')}" for sentence in find_doubts(look)[:1])
    return Outcome(
        words=f"{look.what} is {said}{because}",
        finished=end.finished or (end is SETTLES and settling.unchanged()),
        succeeded=end.succeeded,
        failed=failed,
        lagging=waiting,
        gone=end.gone,
        done=len(node_states(look)) - len(failed) - len(waiting),
        remaining=len(waiting),
        started=read_time(look.metadata.get("start_time")),
    )


def look_in_words(state: str, nodes: int, failed: int, waiting: int, *, whole: bool) -> str:
    """Return the state and the nodes by what is known of them, in words.

    >>> look_in_words("stalled", 4, 1, 2, whole=True), look_in_words("not started", 0, 0, 0, whole=False)
    ('stalled: 1 of 4 nodes done, 1 failed, 2 not done', 'not started: not every boot set has a status')
    """
    if not nodes:
        return f"{state}: it has no nodes" if whole else f"{state}: not every boot set has a status"
    counts = "".join(f", {count:,} {name}" for name, count in (("failed", failed), ("not done", waiting)) if count)
    unknown = "" if whole else ", and not every boot set has a status"
    return f"{state}: {nodes - failed - waiting:,} of {plural(nodes, 'node')} done{counts}{unknown}"
