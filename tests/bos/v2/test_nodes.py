from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.bos_v2 import nodes
from nodewatch.errors import WrongUsage
from nodewatch.nodes.nodeset import fold, natural

xnames = st.builds("x{}c{}s{}b{}n{}".format, *[st.integers(0, 20)] * 5)
padded = st.builds("{}{:0{}}".format, st.sampled_from(["node", "nid", "n1-"]), st.integers(0, 120), st.integers(1, 6))
names = st.lists(st.one_of(xnames, padded), min_size=1, max_size=30, unique=True)


@given(names)
def test_a_folded_list_is_sent_as_the_names_that_it_was_folded_from(found: list[str]) -> None:
    assert nodes.read_node_names(fold(found), FakeWorld({})) == sorted(found, key=natural)


@given(names)
def test_a_plain_list_is_sent_as_it_was_typed(found: list[str]) -> None:
    text = ",".join([*found, found[0]])
    assert nodes.read_ids(text, FakeWorld({})) == (text, [[name] for name in (*found, found[0])])


@given(names)
def test_a_file_and_stdin_are_sent_as_lists(found: list[str]) -> None:
    read, groups = nodes.read_ids("-", FakeWorld({}, "\n".join(found)))
    assert (read, groups) == (",".join(sorted(found, key=natural)), [[name] for name in found])


@pytest.mark.parametrize("text", ["x[1", "x1]", "x[a]", "x[1-2]b[", "x[1-9999999]", "x[2-1]"])
def test_what_is_malformed_is_not_sent(text: str) -> None:
    for parse in (nodes.read_node_names, nodes.read_ids):
        with pytest.raises(WrongUsage, match="Write it as in"):
            parse(text, FakeWorld({}))
