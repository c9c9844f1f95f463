"""Secrets stay where they are: out of messages, and out of the project's own text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from nodewatch.bos_v2.client import BosClient
from nodewatch.errors import NodewatchError
from nodewatch.library import connect
from nodewatch.settings.model import resolve
from nodewatch.settings.table import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from responses import RequestsMock

    from conftest import Runner

ROOT = Path(__file__).parents[1]
KINDS = ("*.py", "*.md", "*.toml", "*.json", "*.yaml", "*.yml", "*.1", "*.bash", "*.fish", "_nodewatch")
LOOK_LIKE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abpr]-\w{10,}"
    r"|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
)


@pytest.mark.parametrize("secret", ["token", "password"])
def test_defect_does_not_tell_them(run: Runner, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    def fail(self: BosClient, **filters: Any) -> None:
        raise RuntimeError(f"cannot send {'Bearer hidden-token' if secret == 'token' else 'hidden-password'}")

    monkeypatch.setattr(BosClient, "sessions", fail)
    done = run(
        "bos sessions list",
        NODEWATCH_BOS_URL="https://h",
        NODEWATCH_TOKEN="hidden-token",
        HZN_EXCHANGE_USER_AUTH="org/me:hidden-password",
    )
    assert done.code == 1
    assert "RuntimeError: cannot send" in done.stderr
    assert "hidden" not in done.stderr


TOKEN = "hidden-T0ken/+=.xyz-and-m0re-of-it"
FORMS = {
    "plain": TOKEN,
    "small": TOKEN.lower(),
    "percent": quote(TOKEN, safe=""),
    "base64": b64encode(TOKEN.encode()).decode(),
    "base64 of more": b64encode(f"Bearer {TOKEN} of me".encode()).decode(),
    "escaped": TOKEN.replace("/", "\\/"),
    "by number": "".join(f"\\u{ord(each):04x}" for each in TOKEN),
    "percent, twice": quote(quote(TOKEN, safe=""), safe=""),
    "all percent": "".join(f"%{ord(each):02X}" for each in TOKEN),
    "hexadecimal": TOKEN.encode().hex(),
    "HTML": TOKEN.replace("/", "&#47;").replace("+", "&#x2b;"),
}


@pytest.mark.parametrize("form", FORMS)
def test_servers_words_do_not_tell_them(run: Runner, network: RequestsMock, form: str) -> None:
    words = f'{{"title": "Unauthorized", "detail": "({FORMS[form]}) has expired"}}'
    network.get("https://h/v2/sessions/night", words, status=401, headers={"X-Echo": FORMS[form]})
    done = run("bos sessions describe night -vv", NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN=TOKEN)
    assert done.code == 6
    assert "Error: Unauthorized: (" in done.stderr
    assert FORMS[form][12:-12] not in done.stderr
    assert done.stderr.count("***") >= 3  # header, body, message


def test_tables_do_not_tell_them(run: Runner, network: RequestsMock) -> None:
    network.get("https://h/v2/sessions", json=[{"name": "night", "template_name": f"for {TOKEN}"}])
    network.get("https://h/v2/components", json=[])
    done = run("bos sessions list --format table", NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN=TOKEN)
    assert (done.code, TOKEN in done.stdout, "for ***" in done.stdout) == (0, False, True)


def test_exceptions_do_not_tell_them(network: RequestsMock) -> None:
    network.get("https://h/v2/sessions", json={"title": "No", "detail": f"not {TOKEN}"}, status=401)
    network.get("https://h/orgs/o/managementpolicies", json={"code": "bad", "msg": f"not {TOKEN}"}, status=500)
    bos = connect("bos", url="https://h", token=TOKEN)
    exchange = connect("exchange", url="https://h", org="o", auth=f"u:{TOKEN}", retries=0)
    asked: list[Callable[[], object]] = [bos.sessions, lambda: exchange.policies("o")]
    for ask in asked:
        with pytest.raises(NodewatchError) as told:
            ask()
        assert "not ***" in told.value.message
        assert TOKEN not in f"{told.value!r} {told.value.message}"


LONG = f"{'hidden-T0ken-' * 20}and-the-end"


@pytest.mark.parametrize("style", ["table", "html", "svg"])
@pytest.mark.parametrize("line", ["bos sessions list", "bos sessions describe night"])
def test_no_line_of_a_page_ends_inside_of_one(run: Runner, network: RequestsMock, line: str, style: str) -> None:
    night = {"name": "night", "template_name": f"for {LONG}", "status": {"error": LONG}}
    network.get("https://h/v2/sessions", json=[night])
    network.get("https://h/v2/sessions/night", json=night)
    network.get("https://h/v2/components", json=[])
    done = run(f"{line} --format {style}", NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN=LONG, tty=True, COLUMNS="60")
    assert (done.code, "T0ken" in done.stdout, "***" in done.stdout) == (0, False, True)


def test_a_saved_case_does_not_tell_them(run: Runner, network: RequestsMock, tmp_path: Path) -> None:
    network.get(re.compile("https://h/v2/components"), json=[{"id": "x1", "error": f"({TOKEN}) refused", TOKEN: "é"}])
    network.get(re.compile("https://h/v2/.*"), json=[])
    run(f"local save {tmp_path}/case.json", NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN=TOKEN)
    saved = json.loads((tmp_path / "case.json").read_text())
    assert saved["bos"]["v2"]["components"] == [{"id": "x1", "error": "(***) refused", "***": "é"}]


def test_short_secrets_leave_words_whole(run: Runner, network: RequestsMock) -> None:
    network.get("https://h/v2/sessions", json={"detail": "b", "title": "a table"}, status=500)
    done = run("bos sessions list", NODEWATCH_BOS_URL="https://h", NODEWATCH_TOKEN="table")
    assert done == (5, "", "Error: a table: b\n")


@pytest.mark.parametrize(
    "url",
    [
        "me:s3cr3t@h/x",
        "https:/me:s3cr3t@h",
        "https://me:s3/s3cr3t@h",
        "ftp://me:s3cr3t@h",
        "https://h/?t=s3cr3t",
        "#s3cr3t",
    ],
)
@pytest.mark.parametrize("line", ["bos sessions list", "config show", "auth status"])
def test_malformed_urls_do_not_tell_them(run: Runner, line: str, url: str) -> None:
    done = run(line, NODEWATCH_BOS_URL=url, HTTPS_PROXY=url)
    assert "s3cr3t" not in done.stdout + done.stderr
    assert done.code == (0 if line == "config show" else 7)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("config set proxy http://me:s3cr3t@h:3128 --context lab", 0),
        ("config set proxy http://me:s3cr3t@h:3128 --context lab --dry-run", 0),
        ("config set bos.url https://me:s3cr3t@h --context lab", 2),
        ("config set bos.url me:s3cr3t@h --context lab", 2),
        ("config init lab --bos-url https://me:s3cr3t@h", 2),
        ("exchange nmp list \u2014u me:s3cr3t", 2),
        ("exchange nmp list a b --user-pw=me:s3cr3t --me:s3cr3t", 2),
    ],
)
def test_what_was_typed_is_not_told(run: Runner, line: str, code: int) -> None:
    done = run(line)
    assert (done.code, "s3cr3t" in done.stdout + done.stderr) == (code, False)


def test_settings_do_not_show_them(run: Runner) -> None:
    from conftest import FakeWorld

    environ = {**run.environ, "NODEWATCH_TOKEN": "hidden", "HZN_EXCHANGE_USER_AUTH": "org/me:hidden"}
    assert "hidden" not in repr(resolve({}, FakeWorld(environ)))
    assert f"{Secret('x')!r}" == "***"


def test_project_holds_none() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:20]}"
        for folder in ("cli", "tests", "man", "completions", "")
        for kind in KINDS
        for path in (ROOT / folder).glob(kind if folder == "" else f"**/{kind}")
        for match in [LOOK_LIKE.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert found == []
