"""What the properties of policies must be, as the agent and `hzn` check them: pure functions of documents."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodewatch.documents import Document

TYPES = ("version", "string", "int", "boolean", "float", "list of strings")
BOOLEAN_PROPERTY = "openhorizon.allowPrivileged"
# Without zeros in front, and without a pre-release part: stricter than where versions are compared.
PLAIN_VERSION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){0,2}|INFINITY")


def property_fault(property: Document) -> str | None:  # noqa: A002  # what the document calls it
    """Return what is wrong with a property, None if nothing is.

    >>> property_fault({"name": "v", "value": "1.2.3", "type": "version"})
    >>> property_fault({"name": "x"}), property_fault({"name": "x", "value": "1", "type": "int"})
    ('Property must include a name and a value: {x <nil> }', 'Property value is of type string, expected type int')
    >>> property_fault({"name": "x", "value": 1.5, "type": "int"}), property_fault({"name": "x", "value": []})
    ('Value 1.5 of property x is not an integer type', 'Property x has invalid value type list')
    >>> nameless = {"name": "", "value": 1}, {"name": 7, "value": 1}, {"value": 1}
    >>> [property_fault(found).partition(": ")[2] for found in nameless]
    ['{ 1 }', '{7 1 }', '{ 1 }']
    >>> property_fault({"name": "x", "value": True, "type": "int"})
    'Property value is of type bool, expected type int'
    >>> right = (True, "boolean"), (True, ""), (2, "int"), (2.0, "int"), (1.5, "float"), (1.5, "")
    >>> {property_fault({"name": "x", "value": value, "type": kind}) for value, kind in right}
    {None}
    """
    name, value, kind = property.get("name"), property.get("value"), property.get("type") or ""
    if not name or not isinstance(name, str) or value is None:
        shown = "<nil>" if value is None else value
        return f"Property must include a name and a value: {{{name or ''} {shown} {kind}}}"
    if kind and kind not in TYPES:
        allowed = f"{', '.join(TYPES[:-1])}, and {TYPES[-1]}"
        return f"Property {name} has invalid property type {kind}. Allowed property types are: {allowed}."
    mismatch = f"Property value is of type {{}}, expected type {kind}"
    if isinstance(value, bool):
        return None if kind in ("", "boolean") else mismatch.format("bool")
    if isinstance(value, int | float):
        if kind == "int" and isinstance(value, float) and not value.is_integer():
            return f"Value {json.dumps(value)} of property {name} is not an integer type"
        return None if kind in ("", "int", "float") else mismatch.format("float64")
    if not isinstance(value, str):
        return f"Property {name} has invalid value type {type(value).__name__}"
    if kind == "version" and not PLAIN_VERSION.fullmatch(value):
        return f"Property {name} with value {value} is not a valid version string"
    return None if kind in ("", "string", "version", "list of strings") else mismatch.format("string")
