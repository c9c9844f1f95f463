"""Which setting wins, and where it says it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Runner

    Write = Callable[[str, str], str]

CONFIG = """\
context = "lab"

[contexts.lab]
bos.url = "https://lab.example.com/apis/bos"
exchange.url = "https://lab.example.com/v1"
exchange.org = "lab"
agent.url = "http://lab.example.com:8510"
bos.tenant = "blue"
ca_bundle = "lab.pem"
proxy = "http://me:secret@proxy.example.com:3128"
request_timeout = 7

[contexts.prod.bos]
url = "https://prod.example.com/apis/bos"

[contexts.case]
local = "~/case.json"
"""
CRAY = """\
[core]
hostname = "https://cray.example.com"
tenant = "green"

[auth.login]
username = "ari"
"""


@pytest.fixture
def write(run: Runner) -> Write:
    """Write a file below the home directory; return its path."""

    def write(name: str, text: str) -> str:
        path = run.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def config(write: Write) -> str:
    return write(".config/nodewatch/config.toml", CONFIG)


@pytest.fixture
def cray(write: Write) -> str:
    return write(".config/cray/configurations/default", CRAY)


def show(run: Runner, line: str = "", **environ: Any) -> dict[str, tuple[Any, str]]:
    """Return the settings, without the lines of the files that they come from."""
    done = run(f"config show --format json {line}", **environ)
    assert done.code == 0, done.stderr
    return {name: (row["value"], re.sub(r", line \d+$", "", row["source"])) for name, row in done.json.items()}


def test_lines(run: Runner, config: str, cray: str, write: Write) -> None:
    hzn = write(".hzn/hzn.json", '{\n  "HZN_EXCHANGE_URL": "https://h/v1"\n}')
    rows = {name: row["source"] for name, row in run("config show --format json").json.items()}
    lines = {"context": 1, "bos.url": 4, "exchange.org": 6, "bos.tenant": 8, "proxy": 10, "agent.request_timeout": 11}
    for name, line in lines.items():
        assert rows[name] == f"{config if name == 'context' else f'context lab in {config}'}, line {line}"
    other = run("config show --context prod --format json").json
    assert other["bos.url"]["source"] == f"context prod in {config}, line 14"
    assert other["exchange.url"]["source"] == f"{hzn}, line 2"
    write(".config/nodewatch/config.toml", "")
    assert run("config show --format json").json["bos.tenant"]["source"] == f"{cray}, line 3"


def test_nothing_configured(run: Runner) -> None:
    rows = show(run)
    assert {name: row for name, row in rows.items() if row != (None, "")} == {
        "agent.url": ("http://localhost:8510", "the agent's usual address"),
        "agent.request_timeout": (60.0, "default"),
        "agent.retries": (3, "default"),
        "insecure": (False, "default"),
        "format": ("json", "--format"),
        "concurrency": (32, "default"),
    }


def test_what_hzn_alone_says_about_its_services(run: Runner) -> None:
    path = run.home.parent / "etc/default/horizon"
    path.parent.mkdir(parents=True)
    path.write_text("HZN_HTTP_RETRIES=5\nHZN_MGMT_HUB_CERT_PATH=/hub.pem\nHZN_SSL_SKIP_VERIFY=1\n")
    rows = run(
        "config show --format json", NODEWATCH_BOS_URL="https://b", HZN_EXCHANGE_URL="https://x", HZN_HTTP_TIMEOUT="30"
    ).json
    for service in ("exchange", "agent"):
        assert rows[f"{service}.request_timeout"] == {"value": 30.0, "source": "HZN_HTTP_TIMEOUT"}
        assert rows[f"{service}.retries"] == {"value": 5, "source": f"{path}, line 1"}
        assert rows[f"{service}.insecure"] == {"value": True, "source": f"{path}, line 3"}
    assert rows["exchange.ca_bundle"] == {"value": "/hub.pem", "source": f"{path}, line 2"}
    assert rows["bos.request_timeout"] == {"value": 60.0, "source": "default"}
    assert rows["bos.retries"] == {"value": 3, "source": "default"}
    assert {"bos.insecure", "bos.ca_bundle", "agent.ca_bundle"}.isdisjoint(rows)
    rows = show(run, HZN_HTTP_TIMEOUT="30", NODEWATCH_REQUEST_TIMEOUT="9")
    assert rows["agent.request_timeout"] == (9.0, "NODEWATCH_REQUEST_TIMEOUT")
    for value in ("0", "x"):
        assert show(run, HZN_HTTP_TIMEOUT=value)["agent.request_timeout"] == (60.0, "default")


def test_table(run: Runner, config: str) -> None:
    done = run("config show --format table", NODEWATCH_TOKEN="hidden", HZN_EXCHANGE_USER_AUTH="me:hidden")
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    file = config.replace(str(run.home), "~")
    context = f"context lab in {file}, line"
    assert lines[:6] == [
        ["Setting", "Value", "Source"],
        ["context", "lab", f"{file}, line 1"],
        ["bos.url", "https://lab.example.com/apis/bos", f"{context} 4"],
        ["bos.request_timeout", "7", f"{context} 11"],
        ["bos.retries", "3", "default"],
        ["exchange.url", "https://lab.example.com/v1", f"{context} 5"],
    ]
    assert ["exchange.auth", "lab/me:***", "HZN_EXCHANGE_USER_AUTH"] in lines
    assert ["bos.token", "***", "NODEWATCH_TOKEN"] in lines
    assert "hidden" not in done.stdout
    assert "secret" not in done.stdout


def test_active_context(run: Runner, config: str) -> None:
    rows, source = show(run), f"context lab in {config}"
    assert rows["context"] == ("lab", config)
    assert rows["bos.url"] == ("https://lab.example.com/apis/bos", source)
    assert rows["bos.tenant"] == ("blue", source)
    assert rows["exchange.url"] == ("https://lab.example.com/v1", source)
    assert rows["exchange.org"] == ("lab", source)
    assert rows["agent.url"] == ("http://lab.example.com:8510", source)
    assert rows["bos.request_timeout"] == (7, source)
    assert rows["ca_bundle"] == (config.replace("config.toml", "lab.pem"), source)
    assert rows["proxy"] == ("http://me:***@proxy.example.com:3128", source)


ENVIRON = {
    "NODEWATCH_BOS_URL": "https://env.example.com",
    "HZN_EXCHANGE_URL": "https://env.example.com/v1",
    "HORIZON_URL": "http://env.example.com",
    "HZN_ORG_ID": "env",
    "NODEWATCH_TENANT": "env",
    "NODEWATCH_REQUEST_TIMEOUT": "9",
    "NODEWATCH_CA_BUNDLE": "/env.pem",
}


def test_environment_wins_over_the_active_context(run: Runner, config: str) -> None:
    rows = show(run, **ENVIRON)
    assert rows["bos.url"] == ("https://env.example.com", "NODEWATCH_BOS_URL")
    assert rows["exchange.url"] == ("https://env.example.com/v1", "HZN_EXCHANGE_URL")
    assert rows["agent.url"] == ("http://env.example.com", "HORIZON_URL")
    assert rows["exchange.org"] == ("env", "HZN_ORG_ID")
    assert rows["bos.tenant"] == ("env", "NODEWATCH_TENANT")
    assert rows["bos.request_timeout"] == (9.0, "NODEWATCH_REQUEST_TIMEOUT")
    assert rows["ca_bundle"] == ("/env.pem", "NODEWATCH_CA_BUNDLE")


def test_context_of_a_flag_wins_over_the_environment(run: Runner, config: str) -> None:
    rows, source = show(run, "--context lab", **ENVIRON), f"context lab in {config}"
    names = ["bos.url", "exchange.url", "agent.url", "exchange.org", "bos.tenant", "bos.request_timeout", "ca_bundle"]
    assert {name: rows[name][1] for name in names} == dict.fromkeys(names, source)


def test_context_of_a_flag_sets_only_what_it_sets(run: Runner, config: str) -> None:
    rows = show(run, "--context prod", **ENVIRON)
    assert rows["bos.url"] == ("https://prod.example.com/apis/bos", f"context prod in {config}")
    assert rows["exchange.url"] == ("https://env.example.com/v1", "HZN_EXCHANGE_URL")


def test_flags_win_over_everything(run: Runner, config: str) -> None:
    line = "--context lab --request-timeout 3 --ca-bundle /flag.pem --insecure"
    rows = show(run, line, **ENVIRON)
    assert rows["bos.request_timeout"] == (3.0, "--request-timeout")
    assert rows["ca_bundle"] == ("/flag.pem", "--ca-bundle")
    assert rows["insecure"] == (True, "--insecure")


def test_context_of_the_environment(run: Runner, config: str) -> None:
    rows = show(run, NODEWATCH_CONTEXT="prod", NODEWATCH_TENANT="env")
    assert rows["context"] == ("prod", "NODEWATCH_CONTEXT")
    assert rows["bos.url"] == ("https://prod.example.com/apis/bos", f"context prod in {config}")
    assert rows["bos.tenant"] == ("env", "NODEWATCH_TENANT")


def test_local_answers_everything(run: Runner, config: str) -> None:
    for line, environ, source in (
        ("--local x.db --context lab", {}, "--local"),
        ("", {"NODEWATCH_LOCAL": "x.db"}, "NODEWATCH_LOCAL"),
    ):
        rows = show(run, line, **environ)
        assert [rows[f"{service}.local"] for service in ("bos", "exchange", "agent")] == [("x.db", source)] * 3


def test_context_of_a_flag_wins_over_a_store_of_the_environment(run: Runner, config: str) -> None:
    assert show(run, "--context lab", NODEWATCH_LOCAL="x.db")["bos.url"][0] == "https://lab.example.com/apis/bos"


def test_context_that_is_a_store(run: Runner, config: str) -> None:
    path, source = str(run.home / "case.json"), f"context case in {config}"
    rows = show(run, "--context case", NODEWATCH_LOCAL="x.db")
    assert [rows[f"{service}.local"] for service in ("bos", "exchange", "agent")] == [(path, source)] * 3


def test_machines_file_is_below_the_users(run: Runner, config: str, write: Write) -> None:
    etc = run.home.parent / "etc/nodewatch/config.toml"
    etc.parent.mkdir(parents=True)
    etc.write_text(
        'context = "all"\n[contexts.all]\nbos.url = "https://all"\n[contexts.prod]\nbos.url = "https://old"\n'
    )
    assert show(run)["context"] == ("lab", config)
    assert show(run, "--context all")["bos.url"] == ("https://all", f"context all in {etc}")
    assert show(run, "--context prod")["bos.url"][0] == "https://prod.example.com/apis/bos"


def test_xdg_config_home(run: Runner, write: Write) -> None:
    path = write("elsewhere/nodewatch/config.toml", CONFIG)
    assert show(run, XDG_CONFIG_HOME=str(run.home / "elsewhere"))["context"] == ("lab", path)


# What cray keeps


def test_cray_is_enough(run: Runner, cray: str) -> None:
    rows = show(run)
    assert rows["bos.url"] == ("https://cray.example.com/apis/bos", cray)
    assert rows["bos.tenant"] == ("green", cray)


def test_our_configuration_wins_over_crays(run: Runner, cray: str, config: str) -> None:
    rows = show(run)
    assert rows["bos.url"][0] == "https://lab.example.com/apis/bos"
    assert rows["bos.tenant"][0] == "blue"
    assert show(run, NODEWATCH_CONTEXT="prod")["bos.tenant"] == (None, "")


def test_active_configuration_of_cray(run: Runner, cray: str, write: Write) -> None:
    path = write(".config/cray/configurations/other", '[core]\nhostname = "other.example.com"\n')
    write(".config/cray/active_config", "other")
    assert show(run)["bos.url"] == ("https://other.example.com/apis/bos", path)


@pytest.mark.parametrize("how", ["name", "path"])
@pytest.mark.parametrize("place", ["flag", "environment"])
def test_another_configuration_of_cray(run: Runner, cray: str, write: Write, how: str, place: str) -> None:
    path = write(".config/cray/configurations/other", '[core]\nhostname = "https://other.example.com/gate/"\n')
    named = "other" if how == "name" else path
    line, environ = (f"--configuration {named}", {}) if place == "flag" else ("", {"CRAY_CONFIG": named})
    assert show(run, line, **environ)["bos.url"] == ("https://other.example.com/gate/apis/bos", path)


def test_configuration_is_a_flag(run: Runner, cray: str, config: str) -> None:
    rows = show(run, "--configuration default", NODEWATCH_BOS_URL="https://env.example.com")
    assert rows["bos.url"] == ("https://cray.example.com/apis/bos", cray)


def test_folder_of_cray(run: Runner, write: Write) -> None:
    path = write("there/.config/cray/configurations/default", CRAY)
    assert show(run, CRAY_CONFIG_DIR=str(run.home / "there"))["bos.url"][1] == path


def test_login_of_cray(run: Runner, cray: str, write: Write) -> None:
    token = write(".config/cray/tokens/cray_example_com.ari", '{"access_token": "hidden"}')
    write(".config/cray/tokens/cray_example_com.bo", '{"access_token": "hidden"}')
    assert show(run)["bos.token"] == (token, cray)
    assert show(run, CRAY_CREDENTIALS="/t")["bos.token"] == ("/t", "CRAY_CREDENTIALS")
    assert show(run, "--token /f", CRAY_CREDENTIALS="/t")["bos.token"] == ("/f", "--token")
    assert show(run, NODEWATCH_TOKEN="hidden", CRAY_CREDENTIALS="/t")["bos.token"] == ("***", "NODEWATCH_TOKEN")
    assert show(run, "--token /f", NODEWATCH_TOKEN="hidden")["bos.token"] == ("/f", "--token")


def test_login_for_a_context_is_that_of_its_host(run: Runner, cray: str, config: str, write: Write) -> None:
    token = write(".config/cray/tokens/lab_example_com.bo", '{"access_token": "hidden", "host": "lab.example.com"}')
    assert show(run)["bos.token"] == (token, "the newest login to this system")
    assert show(run, "--context prod")["bos.token"] == (None, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[core", "is not TOML: "),
        ("[core]\nhostname = " + "[" * 100_000, "is not TOML: "),
        ('[core]\nhostname = "https://me:hidden@[h"\n', ": core.hostname: 'https://me:***@[h' is no URL."),
        ('[core]\ntenant = "x"\n', "names no system. Add one with `cray config set core hostname=https://HOST`."),
        ("[core]\nhostname = 5\n", ": core.hostname: a text is needed, not 5."),
    ],
)
def test_broken_configuration_of_cray_concerns_bos_alone(run: Runner, write: Write, text: str, why: str) -> None:
    path = write(".config/cray/configurations/default", text)
    done = run("bos sessions list")
    assert done.code == 7
    assert done.stderr.startswith(f"Error: {path}{'' if why[0] == ':' else ' '}{why}")
    assert show(run)["bos.url"][1].startswith(f"wrong: {path}")
    assert show(run, NODEWATCH_BOS_URL="https://h")["bos.url"] == ("https://h", "NODEWATCH_BOS_URL")
    assert "nothing says which Exchange to ask" in run("exchange nmp list -o x -u me:x").stderr


def test_missing_configuration_of_cray(run: Runner) -> None:
    done = run("bos sessions list --configuration gone")
    path = run.home / ".config/cray/configurations/gone"
    assert (done.code, done.stderr) == (
        7,
        f"Error: --configuration names the configuration {path}, which does not exist.\n",
    )


WAYS = """\
  export NODEWATCH_BOS_URL=URL, or write it into a context: `nodewatch config init`
  name a local store or a fleet file: --local PATH, or NODEWATCH_LOCAL
  look at a demo fleet: `nodewatch demo`, then `export NODEWATCH_CONTEXT=demo`
