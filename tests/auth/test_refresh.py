"""Logins renew themselves, silently, as long as that is possible."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from auth.conftest import URL, web_token
from conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from auth.conftest import Keep, Keycloak
    from conftest import Runner

LIST = "bos sessions list"
FORM = {"grant_type": "refresh_token", "refresh_token": "once", "client_id": "shasta"}


def test_good_token_is_sent(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    file = keep(3600)
    before = file.read_text()
    assert run(LIST) == (0, "[]\n", "")
    assert (keycloak.sent, keycloak.forms, file.read_text()) == (["Bearer old"], [], before)


@pytest.mark.parametrize("seconds", [59, 0, -86_400])
def test_token_is_renewed_before_it_expires(run: Runner, keycloak: Keycloak, keep: Keep, seconds: float) -> None:
    file = keep(seconds)
    assert run(LIST) == (0, "[]\n", "")
    assert (keycloak.sent, keycloak.forms) == (["Bearer new"], [FORM])
    assert json.loads(file.read_text()) == {
        "access_token": "new",
        "refresh_token": "again",
        "client_id": "shasta",
        "x": "kept",
        "expires_in": 300,
        "expires_at": NOW.timestamp() + 300,
    }
    assert file.stat().st_mode & 0o777 == 0o600


def test_token_that_says_itself_when_it_expires(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    keep(None, access_token=web_token(exp=NOW.timestamp() - 1))
    assert run(LIST).code == 0
    assert keycloak.sent == ["Bearer new"]


def test_token_of_unknown_age_is_sent(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    keep(None, expires_in=5)
    assert run(LIST).code == 0
    assert (keycloak.sent, keycloak.forms) == (["Bearer old"], [])


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_named_file_is_renewed_in_place(run: Runner, keycloak: Keycloak, keep: Keep, tmp_path: Path, how: str) -> None:
    file = tmp_path / "setup-token.json"
    keep(-1).rename(file)
    done = run(f"{LIST} --token {file}") if how == "flag" else run(LIST, CRAY_CREDENTIALS=str(file))
    assert done == (0, "[]\n", "")
    assert json.loads(file.read_text())["access_token"] == "new"


def test_refresh_token_stays_if_there_is_no_new_one(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    keycloak.answer = {"access_token": "new", "expires_in": 300}
    file = keep(-1)
    assert run(LIST).code == 0
    assert json.loads(file.read_text())["refresh_token"] == "once"


def test_expired_login_that_cannot_be_renewed(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    file = keep(-1, refresh_token=None)
    assert run(LIST) == (
        6,
        "",
        f"Error: The login in {file} has expired. Renew it with `nodewatch auth login`.\n",
    )
    assert keycloak.sent == []


def test_refused_renewal(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    keycloak.refuse()
    file = keep(-1)
    before = file.read_text()
    assert run(LIST) == (
        6,
        "",
        f"Error: The login in {file} has expired. Renew it with `nodewatch auth login`.\n",
    )
    assert file.read_text() == before


def test_login_service_is_down(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    keycloak.status = 503
    keep(-1)
    assert run(LIST) == (5, "", f"Error: the login service at {URL} answered 503. Try again.\n")
    keep(30)
    assert run(LIST) == (0, "[]\n", "")
    assert keycloak.sent == ["Bearer old"]


def test_token_that_all_can_read_is_warned_about(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    file = keep(3600)
    file.chmod(0o644)
    assert run(LIST) == (0, "[]\n", f"Warning: everybody can read the token in {file}: chmod 600 it.\n")


def test_link_is_read_and_never_written_through(run: Runner, keycloak: Keycloak, keep: Keep, tmp_path: Path) -> None:
    file, real = keep(-1), tmp_path / "real"
    file.rename(real)
    file.symlink_to(real)
    before = real.read_text()
    assert run(LIST).code == 0
    assert real.read_text() == before
    assert json.loads(file.read_text())["access_token"] == "new"
    assert not file.is_symlink()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", "holds neither JSON nor a token."),
        ("a token with blanks", "holds neither JSON nor a token."),
        ("{}", "has no access_token."),
        ("[]", "has no access_token."),
        ('{"access_token": 5}', "has no access_token."),
    ],
)
def test_file_that_holds_no_token(run: Runner, keycloak: Keycloak, keep: Keep, text: str, why: str) -> None:
    file = keep()
    file.write_text(text)
    done = run(LIST)
    source = f"{run.home}/.config/cray/configurations/default"
    content = "It may hold a JSON object with access_token, as cray writes it, or the token alone, on one line."
    assert done == (7, "", f"Error: the token file {file} ({source}) {why} {content}\n")


def test_a_bare_token(run: Runner, keycloak: Keycloak, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(web_token(exp=NOW.timestamp() + 1000) + "\n")
    file.chmod(0o600)
    url = "https://api.example.com/apis/bos"
    assert run(f"{LIST} --token {file}", NODEWATCH_BOS_URL=url) == (0, "[]\n", "")
    file.write_text(web_token(exp=NOW.timestamp() - 1))
    assert run(f"{LIST} --token {file}", NODEWATCH_BOS_URL=url).code == 6


def test_missing_file(run: Runner) -> None:
    done = run(f"{LIST} --token /nowhere", NODEWATCH_BOS_URL="https://h")
    why = "cannot be read: No such file or directory."
    assert done == (7, "", f"Error: the token file /nowhere (--token) {why}\n")


def test_token_that_is_a_whole_file(run: Runner) -> None:
    done = run(LIST, NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN='{"access_token": "x"}')
    assert done == (
        7,
        "",
        "Error: NODEWATCH_TOKEN holds characters that no token has. Is it a whole file in place of the token?\n",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    file = keep(-1)
    file.parent.chmod(0o500)
    done = run(LIST)
    assert (done.code, keycloak.sent) == (0, ["Bearer new"])
    assert done.stderr == (
        f"Warning: the refreshed token is not kept, because {file} cannot be written: Permission denied.\n"
    )


def test_lock_that_another_process_holds(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    import fcntl

    file = keep(-1)
    lock = file.parent / f".{file.name}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(LIST)
    assert done == (4, "", f"Error: another process is changing {file}, for 60 s now. Try again.\n")
    assert keycloak.forms == []


def test_a_wait_outlasts_a_lock(run: Runner, keycloak: Keycloak, keep: Keep) -> None:
    import fcntl

    file = keep(-1)
    with (file.parent / f".{file.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run("bos sessions status list night --wait --timeout 2m")
    assert (done.code, done.stdout, keycloak.forms) == (11, "", [])
    assert f"The last look failed, so no look succeeded: another process is changing {file}" in done.stderr
