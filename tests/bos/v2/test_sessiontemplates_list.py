from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import template

if TYPE_CHECKING:
    from conftest import Load, Runner

COMPUTE = template("compute-24.7", "x3000c0s1b0n0", "x3000c0s2b0n0")
BLUE = {**template("uan", node_groups=["uan"]), "tenant": "blue", "enable_cfs": False, "description": "the front"}
FLEET = {"bos": {"v2": {"sessiontemplates": [COMPUTE, BLUE]}}}


def test_json_is_in_the_servers_order(run: Runner, load: Load) -> None:
    load(FLEET)
    done = run("bos sessiontemplates list")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == [BLUE, COMPUTE]
    assert run("bos v2 sessiontemplates list", NODEWATCH_TENANT="blue").json == [BLUE]


def test_table(run: Runner, load: Load) -> None:
    load(FLEET)
    assert (
        run("bos v2 sessiontemplates list --format table").stdout
        == """\
Template      Boot sets  Nodes              Configuration   Tenant  Description
compute-24.7  compute    x3000c0s[1-2]b0n0  compute-24.7
uan           compute    group uan          not configured  blue    the front
"""
    )


def test_the_nodes_go_on_below_where_they_are_wider_than_the_terminal(run: Runner, load: Load) -> None:
    groups = template("uan", "x1", "x2", node_roles_groups=["Application"], node_groups=["login", "uan"])
    load({"bos": {"v2": {"sessiontemplates": [groups]}}})
    assert (
        run("bos v2 sessiontemplates list", tty=True, COLUMNS="50", NO_COLOR="1").stdout
        == """\
Template  Nodes                      Configuration
uan       x[1-2], role Application,  compute-24.7
          group login, group uan
Not shown for lack of width: boot sets.
"""
    )


def test_there_are_none(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 sessiontemplates list").json == []
    assert run("bos v2 sessiontemplates list --format table").stdout == "There are no session templates.\n"