"""


def test_the_demo_is_never_asked_by_accident(run: Runner, write: Write) -> None:
    assert run("demo").code == 0
    assert run("bos sessions list") == (7, "", f"Error: nothing says which BOS to ask. You can\n{WAYS}")
    write(".config/nodewatch/config.toml", CONFIG.replace('context = "lab"\n', ""))
    assert run("bos sessions list") == (
        7,
        "",
        f"""\
Error: contexts are configured, but none is in use. You can
  take one of your contexts (lab, prod, case): `nodewatch config use NAME`, or --context NAME
{WAYS}""",
    )
    assert run("bos sessions describe night-reboot --context demo").stderr == ""
    assert run("bos sessions describe night-reboot", NODEWATCH_CONTEXT="demo").stderr == (
        "Showing the demo fleet, as NODEWATCH_CONTEXT says.\n"
    )
    assert run("bos sessions describe night-reboot --quiet", NODEWATCH_CONTEXT="demo").stderr == ""


def test_a_context_of_the_name_demo_is_the_users_own(run: Runner, write: Write) -> None:
    path = write(".config/nodewatch/config.toml", '[contexts.demo]\nlocal = "/mine.db"\n')
    assert show(run, "--context demo")["bos.local"] == ("/mine.db", f"context demo in {path}")


@pytest.mark.parametrize("variable", ["NODEWATCH_LOCAL", "NODEWATCH_CONTEXT", "NODEWATCH_TENANT"])
@pytest.mark.parametrize("blank", ["", " "])
def test_an_empty_variable_never_means_another_system(run: Runner, cray: str, variable: str, blank: str) -> None:
    run.environ[variable] = blank
    done = run("bos sessions delete s")
    why = f"Error: {variable} is set to nothing: name what is meant, or unset it.\n"
    assert (done.code, done.stdout, done.stderr) == (7, "", why)


def test_the_tenant_of_a_configuration_that_is_named_counts(run: Runner, cray: str, write: Write) -> None:
    path = write(".config/cray/configurations/red", '[core]\nhostname = "https://h"\ntenant = "red"\n')
    url: dict[str, Any] = {"NODEWATCH_BOS_URL": "https://env.example.com"}
    assert show(run, "", CRAY_CONFIG="red", **url)["bos.tenant"] == ("red", path)
    assert show(run, "", CRAY_CONFIG="red", **url)["bos.url"] == ("https://env.example.com", "NODEWATCH_BOS_URL")
    assert show(run, "--local x.db", CRAY_CONFIG="red")["bos.tenant"] == ("red", path)
    assert show(run, "--local x.db --configuration red")["bos.tenant"] == ("red", path)
    assert show(run, "", NODEWATCH_TENANT="blue", CRAY_CONFIG="red")["bos.tenant"] == ("blue", "NODEWATCH_TENANT")
    assert show(run, "--tenant me", NODEWATCH_TENANT="blue", CRAY_CONFIG="red")["bos.tenant"] == ("me", "--tenant")
    assert show(run, **url)["bos.tenant"] == (None, "")
    assert run("bos sessions delete s", CRAY_CONFIG="gone", **url).code == 7
    assert run("bos sessions delete s --local x.db", CRAY_CONFIG="gone").code == 7


# Our file, wrong


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[contexts", " is not TOML: "),
        ("context = 1\n", ", line 1: context: the name of a context is needed.\n"),
        ('contexts = "a"\n', ", line 1: contexts: tables are needed, such as [contexts.NAME].\n"),
        ("[contexts]\na = 1\n", ", line 2: contexts.a: a table is needed, such as [contexts.NAME].\n"),
        ("[context.a]\n", ", line 1: context: the name of a context is needed.\n"),
        ("[systems.a]\n", ", line 1: systems: there is no such key.\n"),
        (
            '[contexts.a]\nbos.url = "https://h"\nbos.tennant = "x"\n',
            ", line 3: contexts.a.bos.tennant: there is no such key; do you mean bos.tenant?\n",
        ),
        ("[contexts.a.agent]\nurl = 1\n", ", line 2: contexts.a.agent.url: a URL is needed, not 1.\n"),
        ('[contexts.a]\nbos.url = "h"\n', ", line 2: contexts.a.bos.url: a URL is needed, not 'h'.\n"),
        (
            "[contexts.a]\n\nrequest_timeout = true\n",
            ", line 3: contexts.a.request_timeout: a number of seconds above 0 is needed, not True.\n",
        ),
        (
            '[contexts.a]\nlocal = "x.db"\nbos.url = "https://h"\n',
            ", line 2: contexts.a.local: a local store answers everything: it cannot stand with bos.url.\n",
        ),
    ],
)
def test_wrong_file_is_named_with_line_and_key(run: Runner, write: Write, text: str, why: str) -> None:
    path = write(".config/nodewatch/config.toml", text)
    done = run("bos sessions list")
    assert (done.code, done.stdout) == (7, "")
    assert done.stderr.startswith(f"Error: {path}{why}")
    assert run("--help").code == run("bos sessions list --help").code == 0


def test_unreadable_file(run: Runner) -> None:
    path = run.home / ".config/nodewatch/config.toml"
    path.mkdir(parents=True)
    done = run("bos sessions list")
    assert (done.code, done.stderr) == (7, f"Error: {path} cannot be read: Is a directory.\n")


@pytest.mark.parametrize(
    ("line", "environ", "who"),
    [("--context labb", {}, "--context"), ("", {"NODEWATCH_CONTEXT": "labb"}, "NODEWATCH_CONTEXT")],
)
def test_unknown_context(run: Runner, config: str, line: str, environ: Any, who: str) -> None:
    done = run(f"bos sessions list {line}", **environ)
    assert (done.code, done.stderr) == (
        7,
        f"Error: {who}: there is no context 'labb'; do you mean lab? Configured are lab, prod, case, demo.\n",
    )
