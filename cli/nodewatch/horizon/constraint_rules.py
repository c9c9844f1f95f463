r"""The language of constraints: what a text of it asks for, and whether properties satisfy it; pure functions.

    constraint = comparison, or several joined by AND (&&) and OR (||); parentheses group, AND binds tighter than OR
    comparison = name operator value, with operators = == != < > <= >= in

Source: the agent's own parser and its evaluation, whose peculiarities decide which nodes a policy is meant for: words
are read in the order of `TOKENS`, the first one that fits counts, and nothing is tried a second time. So the words
`init` and `initial` cannot be read unless they are quoted, and a blank in front of a text belongs to its first name.

>>> properties = [
...     {"name": "site", "value": "rome"},
...     {"name": "floor", "value": 2},
...     {"name": "lab", "value": True},
...     {"name": "ver", "value": "1.2.3", "type": "version"},
...     {"name": "tags", "value": "a,b, c", "type": "list of strings"},
...     {"name": "txt", "value": "two words"},
...     {"name": "numtext", "value": "7"},
... ]
>>> def satisfied(*constraints): return [satisfies(properties, [constraint]) for constraint in constraints]
>>> satisfied("site == rome", "site=rome", 'site == "rome"', "site != oslo", 'site in "rome,oslo"', "")
[True, True, True, True, True, True]
>>> satisfied("site == Rome", "SITE == rome", "nothere != x", "floor == two", "lab > 1", "numtext > 3")
[False, False, False, False, False, False]
>>> satisfied("floor > 1", "floor == 2.0", "lab == True", "lab == T", "numtext == 7", 'txt == "two words"')
[True, True, True, True, True, True]
>>> satisfied("ver in [1.0.0,2.0.0)", "ver in 1.0.0", "ver == 1.2.3", "ver in (1.2.3,2.0.0]")
[True, True, True, False]
>>> satisfied('tags in "a,x"', "tags == a", "tags != z", "tags != a", 'tags == "a,b, c"')
[True, True, True, False, False]
>>> satisfied("site == rome OR floor == 3 AND lab == false", "(site == rome OR floor == 3) AND lab == false")
[True, False]
>>> satisfied("txt == two words", "site == rome AND", "NOT site == rome", "site == rome||lab == true", "a == initial")
[False, False, False, False, False]
>>> satisfies(properties, ["site == rome", "floor == 2"]), satisfies(properties, ["site == rome", "floor == 3"])
(True, False)
>>> [satisfies(properties, ["(" * depth + "site == rome" + ")" * depth]) for depth in (100, 101)]
[True, False]
>>> satisfies([{"name": "site", "value": None}, {"name": "site", "value": "rome"}], ["site == rome"])
True
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from nodewatch.documents import as_text
from nodewatch.horizon.version_rules import in_range, is_range, is_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nodewatch.documents import Document

    Read = TypeVar("Read")

LETTERS = "0-9a-zA-Z\u00a0-\u00ff\u1100-\u11ff\u20a0-\u20cf\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef"
WORD_CHARACTER = rf"[{LETTERS}_\-/!?+~'.]"
QUOTED_CHARACTER = rf"[{LETTERS}_\-/!?+~'. \t]"
BLANK = r"[\n\r\t ]"
VERSION_DIGITS = "[0-9]*+"
VERSION_NUMBERS = rf"{VERSION_DIGITS}\.{VERSION_DIGITS}\.{VERSION_DIGITS}"
# In this order, and each without going back (`*+`): so the agent's lexer reads. What begins with `in` and goes on with
# another `i` is none of its words.
TOKENS: dict[str, str] = {
    "in word": rf"in(?:in)*+(?!i){WORD_CHARACTER}++",
    "and": rf"{BLANK}++(?:AND|&&){BLANK}++",
    "or": rf"{BLANK}++(?:OR|\|\|){BLANK}++",
    "order": rf"{BLANK}*+=?+[<>]=?+{BLANK}*+",
    "in": rf"{BLANK}*+in{BLANK}*+",
    "equality": rf"{BLANK}*+(?:!=|==?+){BLANK}*+",
    "range": rf"{BLANK}*+[(\[]{VERSION_NUMBERS}{BLANK}*+,{BLANK}*+(?:{VERSION_NUMBERS}|INFINITY)[\])]",
    "version": rf"{BLANK}*+{VERSION_NUMBERS}",
    "number": rf"{BLANK}*+-?+[0-9]++(?:\.{VERSION_DIGITS})?+",
    "(": rf"{BLANK}*+\({BLANK}*+",
    ")": rf"{BLANK}*+\)",
    "word": rf"{BLANK}*+{WORD_CHARACTER}++",
    "quoted": rf'{BLANK}*+"{QUOTED_CHARACTER}++"',
    "list": rf'{BLANK}*+"(?:{QUOTED_CHARACTER}|,)++"',
}
VALUES = ("word", "in word", "quoted", "list", "version", "range", "number")
AFTER_IN = ("list", "quoted", "range", "version")
BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}
IN = "; a word `in`, or one that begins with `ini`, cannot be read unless it is a value in double quotes"
DEEPEST_PARENTHESES = 100  # parentheses in parentheses: more are refused, so that no text can exhaust the stack
VERSION_TYPE, LIST_TYPE = "version", "list of strings"


class Unparsable(ValueError):
    """A text is no constraint; the message says why."""


class PropertyComparison(NamedTuple):
    """A property's name, an operator, and the value as it was written, quotes included."""

    name: str
    operator: str
    value: str


