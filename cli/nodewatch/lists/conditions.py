"""What the expressions of `--filter` mean for the records of a list: pure functions that tell whether they fit."""

from __future__ import annotations

from operator import ge, gt, le, lt
from typing import TYPE_CHECKING

from nodewatch.errors import WrongUsage
from nodewatch.lists.listing import COMPARABLE, normalized_column, value_text
from nodewatch.lists.query import Both, Comparison, Either, Not, parse, wildcard, without_backslashes, wrong_expression
from nodewatch.nodes.nodeset import natural
from nodewatch.times import read_duration, read_time, utc_stamp

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Sequence

    from nodewatch.lists.listing import Attribute, Listing, Row
    from nodewatch.lists.query import Condition
    from nodewatch.times import Clock

    Test = Callable[[Row, Clock], bool]
    Sortable = tuple[str, str] | str | float

TRUTH_WORDS = {"true": True, "yes": True, "false": False, "no": False}
NEGATED = {"!=": "=", "!~": "~"}
ORDERS: dict[str, Callable[[Sortable, Sortable], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def read_condition(listing: Listing[Row], expression: str) -> Condition:
    """Return what an expression says; raise `WrongUsage` where it is none, or does not fit the list's columns."""
    condition = parse(expression)
    for comparison in comparisons(condition):
        try:
            attribute = listing.find(comparison.column)
        except WrongUsage as error:
            raise wrong_expression(expression, comparison.at, error.message) from error
        try:
            comparison_test(comparison, attribute)
        except WrongUsage as error:
            raise wrong_expression(expression, comparison.value_at, error.message) from error
    return condition


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Return the comparisons in a condition, in their order."""
    match condition:
        case Comparison():
            yield condition
        case Not(inner):
            yield from comparisons(inner)
        case Both(parts) | Either(parts):
            for each in parts:
                yield from comparisons(each)


def condition_test(condition: Condition, listing: Listing[Row]) -> Test[Row]:
    """Return the function that tells whether a condition holds for a record."""
    match condition:
        case Comparison():
            return comparison_test(condition, listing.find(condition.column))
        case Not(inner):
            fits = condition_test(inner, listing)
            return lambda record, clock: not fits(record, clock)
        case Both(parts):
            every = [condition_test(each, listing) for each in parts]
            return every[0] if len(every) == 1 else lambda record, clock: all(fits(record, clock) for fits in every)
        case Either(parts):
            some = [condition_test(each, listing) for each in parts]
            return lambda record, clock: any(fits(record, clock) for fits in some)


def comparison_test(comparison: Comparison, attribute: Attribute[Row]) -> Test[Row]:
    """Return the function that tells whether a comparison holds for a record.

    Raise `WrongUsage` for a value that the attribute can never have, or that is not of its kind. What a record does not
    have is empty: `= ''` holds for it, `<` and `>` do not.
    """
    operator, value = comparison.operator, without_backslashes(comparison.value)
    if operator in NEGATED:
        fits = comparison_test(comparison._replace(operator=NEGATED[operator]), attribute)
        return lambda record, clock: not fits(record, clock)
    if operator == "~":
        search = regular_expression(comparison.value).search
        return lambda record, clock: search(value_text(attribute, record, clock)) is not None
    shape = wildcard(comparison.value)
    if operator == "=" and shape is not None:
        return lambda record, clock: shape.fullmatch(value_text(attribute, record, clock)) is not None
    if operator == "=" and not value:
        return lambda record, clock: not value_text(attribute, record, clock)
    wanted = read_value(attribute, value)
    get, comparable = attribute.value, COMPARABLE[attribute.kind]
    if operator == "=":
        return lambda record, clock: comparable(get(record, clock)) == wanted
    if attribute.kind == "truth":
        raise WrongUsage(f"{attribute.name} is true or false: only = and != make sense.")
    compare, by_numbers = ORDERS[operator], attribute.kind == "text"
    limit = natural(str(wanted)) if by_numbers else wanted

    def compared(record: Row, clock: Clock) -> bool:
        found = comparable(get(record, clock))
        if found is None or found == "":
            return False
        return compare(natural(str(found)) if by_numbers else found, limit)

    return compared


def regular_expression(expression: str) -> re.Pattern[str]:
    """Return the regular expression, which takes no notice of case; raise `WrongUsage` if it is none."""
    import re

    try:
        return re.compile(expression, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise WrongUsage(f"this is no regular expression: {error}.") from error


def read_value(attribute: Attribute[Row], value: str) -> str | float:
    """Return a value of the command line as values of the attribute are compared; raise `WrongUsage` for what is none.

    >>> from nodewatch.lists.listing import At, Attribute
    >>> read_value(Attribute("age", "", At("age"), kind="duration"), "30m")
    1800.0
    """
    if attribute.words:
        return known_word(value, attribute.words, attribute.name)
    match attribute.kind:
        case "text":
            return value.casefold()
        case "truth":
            found: str | float | None = TRUTH_WORDS.get(value.lower())
            form = "true or false"
        case "number":
            found, form = read_number(value), "a number"
        case "duration":
            found, form = read_duration(value), "a duration (90, 30s, 10m, 2h, 1d)"
        case "time":
            found, form = utc_stamp(value) if read_time(value) else None, "a time (2026-11-21, 2026-11-21T11:00:00Z)"
    if found is None:
        raise WrongUsage(f"{attribute.name} is compared with {form}, not with {value!r}.")
    return found


def read_number(value: str) -> float | None:
    """Return the number that a text is; None for none."""
    try:
        return float(value)
    except ValueError:
        return None


def known_word(value: str, words: Sequence[str], what: str) -> str:
    """Return the word that is meant, of those that there are; raise `WrongUsage`, with what may be meant, for another.

    >>> known_word("Power-On pending", ["stable", "power_on_pending"], "status")
    'power_on_pending'
    >>> known_word("faild", ["stable", "failed"], "status")
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: 'faild' is no status: you may mean failed. There are stable, failed.
    """
    wanted = normalized_column(value)
    for word in words:
        if normalized_column(word) == wanted:
            return word.casefold()
    from difflib import get_close_matches

    near = get_close_matches(wanted, words, 2, 0.6)
    meant = f": you may mean {' or '.join(near)}" if near else ""
    raise WrongUsage(f"{value!r} is no {what}{meant}. There are {', '.join(filter(None, words))}.")
