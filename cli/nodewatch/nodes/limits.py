"""Whom a session is for: the nodes, groups and roles of its template, and `--limit`, as BOS v1 and v2 take it.

BOS splits a limit at its commas and looks at nothing but the first character of each term ("Limit the Scope of a BOS
Session"): a term adds its nodes, one with `&` keeps what is in it, one with `!` takes that away. So a blank after a
comma becomes part of a name, and an empty term ends the set-up. BOS v2 starts from no node: a limit that begins with
`!` leaves none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import names_in, part
from nodewatch.errors import WrongUsage
from nodewatch.nodes.nodeset import expand, read_nodes
from nodewatch.nodes.places import spell, stands_for_several
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nodewatch.documents import Document
    from nodewatch.world import World

OPERATORS = ("&", "!")
SEPARATOR = r"(?:\s*,\s*|\s+)(?![^\[]*\])"  # what stands in brackets belongs to the node set
TERM = r"""[&!]?(?!-)(?:[^\s,;|&!^@{}()"'\[\]]|\[[^\[\]]*\])+"""
ALL = ("all", "*")
AMBIGUOUS = r"[@^]|\w[{(]|^[&!]$"  # what a term has in it whose right form cannot be told


def read_limit(text: str, world: World, *, from_all: bool = False) -> str:
    """Return the limit as BOS takes it: terms joined by commas, node sets expanded; `@FILE` and `-` are lists of nodes.

    Blanks separate terms, or stand between an operator and its name; xnames come in lower case. Raise `WrongUsage`,
    with the right form where there is one, for whatever else BOS would take otherwise than it is meant. BOS v1 starts
    `from_all` nodes.

    >>> from nodewatch.world import World
    >>> [read_limit(text, World()) for text in ("x[1-2] !x2, & Compute", "all, !x1\\n", "all,!x[08-10]")]
    ['x1,x2,!x2,&Compute', 'all,!x1', 'all,!x08,!x09,!x10']
    >>> read_limit("all,!X1000C0S0B0N0,&Compute", World())
    'all,!x1000c0s0b0n0,&Compute'
    """
    if text == "-" or text.startswith("@"):
        found = read_nodes(text, world)
        operator = next((name for name in found if name.startswith(OPERATORS)), None)
        if operator is not None:
            raise WrongUsage(
                f"a list of nodes cannot hold {operator!r}: write the terms with & and ! on the command line."
            )
        return ",".join(map(spell, found))
    terms = split_terms(re.sub(r"([&!])\s+", r"\1", text.strip()))
    check_terms(terms, from_all=from_all)
    return ",".join(name for term in terms for name in expand_term(term))


def split_terms(text: str) -> list[str]:
    """Return the terms of a limit as they stand between its commas and blanks; those in brackets separate nothing.

    >>> split_terms("x[1, 3],,!x2 &Compute")
    ['x[1, 3]', '', '!x2', '&Compute']
    """
    return re.split(SEPARATOR, text)


def check_terms(terms: list[str], *, from_all: bool) -> None:
    """Raise `WrongUsage` if BOS would take a term otherwise than it is meant, or has no nodes before the first one."""
    closed = [term for term in terms if term.count("[") == term.count("]")]  # `expand` tells what others lack
    wrong = next((term for term in closed if not re.fullmatch(TERM, term) or is_miswritten_all(term)), None)
    right = [found[0] for term in terms for found in re.finditer(TERM, re.sub("^-", "!", term))]
    if wrong is None and (from_all or not terms[0].startswith(OPERATORS)):
        return
    if wrong is None:
        why = f"a limit that begins with {terms[0][0]} leaves no node, because BOS starts from none"
    elif wrong:
        why = f"{wrong!r} is no node, group or role with & or ! before it"
    else:
        why = "there is nothing beside one of its commas"
    clear = right and not any(re.search(AMBIGUOUS, term) for term in terms)
    right = [term.lower() if is_miswritten_all(term) else term for term in right]
    if right and right[0][0] in OPERATORS:
        right = ["all", *right] if right[0][0] == "!" else [right[0][1:], *right[1:]]
    raise WrongUsage(f"--limit: {why}. You mean: --limit '{','.join(right)}'" if clear else f"--limit: {why}.")


def is_miswritten_all(term: str) -> bool:
    """Tell whether the term means all nodes in another case, which is a group that nobody has.

    >>> is_miswritten_all("ALL"), is_miswritten_all("&All"), is_miswritten_all("all")
    (True, True, False)
    """
    name = term.lstrip("&!")
    return name != "all" and name.lower() == "all"


def expand_term(term: str) -> list[str]:
    """Return the terms that one with a node set stands for; any other stands for itself. Xnames come in lower case.

    Raise `WrongUsage` for `&` before more than one node: BOS would want each node to be all of them, which none is.

    >>> expand_term("!x[1-2]"), expand_term("&x[7]"), expand_term("&Compute"), expand_term("x[01-02]")
    (['!x1', '!x2'], ['&x7'], ['&Compute'], ['x01', 'x02'])
    """
    operator, name = divide_term(term)
    return apply_operator(operator, map(spell, expand(name) if {"[", "]"}.intersection(name) else [name]), term)


def divide_term(term: str) -> tuple[str, str]:
    """Return the operator of a term, empty if it has none, and its name."""
    operator = term[0] if term.startswith(OPERATORS) else ""
    return operator, term.removeprefix(operator)


def apply_operator(operator: str, names: Iterable[str], term: str) -> list[str]:
    """Return each of the names that a term stands for with its operator; raise `WrongUsage` for several after `&`."""
    found = list(names)
    if operator == "&" and len(found) > 1:
        raise WrongUsage(
            f"{term!r} is {len(found)} nodes, and BOS takes one after &. Put the nodes first, then &GROUP."
        )
    return [operator + name for name in found]


def needs_look_up(limit: str) -> bool:
    """Tell whether a limit has a term whose nodes have to be looked up: a pattern or a place, which BOS does not know.

    >>> [needs_look_up(limit) for limit in ("all,!x1000c2", "x1000c2s*", "*,!x1000c2s0b0n0", "Compute")]
    [True, True, False, False]
    """
    return any(stands_for_several(name) and name not in ALL for _, name in map(divide_term, limit.split(",")))


def resolve_terms(limit: str, look_up: Callable[[str], list[str]]) -> str:
    """Return the limit with every pattern and place replaced by the nodes that `look_up` says it stands for.

    >>> resolve_terms("all,!x1c0,Compute", lambda name: [f"{name}s0b0n0", f"{name}s0b0n1"])
    'all,!x1c0s0b0n0,!x1c0s0b0n1,Compute'
    """
    found: list[str] = []
    for term in limit.split(","):
        operator, name = divide_term(term)
        found += apply_operator(operator, look_up(name), term) if needs_look_up(term) else [term]
    return ",".join(found)


class Everyone(NamedTuple):
    """Whom a session is for that has no limit: nodes by name, and groups or roles, of whose nodes BOS alone knows."""

    nodes: list[str]
    groups: list[str]

    def words(self) -> str:
        """Return how many nodes these are, and the groups, in words.

        >>> Everyone(["x1"], ["Compute", "uan"]).words(), Everyone([], ["uan"]).words(), Everyone([], []).words()
        ('1 node and nodes in Compute, uan', 'nodes in uan', '0 nodes')
        """
        listed = [plural(len(self.nodes), "node")] if self.nodes or not self.groups else []
        return " and ".join([*listed, *([f"nodes in {', '.join(self.groups)}"] if self.groups else [])])


def everyone(template: Document) -> Everyone:
    """Return whom a session template is for, each once.

    >>> everyone({"boot_sets": {"a": {"node_list": ["x1"]}, "b": {"node_list": ["x1"], "node_groups": ["uan"]}}})
    Everyone(nodes=['x1'], groups=['uan'])
    """
    boot_sets = [part(part(template, "boot_sets"), name) for name in part(template, "boot_sets")]

    def names_under(*fields: str) -> list[str]:
        return list(dict.fromkeys(name for each in boot_sets for field in fields for name in names_in(each.get(field))))

    return Everyone(names_under("node_list"), names_under("node_roles_groups", "node_groups"))
