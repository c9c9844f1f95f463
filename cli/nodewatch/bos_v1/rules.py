"""What BOS v1 documents mean, as pure functions: nodes, counts, states, and where a server's flags contradict them.

The sources are the guide page "View the Status of a BOS Session" for the roll-up of the flags, and the "BOS v1 API" for
the shapes of the documents. Any field may be missing, empty or of another kind than the API says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from nodewatch.documents import names_in, objects_in, part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.bos_v1.types import BootSet
    from nodewatch.documents import Document

BootState = Literal["not started", "running", "stalled", "finished", "finished with failures"]
CATEGORY_NAMES = ("not_started", "in_progress", "succeeded", "failed", "excluded")
CATEGORY_PRECEDENCE = ("failed", "in_progress", "not_started", "succeeded", "excluded")
OPERATION_PHASES = {
    "boot": ("boot", "configure"),
    "configure": ("configure",),
    "reboot": ("shutdown", "boot", "configure"),
    "shutdown": ("shutdown",),
}


class BootSets(NamedTuple):
    """The boot sets of a session by name, None for one that has no status.

    `template` is the session template that named them, where the session's own status did not.
    """

    boot_sets: Mapping[str, BootSet | None]
    template: str | None = None


def find_by_name(found: Iterable[Document], name: str) -> Document | None:
    """Return the phase or category of that name, in whatever case, as the server finds it; None if there is none.

    >>> find_by_name([{"name": "Boot"}, {}], "boot"), find_by_name([{"name": "Boot"}], "shutdown")
    ({'name': 'Boot'}, None)
    """
    return next((item for item in found if str(item.get("name")).lower() == name.lower()), None)


def nodes_by_category(phase: Document) -> dict[str, list[str]]:
    """Return the nodes of each category of a phase, the five known ones first, by their names in lower case.

    >>> nodes_by_category({"categories": [{"name": "FAILED", "node_list": ["x2", "x1", "x2"]}]})["failed"]
    ['x2', 'x1']
    """
    found: dict[str, list[str]] = {name: [] for name in CATEGORY_NAMES}
    for category in objects_in(phase, "categories"):
        name = str(category.get("name")).lower()
        found[name] = names_in([*found.get(name, []), *names_in(category.get("node_list"))])
    return found


def nodes_by_one_category(phase: Document) -> dict[str, list[str]]:
    """Return the nodes of each category of a phase, every node in one of them: a failed one in `failed`, and so on.

    BOS may list a node in several: one that was not where it was moved from is there twice ("BOS v1 API").

    >>> both = [{"name": "failed", "node_list": ["x1"]}, {"name": "not_started", "node_list": ["x1", "x2"]}]
    >>> nodes_by_one_category({"categories": both})["not_started"]
    ['x2']
    """
    found, seen = nodes_by_category(phase), set[str]()
    kept: dict[str, list[str]] = {name: [] for name in found}
    for name in dict.fromkeys((*CATEGORY_PRECEDENCE, *found)):
        kept[name] = [node for node in found[name] if node not in seen]
        seen.update(found[name])
    return kept


def categories_of_doubled(phase: Document) -> dict[str, list[str]]:
    """Return the nodes that stand in more than one category of a phase, each with those categories.

    >>> both = [{"name": "failed", "node_list": ["x1"]}, {"name": "not_started", "node_list": ["x1", "x2"]}]
    >>> categories_of_doubled({"categories": both})
    {'x1': ['not_started', 'failed']}
    """
    where: dict[str, list[str]] = {}
    for name, nodes in nodes_by_category(phase).items():
        for node in nodes:
            where.setdefault(node, []).append(name)
    return {node: found for node, found in where.items() if len(found) > 1}


def boot_state(phases: Iterable[Document]) -> BootState:
    """Return the state of a phase, of a boot set (its phases), or of a session (all phases of all boot sets).

    False/false flags do not mean "not started", as the guide page has it: they are seen between two phases as well, and
    when a phase failed everywhere. It is not started while no node has left `not_started`, and else stalled.

    >>> def phase(**lists): return {"categories": [{"name": name, "node_list": nodes} for name, nodes in lists.items()]}
    >>> boot_state([phase(not_started=["x1"])]), boot_state([phase(not_started=["x1"], in_progress=["x2"])])
    ('not started', 'running')
    >>> boot_state([phase(failed=["x1"]), phase(not_started=["x1"])])
    'stalled'
    >>> boot_state([phase(succeeded=["x1"])]), boot_state([])
    ('finished', 'finished')
    >>> boot_state([phase(succeeded=["x1"], failed=["x2"])])
    'finished with failures'
    """
    used = {name for phase in phases for name, nodes in nodes_by_category(phase).items() if nodes}
    if "in_progress" in used:
        return "running"
    if "not_started" not in used:
        return "finished with failures" if "failed" in used else "finished"
    return "not started" if used == {"not_started"} else "stalled"


class Flags(NamedTuple):
    """How far something is, by the table of the guide page: what metadata should say."""

    in_progress: bool
    complete: bool
    error_count: int


def phase_flags(phase: Document) -> Flags:
    """Return a phase's flags: in progress with a node there, complete with none there nor in `not_started`.

    >>> phase_flags({"categories": [{"name": "failed", "node_list": ["x1", "x2"]}]}), phase_flags({})
    (Flags(in_progress=False, complete=True, error_count=2), Flags(in_progress=False, complete=True, error_count=0))
    """
    found = nodes_by_category(phase)
    return Flags(
        in_progress=bool(found["in_progress"]),
        complete=not (found["in_progress"] or found["not_started"]),
        error_count=len(found["failed"]),
    )


def roll_up(parts: Iterable[Flags]) -> Flags:
    """Return the flags of a boot set from its phases', or of a session from its boot sets': any, all, sum.

    >>> roll_up([Flags(False, True, 4), Flags(True, False, 1)])
    Flags(in_progress=True, complete=False, error_count=5)
    """
    found = list(parts)
    return Flags(
        in_progress=any(each.in_progress for each in found),
        complete=all(each.complete for each in found),
        error_count=sum(each.error_count for each in found),
    )


def phases_of(boot_set: Document | None) -> list[Document]:
    """Return the phases of a boot set; one without a status has none."""
    return objects_in(boot_set, "phases")


def phase_name(phase: Document) -> str:
    """Return the name of a phase, in lower case."""
    return str(phase.get("name")).lower()


def boot_set_flags(boot_set: Document) -> Flags:
    """Return a boot set's flags; one without phases is complete."""
    return roll_up(map(phase_flags, phases_of(boot_set)))


