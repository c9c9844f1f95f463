"""Whatever is in a file, a command that reads it ends with 0 or with a sentence and its code: a defect is no answer.

Fleet files, stores, configurations, logins, lists of nodes, certificates, policies and templates: of the right shape
with anything changed in them, or with bytes cut out and put in, in ways that are the same every time.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import certifi
import pytest
import tomli_w

from conftest import NOW
from nodewatch.demo import demo_fleet
from odd import TIMES, changed, damaged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conftest import Runner

ROUNDS = 200 * TIMES
ENDS = (0, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12)


def small_fleet() -> dict[str, Any]:
    """Return a fleet that has a little of everything."""
    fleet: dict[str, Any] = demo_fleet(NOW)

    def few(collections: Mapping[str, Any]) -> dict[str, Any]:
        return {name: dict(list(each.items())[:3]) for name, each in collections.items()}

    v2 = fleet["bos"]["v2"]
    sessions = sorted(v2["sessions"], key=lambda session: session["name"] != "night-reboot")[:3]
    nodes = sorted(v2["components"], key=lambda node: (node["session"] != "night-reboot", node["error"] == ""))[:6]
    parts = {
        "sessions": sessions,
        "components": nodes,
        "sessiontemplates": [each for each in v2["sessiontemplates"] if each["name"] == sessions[0]["template_name"]],
        "session_status": dict(list(v2["session_status"].items())[:1]),
    }
    return {
        "nodewatch": 1,
        "saved_at": "2026-11-21T11:30:00Z",
        "bos": {"v1": few(fleet["bos"]["v1"]), "v2": {**v2, **parts}},
        "exchange": few(fleet["exchange"]),
        "agent": fleet["agent"],
        "unasked": {"/v2/healthz": {"status": 503, "message": "no"}},
    }


FLEET = small_fleet()
V2 = FLEET["bos"]["v2"]
V1 = next(iter(FLEET["bos"]["v1"]["status"]))
NODE = V2["components"][0]["id"]
TEMPLATE = V2["sessiontemplates"][0]
READ = [
    "bos sessions list --format table",
    "bos sessions status list night-reboot --format table",
    "bos sessions status list night-reboot --wait --timeout 1",
    "bos sessions list --filter 'age > 1m' --format csv",
    "bos components list --format table",
    "bos components list --filter 'age > 1m' --count-by status,cabinet --format table",
    "bos components map --format table",
    f"bos components describe {NODE} --format table",
    "bos sessiontemplates list --format table",
    "bos options list --format yaml",
    "bos version list",
    "bos v1 session list",
    f"bos v1 session status list {V1} --format table",
    f"bos v1 session describe {V1} --format table",
    "exchange nmp list -o org --format table -l",
    "exchange nmp status sample-nmp -o org --format table -l",
    "exchange node list -o org --format table",
    "exchange node management status sample-node -o org --format table",
    "exchange nmp status sample-nmp -o org --wait --timeout 1",
    "nmstatus list --format table",
    "status --format table",
    "local dump",
]
CHANGE = [
    f"bos sessions create --template-name {TEMPLATE['name']} --operation boot --limit {NODE}",
    f"bos components update {NODE} --enabled false",
    f"bos sessions delete {V2['sessions'][1]['name']}",
    "bos sessions retry night-reboot --yes",
    f"bos applystaged create --xnames {NODE}",
    f"bos sessiontemplates update {TEMPLATE['name']} --description mine",
    "exchange nmp reset sample-nmp -o org --yes",
    "exchange nmp enable sample-nmp -o org",
    "nmstatus reset",
    "local record FILE.db --local whole.json",
    "local run --for 5m --speed 3600",
]
CONFIG = {
    "context": "case",
    "contexts": {
        "lab": {
            "bos": {"url": "https://lab.example.com/apis/bos", "tenant": "blue"},
            "exchange": {"url": "https://lab.example.com/v1", "org": "lab"},
            "agent.url": "https://lab.example.com:8510",
            "ca_bundle": "lab.pem",
            "proxy": "http://me:secret@proxy.example.com:3128",
            "request_timeout": 7,
        },
        "case": {"local": "~/whole.json"},
    },
}
CONFIGURED = [
    "config show --format table",
    "config list --format table",
    "config use case",
    "config set request_timeout 9 --context lab",
    "config unset ca_bundle --context lab",
    "config init new --bos-url https://new.example.com/apis/bos",
    "bos sessions list",
    "bos sessions list --context lab",
    "exchange nmp list",
    "status",
]
HZN = {
    "HZN_ORG_ID": "o",
    "HZN_EXCHANGE_URL": "https://h/v1",
    "HZN_EXCHANGE_USER_AUTH": "u:p",
    "HORIZON_URL": "http://a",
}
SHELL = "HZN_EXCHANGE_URL=https://h/v1\nexport HZN_ORG_ID='o'\nHZN_HTTP_TIMEOUT=\"7\"\nHZN_HTTP_RETRIES=1 # few\n"
SETTINGS = ["config show --format table", "bos sessions list", "exchange nmp list", "nmstatus list"]
CRAY = {"core": {"hostname": "https://api.example.com", "tenant": "blue"}, "auth": {"login": {"username": "ari"}}}
TOKEN = {
    "access_token": "e30.eyJleHAiOjE5MDAwMDAwMDAsInByZWZlcnJlZF91c2VybmFtZSI6Im1lIn0.c2ln",
    "refresh_token": "again-and-again",
    "expires_in": 300,
    "expires_at": 1790000000.5,
    "client_id": "shasta",
    "host": "api.example.com",
}
LOGINS = ["bos sessions list", "auth status", "auth status --format table", "auth logout", "config show --format table"]
URL = {"NODEWATCH_BOS_URL": "https://api.example.com/apis/bos"}
NODES = f"# the racks\nx3000c0s[1-4]b0n0,x1000c0s7b[0-1]n[0-1]  # and more\nlogin {NODE[:-1]}* nid[000001-000099/2]\n"
LISTS = [
    "bos components list --ids @FILE --local whole.json",
    "bos components updatemany --filter-ids @FILE --patch '{\"enabled\": true}' --local old.db",
    "bos applystaged create --xnames @FILE --local old.db",
    f"bos sessions create --template-name {TEMPLATE['name']} --operation boot --limit @FILE --local old.db",
    "exchange nmp status sample-nmp -o org --nodes @FILE --local whole.json",
]


class Case(NamedTuple):
    """What is in a file, and what reads it; the path if that is not FILE."""

    content: Any
    lines: Sequence[str]
    path: str = "FILE"
    environ: Mapping[str, str] | None = None


CASES = {
    "fleet": Case(FLEET, [f"{line} --local FILE.json" for line in READ], "FILE.json"),
    "load": Case(FLEET, ["local load FILE --local new.db", "local load FILE --local old.db --merge"]),
    "diff": Case(FLEET, ["diff FILE.json whole.json --format table", "diff whole.db FILE.json"], "FILE.json"),
    "config": Case(CONFIG, CONFIGURED, ".config/nodewatch/config.toml"),
    "hzn": Case(HZN, SETTINGS, ".hzn/hzn.json"),
    "machine": Case(SHELL, SETTINGS, "../etc/default/horizon"),
    "agent": Case({"Edge": {"ExchangeURL": "https://h/v1"}}, SETTINGS, "../etc/horizon/anax.json"),
    "cray": Case(CRAY, LOGINS, ".config/cray/configurations/default"),
    "login": Case(TOKEN, LOGINS, ".config/cray/tokens/api_example_com.ari", URL),
    "token": Case(TOKEN, [f"{line} --token FILE" for line in LOGINS], environ=URL),
    "nodes": Case(NODES, LISTS),
    "authorities": Case(
        "".join(Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")[:2]),
        ["bos sessions list --ca-bundle FILE"],
        environ=URL,
    ),
    "policy": Case(
        FLEET["exchange"]["managementpolicies"]["org/sample-nmp"],
        [f"exchange nmp add {name} -f FILE -o org --local old.db" for name in ("mine", "sample-nmp")],
    ),
    "template": Case(
        {name: TEMPLATE[name] for name in TEMPLATE if name != "name"},
        [
            "bos sessiontemplates create mine --file FILE --local old.db",
            f"bos sessiontemplates update {TEMPLATE['name']} --file FILE --local old.db",
            "bos v1 sessiontemplate create --name mine --file FILE --local old.db",
        ],
    ),
}


@pytest.fixture
def home(run: Runner, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home directory, the current one too, in which there are a fleet file and a store of it."""
    monkeypatch.chdir(run.home)
    Path("whole.json").write_text(json.dumps(FLEET))
    assert run("local load whole.json --local whole.db").code == 0
    run.environ |= {"NODEWATCH_RETRIES": "0"}
    return run.home


