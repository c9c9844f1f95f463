"""--filter, --columns, --count-by and the formats of lists, on sessions of BOS v1 and on the nodes of their phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from older_fleets import OLD, REBOOT, older_fleet

if TYPE_CHECKING:
    from conftest import Load, Runner

NODES = f"bos v1 session status describe computes {OLD}"


def test_sessions(run: Runner, load: Load) -> None:
    load(older_fleet())
    assert run(f"bos v1 session list --filter 'id = {OLD[:4]}*'").json == [OLD]
    assert run("bos v1 session list --format names --expand").stdout.split() == sorted(run("bos v1 session list").json)


def test_nodes(run: Runner, load: Load) -> None:
    load(older_fleet(REBOOT))
    rows = run(f"{NODES} --format csv").stdout.splitlines()
    assert rows[0] == "node,phase,category"
    failed = [row for row in rows if row.endswith(",failed")]
    assert failed
    assert run(f"{NODES} --filter 'category = Failed' --format csv").stdout.splitlines()[1:] == failed
    counts = run(f"{NODES} --count-by category").json
    assert {each["category"]: each["count"] for each in counts}["failed"] == len(failed)
    assert run(f"{NODES} --filter 'category = lost'").code == 2