class Joined(NamedTuple):
    """Expressions of which all (`and`) or any (`or`) must hold; of none, all do."""

    how: Literal["and", "or"]
    parts: Sequence[PropertyComparison | Joined]


class ConstraintToken(NamedTuple):
    """A word of the language: its kind (a key of `TOKENS`, or nothing at the end), its text, and where it ends."""

    kind: str
    text: str
    end: int


@lru_cache(1)
def token_pattern() -> re.Pattern[str]:
    """Return all tokens as one pattern, each a group: compiled when the first constraint is read."""
    return re.compile("|".join(f"({pattern})" for pattern in TOKENS.values()))


def next_token(text: str, at: int) -> ConstraintToken:
    """Return the token at the place; raise `Unparsable` where nothing fits.

    >>> next_token("site in [1.0.0,2.0.0)", 4), next_token("a", 1)
    (ConstraintToken(kind='in', text=' in ', end=8), ConstraintToken(kind='', text='', end=1))
    """
    if at == len(text):
        return ConstraintToken("", "", at)
    found = token_pattern().match(text, at)
    if found is None or found.lastindex is None:
        raise Unparsable(f"nothing is known that begins with {text[at]!r}")
    return ConstraintToken(list(TOKENS)[found.lastindex - 1], found[0], found.end())


def is_blank(text: str, at: int) -> bool:
    """Return whether nothing but blanks comes from the place on."""
    return re.compile(r"\s*\Z").match(text, at) is not None


def read_comparison(text: str, at: int) -> tuple[PropertyComparison | None, int]:
    """Return the comparison at the place and where it ends; none before a parenthesis, and at the end.

    >>> read_comparison("site == rome AND x > 1", 0), read_comparison("(a == b)", 0)
    ((PropertyComparison(name='site', operator='==', value='rome'), 12), (None, 0))
    >>> read_comparison('abin"b,c"', 0)[0]
    PropertyComparison(name='ab', operator='in', value='"b,c"')
    >>> def fault(text):
    ...     try:
    ...         read_comparison(text, 0)
    ...     except Unparsable as error:
    ...         print(str(error).replace(IN, "; IN"))
    >>> for text in ('xin"b"', 'abcd"b"', "> 1", "in > 1", "a == > ", "a == in "): fault(text)
    an operator must follow the name 'xin', not '"b"'
    an operator must follow the name 'abcd', not '"b"'
    '> ' is not the name of a property
    'in ' is not the name of a property; IN
    '> ' is not a value that 'a' can be compared with
    'in ' is not a value that 'a' can be compared with; IN
    >>> for text in ("a == [1.0.0,2.0.0)", 'a == "b,c"', "a > b", "a in b", "a in [1.0.0, 2.0.0)"): fault(text)
    a range of versions goes with the operator 'in' only, not with '=='
    a list goes with the operator 'in' only, not with '=='
    '>' compares numbers, and b is none
    after the operator 'in' comes a quoted text, a version, or a range of versions
    [1.0.0, 2.0.0) is not a range of versions, which has no blank in it: [1.0.0,2.0.0)
    """
    if is_blank(text, at):
        return None, len(text)
    first = next_token(text, at)
    if first.kind in ("(", ")"):
        return None, at
    if first.kind not in ("word", "in word"):
        raise Unparsable(f"{first.text!r} is not the name of a property" + IN * (first.kind == "in"))
    name, operator = first.text, next_token(text, first.end)
    if operator.kind not in ("equality", "order", "in"):
        if not (len(name.encode()) > 3 and name.endswith("in")):
            raise Unparsable(f"an operator must follow the name {name!r}, not {operator.text!r}")
        name, operator, value = name[:-2], ConstraintToken("written together", "in", first.end), operator
    else:
        value = next_token(text, operator.end)
    if value.kind not in VALUES:
        raise Unparsable(
            f"{value.text!r} is not a value that {name!r} can be compared with" + IN * (value.kind == "in")
        )
    found = PropertyComparison(name, operator.text.strip(), value.text.strip())
    check_kinds(found, operator.kind, value)
    return found, value.end


