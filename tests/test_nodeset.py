"""Names folded and expanded: exactly, as short as ClusterShell does it, and in the time that a large fleet needs."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from ClusterShell.NodeSet import RESOLVER_NOGROUP, NodeSet
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.errors import FileTrouble, NodewatchError, WrongUsage
from nodewatch.nodes.nodeset import EXAMPLE, expand, fold, natural, read_nodes

if TYPE_CHECKING:
    from pathlib import Path

numbers = st.integers(0, 12)
xnames = st.builds("x{}c{}s{}b{}n{}".format, st.integers(998, 1002), numbers, numbers, numbers, numbers)
padded = st.builds("{}{:0{}}".format, st.sampled_from(["node", "org/edge-", "", "n1-"]), st.integers(0, 120), numbers)
odd = st.text(min_size=1, max_size=8) | st.text("019[],@#\\-x \n", min_size=1, max_size=8)
plain = st.text("ab019-._/", min_size=1, max_size=8)


def cabinets(nodes: int, missing: float) -> list[str]:
    """Return the names of a liquid-cooled system's nodes, some of them missing."""
    slots = [
        f"c{chassis}s{slot}b{board}n{node}"
        for chassis in range(8)
        for slot in range(8)
        for board in range(2)
        for node in range(2)
    ]
    chance = random.Random(nodes)
    names = [f"x{1000 + index // len(slots)}{slots[index % len(slots)]}" for index in range(nodes)]
    return [name for name in names if chance.random() >= missing]


def racks(missing: float) -> list[str]:
    """Return the names of an air-cooled system's nodes, some of them missing."""
    chance = random.Random(1)
    names = [f"x{3000 + rack}c0s{slot}b{board}n0" for rack in range(8) for slot in range(1, 37) for board in range(4)]
    return [name for name in names if chance.random() >= missing]


@given(st.lists(xnames | padded | odd | plain, max_size=30))
def test_expand_undoes_fold(names: list[str]) -> None:
    assert expand(fold(names)) == sorted(set(names), key=natural)


@given(st.lists(xnames, min_size=1, max_size=60))
def test_xnames_undone_and_not_longer_than_they_were(names: list[str]) -> None:
    text = fold(names)
    assert expand(text) == sorted(set(names), key=natural)
    assert len(text) <= len(",".join(set(names)))


def test_names_unlike_the_common_ones() -> None:
    common = [f"nid{number:06}-nmn" for number in range(200)]
    unlike = [
        "nid-nmn",
        "nid1-",
        "-nmn",
        f"nid{'9' * 19}-nmn",
        "nid000001-nmn\n",
        "nid000001-nmn2",
        "nid٣-nmn",
        "9" * 40,
    ]
    alone = [f"{'1' * length}" for length in range(15, 80)]
    names = [*common, *unlike, *alone]
    assert expand(fold(names)) == sorted(names, key=natural)


@given(st.lists(odd | padded, max_size=10))
def test_folded_text_survives_terminal_file_and_command_line(names: list[str]) -> None:
    text = fold(names)
    assert text.isprintable()
    if names:
        assert read_nodes(text, FakeWorld({})) == sorted(set(names), key=natural)
        assert read_nodes("-", FakeWorld({}, f"# nodes\n{text} # all\n")) == sorted(set(names), key=natural)


@settings(max_examples=50)
@given(st.lists(xnames | padded, min_size=1, max_size=20))
def test_clustershell_reads_what_fold_writes(names: list[str]) -> None:
    assert set(NodeSet(fold(names), resolver=RESOLVER_NOGROUP)) == set(names)


@settings(max_examples=50)
@given(st.lists(xnames | padded, min_size=1, max_size=20))
def test_expand_reads_what_clustershell_writes(names: list[str]) -> None:
    assert set(expand(str(NodeSet.fromlist(names, resolver=RESOLVER_NOGROUP)))) == set(names)


