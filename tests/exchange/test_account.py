"""Who asks which Exchange: the organization, the login, the address, the version; and what is missing."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from conftest import SERVERS
from edge import FLEET, policy

if TYPE_CHECKING:
    from pathlib import Path

    import responses

    from conftest import Runner

BASE = SERVERS["exchange"]
NO_ORG = "Error: organization ID must be specified with either the -o flag or HZN_ORG_ID\n"
NO_AUTH = (
    "Error: exchange authentication must be specified with one of the following: the -u flag, the -n flag, "
    "HZN_EXCHANGE_USER_AUTH or HZN_EXCHANGE_NODE_AUTH\n"
)
TOO_OLD = "does not meet the requirement. The required version is 2.124.0 or above. Please upgrade the exchange."
WARNING = (
    "Warning: a secret on the command line is seen by everybody who lists this machine's processes. "
    "Put it in HZN_EXCHANGE_USER_AUTH, HZN_EXCHANGE_NODE_AUTH or ~/.hzn/hzn.json.\n"
)


@pytest.fixture
def exchange(run: Runner, network: responses.RequestsMock) -> responses.RequestsMock:
    """Be an Exchange with one policy in the organizations `harbor` and `other`."""
    run.environ["HZN_EXCHANGE_URL"] = BASE + "/"
    network.get(f"{BASE}/admin/version", body="2.154.0\n", content_type="text/plain")
    for org in ("harbor", "other"):
        network.get(f"{BASE}/orgs/{org}/managementpolicies", json={"managementPolicy": {f"{org}/roll": policy()}})
    return network


def asked(exchange: responses.RequestsMock) -> tuple[list[str], str]:
    """Return the paths that were asked for, and the login."""
    requests = [call.request for call in exchange.calls]
    logins = {str(request.headers["Authorization"]).removeprefix("Basic ") for request in requests}
    (login,) = logins
    return [str(request.url).removeprefix(BASE) for request in requests], base64.b64decode(login).decode()


LIST = ["/admin/version", "/orgs/harbor/managementpolicies"]
OTHER = ["/admin/version", "/orgs/other/managementpolicies"]


@pytest.mark.parametrize(
    ("line", "paths", "login"),
    [
        ("exchange nmp list", LIST, "harbor/u:p"),
        ("exchange nmp list -o other", OTHER, "other/u:p"),
        ("exchange -o other nmp list", OTHER, "other/u:p"),
        ("exchange nmp --org other list", OTHER, "other/u:p"),
        ("ex -o first nmp -o second list -o other", OTHER, "other/u:p"),
        ("exchange nmp list -o other harbor/", LIST, "other/u:p"),
    ],
)
def test_the_organization_is_given_at_any_level_and_goes_before_the_user(
    run: Runner, exchange: responses.RequestsMock, line: str, paths: list[str], login: str
) -> None:
    done = run(line)
    assert (done.code, done.stderr) == (0, "")
    assert asked(exchange) == (paths, login)


@pytest.mark.parametrize(
    ("line", "environ", "login"),
    [
        ("-u a:b", {}, "harbor/a:b"),
        ("-n node:token", {}, "harbor/node:token"),
        ("-u a:b -n node:token", {}, "harbor/a:b"),
        ("--user-pw o/a:b/c:d", {}, "o/a:b/c:d"),
        ("-u a-x1y2z3-key", {}, "a-x1y2z3-key"),
        ("-u a-x1y2z3-key", {"USING_API_KEY": "0"}, "harbor/a-x1y2z3-key"),
        ("-u key", {"USING_API_KEY": "1"}, "key"),
        ("-u justuser", {}, "harbor/justuser"),
        ("", {"HZN_EXCHANGE_USER_AUTH": "", "HZN_EXCHANGE_NODE_AUTH": "n:t"}, "harbor/n:t"),
        ("", {"HZN_EXCHANGE_NODE_AUTH": "n:t"}, "harbor/u:p"),
        ("-n node:token", {"HZN_EXCHANGE_NODE_AUTH": "n:t"}, "harbor/node:token"),
    ],
)
def test_logins(run: Runner, exchange: responses.RequestsMock, line: str, environ: dict[str, Any], login: str) -> None:
    done = run(f"exchange nmp list {line}", **environ)
    assert (done.code, done.stderr) == (0, "")
    assert asked(exchange)[1] == login


@pytest.mark.parametrize("options", ["-u a:b", "-n node:token"])
def test_a_secret_on_the_command_line_is_warned_about_on_a_terminal(
    run: Runner, exchange: responses.RequestsMock, options: str
) -> None:
    assert run(f"exchange nmp list {options}", tty=True).stderr == WARNING


@pytest.mark.parametrize("line", ["add roll -f -", "remove roll", "enable roll", "disable roll"])
def test_what_only_a_user_may_do(run: Runner, exchange: responses.RequestsMock, line: str) -> None:
    nobody: dict[str, Any] = {"HZN_EXCHANGE_USER_AUTH": "", "HZN_EXCHANGE_NODE_AUTH": "n:t"}
    sentence = "the -u flag, or HZN_EXCHANGE_USER_AUTH (no node may do this)"
    policy = json.dumps({"constraints": ["a == b"]})
    done = run(f"exchange nmp {line}", stdin=policy, **nobody)
    assert (done.code, done.stdout, sentence in done.stderr) == (7, "", True)
    done = run(f"exchange nmp {line} -n n:t", stdin=policy)
    assert (done.code, done.stdout, sentence in done.stderr) == (2, "", True)
    assert not exchange.calls


def test_a_secret_is_warned_about_once_and_never_printed(run: Runner, exchange: responses.RequestsMock) -> None:
    done = run("exchange -u a:verysecret nmp -u a:verysecret list -u a:verysecret -vv --quiet", tty=True)
    assert (done.code, done.stderr.count("Warning")) == (0, 1)
    for secret in ("verysecret", base64.b64encode(b"harbor/a:verysecret").decode()):
        assert secret not in done.stdout + done.stderr


def test_they_are_options_of_exchange_alone(run: Runner) -> None:
    for line in ("nmstatus list", "bos sessions list"):
        for option in ("-o x", "-u x:y", "-n x:y"):
            assert run(f"{line} {option}").code == 2


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"HZN_ORG_ID": ""}, NO_ORG),
        ({"HZN_ORG_ID": "", "HZN_EXCHANGE_USER_AUTH": ""}, NO_ORG),
        ({"HZN_EXCHANGE_USER_AUTH": ""}, NO_AUTH),
        ({"HZN_EXCHANGE_USER_AUTH": "", "HZN_EXCHANGE_URL": ""}, NO_AUTH),
    ],
)
def test_what_is_missing_is_told_in_order(run: Runner, exchange: Any, environ: dict[str, Any], sentence: str) -> None:
    assert run("exchange nmp list", **environ) == (7, "", sentence)
    assert run("exchange nmp list harbor/roll", **environ) == (7, "", sentence)


def test_without_an_address_the_ways_to_go_on_are_told(run: Runner) -> None:
    done = run("exchange nmp list")
    assert (done.code, done.stdout) == (7, "")
    assert "export HZN_EXCHANGE_URL=URL" in done.stderr
    assert run("exchange nmp list", HZN_ORG_ID="", HZN_EXCHANGE_USER_AUTH="") == done


def test_a_file_of_hzn_that_is_broken_comes_first_and_help_does_not_care(run: Runner, exchange: Any) -> None:
    file = FakeHome(run).write(".hzn/hzn.json", '{"HZN_ORG_ID": ')
    done = run("exchange nmp list", HZN_ORG_ID="")
    assert (done.code, done.stdout) == (7, "")
    assert done.stderr.startswith(f"Error: Unable to decode content of config file {file}. Expecting value")
    assert run("nmstatus list").code == 7
    assert run("exchange nmp status --help").code == 0
    assert run("bos sessions list").stderr.startswith("Error: nothing says which BOS to ask.")


@pytest.mark.parametrize(
    ("login", "hint"),
    [
        ("me:secret", ""),
        ("me:secret\r", " One of them begins or ends with a blank, a quote or the end of a line."),
        ("me:'secret'", " One of them begins or ends with a blank, a quote or the end of a line."),
    ],
)
def test_a_login_that_is_not_taken_is_told_with_where_it_comes_from(
    run: Runner, network: Any, login: str, hint: str
) -> None:
    url = "https://exchange.example.com/v1"
    network.add("GET", f"{url}/admin/version", body="2.154.0", content_type="text/plain")
    refusal = {"code": "invalid-credentials", "msg": "invalid credentials"}
    network.add("GET", f"{url}/orgs/harbor/managementpolicies", status=401, json=refusal)
    account = {"HZN_EXCHANGE_URL": url, "HZN_ORG_ID": "harbor", "HZN_EXCHANGE_USER_AUTH": login}
    run.environ |= account
    assert run("exchange nmp list") == (
        6,
        "",
        f"""\
