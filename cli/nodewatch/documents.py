"""Documents of servers, read without trust: any field may be missing, null, or of another kind than the API says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

Document = Mapping[str, object]  # a JSON object of which nobody has looked yet at what is in it


def part(document: object, name: str) -> Document:
    """Return the object of that name inside a document, an empty one where there is none.

    >>> part({"status": {"phase": ""}}, "status"), part({"status": None}, "status"), part(None, "status")
    ({'phase': ''}, {}, {})
    """
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def objects_in(document: object, name: str) -> list[Document]:
    """Return the objects in the array of that name inside a document.

    >>> objects_in({"phases": [{"name": "boot"}, None, "x"]}, "phases"), objects_in({"phases": 7}, "phases")
    ([{'name': 'boot'}], [])
    """
    found = document.get(name) if isinstance(document, dict) else None
    return [member for member in found if isinstance(member, dict)] if isinstance(found, list) else []


def names_in(value: object) -> list[str]:
    """Return the names in an array, each once, in its order; none where it is no array.

    >>> names_in(["x1", "x2", "x1", None, 7]), names_in("x1"), names_in(None)
    (['x1', 'x2', '7'], [], [])
    """
    if not isinstance(value, list):
        return []
    return list(dict.fromkeys(as_text(item) for item in value if item is not None))


def id_of(document: Document) -> str:
    """Return the id of a component or session as text: what has none goes by the empty one.

    >>> id_of({"id": "x1"}), id_of({"id": ["x"]}), id_of({})
    ('x1', '["x"]', '')
    """
    return as_text(document.get("id"))


def is_text(value: object) -> TypeGuard[str]:
    r"""Return whether a value is a text that a file and a request can hold: one without half of a surrogate pair.

    >>> is_text("é"), is_text("\ud800"), is_text(7)
    (True, False, False)
    """
    return isinstance(value, str) and value == value.encode(errors="replace").decode()


def as_text(value: object) -> str:
    """Return a value of a document as text: null is empty, what is neither text nor number is as in JSON.

    >>> [as_text(value) for value in (None, "", True, 4, "a", ["b"])]
    ['', '', 'yes', '4', 'a', '["b"]']
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    import json

    return json.dumps(value)
