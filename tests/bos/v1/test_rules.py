from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW
from nodewatch.bos_v1 import list_tables, rules, tables
from nodewatch.lists.view import usual_page
from nodewatch.render.layout import block_lines, spaced
from nodewatch.times import Clock
from older_fleets import REBOOT, details, status

if TYPE_CHECKING:
    from nodewatch.table import Page

EXAMPLES = 60
CLOCK = Clock(NOW)
NAMES = st.sampled_from([*rules.CATEGORY_NAMES, "FAILED", "Not_Started", "other"])
NODES = st.lists(st.sampled_from(["x1", "x2", "x3", "x4"]), max_size=4)
PHASE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["shutdown", "boot", "configure", "Boot"]),
        "categories": st.lists(st.fixed_dictionaries({"name": NAMES, "node_list": NODES}), max_size=6),
    }
)
BOOT_SET = st.fixed_dictionaries({"name": st.just("computes"), "phases": st.lists(PHASE, max_size=3)})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def nodes_in(phase: Any, name: str) -> set[str]:
    """Return the nodes of a category, without help of the rules."""
    return {
        node for category in phase["categories"] if category["name"].lower() == name for node in category["node_list"]
    }


@settings(max_examples=EXAMPLES)
@given(BOOT_SET)
def test_the_roll_up_is_the_guide_pages_table(boot_set: Any) -> None:
    told: Any = rules.with_computed_flags(boot_set)
    for phase, given_phase in zip(told["phases"], boot_set["phases"], strict=True):
        active, waiting = nodes_in(given_phase, "in_progress"), nodes_in(given_phase, "not_started")
        assert phase["metadata"]["in_progress"] is bool(active)
        assert phase["metadata"]["complete"] is (not active and not waiting)
        assert phase["metadata"]["error_count"] == len(nodes_in(given_phase, "failed"))
        assert phase["categories"] == given_phase["categories"]
    parts = [phase["metadata"] for phase in told["phases"]]
    assert told["metadata"]["in_progress"] is any(part["in_progress"] for part in parts)
    assert told["metadata"]["complete"] is all(part["complete"] for part in parts)
    assert told["metadata"]["error_count"] == sum(part["error_count"] for part in parts)


@settings(max_examples=EXAMPLES)
@given(st.lists(BOOT_SET, max_size=3))
def test_state_and_flags_agree(boot_sets: Any) -> None:
    flags = rules.roll_up(map(rules.boot_set_flags, boot_sets))
    state = rules.boot_state([phase for boot_set in boot_sets for phase in boot_set["phases"]])
    assert (state == "running") is flags.in_progress
    assert state.startswith("finished") is flags.complete
    assert (state == "finished with failures") is (flags.complete and flags.error_count > 0)
    assert not (flags.complete and flags.in_progress)
    assert rules.find_contradictions(flags._asdict(), flags, state) == []


@settings(max_examples=EXAMPLES)
@given(PHASE)
def test_no_node_is_counted_twice_and_none_is_lost(phase: Any) -> None:
    counted_as = rules.nodes_by_one_category(phase)
    counted = [node for nodes in counted_as.values() for node in nodes]
    assert sorted(counted) == sorted({node for category in phase["categories"] for node in category["node_list"]})
    assert set(counted_as["failed"]) == nodes_in(phase, "failed")
    assert len(counted_as["failed"]) == rules.phase_flags(phase).error_count
    for node, names in rules.categories_of_doubled(phase).items():
        assert len(names) > 1
        assert all(node in nodes_in(phase, name) for name in names)


@settings(max_examples=EXAMPLES)
@given(PHASE)
def test_not_started_means_that_no_node_has_left(phase: Any) -> None:
    used = {name for name in rules.nodes_by_category(phase) if nodes_in(phase, name)}
    assert (rules.boot_state([phase]) == "not started") is (used == {"not_started"})


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """Return the document with anything in the place of one of its fields or elements, or of nothing."""
    if isinstance(document, dict) and document and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(document)))
        if draw(st.integers(0, 4)) == 0:
            return {other: value for other, value in document.items() if other != name}
        return {**document, name: draw(spoiled(document[name]))}
    if isinstance(document, list) and document and draw(st.booleans()):
        place = draw(st.integers(0, len(document) - 1))
        return [*document[:place], draw(spoiled(document[place])), *document[place + 1 :]]
    return draw(ANYTHING)


def spoil(document: Any) -> st.SearchStrategy[Any]:
    """Return the document spoiled below its top: what is no object at all is refused before a table is made of it."""
    return spoiled(document).filter(lambda found: isinstance(found, dict))


def shown(page: Page) -> str:
    """Return a page as a terminal shows it."""
    return "\n".join(
        "".join(cell.text for cell in line) for line in spaced(page, lambda each: block_lines(each, 80, blocks=True))
    )


@settings(max_examples=EXAMPLES)
@given(
    spoil(REBOOT) | BOOT_SET,
    spoil(status(REBOOT)),
    spoil(details()),
    spoil(REBOOT["phases"][0]) | PHASE,
    spoil({"name": "failed", "node_list": ["x1"]}),
)
def test_every_shape_has_a_table(boot_set: Any, session_status: Any, session: Any, phase: Any, category: Any) -> None:
    for page in (
        tables.session_status_page(
            session_status, rules.BootSets({"computes": boot_set, "uans": None}, "cle-1.3.0"), CLOCK
        ),
        tables.session_status_page(session_status, rules.BootSets({"computes": boot_set}), CLOCK),
        tables.session_status_page(session_status, rules.BootSets({}), CLOCK),
        tables.boot_set_page(boot_set, "s", "computes", CLOCK),
        tables.phase_page(phase, "s", "computes", "boot", CLOCK),
        tables.category_page(category, "s", "computes", "boot", "failed"),
        tables.session_page(session, "s", CLOCK),
        tables.created_page(session),
        tables.fields_page(session),
    ):
        assert all(line.isprintable() for line in shown(page).split("\n"))


@settings(max_examples=EXAMPLES)
@given(st.lists(st.dictionaries(st.sampled_from(list(details())), ANYTHING), max_size=4))
def test_every_list_has_a_table(sessions: list[Any]) -> None:
    named = [{**session, "id": "s"} for session in sessions]
    lines = shown(usual_page(list_tables.SESSION_LISTING, named, CLOCK)).split("\n")
    assert sum(line.startswith("s") for line in lines) == len(named)