@pytest.mark.parametrize(
    "names",
    [
        cabinets(2_048, 0),
        cabinets(2_048, 0.01),
        cabinets(600, 0.2),
        cabinets(256, 0.5),
        racks(0),
        racks(0.02),
        racks(0.8),
        [f"org/edge-{number:04}" for number in range(140) if number % 17],
    ],
)
def test_as_short_as_clustershell(names: list[str]) -> None:
    theirs = NodeSet.fromlist(names, resolver=RESOLVER_NOGROUP)
    ours = fold(names)
    assert set(expand(ours)) == set(theirs) == set(names)
    assert len(ours) <= 1.05 * len(str(theirs))


def test_twenty_thousand_names_with_holes_take_a_moment() -> None:
    names = cabinets(20_000, 0.05)
    times = []
    for _ in range(3):
        start = time.process_time()
        fold(names)
        times.append(time.process_time() - start)
    assert min(times) < 1  # tests/bench says what it really is; ClusterShell takes minutes


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["login"], "login"),
        ([f"x3000c0s{slot}b{board}n0" for slot in range(19, 23) for board in range(4)], "x3000c0s[19-22]b[0-3]n0"),
        ([f"node{number:03}" for number in range(1, 11)], "node[001-010]"),
        (["n1", "n01", "n2", "n02", "n9", "n10", "n099", "n100"], "n[1-2,9,01-02,10,099-100]"),
        (["x1000c0s2b0n0", "x1000c0s10b0n0", "x999c0s0b0n0"], "x999c0s0b0n0,x1000c0s[2,10]b0n0"),
        ([f"org/edge-{number:04}" for number in range(1, 141)], "org/edge-[0001-0140]"),
        (["7", "8", "07"], "[7-8,07]"),
        (["a1" * 33, "a1" * 32 + "a2", "a2" + "a1" * 32], f"a[1-2]{'a1' * 32},{'a1' * 32}a2"),
        (["b", "a", "b"], "a,b"),
        (
            ["a,b", "a b", "a[1]", "@a", "-", "n#1", "n#2", "\x1b[m"],
            r"\x1b\x5bm,\x2d,\x40a,a\x2cb,a\x5b1\x5d,a\x20b,n\x23[1-2]",
        ),
    ],
)
def test_fold(names: list[str], text: str) -> None:
    assert fold(names) == text
    assert set(expand(text)) == set(names)