def with_flags(metadata: Document, flags: Flags) -> dict[str, object]:
    """Return the metadata with these flags in it, its names sorted, as the server writes it.

    >>> with_flags({"start_time": "S", "complete": True}, Flags(in_progress=True, complete=False, error_count=0))
    {'complete': False, 'error_count': 0, 'in_progress': True, 'start_time': 'S'}
    """
    return dict(sorted({**metadata, **flags._asdict()}.items()))


def with_computed_flags(boot_set: Document) -> dict[str, object]:
    """Return the boot set's document with its own flags, and its phases', computed from the categories."""
    found = [
        {**phase, "metadata": with_flags(part(phase, "metadata"), phase_flags(phase))} for phase in phases_of(boot_set)
    ]
    metadata = with_flags(part(boot_set, "metadata"), boot_set_flags(boot_set))
    return {**boot_set, "metadata": metadata, "phases": found}


def claim_in_words(metadata: Document) -> str:
    """Return what a server's flags say, in words; nothing where they say nothing.

    >>> [claim_in_words({"in_progress": flag, "complete": flag}) for flag in (False, True)]
    ['neither in progress nor complete', 'both in progress and complete, which is invalid']
    >>> claim_in_words({"complete": False, "in_progress": ""}), claim_in_words({"complete": "", "in_progress": None})
    ('not complete', '')
    """
    in_progress, complete = metadata.get("in_progress"), metadata.get("complete")
    if isinstance(in_progress, bool) and isinstance(complete, bool):
        return {
            (False, False): "neither in progress nor complete",
            (True, False): "in progress",
            (False, True): "complete",
            (True, True): "both in progress and complete, which is invalid",
        }[in_progress, complete]
    said = (("in progress", in_progress), ("complete", complete))
    return " and ".join("not " * (not value) + word for word, value in said if isinstance(value, bool))


def find_contradictions(metadata: Document, flags: Flags, by_nodes: str) -> list[str]:
    """Return a sentence for each thing that a server's metadata says and its nodes do not; `by_nodes` is the state.

    Fields that are absent, null or `""` say nothing.

    >>> find_contradictions({"in_progress": True, "complete": False}, Flags(False, True, 4), "finished with failures")
    ['The server says in progress, but by its nodes it is finished with failures.']
    >>> find_contradictions({"error_count": 0}, Flags(False, True, 4), "finished with failures")
    ['The server counts 0 errors, but its phases have 4.']
    >>> silent = {"in_progress": False, "complete": "", "error_count": None}
    >>> find_contradictions(silent, Flags(False, True, 0), "finished")
    []
    """
    from nodewatch.table import plural  # JSON needs none of it

    said = {name: metadata[name] for name in ("in_progress", "complete") if isinstance(metadata.get(name), bool)}
    found = []
    if any(value != getattr(flags, name) for name, value in said.items()):
        found.append(f"The server says {claim_in_words(metadata)}, but by its nodes it is {by_nodes}.")
    count = metadata.get("error_count")
    if type(count) is int and count != flags.error_count:
        found.append(f"The server counts {plural(count, 'error')}, but its phases have {flags.error_count}.")
    return found


