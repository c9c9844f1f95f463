"""Who may import whom, inside functions too; what only type checkers see is free."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = Path(__file__).parents[1] / "cli"
SLICE = "(bos_v1|bos_v2|horizon)"
PURE = r"types|\w*rules|schema|fields|kinds"
LEAVES = (
    r"errors|times|table|statuses|documents|pages|jsontext|lists\.\w+|nodes\.\w+"
    "|masking|spelling|differences|arrays"
)
DEMO = r"demo(\.sized)?|offline\.\w+"
WIRE = r"remote(\.\w+)?"

# The first line that fits a module says which of our modules it may import; OWN is the module's own slice.
OURS = [
    (r"lists\.query", "errors|table"),
    (r"lists\.listing", r"documents|errors|nodes\.places|table|times"),
    (r"lists\.conditions", r"errors|lists\.(listing|query)|nodes\.nodeset|times"),
    (r"lists\.templates", r"documents|lists\.listing|nodes\.nodeset|table"),
    (r"lists\.asked", r"backend|lists\.view"),
    (r"lists\.view", r"documents|errors|lists\.\w+|nodes\.nodeset|table"),
    ("arrays", "jsontext"),
    ("errors|spelling|times|table|documents|jsontext|masking|differences", "nothing"),
    (r"nodes\.nodeset", "errors|files"),
    (r"nodes\.places", r"errors|nodes\.nodeset|lists\.query"),
    (r"nodes\.limits", r"documents|errors|nodes\.(nodeset|places)|table"),
    (r"nodes\.error_kinds", "nothing"),
    ("pages", r"table|nodes\.\w+"),
    ("statuses", "table"),
    (
        r"commands\.status",
        rf"bos_v1\.(client|commands|rules)|bos_v2\.(client|rules)|horizon\.(policy_survey|rules)|(tree|options|gather|watch\.\w+|settings\.contexts)|{LEAVES}",
    ),
    (r"commands\.explain", rf"{SLICE}\.status_rules|tree|options|{LEAVES}"),
    (
        r"commands\.local",
        rf"{SLICE}\.saving|render\.json|tree|options|progress|settings\.model|files|offline\.\w+|{LEAVES}",
    ),
    (r"commands\.list_tables", LEAVES),
    (
        r"commands\.record",
        rf"{SLICE}\.(client|rules|\w*recording\w*)|horizon\.(shared|survey)|tree|watch\.options|offline\.backend|{LEAVES}",
    ),
    (r"commands\.diff", rf"{SLICE}\.diff_rules|commands\.(local|list_tables)|tree|options|files|offline\.\w+|{LEAVES}"),
    (
        r"commands\.demo",
        rf"bos_v2\.(commands|follow)|commands\.(local|run)|{DEMO}|tree|options|settings\.contexts|watch\.loop|{LEAVES}",
    ),
    (rf"{SLICE}\.types", "nothing"),
    (rf"{SLICE}\.\w*rules", rf"OWN\.({PURE})|{LEAVES}"),
    (rf"{SLICE}\.\w*tables", rf"OWN\.({PURE}|kinds|\w*tables)|{LEAVES}"),
    (rf"{SLICE}\.client", rf"OWN\.({PURE})|backend|{LEAVES}"),
    (
        rf"{SLICE}\.offline\w*",
        rf"OWN\.({PURE}|offline(_components|_changes)?)|backend|offline\.(connection|routing|recording|section|store|spool)|{LEAVES}",
    ),
    (rf"{SLICE}\.saving", rf"OWN\.({PURE}|client)|offline\.saving|backend|{LEAVES}"),
    (rf"{SLICE}\.\w+", rf"OWN\.(?!offline)\w+|app|tree|options|backend|files|gather|settings\.\w+|watch\.\w+|{LEAVES}"),
    (
        "completion",
        rf"app|world|settings\.contexts|{SLICE}\.(client|status_rules|rules|list_tables)|documents",
    ),
    ("library", rf"app|world|backend|settings\.(model|table|cray|hzn)|watch\.(loop|model)|{SLICE}\.\w+|{LEAVES}"),
    ("backend", "arrays|errors"),
    (r"offline\.routing", "backend"),
    (r"offline\.spool", "errors"),
    (r"offline\.(section|chances)", "nothing"),
    (r"offline\.store", rf"offline\.connection|files|{LEAVES}"),
    (r"offline\.saving", rf"backend|gather|{LEAVES}"),
    (r"offline\.fleet", rf"offline\.(store|section)|backend|{LEAVES}"),
    (r"offline\.life", rf"{SLICE}\.offline_life|offline\.section"),
    (r"offline\.backend", rf"offline\.\w+|{SLICE}\.offline\w*|backend|files|{LEAVES}"),
    (r"demo(\.\w+)?", rf"demo\.\w+|{SLICE}\.\w*rules|{LEAVES}"),
    (r"render(\.\w+)?", rf"render(\.\w+)?|backend|{LEAVES}"),
    (WIRE, rf"{WIRE}|backend|settings\.(model|cray|table)|files|nodewatch|{LEAVES}"),
    ("command_tree", "tree|options"),
    ("main", rf"app|command_tree|completion|options|world|{LEAVES}"),
    ("__main__", "main"),
    (r"\w+(\.\w+)?", rf"(?!(main|command_tree|demo|{SLICE})\b)\w+(\.\w+)?"),
]

# Who may import what is not ours; nothing else is imported at all.
OTHERS = {
    "click": rf"main|completion|tree|options|watch\.options|commands\.\w+|{SLICE}\.(\w*commands|shared)",
    "requests": r"remote\.(transport|addresses)",
    "urllib3": r"remote\.(transport|connections|tls)",
    "truststore": r"remote\.tls",
    "rich": r"render\.\w+",
    "yaml": r"render\.yaml",
    "tomli_w": r"render\.toml",
    "tomlkit": r"settings\.edit",
    "sqlite3": r"offline\.(connection|store)",
}

NAMES = {path: ".".join(path.relative_to(CODE / "nodewatch").with_suffix("").parts) for path in CODE.rglob("*.py")}
MODULES = {path: name.removesuffix(".__init__") if name != "__init__" else "nodewatch" for path, name in NAMES.items()}

each_module = pytest.mark.parametrize("path", MODULES, ids=MODULES.values())


def imported(tree: ast.AST) -> Iterator[str]:
    """Return the modules that the code imports when it runs, by their full names."""
    if isinstance(tree, ast.If) and ast.unparse(tree.test) == "TYPE_CHECKING":
        for statement in tree.orelse:
            yield from imported(statement)
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        assert tree.level == 0
        assert tree.module is not None
        for alias in tree.names:
            submodule = f"{tree.module}.{alias.name}"
            yield submodule if submodule.removeprefix("nodewatch.") in MODULES.values() else tree.module
    elif isinstance(tree, ast.Call) and ast.unparse(tree.func) in ("lazy", "import_module"):
        yield from (f"nodewatch.{name.value!s}" for name in tree.args if isinstance(name, ast.Constant))
    for child in ast.iter_child_nodes(tree):
        yield from imported(child)


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports."""
    return set(imported(ast.parse(path.read_text(encoding="utf-8"))))


