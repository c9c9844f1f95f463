"""YAML as people read it: lines are never folded, nulls are kept, the document's order too.

A text that holds a line break or another control character stands in double quotes with escapes. Half of a surrogate
pair, which JSON can name (`"\\ud800"`) and no file can hold, becomes the six characters of its escape.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nodewatch.arrays import StoredArray
from nodewatch.jsontext import Written, escape_surrogates

if TYPE_CHECKING:
    from collections.abc import Iterator

UNFOLDED = 2**31 - 1  # the widest line that libyaml can count


@cache
def dumper(base: Any) -> Any:
    """Return a class that writes as PyYAML's `base` does, but without anchors for what occurs twice."""

    class Dumper(base):  # type: ignore[misc]
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    def represent(writer: Any, text: str) -> Any:
        style = None if text.isprintable() else '"'
        return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def represent_number(writer: Any, number: Written) -> Any:
        """Represent a number as it came; as Python writes it where YAML 1.1 would not take that for a number."""
        import re

        if number in (float("inf"), float("-inf")):  # too large for a number: its digits are a text here
            return writer.represent_str(number.text)
        kind = "float" if "." in number.text else "int"
        if re.fullmatch(r"-0|-?\d+\.\d+([eE][-+]\d+)?", number.text):
            return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", number.text)
        return writer.represent_float(float(number))

    Dumper.add_representer(str, represent)
    Dumper.add_representer(Written, represent_number)
    return Dumper


def yaml_text(document: object) -> str:
    r"""Return the document as YAML.

    >>> yaml_text({"name": "night", "tenant": None, "error": "a\nb", "limit": "0x1"})
    'name: night\ntenant: null\nerror: "a\\nb"\nlimit: \'0x1\'\n'
    >>> from nodewatch.jsontext import parse_json
    >>> yaml_text(parse_json('[1.10, 1e5, -0, 1e999]'))
    '- 1.10\n- 100000.0\n- -0\n- 1e999\n'
    """
    import yaml

    fastest = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's, where PyYAML was built with it
    return str(
        yaml.dump(
            escape_surrogates(document),
            Dumper=dumper(fastest),
            width=UNFOLDED,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=False,
        )
    )


def yaml_chunks(document: object) -> Iterator[str]:
    """Return the document's text in pieces, an array's elements one by one."""
    if not isinstance(document, (list, StoredArray)):
        yield yaml_text(document)
        return
    empty = True
    for element in document:
        empty = False
        yield yaml_text([element])
    if empty:
        yield "[]\n"
