"""nodewatch: how far boots and agent upgrades of a fleet have come, which nodes failed, and why.

The programs are described in `man nodewatch`. A program of your own asks by `connect`, which takes the URL of a
service, or the path of a local store or a fleet file:

    with connect("bos", url="https://api.example.com/apis/bos", token=token) as bos:
        print(bos.session_status("night-reboot"))

Here the fleet is a file of one session with two nodes:

>>> import json, pathlib, tempfile
>>> status = {"status": "running", "start_time": "2026-11-21T08:00:00"}
>>> session = {"name": "night-reboot", "operation": "reboot", "components": "x1,x2", "status": status}
>>> stable = {"id": "x1", "session": "night-reboot", "enabled": False, "status": {"status": "stable"}}
>>> failed = {**stable, "id": "x2", "status": {"status_override": "failed"}, "error": "no power"}
>>> folder = tempfile.TemporaryDirectory()
>>> fleet = pathlib.Path(folder.name, "fleet.json")
>>> size = fleet.write_text(json.dumps({"bos": {"v2": {"sessions": [session], "components": [stable, failed]}}}))

Documents come as the service sends them:

>>> from nodewatch import NodewatchError, connect
>>> bos = connect("bos", local=str(fleet))
>>> [session["name"] for session in bos.sessions()]
['night-reboot']
>>> bos.session_status("night-reboot")["percent_failed"]
50.0
>>> [node["id"] for node in bos.components(session="night-reboot", status="failed")]
['x2']

`wait` returns how it ended, and raises nothing for nodes that failed or time that ran out:

>>> end = bos.wait("night-reboot", timeout=3600)
>>> end.succeeded, end.failed, end.exit_code
(False, ['x2'], 10)

What goes wrong is a `NodewatchError`:

>>> try:
...     bos.session("nigth-reboot")
... except NodewatchError as error:
...     print(f"{error} (exit code {error.exit_code})")
The resource was not found: Session 'nigth-reboot' does not exist; do you mean night-reboot? (exit code 8)
>>> bos.close()
>>> folder.cleanup()

The Exchange and the agent on a node are asked alike:

    with connect("exchange", url="https://exchange.example.com/v1", org="harbor", auth="user:password") as exchange:
        end = exchange.wait("agent-2.32", timeout=7200)
    with connect("agent") as agent:
        print(agent.statuses())

A connection prints nothing, reads neither environment nor configuration, and closes what it opened at the end of
`with`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodewatch.errors import NodewatchError
    from nodewatch.library import Agent, Bos, Exchange, Waited, connect

__all__ = ["Agent", "Bos", "Exchange", "NodewatchError", "Waited", "__version__", "connect"]

# Literal, because reading it through importlib.metadata costs more than importing click.
__version__ = "1.0.0"


def __dir__() -> list[str]:
    """Return the names that are meant to be used."""
    return __all__


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Return what is imported when it is first asked for: the programs, which start often, need none of it."""
        from importlib import import_module

        if name in __all__:
            module = "nodewatch.errors" if name == "NodewatchError" else "nodewatch.library"
            return getattr(import_module(module), name)
        raise AttributeError(f"module 'nodewatch' has no attribute {name!r}")