def test_numbers_longer_than_python_reads() -> None:
    names = ["n" + "7" * 5000 + digit for digit in "123"]
    assert expand(fold(names)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" , ,\n", []),
        ("a,b a\nc", ["a", "b", "c"]),
        ("n[2, 1 ,10-11]", ["n1", "n2", "n10", "n11"]),
        ("n[0-8/4]", ["n0", "n4", "n8"]),
        ("n[098-101]", ["n098", "n099", "n100", "n101"]),
        ("r[1-2]-[01-02]b", ["r1-01b", "r1-02b", "r2-01b", "r2-02b"]),
        ("n1!n1&n1^", ["n1!n1&n1^"]),
        (r"DOMAIN\node,\xzz", [r"DOMAIN\node", r"\xzz"]),
    ],
)
def test_expand(text: str, names: list[str]) -> None:
    assert expand(text) == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x3000c0s[19-22", "'x3000c0s[19-22' is not a node set: its brackets do not match."),
        ("a,b],c", "'b]' is not a node set: its brackets do not match."),
        ("n[[1]]", "'n[[1]]' is not a node set: its brackets do not match."),
        ("n[]", "'n[]' is not a node set: '' is neither a number nor a range."),
        ("n[1,,2]", "'n[1,,2]' is not a node set: '' is neither a number nor a range."),
        ("n[a-c]", "'n[a-c]' is not a node set: 'a-c' is neither a number nor a range."),
        ("n[\u0661]", "'n[\u0661]' is not a node set: '\u0661' is neither a number nor a range."),
        ("n[3-1]", "'n[3-1]' is not a node set: '3-1' runs backwards."),
        ("n[1-3/0]", "'n[1-3/0]' is not a node set: '1-3/0' never ends."),
        ("n[8-011]", "'n[8-011]' is not a node set: the ends of '8-011' have different lengths, with zeros in front."),
        ("a,@rack1", "'@rack1' is not a node set: groups are not known here, and @FILE stands alone."),
        ("n[1-1000001]", "'n[1-1000001]' makes 1,000,001 names; 1,000,000 are the most."),
        (
            "n[0-999999999999999999][0-9]",
            "'n[0-999999999999999999][0-9]' makes 10,000,000,000,000,000,000 names; 1,000,000 are the most.",
        ),
    ],
)
def test_malformed(text: str, said: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        expand(text)
    assert caught.value.message == f"{said} {EXAMPLE}"
    assert expand(EXAMPLE.split()[-1].rstrip("."))[-1] == "x3000c0s30b0n0"


@given(st.text("n019[]-,/@ ", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        names = expand(text)
    except WrongUsage:
        return
    assert names == expand(fold(names))


def test_nodes_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "nodes.txt"
    path.write_text("# the racks\nx3000c0s[19-20]b0n0, login#1  # and what follows: [\n\n\tx3000c0s1b0n0\n,login#1\n")
    assert read_nodes(f"@{path}", FakeWorld({})) == ["login#1", "x3000c0s1b0n0", "x3000c0s19b0n0", "x3000c0s20b0n0"]


def test_nodes_of_a_file_at_home(tmp_path: Path) -> None:
    (tmp_path / "nodes.txt").write_text("n2 n1")
    assert read_nodes("@~/nodes.txt", FakeWorld({"HOME": str(tmp_path)})) == ["n1", "n2"]


def test_nodes_of_the_command_line() -> None:
    assert read_nodes("n[2-3],n1", FakeWorld({})) == ["n1", "n2", "n3"]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"# none\n", WrongUsage, f"PATH names no node. {EXAMPLE}"),
        (b"a\nn[1-\n", WrongUsage, f"PATH: 'n[1-' is not a node set: its brackets do not match. {EXAMPLE}"),
        (
            b"HOME=/\0A=1",
            WrongUsage,
            f"PATH: there is a control character, '\\x00', and no name of a node has one. {EXAMPLE}",
        ),
        (b"a\n\xff\n", FileTrouble, "PATH is not UTF-8 text: byte 2 is wrong."),
    ],
)
def test_file_without_nodes(tmp_path: Path, content: bytes, kind: type[NodewatchError], said: str) -> None:
    path = tmp_path / "nodes.txt"
    path.write_bytes(content)
    with pytest.raises(kind) as caught:
        read_nodes(f"@{path}", FakeWorld({}))
    assert caught.value.message.replace(str(path), "PATH") == said


def test_files_that_are_none(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path / "missing", "No such file or directory"),
        (tmp_path, "Is a directory"),
        ("", "No such file or directory"),
        ("/dev/zero", "it is no regular file"),
    ):
        with pytest.raises(FileTrouble) as caught:
            read_nodes(f"@{path}", FakeWorld({}))
        assert caught.value.message == f"{path or 'a file without a name'} cannot be read: {said}."


def test_endless_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodewatch.nodes.nodeset.MOST_CHARACTERS", 5)
    with pytest.raises(FileTrouble) as caught:
        read_nodes("-", FakeWorld({}, "x" * 6))
    assert caught.value.message == "stdin cannot be read: it is larger than 0 MiB."


def test_empty_stdin_and_text() -> None:
    for text, source in (("-", "stdin"), (",", "','")):
        with pytest.raises(WrongUsage) as caught:
            read_nodes(text, FakeWorld({}))
        assert caught.value.message == f"{source} names no node. {EXAMPLE}"
