"""`bos v2 components list --format names|csv`: names that other commands take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleets import FLEET, component, template
from nodewatch.nodes.nodeset import expand
from nodewatch.render.nodes import Spelling, print_names

if TYPE_CHECKING:
    from conftest import Load, Runner

LIST = "bos v2 components list"


def test_names_are_one_node_set(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"{LIST} --format names") == (0, "x3000c0s[1-2,9-10]b0n0,x3000c0s10b0n1\n", "")
    assert run(f"{LIST} --session reboot-7 --status failed --format names") == (0, "x3000c0s1b0n0\n", "")


def test_failed_nodes_are_a_limit(run: Runner, load: Load) -> None:
    nodes = [component(f"x3000c0s{slot}b0n0", override="failed", error="no power") for slot in (1, 2, 3, 10)]
    load({"bos": {"v2": {"components": nodes, "sessiontemplates": [template("t", "x3000c0s1b0n0")]}}})
    failed = run(f"{LIST} --session reboot-7 --status failed --format names").stdout.strip()
    done = run(f"bos v2 sessions create --template-name t --operation boot --limit '{failed}' --dry-run --format json")
    assert done.json["body"]["limit"] == "x3000c0s1b0n0,x3000c0s2b0n0,x3000c0s3b0n0,x3000c0s10b0n0"
    assert run(f"{LIST} --ids '{failed}' --format names").stdout.strip() == failed


def test_expanded_there_is_a_name_on_each_line(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(f"{LIST} --session reboot-7 --format names --expand") == (
        0,
        "x3000c0s1b0n0\nx3000c0s2b0n0\nx3000c0s10b0n0\nx3000c0s10b0n1\n",
        "",
    )


@pytest.mark.parametrize("style", ["names", "names --expand", "csv"])
def test_nothing_is_nothing(run: Runner, load: Load, style: str) -> None:
    load(FLEET)
    assert run(f"{LIST} --session nope --format {style}") == (0, "", "")


def test_csv(run: Runner, load: Load) -> None:
    odd = component("x1", override="failed", error='no "power", \x1b[31msorry\n', enabled=False, retry_policy=2)
    load({"bos": {"v2": {"components": [odd, component("x2")]}}})
    assert run(f"{LIST} --format csv") == (
        0,
        r"""
id,status,phase,enabled,session,staged_session,action,failed,last_updated,power_on_attempts,power_off_graceful_attempts,power_off_forceful_attempts,retry_policy,error,class
x1,failed,,false,reboot-7,,powering_on,false,2026-11-21T11:55:00Z,1,0,0,2,"no ""power"", \x1b[31msorry\n",failed
x2,stable,,false,reboot-7,,powering_on,false,2026-11-21T11:55:00Z,1,0,0,,,stable
""".lstrip(),
        "",
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("bos v2 sessions describe reboot-7 --format names", "--format names is for lists, and this is none."),
        ("bos v2 sessions delete reboot-7 --format csv", "--format csv is for lists, and this is none."),
        ("bos v2 components list --expand", "--expand goes with --format names."),
        ("bos v2 components list --separator ,", "--separator goes with --format names."),
    ],
)
def test_where_it_does_not_fit_nothing_is_done(run: Runner, load: Load, line: str, complaint: str) -> None:
    load(FLEET)
    done = run(line)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: {complaint}\n")
    assert run("bos v2 sessions describe reboot-7").code == 0


def test_the_environment_does_not_choose_them(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run(LIST, tty=True, NODEWATCH_FORMAT="names").code == 7


@given(names=st.sets(st.text(min_size=1, max_size=6), min_size=1, max_size=6))
@settings(max_examples=50)
def test_names_come_back(names: set[str]) -> None:
    from conftest import Stream

    folded, expanded, separated = Stream(), Stream(), Stream()
    print_names(names, folded, Spelling())
    print_names(names, expanded, Spelling(expand=True))
    print_names(names, separated, Spelling(separator=","))
    assert folded.getvalue().count("\n") == 1
    assert set(expand(folded.getvalue().rstrip("\n"))) == set(expand(separated.getvalue().rstrip("\n"))) == names
    assert len(re.findall("\n", expanded.getvalue())) == len(names)
