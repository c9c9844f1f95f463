"""`config init`: a context is written, and each service of it asked something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import SERVERS

if TYPE_CHECKING:
    import responses

    from conftest import Runner

BOS, EXCHANGE = SERVERS["bos"], SERVERS["exchange"]


def test_with_options(run: Runner, network: responses.RequestsMock) -> None:
    network.add("GET", f"{BOS}/v2", json={"major": "2"})
    file = run.home / ".config/nodewatch/config.toml"
    done = run(f"config init lab --bos-url {BOS} --tenant red --request-timeout 5")
    assert done == (0, "", f"The context lab is written to {file}.\n{BOS} answers.\n")
    assert (
        file.read_text()
        == f"""\
# Systems that nodewatch asks; `man nodewatch` explains the keys.
context = "lab"

[contexts.lab]
bos.url = "{BOS}"
bos.tenant = "red"
"""
    )
    again = run(f"config init lab --bos-url {BOS}")
    assert again == (2, "", "Error: there is a context lab already: `nodewatch config set` changes it.\n")
    network.add("GET", f"{EXCHANGE}/admin/version", body="2.130.0", content_type="text/plain")
    assert run(f"config init 'my hub' --exchange-url {EXCHANGE} -o harbor").code == 0
    rows = run("config show --context 'my hub'").json
    assert (rows["exchange.url"]["value"], rows["exchange.org"]["value"]) == (EXCHANGE, "harbor")
    assert run("config show").json["context"]["value"] == "lab"


def test_somebody_answers(run: Runner, network: responses.RequestsMock) -> None:
    problem = {"detail": "There is no v2 here", "status": 404, "title": "Not Found", "type": "about:blank"}
    network.add("GET", f"{BOS}/v2", json=problem, status=404, content_type="application/problem+json")
    network.add("GET", f"{BOS}/v1/version", json={"major": "1"})
    done = run("config init", tty=True, stdin=f"\n{BOS}\n\n\n\n\n")
    assert done.code == 0
    assert done.stderr.startswith("Name of the context: Base URL of BOS, such as https://HOST/apis/bos: File of ")
    assert run("config show").json["context"]["value"] == "default"


def test_what_does_not_work_yet_is_told(run: Runner, network: responses.RequestsMock) -> None:
    network.add("GET", f"{BOS}/v2", status=401)
    done = run(f"config init --bos-url {BOS}")
    assert done.code == 6
    assert done.stderr.endswith(
        "Error: the context default is written, but not everything in it works yet: "
        "`nodewatch config set` changes it.\n"
    )
    assert "type `nodewatch auth login`" in done.stderr


def test_nothing_to_write(run: Runner) -> None:
    assert run("config init").code == 2
    assert run("config init --bos-url host").stderr == "Error: bos.url: a URL is needed, not 'host'.\n"
    assert run("config init", tty=True, stdin="\n" * 6).code == 2
    done = run(f"config init --bos-url {BOS} --dry-run")
    file = run.home / ".config/nodewatch/config.toml"
    assert done == (0, "", f"{file} would say: the context default, with bos.url = '{BOS}'.\n")
    assert not file.exists()
