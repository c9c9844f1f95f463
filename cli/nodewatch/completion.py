"""What a shell is told that asks what may come next: names from the system that would be asked, and words we know.

Nobody is told of trouble here, and nobody waits for it: whatever takes too long, or fails, offers nothing.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem, shell_complete

from nodewatch.app import App
from nodewatch.documents import id_of
from nodewatch.world import MutedWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    from nodewatch.bos_v2.client import BosClient
    from nodewatch.world import World

    Offer = Callable[[App, click.Context, str], Iterable[str]]

MOST_OFFERED = 500  # nodes: of more, a list helps nobody
COMPLETION_PATIENCE = 0.25  # seconds: with the start, which is over by now, that makes 300 ms


def complete(tree: click.Command, program: str, variable: str, instruction: str) -> int:
    """Print what may come next, as the shell's script wants it, and return the exit code."""
    app = App(MutedWorld())
    with app.closing, contextlib.suppress(Exception):
        return shell_complete(tree, {"obj": app}, program, variable, instruction)
    return 0


def wait_no_longer(world: World) -> None:
    """End this process when names have been waited for long enough, whatever Python is busy with then."""
    seconds = read_patience(world.variable("NODEWATCH_COMPLETION_TIMEOUT"))
    world.deadline = world.monotonic() + seconds
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def read_patience(text: str | None) -> float:
    """Return how many seconds names are waited for, as the variable says it; anything but a number is as none.

    >>> read_patience("2"), read_patience(None), read_patience("long"), read_patience("-1")
    (2.0, 0.25, 0.25, 0.25)
    """
    try:
        seconds = float(text or COMPLETION_PATIENCE)
    except ValueError:
        return COMPLETION_PATIENCE
    return seconds if 0 < seconds < 60 else COMPLETION_PATIENCE


