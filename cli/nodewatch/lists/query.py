r"""The language of `--filter`: comparisons of columns with values, joined by `and`, `or`, `not` and parentheses.

    expression := all ("or" all)*
    all        := one ("and" one)*
    one        := "not" one | "(" expression ")" | comparison
    comparison := COLUMN OPERATOR VALUE
    OPERATOR   := "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"

A column or value with blanks, quotes or parentheses in it stands in quotes, single or double; a backslash takes the
character behind it as it is. Words are the same in upper and lower case. This module knows the grammar alone; which
columns there are, and what a comparison means, is in `listing`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import WrongUsage
from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARISON_OPERATORS = ("<=", ">=", "!=", "!~", "=", "<", ">", "~")
DEEPEST = 50  # parentheses and `not` within each other; more is no question that anybody has
TOKEN = re.compile(
    r"""\s*(?:(?P<parenthesis>[()])
        |(?P<operator><=|>=|!=|!~|==|[=<>~])
        |(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
        |(?P<word>(?:[^\s()"'=<>~!\\]|\\.|!(?![=~]))+))""",
    re.VERBOSE | re.DOTALL,
)
# Behind an operator a word may hold operators too: `error = a=b`.
VALUE_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>(?:[^\s()"'\\]|\\.)+))""",
    re.VERBOSE | re.DOTALL,
)


class Comparison(NamedTuple):
    """A column held against a value; `value` has its backslashes still, `at` and `value_at` are places in the text."""

    column: str
    operator: str
    value: str
    at: int = 0
    value_at: int = 0


class Both(NamedTuple):
    """Conditions that must all hold."""

    parts: tuple[Condition, ...]


class Either(NamedTuple):
    """Conditions of which one must hold."""

    parts: tuple[Condition, ...]


class Not(NamedTuple):
    """A condition that must not hold."""

    part: Condition


Condition = Comparison | Both | Either | Not


class Token(NamedTuple):
    """A piece of an expression: what kind it is, its text without quotes, and where it begins."""

    kind: str
    text: str
    at: int

    def says(self, word: str) -> bool:
        """Return whether it is that word, and not in quotes."""
        return self.kind == "word" and self.text.lower() == word


def wrong_expression(text: str, at: int, why: str) -> WrongUsage:
    r"""Return the error for an expression that is wrong at a place, with the place marked.

    >>> print(wrong_expression("status failed", 7, "an operator is missing.").message)
    --filter: an operator is missing.
        status failed
               ^
    """
    mark = " " * len(visible(text[:at])) + "^"
    return WrongUsage(f"--filter: {why}\n    {visible(text)}\n    {mark}")


def parse(text: str) -> Condition:
    """Return what the expression says; raise `WrongUsage`, with the place marked, where it is none.

    >>> parse("age > 30m and not status = 'power on called'")
    Both(parts=(Comparison(column='age', operator='>', value='30m', at=0, value_at=6), \
Not(part=Comparison(column='status', operator='=', value='power on called', at=18, value_at=27))))
    >>> parse("a=1 or b=2 and c=3") == parse("a=1 or (b=2 and c=3)")
    False
    """
    return Parser(text).whole()


def without_positions(condition: Condition) -> Condition:
    """Return the condition without the places in its text.

    >>> without_positions(parse("a=1 or b=2 and c=3")) == without_positions(parse("a=1 or (b=2 and c=3)"))
    True
    """
    match condition:
        case Comparison():
            return condition._replace(at=0, value_at=0)
        case Not(part):
            return Not(without_positions(part))
        case Both(parts):
            return Both(tuple(map(without_positions, parts)))
        case Either(parts):
            return Either(tuple(map(without_positions, parts)))


class Parser:
    """Reads one expression, a token at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0

    def wrong(self, at: int, why: str) -> WrongUsage:
        """Return the error for this expression."""
        return wrong_expression(self.text, at, why)

    def peek(self, pattern: re.Pattern[str] = TOKEN) -> Token:
        """Return the next token, which stays there; one of the kind `end` behind the last."""
        found = pattern.match(self.text, self.place)
        if found is not None and found.lastgroup is not None:
            text = found[found.lastgroup]
            return Token(
                found.lastgroup, text[1:-1] if found.lastgroup == "quoted" else text, found.start(found.lastgroup)
            )
        at = len(self.text) - len(self.text[self.place :].lstrip())
        if at == len(self.text):
            return Token("end", "", at)
        if self.text[at] in "\"'":
            raise self.wrong(at, "the quotes that begin here do not end.")
        return Token("wrong", self.text[at], at)

    def take(self, pattern: re.Pattern[str] = TOKEN) -> Token:
        """Return the next token and go behind it."""
        token = self.peek(pattern)
        found = pattern.match(self.text, self.place)
        self.place = found.end() if found is not None else len(self.text)
        return token

    def whole(self) -> Condition:
        """Return the whole expression."""
        condition = self.expression()
        token = self.peek()
        if token.kind != "end":
            hint = " A value with blanks in it stands in quotes." if token.kind == "word" else ""
            raise self.wrong(token.at, f"`and`, `or` or the end should come here.{hint}")
        return condition

    def expression(self) -> Condition:
        """Return conditions joined by `or`."""
        return self.joined("or", lambda: self.joined("and", self.one, Both), Either)

    def joined(
        self, word: str, one: Callable[[], Condition], several: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        """Return conditions joined by the word; one alone is itself."""
        parts = [one()]
        while self.peek().says(word):
            self.take()
            parts.append(one())
        return parts[0] if len(parts) == 1 else several(tuple(parts))

    def one(self) -> Condition:
        """Return a comparison, or what stands in parentheses, or behind `not`."""
        token = self.peek()
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(token.at, f"more than {DEEPEST} parentheses or `not` stand within each other.")
        try:
            if token.says("not"):
                self.take()
                return Not(self.one())
            if token.text == "(" and token.kind == "parenthesis":
                self.take()
                condition = self.expression()
                if self.peek().text != ")":
                    raise self.wrong(self.peek().at, "`)` is missing here.")
                self.take()
                return condition
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Condition:
        """Return a column held against a value."""
        column = self.take()
        if column.kind not in ("word", "quoted") or any(map(column.says, ("and", "or"))):
            raise self.wrong(column.at, "the name of a column should stand here.")
        operator = self.take()
        if operator.kind != "operator":
            raise self.wrong(operator.at, f"one of {' '.join(COMPARISON_OPERATORS)} should come here.")
        value = self.take(VALUE_TOKEN)
        if value.kind not in ("word", "quoted"):
            raise self.wrong(value.at, "a value should stand here; '' is the empty one.")
        sign = "=" if operator.text == "==" else operator.text
        return Comparison(without_backslashes(column.text), sign, value.text, column.at, value.at)


def without_backslashes(value: str) -> str:
    r"""Return the text with each backslash gone that takes the next character as it is.

    >>> without_backslashes(r"a\*b\\c")
    'a*b\\c'
    """
    return re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)


def wildcard(value: str) -> re.Pattern[str] | None:
    r"""Return what a value with `*` (any text) or `?` (one character) fits, whole, in any case; None if it has none.

    >>> bool(wildcard("x1000c?s*").fullmatch("X1000c2s3")), wildcard("failed"), wildcard(r"a\*")
    (True, None, None)
    """
    pieces = re.findall(r"\\.|[*?]|[^*?\\]+|\\", value, re.DOTALL)
    if not {"*", "?"}.intersection(pieces):
        return None
    signs = {"*": ".*", "?": "."}
    shape = "".join(signs.get(piece) or re.escape(without_backslashes(piece)) for piece in pieces)
    return re.compile(shape, re.IGNORECASE | re.DOTALL)