def check_kinds(found: PropertyComparison, operator: str, value: ConstraintToken) -> None:
    """Raise `Unparsable` where the kinds of operator and value do not go together."""
    if operator == "equality" and value.kind in ("range", "list"):
        kind = "a range of versions" if value.kind == "range" else "a list"
        raise Unparsable(f"{kind} goes with the operator 'in' only, not with {found.operator!r}")
    if operator == "order" and read_property_number(found.value) is None:
        raise Unparsable(f"{found.operator!r} compares numbers, and {found.value} is none")
    if operator == "in" and value.kind not in AFTER_IN:
        raise Unparsable("after the operator 'in' comes a quoted text, a version, or a range of versions")
    if value.kind == "range" and not is_range(value.text):
        raise Unparsable(f"{value.text} is not a range of versions, which has no blank in it: [1.0.0,2.0.0)")


def read_connective(text: str, at: int) -> tuple[str, int]:
    """Return what joins at the place (`and`, `or`, a parenthesis, nothing at the end), and where it ends."""
    if is_blank(text, at):
        return "", len(text)
    found = next_token(text, at)
    if found.kind not in ("and", "or", "(", ")"):
        raise Unparsable(f"AND, &&, OR or ||, with blanks on both sides, should come before {text[at:].strip()!r}")
    return found.kind, found.end


def check_text(text: str) -> None:
    """Raise `Unparsable` if the text is no constraint.

    >>> check_text("a == b AND (c > 1 || d in \\"e,f\\")")
    >>> check_text("(a == b")
    Traceback (most recent call last):
    nodewatch.horizon.constraint_rules.Unparsable: The constraint expression contains unmatched parentheses.
    """
    at = depth = 0
    while at < len(text):
        found, at = read_at(text, "an expression", read_comparison, at)
        joint = "("
        while joint in ("(", ")"):
            try:
                joint, at = read_at(text, "a control operator", read_connective, at)
            except Unparsable:
                if found is not None:
                    raise
                joint = ""  # what follows a parenthesis is the next expression
            depth += {"(": 1, ")": -1}.get(joint, 0)
    if depth:
        raise Unparsable("The constraint expression contains unmatched parentheses.")


def read_at(text: str, what: str, read: Callable[[str, int], Read], at: int) -> Read:
    """Return what `read` finds at the place; say of what text it is, and what was looked for, if there is none."""
    try:
        return read(text, at)
    except Unparsable as error:
        raise Unparsable(f"Error finding {what} in {text}. Error was: {error}") from error


def read_expression(text: str, at: int = 0, depth: int = 0) -> tuple[Joined, int]:
    """Return what a checked text says, up to the parenthesis that closes it, and where that is.

    >>> read_expression("a == b OR c == d AND e == f")[0].parts[1].parts
    [PropertyComparison(name='c', operator='==', value='d'), PropertyComparison(name='e', operator='==', value='f')]
    """
    if depth > DEEPEST_PARENTHESES:
        raise Unparsable(f"There are more than {DEEPEST_PARENTHESES} parentheses in one another.")
    alternatives: list[Joined] = []
    parts: list[PropertyComparison | Joined] = []
    while True:
        found, at = read_comparison(text, at)
        parts += [found] if found else []
        joint, at = read_connective(text, at)
        if joint == "(":
            inner, at = read_expression(text, at, depth + 1)
            parts.append(inner)
            joint, at = read_connective(text, at)
        if joint in ("or", ")", ""):
            alternatives.append(Joined("and", parts))
            parts = []
        if joint in (")", ""):
            return Joined("or", alternatives), at


@lru_cache(1024)
def parse_constraints(constraints: tuple[str, ...]) -> Joined:
    """Return what constraints say together; raise `Unparsable` if one of them is none."""
    for text in constraints:
        check_text(text)
    return Joined("and", [read_expression(text)[0] for text in constraints])


def satisfies(properties: Sequence[Document], constraints: Iterable[str]) -> bool:
    """Return whether the properties satisfy all the constraints; False where one of these cannot be read."""
    try:
        return is_true(parse_constraints(tuple(constraints)), properties)
    except Unparsable:
        return False