def offered(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what may stand for the parameter, of what begins like the incomplete word."""
    metavar = str(param.metavar or "").strip("[]")
    if metavar in FILES:
        return [CompletionItem(incomplete, type="file")]
    name = next((each for each in (*param.opts, metavar, str(param.name)) if each in OFFERS), "")
    if not name or ctx.obj is None:
        return []
    done, _, last = incomplete.rpartition(",") if name in LISTS else ("", "", incomplete)
    start = done and f"{done},"
    wait_no_longer(ctx.obj.world)
    words = dict.fromkeys(OFFERS[name](ctx.obj, ctx, last))
    return [CompletionItem(start + word) for word in words if word.startswith(last)][:MOST_OFFERED]


def complete_sessions(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the sessions."""
    if of_v1(ctx):
        from nodewatch.bos_v1.client import BosV1Client

        return BosV1Client(app.backend("bos")).sessions()
    return (str(session.get("name")) for session in bos_client(app).sessions())


def complete_templates(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the session templates."""
    if of_v1(ctx):
        from nodewatch.bos_v1.client import BosV1Client

        return (str(template.get("name")) for template in BosV1Client(app.backend("bos")).templates())
    return (str(template.get("name")) for template in bos_client(app).templates())


def of_v1(ctx: click.Context) -> bool:
    """Return whether the command asks BOS v1."""
    return bool({"v1", "session", "sessiontemplate"} & {*ctx.command_path.split()})


def bos_client(app: App) -> BosClient:
    """Return BOS v2, to be asked."""
    from nodewatch.bos_v2.client import BosClient

    return BosClient(app.backend("bos"))


def complete_components(app: App, _ctx: click.Context, start: str) -> Iterable[str]:
    """Return the ids of components, from those on that begin so."""
    page = bos_client(app).components(start_after_id=just_before(start), page_size=MOST_OFFERED, fields=("id",))
    return (id_of(component) for component in page)


def just_before(start: str) -> str | None:
    """Return a text that sorts before all ids that begin so, and after most others; None for none.

    >>> just_before("x1001"), just_before("x10"), just_before("")
    ('x1000z', 'x1', None)
    """
    if not start or start[-1] == "0":
        return start[:-1] or None
    return f"{start[:-1]}{chr(ord(start[-1]) - 1)}z"


def complete_policies(app: App, ctx: click.Context, start: str) -> Iterable[str]:
    """Return the names of the policies: with their organization, if that is typed."""
    if "nmstatus" in ctx.command_path.split():
        from nodewatch.horizon.client import AgentClient

        return as_typed(AgentClient(app.backend("agent")).statuses(), start)
    from nodewatch.horizon.client import ExchangeClient

    return as_typed(ExchangeClient(app.backend("exchange")).policies(typed_organization(app, start)), start)


def complete_nodes(app: App, _ctx: click.Context, start: str) -> Iterable[str]:
    """Return the names of the Exchange's nodes: with their organization, if that is typed."""
    from nodewatch.horizon.client import ExchangeClient

    return as_typed(ExchangeClient(app.backend("exchange")).nodes(typed_organization(app, start)), start)


def typed_organization(app: App, start: str) -> str:
    """Return the organization that is typed, else the one that is set."""
    typed, slash, _ = start.partition("/")
    return typed if slash else str(app.settings.org)


def as_typed(names: Iterable[str], start: str) -> Iterable[str]:
    """Return names (`org/name`) as they are being typed: the organization is left out until it is.

    >>> list(as_typed(["o/a", "o/b"], "a")), list(as_typed(["o/a"], "o/"))
    (['a', 'b'], ['o/a'])
    """
    return names if "/" in start else (name.rpartition("/")[2] for name in names)


def complete_contexts(app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the names of the contexts."""
    from nodewatch.settings.contexts import read_contexts

    return read_contexts(app.world).known


def complete_keys(_app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the keys that a context may have."""
    from nodewatch.settings.contexts import CONTEXT_KEYS

    return CONTEXT_KEYS


def complete_columns(app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the columns of the list that the command shows."""
    app.list.place = getattr(ctx.command, "listing", "")
    return (attribute.name for attribute in app.list.description.attributes)


def complete_list_statuses(_app: App, ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the statuses, and classes of statuses, that a list can be narrowed to."""
    if "components" in ctx.command_path.split():
        from nodewatch.bos_v2.status_rules import COMPONENT_CHART

        return COMPONENT_CHART.statuses
    from nodewatch.horizon.list_tables import CLASSES
    from nodewatch.horizon.rules import MEANINGS

    return (word.replace(" ", "-") for word in (*CLASSES, *MEANINGS))


def complete_explained_statuses(_app: App, _ctx: click.Context, _start: str) -> Iterable[str]:
    """Return the statuses that can be explained, without blanks."""
    from nodewatch.bos_v1 import status_rules as bos_v1
    from nodewatch.bos_v2 import status_rules as bos_v2
    from nodewatch.horizon import status_rules as horizon

    charts = (*bos_v2.CHARTS, *bos_v1.CHARTS, *horizon.CHARTS)
    return (name.replace(" ", "-") for chart in charts for name in chart.statuses)


FILES = ("FILE", "PATH", "FLEET.json", "A", "B")
OFFERS: dict[str, Offer] = {
    "session_id": complete_sessions,
    "SESSION_ID": complete_sessions,
    "--session": complete_sessions,
    "--staged-session": complete_sessions,
    "--filter-session": complete_sessions,
    "session_template_id": complete_templates,
    "--template-name": complete_templates,
    "--template-uuid": complete_templates,
    "component_id": complete_components,
    "--ids": complete_components,
    "--filter-ids": complete_components,
    "--xnames": complete_components,
    "--limit": complete_components,
    "--start-after-id": complete_components,
    "NMP": complete_policies,
    "NODE": complete_nodes,
    "--node": complete_nodes,
    "--nodes": complete_nodes,
    "node": complete_nodes,
    "--context": complete_contexts,
    "CONTEXT": complete_contexts,
    "KEY": complete_keys,
    "--filter": complete_columns,
    "--sort": complete_columns,
    "--columns": complete_columns,
    "--count-by": complete_columns,
    "--status": complete_list_statuses,
    "status": complete_explained_statuses,
}
LISTS = (
    "component_id",
    "--ids",
    "--filter-ids",
    "--xnames",
    "--limit",
    "--node",
    "--nodes",
    "node",
    "--sort",
    "--columns",
    "--count-by",
    "--status",
)
