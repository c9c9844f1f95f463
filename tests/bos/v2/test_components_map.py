"""The picture of the machine; `sessions map` draws a session's nodes the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import component, session

if TYPE_CHECKING:
    from conftest import Load, Play, Runner

NODES = [
    component("x1000c0s0b0n0"),
    component("x1000c0s0b0n1", override="failed"),
    component("x1000c0s1b0n1", "powering_on", session="reboot-8"),
    component("x1000c3s1b1n0", "configuring", enabled=False),
    component("x3000c0s9b0n0", "powering_off"),
    component("x9c9999s9999b0n0"),
    component("edge-2"),
    component("edge-10", "configuring"),
]
FLEET = {"bos": {"v2": {"sessions": [session("reboot-7"), session("reboot-8")], "components": NODES}}}
PICTURE = """\
█ stable 3  v powering off 1  ^ powering on 1  c configuring 1  X failed 1  ! disabled 1

x1000         x3000   edge-[2-10] (2)   x9c9999s9999b0n0
   c0   c3       s8   █c                █
s0 █X         +1 v
s1  ^     !
"""


def test_each_node_in_its_place(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components map", tty=True, NO_COLOR="1", COLUMNS="120") == (0, PICTURE, "")
    assert run("bos v2 components map --format table").stdout == PICTURE


def test_pictures_that_do_not_fit_stand_below(run: Runner, load: Load) -> None:
    load(FLEET)
    picture = run("bos v2 components map", tty=True, NO_COLOR="1", COLUMNS="50").stdout
    assert "\nx1000         x3000   edge-[2-10] (2)\n" in picture
    assert picture.endswith("\n\nx9c9999s9999b0n0\n█\n")


def test_signs_where_there_are_no_blocks(run: Runner, load: Load) -> None:
    load(FLEET)
    picture = run("bos v2 components map", tty=True, TERM="dumb", COLUMNS="120").stdout
    assert picture == PICTURE.replace("█", "#")


def test_filters_choose_the_nodes(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components map --ids 'edge-[2,10]' --format table").stdout.startswith(
        "█ stable 1  c configuring 1\n"
    )
    assert run("bos v2 components map --filter 'cabinet = x3000' --format table").stdout.startswith(
        "v powering off 1\n"
    )
    assert run("bos v2 components map --session nope --format table").stdout == "No node matches.\n"


def test_other_formats_are_those_of_the_list(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 components map") == run("bos v2 components list")
    assert run("bos v2 sessions map reboot-7 --format names") == run(
        "bos v2 components list --session reboot-7 --format names"
    )


def test_a_session(run: Runner, load: Load) -> None:
    load(FLEET)
    assert run("bos v2 sessions map reboot-8 --format table").stdout == "^ powering on 1\n\nx1000\n   c0\ns1  ^\n"
    assert run("bos v2 sessions map nope --format table").code == 8


def test_it_moves(run: Runner, play: Play) -> None:
    done = [component("x1000c0s0b0n0", session="reboot-7")]
    booting = [component("x1000c0s0b0n0", "powering_on", session="reboot-7")]
    play({0: {"bos": {"v2": {"components": booting}}}, 30: {"bos": {"v2": {"components": done}}}})
    drawn = run("bos v2 components map --watch", tty=True, NO_COLOR="1")
    assert drawn.code == 0
    assert "s0 ^" in drawn.stdout
    assert drawn.stdout.endswith("█ stable 1\n\nx1000\n   c0\ns0 █\n")


def test_the_end_of_a_wait_is_drawn_or_listed(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessions": [session("reboot-7")], "components": NODES[:1]}}})
    for options in ("--format table", "--format names", "--format csv", "--format json", "--count-by status"):
        shown = run(f"bos v2 components map {options}").stdout
        assert run(f"bos v2 components map --wait {options}")[:2] == (0, shown)
