"""`--limit` of both versions of BOS: cleaned to exactly what is meant, or refused with the right form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.errors import WrongUsage
from nodewatch.nodes.limits import read_limit
from nodewatch.nodes.nodeset import fold, natural

xnames = st.builds("x{}c{}s{}b{}n{}".format, *[st.integers(0, 20)] * 5)
names = st.lists(xnames, min_size=1, max_size=30, unique=True)


def read(text: str) -> str:
    return read_limit(text, FakeWorld({}))


@given(names, st.sampled_from([",", ", ", " ", "\n", " , "]))
def test_a_plain_list_is_sent_as_it_was_typed(found: list[str], separator: str) -> None:
    terms = [*found, found[0], "!x1", "&Compute", "*"]
    assert read(separator.join(terms)) == ",".join(terms)


@given(names, st.sampled_from(["", "!"]))
def test_node_sets_keep_their_operator(found: list[str], operator: str) -> None:
    folded = fold(found)
    if "," not in folded and "[" in folded:
        wanted = ",".join(operator + name for name in sorted(found, key=natural))
        assert read(f"Compute,{operator}{folded},&uan") == f"Compute,{wanted},&uan"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("all, !x1", "all,!x1"),
        ("all, ! x1", "all,!x1"),
        ("x1 x2\n", "x1,x2"),
        ("x1 & Compute", "x1,&Compute"),
        ("x[1, 3] !x3", "x1,x3,!x3"),
        ("role:Compute_Worker,uan-2", "role:Compute_Worker,uan-2"),
    ],
)
def test_what_is_meant(text: str, sent: str) -> None:
    assert read(text) == sent


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x1,", "there is nothing beside one of its commas. You mean: --limit 'x1'"),
        ("x1,,x2", "there is nothing beside one of its commas. You mean: --limit 'x1,x2'"),
        (",", "there is nothing beside one of its commas."),
        ("x1;x2", "'x1;x2' is no node, group or role with & or ! before it. You mean: --limit 'x1,x2'"),
        ("x1|x2", "'x1|x2' is no node, group or role with & or ! before it. You mean: --limit 'x1,x2'"),
        ("{'x1', 'x2'}", "\"{'x1'\" is no node, group or role with & or ! before it. You mean: --limit 'x1,x2'"),
        ("x[1-3]!x2", "'x[1-3]!x2' is no node, group or role with & or ! before it. You mean: --limit 'x[1-3],!x2'"),
        ("!", "'!' is no node, group or role with & or ! before it."),
        ("x1,!,x2", "'!' is no node, group or role with & or ! before it."),
        ("x1,@nodes", "'@nodes' is no node, group or role with & or ! before it."),
        ("!x1", "a limit that begins with ! leaves no node, because BOS starts from none. You mean: --limit 'all,!x1'"),
        (
            "&Compute,!x1",
            "a limit that begins with & leaves no node, because BOS starts from none. You mean: --limit 'Compute,!x1'",
        ),
    ],
)
def test_what_bos_would_take_otherwise(text: str, words: str) -> None:
    with pytest.raises(WrongUsage) as raised:
        read(text)
    assert raised.value.message == f"--limit: {words}"


def test_v1_starts_from_all_nodes() -> None:
    assert read_limit("!x1, & Compute", FakeWorld({}), from_all=True) == "!x1,&Compute"
    with pytest.raises(WrongUsage):
        read_limit("!", FakeWorld({}), from_all=True)


@pytest.mark.parametrize("text", ["x[a]", "x[1-9999999]", "x[2-1]"])
def test_a_node_set_that_is_none(text: str) -> None:
    with pytest.raises(WrongUsage, match="Write it as in"):
        read(text)
