"""A name has one meaning in the whole house, so that whoever reads it anywhere knows what it stands for."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CODE = Path(__file__).parents[1] / "cli" / "nodewatch"
SERVICES = {"bos_v1", "bos_v2", "horizon"}


def names_defined(code: str) -> Iterator[str]:
    """Return the names that a module defines at its top: functions, classes and constants."""
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def clashes(modules: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names that several modules (path and code) define, and those modules.

    The services may each define a name once, for the same thing of theirs; and what answers a command or a method of a
    client in the local store, in `offline*.py`, may bear its name.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for path, code in modules:
        for name in names_defined(code):
            found[name].add(path)

    def place(path: str) -> tuple[str, bool]:
        room, _, module = path.rpartition("/")
        return room, module.startswith("offline")

    def may_share(paths: set[str]) -> bool:
        return len(set(map(place, paths))) == len(paths) and SERVICES.issuperset(room for room, _ in map(place, paths))

    return {name: sorted(paths) for name, paths in found.items() if len(paths) > 1 and not may_share(paths)}


def test_clashes_are_found() -> None:
    code = "LARGE: int = 1\ndef outcome(): ...\nclass Session: ...\n"
    assert clashes([("files.py", code), ("table.py", "LARGE = outcome = 2")]) == {
        "LARGE": ["files.py", "table.py"],
        "outcome": ["files.py", "table.py"],
    }
    assert clashes([("bos_v1/a.py", code), ("bos_v2/a.py", code), ("bos_v2/offline_a.py", code)]) == {}
    assert sorted(clashes([("bos_v1/a.py", code), ("bos_v1/b.py", code)])) == ["LARGE", "Session", "outcome"]
    assert sorted(clashes([("bos_v1/a.py", code), ("watch/a.py", code)])) == ["LARGE", "Session", "outcome"]


def test_a_name_has_one_meaning() -> None:
    modules = [(path.relative_to(CODE).as_posix(), path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py")]
    assert clashes(modules) == {}, "say in full what each of them stands for, as `follow_session` and `session_page` do"
