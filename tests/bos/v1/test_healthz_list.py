from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Load, Runner


def test_health(run: Runner, load: Load) -> None:
    load({})
    assert run("bos v1 healthz list") == (0, '{\n  "apiStatus": "ok",\n  "dbStatus": "ok"\n}\n', "")
    assert run("bos v1 healthz list --format table").stdout == "apiStatus:  ok\ndbStatus:   ok\n"
