from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_health(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v2 healthz list").json == {"apiStatus": "ok", "dbStatus": "ok"}
    assert run("bos healthz list --format table").stdout == "API:       ok\nDatabase:  ok\n"
