"""Documents as JSON, YAML or TOML: the only place that knows formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from nodewatch.errors import UnreadableAnswer

if TYPE_CHECKING:
    from collections.abc import Callable


def print_document(document: object, style: str, out: TextIO) -> None:
    """Write the document in the style `json`, `yaml` or `toml` (`table` counts as JSON), ending in one newline.

    An answer without a document (a DELETE that succeeded) is one empty line, a text is itself, as `cray` prints them
    (but for what a terminal would obey), and a number, true or false are what they are in JSON. Raise
    `UnreadableAnswer` for a document nested too deeply.
    """
    if document is None:
        out.write("\n")
    elif isinstance(document, str):
        from nodewatch.table import visible

        out.write(visible(document.rstrip("\n"), keep="\n\t") + "\n")
    else:
        write = print_json if isinstance(document, (int, float)) else DOCUMENT_WRITERS[style]
        try:
            write(document, out)
        except RecursionError as error:
            raise UnreadableAnswer("The answer is nested too deeply to be shown.") from error


def print_json(document: object, out: TextIO) -> None:
    """Write JSON with an indent of two, in pieces."""
    from nodewatch.render.json import json_chunks

    out.writelines(json_chunks(document))
    out.write("\n")


def print_yaml(document: object, out: TextIO) -> None:
    """Write YAML, in pieces: lines never folded, nulls kept, the document's order."""
    from nodewatch.render.yaml import yaml_chunks

    out.writelines(yaml_chunks(document))


def print_toml(document: object, out: TextIO) -> None:
    """Write TOML: a list becomes `results`, nulls are left out."""
    from nodewatch.render.toml import toml_text

    out.write(toml_text(document))


DOCUMENT_WRITERS: dict[str, Callable[[object, TextIO], None]] = {
    "json": print_json,
    "table": print_json,
    "yaml": print_yaml,
    "toml": print_toml,
}
