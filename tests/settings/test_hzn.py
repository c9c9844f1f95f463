"""Which of hzn's variables wins: flag, environment, ~/.hzn/hzn.json, /etc/default/horizon, /etc/horizon/hzn.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import FakeWorld
from nodewatch.errors import WrongConfiguration
from nodewatch.settings import table
from nodewatch.settings.hzn import HznFiles, file_variables, read_hzn_files, shell_value
from nodewatch.settings.model import System, resolve

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("user", "machine", "package")


def files(**texts: str) -> HznFiles:
    return HznFiles()._replace(**{name: (name, text) for name, text in texts.items()})


def horizon(flags: dict[str, Any], environ: dict[str, str], files: HznFiles) -> dict[str, Any]:
    """Return the values of the settings of `hzn`, by name."""
    layers = [
        table.flags_layer(flags),
        table.environment_layer(environ),
        table.files_layer(file_variables(environ, files)),
    ]
    found = table.find_values([setting for setting in table.SETTINGS if setting.of_hzn], layers)
    return {name: given.value for name, given in found.items()}


def in_json(**variables: Any) -> str:
    return json.dumps(variables)


@given(st.sets(st.sampled_from(["flag", "environment", *NAMES])))
def test_the_highest_place_wins(places: set[str]) -> None:
    written = {
        "user": in_json(HZN_ORG_ID="user"),
        "machine": "HZN_ORG_ID=machine\n",
        "package": in_json(HZN_ORG_ID="package"),
    }
    texts = {name: text for name, text in written.items() if name in places}
    found = horizon(
        {"org": "flag"} if "flag" in places else {},
        {"HZN_ORG_ID": "environment"} if "environment" in places else {},
        files(**texts),
    )
    order = ["flag", "environment", *NAMES]
    assert found["org"] == next((place for place in order if place in places), None)


def test_exported_empty_keeps_the_files_from_being_asked() -> None:
    texts = {"user": in_json(HZN_ORG_ID="o", HORIZON_URL="http://a", HZN_EXCHANGE_URL="http://x")}
    found = horizon({}, {"HZN_ORG_ID": "", "HORIZON_URL": "", "HZN_EXCHANGE_URL": ""}, files(**texts))
    assert (found["org"], found["agent.url"], found["exchange.url"]) == (None, None, None)


@pytest.mark.parametrize(
    ("machine", "agent", "url"),
    [
        ('HZN_EXCHANGE_URL="http://m/v1"\n', None, "http://m/v1"),
        ('HZN_EXCHANGE_URL="http://m/v1"\n', '{"Edge": {"ExchangeURL": "http://a/v1"}}', "http://m/v1"),
        ("", '{"Edge": {"ExchangeURL": "http://a/v1"}}', "http://a/v1"),
        ("HZN_EXCHANGE_URL=\n", '{"Edge": {"ExchangeURL": "http://a/v1"}}', "http://a/v1"),
        ("", '{"Edge": {}}', None),
        ("", '{"Edge": {"ExchangeURL": ""}}', None),
        ("", "not JSON", None),
        ("", "[]", None),
    ],
)
@pytest.mark.parametrize("environ", [{}, {"HZN_EXCHANGE_URL": ""}])
def test_the_exchange_of_the_agent_on_this_machine(
    machine: str, agent: str | None, url: str | None, environ: dict[str, str]
) -> None:
    texts = {"machine": machine, **({} if agent is None else {"agent": agent})}
    assert horizon({}, environ, files(**texts))["exchange.url"] == url


def test_a_json_file_sets_only_what_hzn_takes_from_it() -> None:
    skip = {"HZN_SSL_SKIP_VERIFY": "1", "HZN_HTTP_TIMEOUT": "7", "HZN_MGMT_HUB_CERT_PATH": "/ca"}
    found = horizon({}, {}, files(user=in_json(**skip)))
    assert (found["hub_insecure"], found["hub_timeout"], found["hub_ca_too"]) == (False, None, None)
    assignments = "".join(f"{name}={value}\n" for name, value in skip.items())
    found = horizon({}, {}, files(machine=assignments))
    assert (found["hub_insecure"], found["hub_timeout"], found["hub_ca_too"]) == (True, "7", "/ca")


def test_the_old_name_of_the_authority_wins(tmp_path: Path) -> None:
    paths: dict[str, Any] = {"HZN_ICP_CA_CERT_PATH": "/i", "HZN_MGMT_HUB_CERT_PATH": "/m"}
    assert systems(tmp_path, HZN_EXCHANGE_URL="http://x", **paths)["exchange"].extra_ca == "/i"


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"HZN_ORG_ID": 7}', r'{"HZN_ORG_ID": "\ud800"}', "[" * 100_000])
def test_a_json_file_that_is_none(text: str) -> None:
    with pytest.raises(WrongConfiguration, match=r"hzn\.json"):
        horizon({}, {}, HznFiles()._replace(user=("/h/hzn.json", text)))


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "²"])
def test_a_number_that_is_none(value: str, tmp_path: Path) -> None:
    sentence = f"^Error converting environmental variable HZN_HTTP_RETRIES {value} to integer"
    with pytest.raises(WrongConfiguration, match=sentence):
        horizon({}, {"HZN_HTTP_RETRIES": value}, HznFiles())
    asked = systems(tmp_path, HZN_EXCHANGE_URL="http://x", HZN_HTTP_TIMEOUT=value)["exchange"]
    assert (asked.request_timeout, asked.doubt.startswith("Unable to use HZN_HTTP_TIMEOUT: ")) == (60, True)


@given(st.text(st.characters(exclude_characters="'\r\n\0", exclude_categories=["Cs"])))
def test_what_a_shell_quotes_is_read_back(text: str) -> None:
    assert shell_value(f"'{text}'") == text
    assert shell_value("".join(f"\\{character}" for character in text)) == text


def systems(tmp_path: Path, flags: dict[str, Any] | None = None, **environ: str) -> dict[str, Any]:
    world = FakeWorld({"HOME": str(tmp_path / "home"), **environ})
    return dict(resolve(flags or {}, world).systems)


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_deadline_and_retries(tmp_path: Path) -> None:
    write(tmp_path / "etc/default/horizon", "HZN_EXCHANGE_URL=http://x/v1\nHZN_HTTP_TIMEOUT=7\nHZN_HTTP_RETRIES=5\n")

    def found(**more: Any) -> tuple[float, int, float]:
        flags = more.pop("flags", None)
        asked = systems(tmp_path, flags, NODEWATCH_BOS_URL="http://b", **more)
        assert (asked["exchange"].request_timeout, asked["exchange"].retries) == (
            asked["agent"].request_timeout,
            asked["agent"].retries,
        )
        return asked["exchange"].request_timeout, asked["exchange"].retries, asked["bos"].request_timeout

    assert found() == (7, 5, 60)
    assert found(HZN_HTTP_TIMEOUT="0") == (60, 5, 60)
    assert found(NODEWATCH_RETRIES="0", NODEWATCH_REQUEST_TIMEOUT="9") == (9, 0, 9)
    assert found(flags={"request_timeout": 4.0}) == (4, 5, 4)


def test_which_system_is_asked(tmp_path: Path) -> None:
    demo, package = tmp_path / "home/.local/share/nodewatch/demo.db", tmp_path / "etc/horizon/hzn.json"
    write(demo)

    def places(**environ: Any) -> list[str | None]:
        found = systems(tmp_path, **environ)
        return [
            "broken" if isinstance(system, WrongConfiguration) else system and (system.url or system.local)
            for system in (found[service] for service in ("bos", "exchange", "agent"))
        ]

    usual = "http://localhost:8510"
    assert places() == [None, None, usual]
    assert places(NODEWATCH_CONTEXT="demo") == [str(demo), str(demo), str(demo)]
    assert places(HORIZON_URL="http://a/") == [None, None, "http://a"]
    assert places(NODEWATCH_BOS_URL="http://b") == ["http://b", None, usual]
    write(package, "{}")
    assert places() == [None, None, usual]
    write(package, '{"HZN_EXCHANGE_URL": "http://x/v1"}')
    assert places() == [None, "http://x/v1", usual]
    write(package, "{")
    assert places() == [None, "broken", "broken"]
    local = systems(tmp_path, NODEWATCH_LOCAL="f.db")
    assert set(local.values()) == {System("NODEWATCH_LOCAL", local="f.db")}


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "etc/default/horizon").mkdir(parents=True)
    with pytest.raises(WrongConfiguration, match="horizon cannot be read: Is a directory"):
        read_hzn_files(FakeWorld({"HOME": str(tmp_path / "home")}))