def written(content: Any, path: str) -> bytes:
    """Return a document as the file of that name has it; a text as it is."""
    if isinstance(content, str):
        return content.encode()
    if path.endswith((".toml", "default")):
        return tomli_w.dumps({key: content[key] for key in content if content[key] is not None}).encode()
    return json.dumps(content).encode()


def spoilt(case: Case, chance: random.Random) -> bytes:
    """Return what is in the file of a case, with something wrong in it."""
    if isinstance(case.content, dict) and chance.random() < 0.6:
        try:
            return written(changed(case.content, chance), case.path)
        except (TypeError, UnicodeEncodeError):  # TOML has no null, and no halves of characters
            pass
    return damaged(written(case.content, case.path), chance)


def check(run: Runner, line: str, number: int) -> None:
    """Run a line, and see it end well, or with a sentence."""
    done = run(line)
    assert done.code in ENDS, (number, line, done.stderr)
    assert done.code == 0 or "Error: " in done.stderr, (number, line, done)


@pytest.mark.parametrize("name", CASES)
def test_any_file_is_understood_or_refused(run: Runner, home: Path, name: str) -> None:
    case, chance = CASES[name], random.Random(name)
    file = home / case.path
    file.parent.mkdir(parents=True, exist_ok=True)
    run.environ |= case.environ or {}
    for number in range(ROUNDS):
        shutil.copy("whole.db", "old.db")
        file.write_bytes(spoilt(case, chance))
        check(run, chance.choice(case.lines), number)


