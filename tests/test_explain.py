"""`explain`, and the charts of statuses behind it, held against the guide pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge import WORDS
from nodewatch.bos_v1 import status_rules as bos_v1
from nodewatch.bos_v1.rules import CATEGORY_NAMES, boot_state
from nodewatch.bos_v2 import status_rules as bos_v2
from nodewatch.commands.explain import charts
from nodewatch.horizon import status_rules as horizon
from nodewatch.horizon.tables import OUTCOME_STYLES
from older_fleets import phase

if TYPE_CHECKING:
    from conftest import Runner
    from nodewatch.statuses import Chart

GUIDE = Path(__file__).parents[2] / "shared" / "guide"
ENDS = {"complete", "succeeded", "failed", "excluded", "finished", "finished with failures"}

# Words of our own, which are from no guide page, do not follow one another.
each_chart = pytest.mark.parametrize("chart", [each for each in charts() if each.page], ids=lambda chart: chart.title)


def page(name: str) -> str:
    if not GUIDE.is_dir():
        pytest.skip("the guide pages are not here")
    return (GUIDE / name).read_text()


@each_chart
def test_every_status_is_reached_from_where_they_begin(chart: Chart) -> None:
    reached, new = set(chart.begins), list(chart.begins)
    while new:
        new = [step.to for name in new for step in chart.statuses[name].steps if step.to not in reached]
        reached.update(new)
    assert reached == set(chart.statuses)


@each_chart
def test_every_status_is_explained_and_has_what_follows(chart: Chart) -> None:
    for name, status in chart.statuses.items():
        assert status.means.endswith("."), name
        assert status.waits_for, name
        assert all(step.when and step.to in chart.statuses for step in status.steps), name
        assert len({step.to for step in status.steps}) == len(status.steps), name
        assert status.steps or name in ENDS, name


def words(text: str) -> set[str]:
    return set(re.findall("[a-z]{4,}", text.lower().replace("re-", "re")))


def test_components_are_those_of_the_guide_page_in_its_words() -> None:
    section = re.split("^## ", page("component_status.md"), flags=re.MULTILINE)[3]
    assert section.startswith("Status\n")
    said = dict(re.findall(r"^\* `(\w+)`\n(.*?)(?=^\* `|\Z)", section, re.MULTILINE | re.DOTALL))
    assert set(said) == set(bos_v2.COMPONENT_CHART.statuses)
    for name, status in bos_v2.COMPONENT_CHART.statuses.items():
        own = words(status.means)
        assert len(own & words(said[name])) >= 0.7 * len(own), name


def test_policies_are_those_of_the_guide_page() -> None:
    said = set(re.findall(r'^  \* `"?([a-z ]+)"?`:', page("node_management_status.md"), re.MULTILINE)) - {"status"}
    assert said == set(horizon.NEXT_STATUSES) - {"ha node waiting"}


def test_policies_are_all_that_agents_know() -> None:
    assert set(horizon.NEXT_STATUSES) == set(WORDS)


def test_sessions_and_categories_are_those_of_the_guide_page() -> None:
    text = page("view_the_status_of_a_bos_session.md")
    assert "Status can be either `pending`, `running`, or `complete`" in text
    assert set(bos_v2.SESSION_CHART.statuses) == {"pending", "running", "complete"}
    assert all(f"`{name}`" in text for name in CATEGORY_NAMES)
    assert set(bos_v1.CATEGORY_CHART.statuses) == set(CATEGORY_NAMES)


def test_states_are_those_of_the_rule() -> None:
    nodes = ["x1"]
    found = {
        boot_state([phase("boot", not_started=nodes)]),
        boot_state([phase("boot", in_progress=nodes)]),
        boot_state([phase("boot", succeeded=nodes, not_started=["x2"])]),
        boot_state([phase("boot", succeeded=nodes)]),
        boot_state([phase("boot", failed=nodes)]),
    }
    assert found == set(bos_v1.STATE_CHART.statuses)


def test_all_are_drawn(run: Runner) -> None:
    done = run("explain --format table")
    assert (done.code, done.stderr) == (0, "")
    assert (
        """\
Transitions            When
pending
  -> running           the desired state of all its components is set
       -> complete     BOS has no component left to act on: they are stable, or failed, or another session's
  -> complete (above)  the setup failed: the session says why
"""
        in done.stdout
    )
    for words in ("CFS V2 Failures On Large Systems", "Hang Listing BOS V1 Sessions", "Note: who may reset"):
        assert words in done.stdout


@pytest.mark.parametrize("name", ["power_on_called", "Power-on called"])
def test_one_status(run: Runner, name: str) -> None:
    assert run(f"explain {name!r} --format table") == (
        0,
        """\
Status:       power_on_called
Of:           Components of BOS v2
Means:        CAPMC has been called to power on the component, but it is not yet reported on and ready.
Waits for:    the power state on, then the boot artifacts that the node reports when it is up
Comes after:  power_on_pending, on_hold
Source:       the guide page "Component Status"

Then               When
configuring        it is up, and CFS has to configure it
stable             it is up, and there is nothing to configure
power_on_pending   it is still off after max_power_on_wait_time: once more
power_off_pending  it is on, but not up after max_boot_wait_time: it is rebooted
on_hold            it is enabled anew, and BOS looks at it first

Next
  cray power status list --xnames COMPONENT
  cray console interact COMPONENT

Note: in CSM 1.5 on large systems, sessions may hang because BOS fails to talk to CFS: see the known issue \
"CFS V2 Failures On Large Systems".
""",
        "",
    )


def test_documents(run: Runner) -> None:
    assert [found["of"] for found in run("explain failed").json] == [
        "Components of BOS v2",
        "Categories of a phase of BOS v1: where a node is",
        "Node management policies (NMP) on a node",
    ]
    assert run("explain rollback-started").json[0]["next"][0]["to"] == "rollback successful"
    assert len(run("explain").json) == sum(len(chart.statuses) for chart in charts())


def test_one_that_is_none(run: Runner) -> None:
    rest = "If a server sent it, it counts as unknown, and never as success."
    said = f"Error: no status is called 'cofiguring': do you mean configuring? {rest}\n"
    assert run("explain cofiguring") == (8, "", said)


@pytest.mark.parametrize(
    "word", [*OUTCOME_STYLES, "(no status)", "No report", "silent", "not meant", "Not registered", "no answer"]
)
def test_every_word_of_a_page_of_policies_is_explained(run: Runner, word: str) -> None:
    done = run(f"explain '{word}'")
    assert done.code == 0
    assert all(each["means"] for each in done.json)