def is_true(wanted: PropertyComparison | Joined, properties: Sequence[Document]) -> bool:
    """Return whether an expression is true of the properties; about a property that is not there nothing is true."""
    if isinstance(wanted, Joined):
        results = (is_true(part, properties) for part in wanted.parts)
        return all(results) if wanted.how == "and" else any(results)
    verdicts = (compare_property(each, wanted) for each in properties if each.get("name") == wanted.name)
    return next((verdict for verdict in verdicts if verdict is not None), False)


def compare_property(found: Document, wanted: PropertyComparison) -> bool | None:
    """Return whether one property is as it is wanted; None where its value cannot be compared so at all.

    >>> def compared(value, *wanted, kind=""):
    ...     found = {"name": "p", "value": value, "type": kind}
    ...     return [compare_property(found, PropertyComparison("p", *each.split(" ", 1))) for each in wanted]
    >>> compared(5, "< 5", "<= 5", "> 5", ">= 5", "!= 5", "== 5"), compared(5, "< 6", "<= 4", "> 4", ">= 6", "!= 6")
    ([False, True, False, True, False, True], [True, False, True, False, True])
    >>> compared(10**400, "!= 5"), compared(True, "!= maybe", "!= false", "== false", "in true"), compared(None, "== 1")
    ([False], [False, True, False, None], [None])
    >>> compared("1.5", "in [1,2)", "in 1.5,2"), compared("1", "in [1,2)", "in [0,1)", kind="version")
    ([True, True], [True, False])
    >>> compared("2)", "in [1,2)"), compared("a, b", "== a, b", "== b", "== c"), compared("5", "< 5")
    ([True], [True, True, False], [False])
    """
    value = found.get("value")
    if isinstance(value, bool):
        return compare_truth(value, wanted)
    if isinstance(value, int | float):
        return compare_number(value, wanted)
    return compare_text(value, as_text(found.get("type")), wanted) if isinstance(value, str) else None


def compare_truth(value: bool, wanted: PropertyComparison) -> bool | None:
    """Return how a boolean compares."""
    other = BOOLEANS.get(wanted.value)
    if other is None or wanted.operator in ("<", ">", "<=", ">="):
        return False
    return None if wanted.operator == "in" else (value is other) is (wanted.operator != "!=")


def compare_number(value: float, wanted: PropertyComparison) -> bool:
    """Return how a number compares; every operator that is none of order or inequality asks for equality."""
    this, other = read_property_number(str(value)), read_property_number(wanted.value)
    if this is None or other is None:
        return False
    results = {"<": this < other, ">": this > other, "<=": this <= other, ">=": this >= other, "!=": this != other}
    return results.get(wanted.operator, this == other)


def compare_text(value: str, kind: str, wanted: PropertyComparison) -> bool:
    """Return how a text compares, which is of the `kind` that the property declares."""
    this, other = unquote(value).strip(" "), unquote(wanted.value).strip(" ")
    if wanted.operator == "!=":
        return other not in list_elements(this) if kind == LIST_TYPE else this != other
    if wanted.operator == "in":
        if kind == VERSION_TYPE or (is_version(this) and is_range(other)):
            return in_range(this, other)
        if kind == LIST_TYPE:
            return not list_elements(this).isdisjoint(list_elements(other))
        return unquote(this.strip(" ")) in list_elements(other)
    return wanted.operator in ("=", "==") and (this == other or unquote(other) in list_elements(this))


def unquote(text: str) -> str:
    """Return the text without the double quotes around it.

    >>> unquote('"a b"'), unquote('"'), unquote('a"')
    ('a b', '', 'a"')
    """
    return text[1:-1] if text[:1] == '"' == text[-1:] else text


def list_elements(text: str) -> set[str]:
    """Return the elements of a list in a text: separated by commas, each without blanks and quotes around it."""
    return {unquote(element.strip(" ")) for element in text.split(",")}


def read_property_number(text: str) -> float | None:
    """Return the number in a text, None where it is none, or too large for one.

    >>> [read_property_number(text) for text in ("2.0", "+Inf", "1e3", "two", '"2"', "9" * 400, "\\u0131nf")]
    [2.0, inf, 1000.0, None, None, None, None]
    """
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", text):
        return float(text) if re.fullmatch(r"(?i)[+-]?(?:inf|infinity|nan)", text) and text.isascii() else None
    found = float(text)
    return None if math.isinf(found) else found