def missing_part(boot_set: Document, name: str, phase: str, category: str | None) -> str | None:
    """Return which part a boot set's document lacks, and which it has; None if it has both phase and category.

    >>> document = {"phases": [{"name": "boot", "categories": [{"name": "failed"}, {"name": "succeeded"}]}]}
    >>> missing_part(document, "computes", "explode", None)
    "boot set 'computes' has no phase 'explode'; it has: boot."
    >>> missing_part(document, "computes", "BOOT", "broken")
    "phase 'boot' of boot set 'computes' has no category 'broken'; it has: failed, succeeded."
    >>> missing_part(document, "computes", "boot", "Failed")
    >>> missing_part({}, "computes", "boot", None)
    "boot set 'computes' has no phase 'boot'; it has: none."
    """
    found = find_by_name(phases_of(boot_set), phase)
    if found is None:
        return f"boot set {name!r} has no phase {phase!r}; it has: {join_names(phases_of(boot_set))}."
    if category is None or find_by_name(objects_in(found, "categories"), category) is not None:
        return None
    return (
        f"phase {str(found['name'])!r} of boot set {name!r} has no category {category!r}; "
        f"it has: {join_names(objects_in(found, 'categories'))}."
    )


def join_names(found: Iterable[Document]) -> str:
    """Return the names of phases or categories for a sentence."""
    return ", ".join(str(item.get("name")) for item in found) or "none"


def template_name(session: Document) -> str | None:
    """Return the session template that a session was made from, under its new name or its old one.

    >>> template_name({"templateName": "", "templateUuid": "cle-1.3.0"}), template_name({})
    ('cle-1.3.0', None)
    """
    found = session.get("templateName") or session.get("templateUuid")
    return found if isinstance(found, str) else None


def new_id(created: Document) -> str | None:
    """Return the id of a session just made: its document has no field for it, but a link, and the name of its job.

    >>> link = {"rel": "session", "href": "/v1/session/0f2d"}
    >>> new_id({"links": [link]}), new_id({"job": "boa-0f2d"}), new_id({})
    ('0f2d', '0f2d', None)
    >>> others = [{"rel": "session", "href": "/v1/job/1"}, {"rel": "self", "href": "/v1/session/1"}]
    >>> new_id({"links": others}), new_id({"job": "0f2d"})
    (None, None)
    """
    for link in objects_in(created, "links"):
        href = str(link.get("href"))
        if link.get("rel") == "session" and "/session/" in href:
            return href.rpartition("/session/")[2]
    job = created.get("job")
    return job.removeprefix("boa-") if isinstance(job, str) and job.startswith("boa-") else None


def order_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of a category, a phase, a boot set and a session in this order, as far as they tell themselves.

    Names that may be right stay as they are: a boot set may be named as a phase.

    >>> session = "f4eebe51-a217-46d0-8733-b9499a092042"
    >>> order_names((session, "computes")) == ("computes", session)
    True
    >>> order_names(("computes", "boot", "failed", session)) == ("failed", "boot", "computes", session)
    True
    >>> order_names(("boot", "failed", session)), order_names(("a", "b"))
    (('boot', 'failed', 'f4eebe51-a217-46d0-8733-b9499a092042'), ('a', 'b'))
    >>> order_names(("boot", "failed", "a", "b")), order_names(("a", "boot"))
    (('failed', 'boot', 'a', 'b'), ('a', 'boot'))
    >>> order_names((session, "a", "b")) == (session, "a", "b")
    True
    """

    def place(name: str) -> int:
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name):
            return 3
        return 0 if name in CATEGORY_NAMES else 1 if name in OPERATION_PHASES else 2

    def possible(order: tuple[str, ...]) -> bool:
        known = ("", "", "", "", *order)[-4:]
        last = place(known[3]) == 3 or all(place(name) != 3 for name in order)
        return (
            last and (len(order) < 3 or known[1] in OPERATION_PHASES) and (len(order) < 4 or known[0] in CATEGORY_NAMES)
        )

    right = tuple(sorted(names, key=place))
    return right if not possible(names) and possible(right) else names
