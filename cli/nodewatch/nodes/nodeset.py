r"""Node sets as administrators write them, `x3000c0s[19-22]b[0-3]n0`: names folded into one text, and expanded.

The text is what ClusterShell, pdsh and Slurm's host lists share: names with bracketed numbers, joined by
commas. A number's zeros in front belong to it: `node[001-010]`, and `1` is not `01`. A name that the text
could not hold otherwise (with a bracket, a comma, a space, `#`, a backslash or something unprintable in it,
or an `@` in front) has that character escaped, `a\x2cb`, and comes back as it was. A name has at least one
character.

ClusterShell folds 20,000 names with holes in seconds to minutes, takes `!`, `&` and `^` in a name for
operators, and holds a whole range in memory before its size is known. So folding and expanding are our own,
and the tests hold both against ClusterShell's.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from itertools import islice, product, zip_longest
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.errors import NotFound, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nodewatch.world import World

MOST_NAMES = 1_000_000
MOST_CHARACTERS = 64_000_000
EXAMPLE = "Write it as in x3000c0s[19-22]b[0-3]n0,x3000c0s30b0n0."

NUMBER = "([0-9]{1,18})"  # longer ones count as two: int() has a limit
MOST_NUMBERS = 32  # in a name; what is behind them is a word, because rows are compared place by place
DIGITS = str.maketrans("123456789", "000000000")  # all digits are one
COMMON = 50  # so many names make a shape common
BRACKETS = frozenset("[]")
WILD = frozenset("*?")
MEANING = frozenset("[],# \\") | WILD
PIECE = r"(?:[^\s,\[\]]+|\[[^\[\]]*\]|[\[\]])+"
CONTROL = r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"  # but for what parts names
ESCAPE = r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})"


def natural(name: str) -> tuple[str, str]:
    """Return the key that sorts names by their numbers as numbers; equal ones (`1`, `01`) sort as text.

    >>> sorted(["s10", "s2", "s02", "s", "t1", "10", "9"], key=natural)
    ['9', '10', 's', 's02', 's2', 's10', 't1']
    """
    return "".join(map(sortable, re.split("0*([0-9]+)", name))), name


def first(names: Iterable[str]) -> str:
    """Return the first of the names in natural order; raise `ValueError` if there is none.

    Where names have digits at the same places, the first as text is the first by number too, and found much faster.

    >>> first(["x10s1", "x2s10", "x2s9", "x02s9"])
    'x02s9'
    """
    shapes = {name.translate(DIGITS): name for name in sorted(names, reverse=True)}
    return min(shapes.values(), key=natural)


@lru_cache(4096)  # names are made of few numbers and words, and this is done 100,000 times for 20,000 nodes
def sortable(part: str) -> str:
    """Return a number with its length in front, as one character: then numbers sort as text does. A word is itself."""
    return chr(min(len(part), sys.maxunicode)) + part if part[:1].isdecimal() and part.isascii() else part


def fold(names: Iterable[str]) -> str:
    r"""Return the names as one text, short and in natural order; `expand` gives them back exactly.

    Names that differ in one number only become one name with a range, number by number, until nothing merges.

    >>> fold(f"x3000c0s{slot}b{board}n0" for slot in (19, 20, 21, 22) for board in range(4))
    'x3000c0s[19-22]b[0-3]n0'
    >>> fold(["node010", "node009", "node10", "org/edge-0002", "org/edge-0001", "login", "a,b", "node009"])
    'a\\x2cb,login,node[10,009-010],org/edge-[0001-0002]'
    """
    texts = []
    for shape, rows in group_by_shape(set(names)).items():
        words = [escaped_word(word) for word in shape]
        if words[0][:1] == "@" or shape == ("-",):  # alone, they would name a file or stdin: see `read_nodes`
            words[0] = escape_character(words[0][0]) + words[0][1:]
        texts += [weave(words, row) for row in merge_rows(rows)]
    return ",".join(sorted(texts, key=lambda text: natural(text.replace("[", ""))))


def group_by_shape(names: Iterable[str]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the numbers in the names, by the words around them.

    >>> group_by_shape(["x1s02", "x1s3", "login"])
    {('x', 's', ''): [('1', '02'), ('1', '3')], ('login',): [()]}
    """
    shapes: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    split = re.compile(NUMBER).split
    common, rows = re.compile("(?!)").fullmatch, list[tuple[str, ...]]()
    for name in names:
        if found := common(name):
            rows.append(found.groups())
            continue
        parts = split(name, MOST_NUMBERS)  # the numbers are at the odd places
        shape = tuple(parts[::2])
        shapes.setdefault(shape, []).append(tuple(parts[1::2]))
        if len(shapes[shape]) == COMMON and all(shape[1:-1]):
            # Most names of a fleet are alike, and matching their shape takes half the time of splitting them.
            common, rows = re.compile(NUMBER.join(map(re.escape, shape))).fullmatch, shapes[shape]
    return shapes