def test_imports_are_found() -> None:
    code = """
import a.b
from nodewatch import backend, __version__
tables = lazy("bos_v2.tables")
if TYPE_CHECKING:
    import c
else:
    import d
def function():
    from nodewatch.bos_v2.rules import tally
"""
    assert list(imported(ast.parse(code))) == [
        "a.b",
        "nodewatch.backend",
        "nodewatch",
        "nodewatch.bos_v2.tables",
        "d",
        "nodewatch.bos_v2.rules",
    ]


@each_module
def test_imports_of_ours(path: Path) -> None:
    name = MODULES[path]
    rule = next(allowed for modules, allowed in OURS if re.fullmatch(modules, name))
    allowed = rule.replace("OWN", name.partition(".")[0])
    ours = {each.removeprefix("nodewatch.") for each in imports(path) if each.partition(".")[0] == "nodewatch"}
    assert [each for each in sorted(ours) if not re.fullmatch(allowed, each)] == [], f"allowed: {allowed}"


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        new = [start]
        while new:
            new = [name for name in {name for module in new for name in graph[module]} if name not in found]
            found.update(new)
        return found

    beyond = {module: reached(module) for module in graph}
    groups = {frozenset(name for name in beyond[module] if module in beyond[name]) for module in graph}
    return sorted(sorted(group) for group in groups if group)


def test_circles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"e"}, "e": {"f"}, "f": {"d"}, "g": {"a", "g"}}
    assert circles(graph) == [["b", "c"], ["d", "e", "f"], ["g"]]


def test_no_circle_of_files() -> None:
    ours = {path: {each.removeprefix("nodewatch.") for each in imports(path)} for path in MODULES}
    assert circles({MODULES[path]: ours[path] & set(MODULES.values()) for path in MODULES}) == []


@each_module
def test_imports_of_others(path: Path) -> None:
    others = {each.partition(".")[0] for each in imports(path)} - {"nodewatch"}
    restricted = {each for each in others if each in OTHERS or each not in sys.stdlib_module_names}
    wrong = sorted(each for each in restricted if not re.fullmatch(OTHERS.get(each, "nobody"), MODULES[path]))
    assert wrong == []


def test_rules_are_about_modules_that_exist() -> None:
    for rule, _ in OURS:
        assert any(re.fullmatch(rule, name) for name in MODULES.values()), rule


@each_module
def test_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
