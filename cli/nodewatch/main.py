"""One command line: it is read and run here, and errors become messages and exit codes in this one place."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from nodewatch.app import App
from nodewatch.command_tree import BOS_GROUP, NMSTATUS_GROUP, TREE
from nodewatch.errors import NodewatchError
from nodewatch.options import mend_dash, typed_secrets
from nodewatch.world import World, discard_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.tree import Group

PROGRAMS = {"nodewatch": TREE, "cray": TREE, "bos": BOS_GROUP, "nmstatus": NMSTATUS_GROUP}

# What hands type that know kubectl, sat or manta.
HABITS = {
    "-o": "--format",
    "--output": "--format",
    "--json": "--format json",
    "-w": "--watch",
    "--no-headers": "--no-headings",
    "--sort-by": "--sort",
    "--fields": "--columns",
    "-l": "--filter",
    "--selector": "--filter",
}


def pasted_dash(program: str, words: Sequence[str]) -> str | None:
    """Return what is wrong with a line that has a dash before `--` that no shell understands; None if it has none.

    Only for a line that could not be understood: in the value of an option such a dash is text like any other.

    >>> pasted_dash("bos", ["sessions", "\u2014help", "--", "\u2014"]).partition(" (")[0]
    "'—help' begins with a dash that is not '-'"
    """
    options = list(words[: words.index("--")] if "--" in words else words)
    mended = [mend_dash(word) for word in options]
    if mended == options:
        return None
    import shlex

    wrong = next(word for word, right in zip(options, mended, strict=True) if word != right)
    line = shlex.join([program, *mended, *words[len(options) :]])
    return f"{wrong!r} begins with a dash that is not '-' (pasted from a formatted page). You mean:\n  {line}"


def run(tree: Group, program: str, words: Sequence[str], world: World | None = None) -> int:
    """Run one command line and return its exit code; what goes wrong is one message on stderr, never a traceback."""
    app = App(world)
    world = app.world
    world.program = program
    try:
        with app.closing, tree.make_context(program, list(words), obj=app) as context:
            tree.invoke(context)
        world.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        world.hide(*typed_secrets(words))
        pasted = pasted_dash(program, words)
        if pasted:
            app.warn(f"Error: {pasted}")
        else:
            shown = io.StringIO()
            with_hint(error).show(shown)
            world.tell(shown.getvalue())
        return 2
    except (click.Abort, EOFError):
        world.tell("Aborted.\n")
        return 1
    except NodewatchError as error:
        app.warn(f"Error: {error.message}")
        return error.exit_code
    except KeyboardInterrupt:
        discard_output(
            world.stdout
        )  # what was shown is out; the rest of something half-written may have no reader any more
        world.tell("Interrupted.\n")
        return 130
    except BrokenPipeError:
        discard_output(world.stdout)
        return 141
    except OSError as error:
        discard_output(world.stdout)
        app.warn(f"Error: the output could not be written: {error.strerror or error}.")
        return 4
    except Exception as error:  # noqa: BLE001  # a traceback is a defect, and so is this: it says so and ends with 1
        app.warn(f"Error: this is a defect of nodewatch: {type(error).__name__}: {error}. Please report it.")
        return 1
    return 0


def with_hint(error: click.UsageError) -> click.UsageError:
    """Return the error, with the option that was meant where the one that was typed is another program's."""
    if isinstance(error, click.NoSuchOption) and error.option_name in HABITS:
        meant = HABITS[error.option_name]
        return click.UsageError(f"No such option {error.option_name!r}. Did you mean {meant!r}?", error.ctx)
    return error


BUFFER = 1 << 17  # bytes: what most commands print goes out at once, and `| head -1` finds no writer to kill


def open_streams() -> None:
    """Make the standard streams fit to use: none of them closed, none too strict for a character, stdout in one piece.

    `PYTHONUNBUFFERED` would have every line written apart. A closed stream becomes /dev/null: else the next file that
    is opened, a store say, would take its place and what is printed would land there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w" if number else "r", closefd=False)))
    out = sys.stdout
    whole = io.BufferedWriter(io.FileIO(1, "w", closefd=False), BUFFER)
    sys.stdout = io.TextIOWrapper(whole, out.encoding, "backslashreplace", line_buffering=out.isatty())
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def start(program: str) -> NoReturn:
    """Be the program: complete the line if the shell asks, else run it."""
    tree = PROGRAMS[program]
    open_streams()
    instruction = os.environ.get(f"_{program.upper()}_COMPLETE")
    if instruction:
        from nodewatch.completion import complete

        sys.exit(complete(tree, program, f"_{program.upper()}_COMPLETE", instruction))
    code = run(tree, program, sys.argv[1:])
    gc.freeze()
    sys.exit(code)
