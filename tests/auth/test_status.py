from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
            f"Error: Nobody is logged in to {HOST}/apis/bos: type `nodewatch auth login`, or name a token file with "
            "--token or CRAY_CREDENTIALS.\n"
        ),
    )


@pytest.mark.parametrize(
    ("mode", "warning"),
    [(0o604, "everybody can read"), (0o602, "everybody can change"), (0o640, "the group can read"), (0o600, None)],
)
def test_token_that_others_can_use(run: Runner, keep: Keep, mode: int, warning: str | None) -> None:
    file = keep(3600)
    file.chmod(mode)
    said = f"Warning: {warning} the token in {file}: chmod 600 it.\n" if warning else ""
    assert run("auth status").stderr == said


@pytest.mark.parametrize("expires", ["Infinity", "NaN", "1e300", "9" * 400, "-1e20", '"soon"', "true"])
def test_times_that_no_clock_shows(run: Runner, tokens: Path, expires: str) -> None:
    file = tokens / "api_example_com.ari"
    file.write_text(f'{{"access_token": "a", "expires_at": {expires}}}')
    file.chmod(0o600)
    done = run("auth status")
    assert done.code == (6 if expires == "-1e20" else 0), done.stderr
    shown = {"1e300": "9999-12-31T23:59:59Z", "Infinity": "9999-12-31T23:59:59Z", "-1e20": "1970-01-01T00:00:00Z"}
    assert done.json["expires"] == {**shown, "9" * 400: shown["1e300"]}.get(expires)


@pytest.mark.parametrize(
    ("configured", "said", "used"),
    [
        (["https://api.example.com"], {}, True),
        (["https://api-example.com"], {}, False),
        (["https://api.example.com", "https://api-example.com"], {}, False),
        ([], {}, False),
        ([], {"host": "api.example.com"}, True),
        (["https://api-example.com"], {"host": "api.example.com"}, True),
        (["https://api.example.com"], {"host": "api-example.com"}, False),
    ],
)
def test_login_is_used_for_its_own_host_only(
    run: Runner, keep: Keep, tokens: Path, configured: list[str], said: dict[str, str], used: bool
) -> None:
    keep(3600, **said)
    (tokens.parent / "configurations/default").unlink()
    for number, hostname in enumerate(configured):
        (tokens.parent / f"configurations/c{number}").write_text(f'[core]\nhostname = "{hostname}"\n')
    done = run("auth status", NODEWATCH_BOS_URL="https://api.example.com/apis/bos")
    assert done.code == (0 if used else 6)