def weave(words: Sequence[str], numbers: Sequence[str]) -> str:
    """Return the words with the numbers between them.

    >>> weave(["x", "c", ""], ["3000", "[0-7]"])
    'x3000c[0-7]'
    """
    return "".join(map("".join, zip_longest(words, numbers, fillvalue="")))


def merge_rows(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the rows (a name's numbers each) with ranges for numbers where rows differ in one place only.

    The place with the most values goes first, and among equals the last: where nodes are missing from a
    fleet, the text is then often shorter, down to half, than with the last place first.
    """
    members: dict[str, list[str]] = {}
    counts = [len(set(column)) for column in zip(*rows, strict=True)]
    places = [place for place, count in enumerate(counts) if count > 1]
    places.sort(key=lambda place: (-counts[place], -place))
    before = 0
    while len(rows) != before:
        before = len(rows)
        for place in places:
            alike: dict[tuple[str, ...], list[str]] = {}
            for row in rows:
                alike.setdefault(row[:place] + row[place + 1 :], []).append(row[place])
            rows = [(*rest[:place], join_ranges(values, members), *rest[place:]) for rest, values in alike.items()]
    return rows


def join_ranges(values: list[str], members: dict[str, list[str]]) -> str:
    """Return the range that holds the numbers and ranges; `members` remembers what is in each range."""
    if len(values) == 1:
        return values[0]
    numbers = [number for value in values for number in members.get(value, (value,))]
    numbers.sort(key=lambda number: (len(number), number))
    text = f"[{','.join(runs(numbers))}]"
    members[text] = numbers
    return text


def runs(numbers: Sequence[str]) -> Iterator[str]:
    """Return the runs in numbers sorted by length, then as text; zeros in front are written one way in a run.

    >>> list(runs(["1", "2", "9", "10", "11", "01", "007", "008", "100"]))
    ['1-2', '9-11', '01', '007-008', '100']
    """
    first = last = numbers[0]
    value = int(first)
    for number in numbers[1:]:
        following = int(number)
        together = len(number) == len(last) or not (padded(first) or padded(number))
        if following != value + 1 or not together:
            yield first if first == last else f"{first}-{last}"
            first = number
        last, value = number, following
    yield first if first == last else f"{first}-{last}"


def padded(number: str) -> bool:
    """Tell whether the number has zeros in front.

    >>> padded("01"), padded("10"), padded("0")
    (True, False, False)
    """
    return number[0] == "0" and len(number) > 1


def escaped_word(word: str) -> str:
    r"""Return a part of a name with everything escaped that a node set or a terminal would take otherwise.

    >>> escaped_word("org/edge-"), escaped_word("a, b[#\\]\n"), escaped_word("\u2028\U000e0001")
    ('org/edge-', 'a\\x2c\\x20b\\x5b\\x23\\x5c\\x5d\\x0a', '\\u2028\\U000e0001')
    """
    if word.isprintable() and not MEANING.intersection(word):
        return word
    return "".join(escape_character(each) if each in MEANING or not each.isprintable() else each for each in word)


def escape_character(character: str) -> str:
    """Return the character as Python's escape by its number."""
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def unescaped_word(word: str) -> str:
    """Return the part of a name with its escapes undone; a backslash that begins none is itself."""
    return re.sub(ESCAPE, lambda found: chr(int(found[0][2:], 16)), word) if "\\" in word else word


class Pattern(str):
    """A name with `*` (any text) or `?` (one character) in it, that stands for every name that fits."""

    __slots__ = ()


def name_of(word: str) -> str:
    r"""Return the name that a word says, or the pattern; a `*` that is escaped is itself.

    >>> [isinstance(name_of(word), Pattern) for word in ("x1*", "x1", "a\\x2a")], name_of("a\\x2a")
    ([True, False, False], 'a*')
    """
    return Pattern(unescaped_word(word)) if WILD.intersection(word) else unescaped_word(word)


def expand_patterns(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names that are wanted, in their order, every pattern replaced by the known names that fit it.

    Raise `NotFound` for a pattern that none fits: nothing is not what anybody means.

    >>> expand_patterns(expand("x2,x1*,y"), ["x11", "x10", "x2"])
    ['x10', 'x11', 'x2', 'y']
    """
    names = list(known)
    found: dict[str, None] = {}
    for name in wanted:
        if not isinstance(name, Pattern):
            found[name] = None
            continue
        fitting = names_that_fit(name, names)
        if not fitting:
            raise NotFound(f"no node matches {quoted(name)}.")
        found.update(dict.fromkeys(fitting))
    return list(found)


def names_that_fit(pattern: str, known: Iterable[str]) -> list[str]:
    """Return the known names that fit the pattern, in natural order: `*` is any text, `?` one character.

    >>> names_that_fit("x?", ["x10", "x2", "x1"]), names_that_fit("y*", ["x1"])
    (['x1', 'x2'], [])
    """
    shape = re.compile("".join({"*": ".*", "?": "."}.get(each) or re.escape(each) for each in pattern), re.DOTALL)
    return sorted(filter(shape.fullmatch, known), key=natural)


def expand(text: str) -> list[str]:
    """Return the names in the text, each once, in natural order; commas and spaces separate them.

    Raise `WrongUsage` for a malformed text, and for one of more than a million names before they are made.
    `@group` is malformed: no ClusterShell configuration is read; and so is a control character, as files have that
    hold anything else. A range may have a step.

    >>> expand("x3000c0s[19-20]b0n0,node[08-10,1], node1 [0-8/4]")
    ['0', '4', '8', 'node1', 'node08', 'node09', 'node10', 'x3000c0s19b0n0', 'x3000c0s20b0n0']
    """
    return names_of(read_pieces(text))


def names_of(pieces: Iterable[str | FoldedName]) -> list[str]:
    """Return the names that pieces of a node set make, each once, in natural order."""
    names: set[str] = set()
    for piece in pieces:
        if isinstance(piece, FoldedName):
            names.update(piece.names())
        else:
            names.add(piece)
    return sorted(names, key=natural)


def read_pieces(text: str) -> list[str | FoldedName]:
    """Return the names, and the names with ranges, in the text; raise what `expand` raises."""
    control = re.search(CONTROL, text)
    if control is not None:
        raise WrongUsage(f"there is a control character, {control[0]!r}, and no name of a node has one. {EXAMPLE}")
    written = [found[0] for found in islice(re.finditer(PIECE, text), MOST_NAMES + 1)]
    pieces = [read_piece(piece) if BRACKETS.intersection(piece) else name_of(piece) for piece in written]
    group = next((piece for piece in written if piece[0] == "@"), None)
    if group is not None:
        raise malformed(group, "groups are not known here, and @FILE stands alone")
    folded = [piece for piece in pieces if isinstance(piece, FoldedName)]
    names = {piece for piece in pieces if isinstance(piece, str)}
    count = max(len(names) + sum(piece.size for piece in folded), len(pieces))
    if count > MOST_NAMES:
        raise WrongUsage(f"{quoted(text)} makes {count:,} names; {MOST_NAMES:,} are the most. {EXAMPLE}")
    if sum(piece.size * piece.length for piece in folded) > MOST_CHARACTERS:
        raise WrongUsage(f"{quoted(text)} makes names of more than {MOST_CHARACTERS:,} characters. {EXAMPLE}")
    return pieces


class FoldedName(NamedTuple):
    """A name with ranges: the words around its brackets, and what is in each: ranges with their width, or 0."""

    words: Sequence[str]
    brackets: Sequence[Sequence[tuple[range, int]]]

    @property
    def size(self) -> int:
        """How many names it makes."""
        return prod(sum(len(numbers) for numbers, _ in bracket) for bracket in self.brackets)

    @property
    def length(self) -> int:
        """How many characters a name has at least."""
        return sum(map(len, self.words)) + len(self.brackets)

    def names(self) -> Iterator[str]:
        """Return the names, one at a time."""
        columns = ([f"{each:0{width}}" for numbers, width in bracket for each in numbers] for bracket in self.brackets)
        kind = Pattern if any(isinstance(word, Pattern) for word in self.words) else str
        for row in product(*columns):
            yield kind(weave(self.words, row))


def read_piece(text: str) -> FoldedName:
    """Return what a name with brackets says; raise `WrongUsage` if it is malformed."""
    parts = re.split(r"\[([^\[\]]*)\]", text)
    words, brackets = parts[::2], parts[1::2]
    if any(BRACKETS.intersection(word) for word in words):
        raise malformed(text, "its brackets do not match")
    ranges = [[read_range(each.strip(), text) for each in bracket.split(",")] for bracket in brackets]
    return FoldedName([name_of(word) for word in words], ranges)


def read_range(text: str, piece: str) -> tuple[range, int]:
    """Return the numbers of `3`, `1-3` or `0-8/2`, and their width if they have zeros in front, else 0.

    >>> read_range("08-10", ""), read_range("8-10", ""), read_range("0-8/4", "")
    ((range(8, 11), 2), (range(8, 11), 0), (range(0, 9, 4), 0))
    """
    found = re.fullmatch("([0-9]{1,18})(?:-([0-9]{1,18})(?:/([0-9]{1,18}))?)?", text)
    if found is None:
        raise malformed(piece, f"{text!r} is neither a number nor a range")
    first, last, step = found[1], found[2] or found[1], int(found[3] or 1)
    if len(first) != len(last) and (padded(first) or padded(last)):
        raise malformed(piece, f"the ends of {text!r} have different lengths, with zeros in front")
    numbers = range(int(first), int(last) + 1, step or 1)
    if not numbers or not step:
        raise malformed(piece, f"{text!r} runs backwards" if step else f"{text!r} never ends")
    return numbers, len(first) if padded(first) else 0


def malformed(piece: str, why: str) -> WrongUsage:
    """Return the error that a piece of a node set is none."""
    return WrongUsage(f"{quoted(piece)} is not a node set: {why}. {EXAMPLE}")


def quoted(text: str) -> str:
    """Return the text in quotes, its end left out when it is long."""
    return repr(text if len(text) <= 80 else text[:77] + "...")


def read_nodes(text: str, world: World) -> list[str]:
    """Return the names that a user means, each once, in natural order: a node set, `@FILE`, or `-` for stdin.

    A file holds node sets, separated by commas, spaces and ends of lines; `#` begins a comment. Raise
    `FileTrouble` if it cannot be read, and `WrongUsage` if it, or the text, is malformed or names no node: to
    a filter that would mean all of them.
    """
    return names_of(read_written(text, world))


def read_groups(text: str, world: World) -> list[list[str]]:
    """Return the names that a user means as `read_nodes` does, those of each node set together; a name is a group, too.

    >>> from nodewatch.world import World
    >>> read_groups("x[1-2], y3 x3*", World())
    [['x1', 'x2'], ['y3'], ['x3*']]
    """
    pieces = read_written(text, world)
    return [list(piece.names()) if isinstance(piece, FoldedName) else [piece] for piece in pieces]


def read_written(text: str, world: World) -> list[str | FoldedName]:
    """Return the pieces of the node sets that a user means; raise what `read_nodes` raises, which says where."""
    source, content = "", text
    if text == "-" or text.startswith("@"):
        from nodewatch.files import read_input

        source = "stdin" if text == "-" else text[1:]
        written = read_input("-" if text == "-" else world.expanded(source), world.stdin, MOST_CHARACTERS)
        content = re.sub(r"(?m)(^|(?<=[\s,]))#.*", "", written)
    try:
        pieces = read_pieces(content)
    except WrongUsage as error:
        raise WrongUsage(f"{source}: {error.message}" if source else error.message) from error
    if not pieces:
        raise WrongUsage(f"{source or quoted(content)} names no node. {EXAMPLE}")
    return pieces
