from __future__ import annotations

from typing import TYPE_CHECKING

from auth.conftest import HOST, web_token
from conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from auth.conftest import Keep
    from conftest import Runner


def test_json(run: Runner, keep: Keep) -> None:
    file = keep(3600, access_token=web_token(preferred_username="ari"))
    done = run("auth status")
    assert (done.code, done.stderr) == (0, "")
    assert done.json == {
        "system": f"{HOST}/apis/bos",
        "username": "ari",
        "expires": "2026-11-21T13:00:00Z",
        "expired": False,
        "refreshable": True,
        "file": str(file),
        "source": f"{run.home}/.config/cray/configurations/default",
    }


def test_table(run: Runner, keep: Keep) -> None:
    file = keep(-5)
    done = run("auth status --format table")
    assert [line.split(maxsplit=1) for line in done.stdout.splitlines()] == [
        ["System:", f"{HOST}/apis/bos"],
        ["User:", "unknown"],
        ["Until:", "2026-11-21T11:59:55Z (expired)"],
        ["Then:", "refreshed when needed"],
        ["File:", str(file)],
        ["Source:", f"{run.home}/.config/cray/configurations/default"],
    ]
    assert done.code == 0


def test_expired(run: Runner, keep: Keep) -> None:
    keep(-5, refresh_token=None)
    done = run("auth status")
    assert (done.code, done.json["expired"]) == (6, True)
    assert done.stderr == "Error: The login has expired. Renew it with `nodewatch auth login`.\n"


def test_token_of_the_environment(run: Runner, tokens: Path) -> None:
    token = web_token(preferred_username="ari", exp=NOW.timestamp() + 60)
    status = run("auth status", NODEWATCH_TOKEN=token).json
    assert (status["username"], status["expires"], status["file"]) == ("ari", "2026-11-21T12:01:00Z", None)


def test_nobody(run: Runner, tokens: Path) -> None:
    assert run("auth status") == (
        6,
        "",
        (
            "Error: Nobody is logged in: type `nodewatch auth login`, or name a token file with --token or "
            "CRAY_CREDENTIALS.\n"
        ),
    )
