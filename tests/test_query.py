"""The language of --filter, by itself: what is written comes back, what is none is refused with its place marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewatch.errors import WrongUsage
from nodewatch.lists.query import (
    COMPARISON_OPERATORS,
    Both,
    Comparison,
    Condition,
    Either,
    Not,
    parse,
    wildcard,
    without_backslashes,
    without_positions,
)

TEXTS = st.text(max_size=8)
COMPARISONS = st.builds(
    Comparison, st.text(min_size=1, max_size=8), st.sampled_from(COMPARISON_OPERATORS), TEXTS, st.just(0), st.just(0)
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Both, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


def quoted(text: str) -> str:
    """Return the text in quotes, to stand for itself."""
    return '"' + re.sub(r'([\\"])', r"\\\1", text) + '"'


def written(condition: Condition) -> str:
    """Return the condition as an expression."""
    match condition:
        case Comparison(column, operator, value):
            return f"{quoted(column)}{operator}{quoted(value)}"
        case Not(part):
            return f"not ({written(part)})"
        case Both(parts):
            return " AND ".join(f"({written(part)})" for part in parts)
        case Either(parts):
            return " or ".join(f"({written(part)})" for part in parts)


def with_plain_values(condition: Condition) -> Condition:
    """Return the condition with its values as they are meant, and without places."""
    match without_positions(condition):
        case Comparison() as one:
            return one._replace(value=without_backslashes(one.value))
        case Not(part):
            return Not(with_plain_values(part))
        case Both(parts):
            return Both(tuple(map(with_plain_values, parts)))
        case Either(parts):
            return Either(tuple(map(with_plain_values, parts)))


@given(CONDITIONS)
def test_what_is_written_comes_back(condition: Condition) -> None:
    assert with_plain_values(parse(written(condition))) == condition


@given(st.text(alphabet="ab=!<>~()'\"\\ andort*\n\u4e00", max_size=20))
def test_anything_is_read_or_refused_with_its_place(text: str) -> None:
    said = "--filter: \n^"
    try:
        parse(text)
    except WrongUsage as error:
        said = error.message
    assert said.startswith("--filter: ")
    assert said.endswith("^")


@given(st.text(max_size=6), st.text(max_size=3))
def test_a_pattern_fits_what_it_was_made_of(text: str, middle: str) -> None:
    value = re.sub(r"([\\*?])", r"\\\1", text)
    assert wildcard(value) is None
    fits = wildcard(value + "*" + value)
    assert fits is not None
    assert fits.fullmatch(text + middle + text)
    assert without_backslashes(value) == text


END = "`and`, `or` or the end should come here."


@pytest.mark.parametrize(
    ("text", "why", "place"),
    [
        ("", "the name of a column should stand here.", 0),
        ("status", "one of <= >= != !~ = < > ~ should come here.", 6),
        ("status failed", "one of <= >= != !~ = < > ~ should come here.", 7),
        ("status =", "a value should stand here; '' is the empty one.", 8),
        ("status = failed and", "the name of a column should stand here.", 19),
        ("and status = failed", "the name of a column should stand here.", 0),
        (
            "error = no power",
            "`and`, `or` or the end should come here. A value with blanks in it stands in quotes.",
            11,
        ),
        ("(status = failed", "`)` is missing here.", 16),
        ("status = failed)", END, 15),
        ("error = 'no power", "the quotes that begin here do not end.", 8),
        ("status ! failed", "one of <= >= != !~ = < > ~ should come here.", 7),
        ("not " * 51 + "a=1", "more than 50 parentheses or `not` stand within each other.", 200),
    ],
)
def test_the_place_is_marked(text: str, why: str, place: int) -> None:
    with pytest.raises(WrongUsage) as error:
        parse(text)
    assert error.value.message.split("\n") == [f"--filter: {why}", f"    {text}", "    " + " " * place + "^"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("limit=x1000c[0-3]", "x1000c[0-3]"),
        ("error = a=b", "a=b"),
        ("id~^x1000", "^x1000"),
        ("age>=30m", "30m"),
        ("status!=stable", "stable"),
        ("role == compute", "compute"),
        (r"error = 'it\'s'", "it's"),
        ("session = ''", ""),
    ],
)
def test_values_without_blanks_need_no_quotes(text: str, value: str) -> None:
    condition = parse(text)
    assert isinstance(condition, Comparison)
    assert without_backslashes(condition.value) == value


def test_and_binds_closer_than_or() -> None:
    assert without_positions(parse("a=1 or b=2 and c=3")) == without_positions(parse("a=1 or (b=2 and c=3)"))
    assert without_positions(parse("not a=1 and b=2")) == without_positions(parse("(not a=1) and b=2"))
