"""TOML, as `cray` prints it by default: a list becomes `results`, and nulls are left out.

TOML has no null. `cray` writes one that stands in a list as the text "None"; here it is left out there too, because
a reader could not tell it from a text. Half of a surrogate pair, which TOML cannot hold, becomes the six characters of
its escape (`\\ud800`). An array stands on one line, so that `grep node_list` finds the nodes.
"""

from __future__ import annotations

import re
from typing import Any

from nodewatch.arrays import StoredArray
from nodewatch.jsontext import escape_surrogates


def toml_text(document: object) -> str:
    r"""Return the document, an object or an array, as TOML.

    >>> toml_text([{"name": "night", "tenant": None}])
    'results = [ { name = "night" },]\n'
    >>> toml_text({"node_list": ["x1", "x2"], "path": "p"})
    'node_list = [ "x1", "x2",]\npath = "p"\n'
    """
    from tomli_w import dumps

    table = {"results": list(document)} if isinstance(document, (list, StoredArray)) else document
    # Only an array goes on after the end of a line, indented or with its bracket: texts have their line ends escaped.
    written = re.sub(r"\n *\]", "]", dumps(without_nulls(escape_surrogates(table))))
    return re.sub(r"\n +", " ", written) or "\n"


def without_nulls(value: object) -> Any:
    """Return the value without the nulls in it, at every level.

    >>> without_nulls({"a": None, "b": [1, None, {"c": None}]})
    {'b': [1, {}]}
    """
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value
