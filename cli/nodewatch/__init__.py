"""nodewatch: how far boots and agent upgrades of a fleet have come, which nodes failed, and why.

The programs are described in `man nodewatch`. A program of your own asks by `connect`, which takes the URL of a
service, or the path of a local store or a fleet file:

    with connect("bos", url="https://api.example.com/apis/bos", token=token) as bos:
        print(bos.session_status("night-reboot"))

Here the fleet is a file of one session with two nodes, and of an upgrade of one edge node:

>>> import json, pathlib, tempfile
>>> status = {"status": "running", "start_time": "2026-11-21T08:00:00"}
>>> session = {"name": "night-reboot", "operation": "reboot", "components": "x1,x2", "status": status}
>>> stable = {"id": "x1", "session": "night-reboot", "enabled": False, "status": {"status": "stable"}}
>>> failed = {**stable, "id": "x2", "status": {"status_override": "failed"}, "error": "no power"}
>>> done = {"agentUpgradePolicyStatus": {"status": "successful"}}
>>> hub = {"managementpolicies": {"harbor/roll": {"enabled": True, "patterns": ["harbor/p"]}},
...        "nodes": {"harbor/crane": {"pattern": "harbor/p", "publicKey": "k"}},
...        "managementStatus": {"harbor/crane": {"harbor/roll": done}}}
>>> folder = tempfile.TemporaryDirectory()
>>> fleet = pathlib.Path(folder.name, "fleet.json")
>>> documents = {"bos": {"v2": {"sessions": [session], "components": [stable, failed]}}, "exchange": hub}
>>> size = fleet.write_text(json.dumps(documents))

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

What goes wrong is a `NodewatchError`; `exit_code` is what the programs end with, and each has a class in
`nodewatch.errors`: `WrongUsage` (2), `UnreadableAnswer` (3), `FileTrouble` (4), `ServiceTrouble` (5), `NotPermitted`
(6), `WrongConfiguration` (7), `NotFound` (8). `status` and `document` are what the service answered,
None if it did not:

>>> try:
...     bos.session("nigth-reboot")
... except NodewatchError as error:
...     print(f"{error} ({type(error).__name__}, {error.exit_code}, {error.status})")
The resource was not found: Session 'nigth-reboot' does not exist; do you mean night-reboot? (NotFound, 8, 404)
>>> bos.close()

BOS of CSM up to 1.5 is `connect("bos", version=1)`, and the Exchange and the agent on a node are asked alike:

>>> with connect("bos", version=1, local=str(fleet)) as old:
...     old.sessions()
[]
>>> with connect("exchange", local=str(fleet), org="harbor") as exchange:
...     exchange.nmp_status("roll") == {"harbor/crane": done}, exchange.wait("roll").words
(True, 'harbor/roll: 1 of 1 node successful')
>>> with connect("agent", local=str(fleet)) as agent:
...     agent.statuses()
{}
>>> folder.cleanup()

A connection prints nothing, reads neither environment nor configuration, and closes what it opened at the end of
`with`, also when that is an exception.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodewatch.errors import NodewatchError
    from nodewatch.library import Agent, Bos, BosV1, Exchange, Waited, WaitOptions, connect

__all__ = ["Agent", "Bos", "BosV1", "Exchange", "NodewatchError", "WaitOptions", "Waited", "__version__", "connect"]

# Literal, because reading it through importlib.metadata costs more than importing click.
__version__ = "1.0.0"


def __dir__() -> "list[str]":  # quoted, so that an older Python comes as far as the sentence in `__main__`
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
