from __future__ import annotations

import getpass
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from auth.conftest import HOST, URL, web_token
from conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from auth.conftest import Keep, Keycloak
    from conftest import Runner

FORM = {"grant_type": "password", "client_id": "shasta", "username": "ari", "password": "open sesame"}


def test_login_is_kept_where_cray_keeps_it(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    keycloak.answer = {"access_token": "new", "expires_in": 300, "refresh_token": "again", "scope": "a b", "x": 1}
    done = run("auth login", stdin="open sesame\n")
    file = tokens / "api_example_com.ari"
    assert done == (
        0,
        "",
        f"Logged in to {HOST}/apis/bos as ari until 2026-11-21T12:05:00Z. The login is kept in {file}.\n",
    )
    assert keycloak.forms == [FORM]
    assert json.loads(file.read_text()) == {
        **keycloak.answer,
        "scope": ["a", "b"],
        "expires_at": NOW.timestamp() + 300,
        "client_id": "shasta",
    }
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("bos sessions list").code == 0
    assert keycloak.sent == ["Bearer new"]


def test_password_at_a_prompt(run: Runner, keycloak: Keycloak, tokens: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = []

    def prompted(prompt: str, stream: object) -> str:
        prompts.append(prompt)
        return "open sesame"

    monkeypatch.setattr(getpass, "getpass", prompted)
    assert run("auth login", tty=True).code == 0
    assert (prompts, keycloak.forms) == (["Password: "], [FORM])


def test_username_at_a_prompt(run: Runner, keycloak: Keycloak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt, stream: "open sesame")
    done = run("auth login", stdin="ari\n", tty=True, NODEWATCH_BOS_URL=f"{HOST}/apis/bos")
    assert done.code == 0, done.stderr
    assert done.stderr.startswith("Username: ")
    assert keycloak.forms == [FORM]


def test_password_from_a_file(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    secret = run.home / "secret"
    secret.write_text("open sesame\nmore\n")
    assert run(f"auth login --password-file {secret}").code == 0
    assert keycloak.forms == [FORM]
    done = run("auth login --password-file /nowhere")
    assert (done.code, done.stderr) == (4, "Error: /nowhere cannot be read: No such file or directory.\n")


def test_password_is_no_argument(run: Runner, tokens: Path) -> None:
    assert run("auth login --password x").code == 2


def test_no_password(run: Runner, tokens: Path) -> None:
    done = run("auth login", stdin="")
    assert (done.code, done.stderr) == (2, "Error: no password was given, at a prompt or on standard input.\n")


def test_another_user(run: Runner, keycloak: Keycloak, keep: Keep, tokens: Path) -> None:
    other = keep(name="ari")
    done = run("auth login --username bo.b", stdin="open sesame\n")
    file = tokens / "api_example_com.bo_b"
    assert file.exists()
    assert done.stderr.splitlines()[1] == (
        f"But {other} is used, because {run.home}/.config/cray/configurations/default says so. Name this one with "
        f"--token {file}."
    )


def test_into_a_named_file(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    file = run.home / "mine.json"
    assert run(f"auth login --token {file}", stdin="open sesame\n").code == 0
    assert json.loads(file.read_text())["access_token"] == "new"
    assert not list(tokens.iterdir())


def test_without_cray(run: Runner, keycloak: Keycloak) -> None:
    url = f"{HOST}/apis/bos"
    assert run("auth login --username ari", stdin="open sesame\n", NODEWATCH_BOS_URL=url).code == 0
    file = run.home / ".config/cray/tokens/api_example_com.ari"
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert run("bos sessions list", NODEWATCH_BOS_URL=url).code == 0
    assert keycloak.sent == ["Bearer new"]


def test_wrong_password(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    keycloak.refuse(401, "invalid_grant", "Invalid user credentials")
    done = run("auth login", stdin="open sesame\n")
    assert done == (6, "", f"Error: the login service at {URL} refused: Invalid user credentials.\n")
    assert not list(tokens.iterdir())


@pytest.mark.parametrize(
    ("status", "answer", "code", "words"),
    [
        (500, {}, 5, "answered 500. Try again."),
        (200, {}, 3, "answered no token. Check the address."),
        (200, [], 3, "answered no token. Check the address."),
        (401, [], 6, "refused: 401."),
    ],
)
def test_strange_answers(
    run: Runner, keycloak: Keycloak, tokens: Path, status: int, answer: Any, code: int, words: str
) -> None:
    keycloak.status, keycloak.answer = status, answer
    done = run("auth login", stdin="open sesame\n")
    assert done == (code, "", f"Error: the login service at {URL} {words}\n")
    assert not list(tokens.iterdir())


def test_unreachable(run: Runner, tokens: Path) -> None:
    done = run("auth login", stdin="open sesame\n")
    assert done.code == 5
    assert done.stderr.startswith(f"Error: the login service at {URL} cannot be asked: ")


def test_never_in_the_clear(run: Runner) -> None:
    done = run("auth login --username me", stdin="x\n", NODEWATCH_BOS_URL="http://bos.example.com/apis/bos")
    url = URL.replace(HOST, "http://bos.example.com")
    assert done == (
        7,
        "",
        f"Error: {url} is plain http, over which no password and no token is sent. Write https://.\n",
    )


def test_local_store_needs_none(run: Runner) -> None:
    done = run("auth login --local x.db")
    assert done == (
        7,
        "",
        (
            "Error: BOS is asked in the local store x.db (--local), which needs no login. Name a system with "
            "--context, --configuration or NODEWATCH_BOS_URL.\n"
        ),
    )


def test_trace_shows_no_secret(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    keycloak.answer = {"access_token": web_token(secret="hidden"), "refresh_token": "hidden", "expires_in": 300}
    done = run("-vv auth login", stdin="open sesame\n")
    assert done.code == 0
    assert f"POST {URL}: 200 in 0.000 s\n" in done.stderr
    assert "> grant_type=password&client_id=shasta&username=ari&password=***\n" in done.stderr
    assert '< {"access_token": "***", "refresh_token": "***", "expires_in": 300}\n' in done.stderr
    assert "sesame" not in done.stderr
    assert "hidden" not in done.stderr


def test_dry_run(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    assert run("auth login --dry-run", stdin="x\n") == (0, "", f"ari would be logged in to {HOST}/apis/bos.\n")
    assert (keycloak.forms, list(tokens.iterdir())) == ([], [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    tokens.chmod(0o500)
    done = run("auth login", stdin="open sesame\n")
    assert done.code == 4


def test_login_says_its_host_where_the_files_name_could_be_anothers(
    run: Runner, keycloak: Keycloak, tokens: Path
) -> None:
    (tokens.parent / "configurations/other").write_text('[core]\nhostname = "https://api-example.com"\n')
    assert run("auth login", stdin="open sesame\n").code == 0
    assert json.loads((tokens / "api_example_com.ari").read_text())["host"] == "api.example.com"
    assert run("auth status").code == 0
    assert run("auth status", NODEWATCH_BOS_URL="https://api-example.com/apis/bos").code == 6


def test_login_touches_no_other_file(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    for name in (".mine-notes", ".api", "mine", ".*.new"):
        (run.home / name).write_text("dear diary")
    (run.home / ".mine.new").write_text("left by a process that was killed")
    assert run(f"auth login --token '{run.home}/mine'", stdin="open sesame\n").code == 0
    assert run(f"auth login --token '{run.home}/*'", stdin="open sesame\n").code == 0
    names = sorted(path.name for path in run.home.iterdir() if path.is_file())
    assert names == ["*", ".*.lock", ".api", ".mine-notes", ".mine.lock", "mine"]


def test_password_that_is_no_text(run: Runner, keycloak: Keycloak, tokens: Path) -> None:
    done = run("auth login", stdin="p\udcff\n")
    assert done == (2, "", "Error: the user and the password must be UTF-8 text.\n")
    assert keycloak.forms == []