Error: invalid-credentials: invalid credentials
{url} was asked as harbor/me, who comes from HZN_EXCHANGE_USER_AUTH: check user and password there.{hint}
""",
    )


class FakeHome:
    """Writes files into the home directory of a test."""

    def __init__(self, run: Runner) -> None:
        from pathlib import Path

        self.home = Path(run.environ["HOME"])

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def test_the_files_of_hzn_are_enough(run: Runner, network: responses.RequestsMock) -> None:
    run.environ = {name: value for name, value in run.environ.items() if not name.startswith("HZN")}
    document = {"HZN_ORG_ID": "harbor", "HZN_EXCHANGE_USER_AUTH": "a:b=c", "HZN_EXCHANGE_URL": BASE}
    FakeHome(run).write(".hzn/hzn.json", json.dumps(document))
    network.get(f"{BASE}/admin/version", body="2.154.0\n", content_type="text/plain")
    network.get(f"{BASE}/orgs/harbor/managementpolicies", json={"managementPolicy": {}}, status=404)
    assert run("exchange nmp list") == (0, "[]\n", "")
    assert asked(network) == (LIST, "harbor/a:b=c")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            "2.100.0\n",
            f"The current exchange version 2.100.0 {TOO_OLD}",
        ),
        ("local build", "The current exchange version local build is not a valid version string."),
        ("", "The current exchange version  is not a valid version string."),
    ],
)
def test_an_exchange_that_is_too_old(run: Runner, network: responses.RequestsMock, answer: str, sentence: str) -> None:
    run.environ["HZN_EXCHANGE_URL"] = BASE
    network.get(f"{BASE}/admin/version", body=answer, content_type="text/plain")
    assert run("exchange nmp list") == (7, "", f"Error: {sentence}\n")
    assert len(network.calls) == 1


def test_something_that_is_no_exchange(run: Runner, network: responses.RequestsMock) -> None:
    run.environ["HZN_EXCHANGE_URL"] = "https://exchange.example.com"
    network.get("https://exchange.example.com/admin/version", body="<html>", status=404, content_type="text/html")
    done = run("exchange nmp list")
    assert (done.code, done.stdout) == (7, "")
    assert done.stderr.endswith("The URL of an Exchange ends in /v1, usually.\n")


def test_offline_neither_organization_nor_login_is_needed(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "fleet.json").write_text(json.dumps(FLEET))
    run.environ = {"HOME": run.environ["HOME"], "NODEWATCH_LOCAL": str(tmp_path / "fleet.json")}
    assert run("exchange nmp status harbor/roll -N edge-02").json == {"harbor/edge-02": "failed"}
    assert run("exchange nmp status roll") == (7, "", NO_ORG)
    assert run("exchange nmp status roll -o harbor").code == 0


@pytest.mark.parametrize(
    "line", ["exchange", "ex", "exchange nmp", "exchange node", "exchange node mgmt", "nmstatus", "!nmstatus"]
)
def test_a_bare_group_prints_its_help_on_stderr(run: Runner, line: str) -> None:
    done = run(line)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: n")


def test_certificates_that_are_not_verified_are_warned_about(run: Runner, exchange: Any) -> None:
    warning = "Warning: HZN_SSL_SKIP_VERIFY is set, so certificates are not verified: anyone may be listening.\n"
    assert run("exchange nmp list --quiet", HZN_SSL_SKIP_VERIFY="true").stderr == warning
    for value in ("0", "false", "no", ""):
        assert run("exchange nmp list", HZN_SSL_SKIP_VERIFY=value).stderr == ""


def test_authorities_that_are_named_must_be_there(run: Runner, exchange: responses.RequestsMock) -> None:
    done = run("exchange nmp list", HZN_EXCHANGE_URL="http://h/v1", HZN_MGMT_HUB_CERT_PATH="/nope")
    assert (done.code, done.stdout) == (7, "")
    assert "the CA bundle /nope cannot be read: No such file or directory" in done.stderr


def test_a_timeout_of_hzn_that_is_no_number(run: Runner, exchange: responses.RequestsMock) -> None:
    done = run("exchange nmp list", HZN_HTTP_TIMEOUT="x")
    said = "Warning: Unable to use HZN_HTTP_TIMEOUT: 'x' is not a whole number, 0 or more.\n"
    assert (done.code, done.json, done.stderr) == (0, ["harbor/roll"], said)
