"""Whatever a server sends in place of a document's fields, the tables show it; nothing is a traceback."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW, FakeWorld
from nodewatch.bos_v2 import kinds, list_tables, session_tables, tables
from nodewatch.lists.view import usual_page
from nodewatch.render.page import print_page
from nodewatch.times import Clock

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


def documents(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return documents with any of the fields, each of them as it should be, or anything."""
    return st.fixed_dictionaries({}, optional={name: field | JSON for name, field in fields.items()})


TIMES = st.just("2026-11-21T11:00:00")
PERCENT = st.floats(0, 100)
STATE = documents(boot_artifacts=documents(kernel=st.text()), configuration=st.text(), last_updated=TIMES)
SESSION = documents(
    name=st.text(),
    operation=st.text(),
    template_name=st.text(),
    limit=st.text(),
    components=st.text(),
    stage=st.booleans(),
    status=documents(status=st.text(), start_time=TIMES, end_time=TIMES, error=st.text()),
)
COMPONENT = documents(
    id=st.text(),
    enabled=st.booleans(),
    error=st.text(),
    session=st.text(),
    retry_policy=st.integers(),
    status=documents(phase=st.text(), status=st.text()),
    actual_state=STATE,
    desired_state=STATE,
    staged_state=STATE,
    last_action=documents(action=st.text(), last_updated=TIMES),
    event_stats=documents(power_on_attempts=st.integers()),
)
STATUS = documents(
    status=st.sampled_from(["pending", "running", "complete"]),
    managed_components_count=st.integers(0, 9),
    percent_successful=PERCENT,
    percent_failed=PERCENT,
    percent_staged=PERCENT,
    phases=documents(percent_complete=PERCENT, percent_powering_on=PERCENT),
    error_summary=st.dictionaries(st.text(), documents(count=st.integers(0, 99), list=st.text())),
    timing=documents(start_time=TIMES, end_time=TIMES, duration=st.text()),
)


def shown(page: Any) -> str:
    world = FakeWorld({"COLUMNS": "100", "NO_COLOR": "1"}, tty=True)
    print_page(page, world)
    return world.stdout.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(SESSION, max_size=3))
def test_sessions(sessions: list[Any]) -> None:
    shown(usual_page(list_tables.SESSION_LISTING, sessions, Clock(NOW, UTC)))
    for session in sessions:
        shown(tables.session_page(session, Clock(NOW)))


@settings(max_examples=60, deadline=None)
@given(st.lists(COMPONENT, max_size=3))
def test_components(components: list[Any]) -> None:
    shown(list_tables.components_table(components, Clock(NOW, UTC)))
    for component in components:
        shown(tables.component_page(component, Clock(NOW)))


@settings(max_examples=100, deadline=None)
@given(STATUS, SESSION, st.lists(COMPONENT, max_size=3))
def test_session_status(status: Any, session: Any, components: list[Any]) -> None:
    shown(session_tables.session_status_page(status, session, kinds.group_alike(components), {}, Clock(NOW)))
