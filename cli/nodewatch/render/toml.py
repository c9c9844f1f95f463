"""TOML, as `cray` prints it by default: a list becomes `results`, and nulls are left out.

TOML has no null. `cray` writes one that stands in a list as the text "None"; here it is left out there too, because
a reader could not tell it from a text. Half of a surrogate pair, which TOML cannot hold, becomes the six characters of
its escape (`\\ud800`).
"""

from __future__ import annotations

from typing import Any

from nodewatch.backend import StoredArray
from nodewatch.render.surrogates import spell


def text(document: Any) -> str:
    r"""Return the document, an object or an array, as TOML.

    >>> text([{"name": "night", "tenant": None}])
    'results = [\n    { name = "night" },\n]\n'
    """
    from tomli_w import dumps

    table = {"results": list(document)} if isinstance(document, (list, StoredArray)) else document
    return dumps(without_nulls(spell(table))) or "\n"


def without_nulls(value: Any) -> Any:
    """Return the value without the nulls in it, at every level.

    >>> without_nulls({"a": None, "b": [1, None, {"c": None}]})
    {'b': [1, {}]}
    """
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value