@pytest.mark.parametrize("lines", [READ, CHANGE], ids=["read", "change"])
def test_any_store_is_understood_or_refused(run: Runner, home: Path, lines: list[str]) -> None:
    chance, whole = random.Random(len(lines)), Path("whole.db").read_bytes()
    for number in range(ROUNDS):
        for file in home.glob("FILE.db*"):
            file.unlink()
        if chance.random() < 0.7:
            Path("FILE.db").write_bytes(whole)
            spoil_row(Path("FILE.db"), chance)
        else:
            Path("FILE.db").write_bytes(damaged(whole, chance))
        line = chance.choice(lines)
        check(run, line if "--local" in line else f"{line} --local FILE.db", number)


COLUMNS = [
    *[("documents", "place", name) for name in (*["document"] * 4, "collection", "key", "answer")],
    *[("components", "id", name) for name in ("id", "session", "status", "phase", "enabled", "error", "brief")],
]


def spoil_row(store: Path, chance: random.Random) -> None:
    """Put something odd into a row of a store: anything into a document, or into any column."""
    table, key, column = chance.choice(COLUMNS)
    with closing(sqlite3.connect(store)) as connection, connection, suppress(sqlite3.IntegrityError):
        row, value = chance.choice(connection.execute(f"SELECT {key}, {column} FROM {table}").fetchall())  # noqa: S608
        odd = chance.choice([None, -1, 1.5, "", "x", "[1]", "{}", b"\xff", "9999-12-31T23:59:59Z"])
        if column in ("document", "brief") and chance.random() < 0.9:
            odd = json.dumps(changed(json.loads(value), chance))
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (odd, row))  # noqa: S608
