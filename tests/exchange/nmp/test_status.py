from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge import FLEET, WORDS, golden, node, policy, status

if TYPE_CHECKING:
    from conftest import Load, Runner

SHORT = {
    "harbor/edge-01": "successful",
    "harbor/edge-02": "failed",
    "harbor/edge-03": "precheck failed",
    "harbor/edge-04": "initiated",
    "harbor/edge-05": "asleep",
    "harbor/edge-06": None,
}


@pytest.mark.parametrize(
    "line", ["exchange nmp status roll", "ex nmp status harbor/roll", "ex nmp status roll -o harbor"]
)
def test_short(run: Runner, load: Load, line: str) -> None:
    load(FLEET)
    done = run(line)
    assert (done.code, done.stderr) == (0, "")
    assert done.json == SHORT
    assert list(done.json) == sorted(done.json)


def test_long_omits_what_is_empty_and_nothing_else(run: Runner, load: Load) -> None:
    load(FLEET)
    found = run("exchange nmp status roll -l").json
    versions = {"softwareVersion": "2.31.0", "certVersion": "", "configVersion": "1.0.0"}
    assert list(found) == list(SHORT)
    assert found["harbor/edge-05"] == {
        "harbor/roll": {
            "agentUpgradePolicyStatus": {
                "scheduledTime": "2026-11-21T11:00:00Z",
                "upgradedVersions": versions,
                "status": "asleep",
                "mood": "new",
                "k8s": {"secret": {"needChange": True}},
            }
        }
    }
    assert found["harbor/edge-06"] == {"harbor/roll": None}


@pytest.mark.parametrize("name", ["edge-02", "harbor/edge-02"])
def test_one_node(run: Runner, load: Load, name: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp status roll -N {name}").json == {"harbor/edge-02": "failed"}


@pytest.mark.parametrize("nmp", ["'*'", "harbor/", "'harbor/*'"])
def test_all_policies_are_all_shown(run: Runner, load: Load, nmp: str) -> None:
    load(FLEET)
    found = run(f"exchange nmp status {nmp}").json
    assert found["harbor/edge-01"] == {"harbor/certs": "waiting", "harbor/roll": "successful"}
    assert list(found) == list(SHORT)
    assert list(run(f"exchange nmp status {nmp} -l").json["harbor/edge-01"]) == ["harbor/certs", "harbor/roll"]


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("nope", 8, "NMP nope not found in org harbor"),
        ("other/roll", 8, "NMP roll not found in org other"),
        ("roll -N nobody", 8, "Node nobody not found in org harbor"),
        ("roll -N other/edge-01", 8, "Node other/edge-01 not found in org harbor"),
        ("other/theirs", 8, "Node  not found in org other: it has none, or none that you may see"),
        ("nobody", 8, "Status for NMP nobody not found in org harbor"),
        ("nobody -N edge-01", 8, "Status for NMP nobody not found for node edge-01 in org harbor"),
        ("a/b/c", 2, "'a/b/c': the id can not contain more than 1 '/'"),
    ],
)
def test_what_is_not_there(run: Runner, load: Load, line: str, code: int, sentence: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp status {line}") == (code, "", f"Error: {sentence}\n")


def test_names_are_quoted(run: Runner, load: Load) -> None:
    name = "a b?c#d%2e"
    load(
        {
            "exchange": {
                "managementpolicies": {f"o x/{name}": policy()},
                "nodes": {f"o x/{name}": node(name)},
                "managementStatus": {f"o x/{name}": {f"o x/{name}": status("waiting")}},
            }
        }
    )
    assert run(f"exchange nmp status 'o x/{name}' -N '{name}'").json == {f"o x/{name}": "waiting"}


def test_names_that_hold_slashes_go_back_in(run: Runner, load: Load) -> None:
    names = ["o/a/b", "o/c[1]", "o/d"]
    load(
        {
            "exchange": {
                "managementpolicies": {"o/roll": policy()},
                "nodes": {name: node(name) for name in names},
                "managementStatus": {name: {"o/roll": status("failed")} for name in names},
            }
        }
    )
    folded = run("exchange nmp status o/roll --format names").stdout
    assert run("exchange nmp status o/roll -N -", stdin=folded).json == dict.fromkeys(names, "failed")
    assert run("exchange node management status o/a/b -o o").json == {"o/roll": "failed"}


@pytest.mark.parametrize(
    ("line", "file"),
    [("roll", "status"), ("roll -l", "status_long"), ("'*'", "status_all"), ("certs -N edge-01", "status_one")],
)
def test_table(run: Runner, load: Load, line: str, file: str) -> None:
    load(FLEET)
    assert run(f"exchange nmp status {line} --format table") == (0, golden(f"exchange_nmp_{file}.txt"), "")


@pytest.mark.parametrize("width", [160, 80])
def test_table_of_every_status_word(run: Runner, load: Load, width: int) -> None:
    load(
        {
            "exchange": {
                "managementpolicies": {"harbor/roll": policy()},
                "nodes": {f"harbor/n{place:02}": node("n") for place in range(len(WORDS) + 2)},
                "managementStatus": {
                    f"harbor/n{place:02}": {"harbor/roll": status(word, errorMessage=f"{word!r} was said")}
                    for place, word in enumerate([*WORDS, "asleep", ""])
                },
            }
        }
    )
    done = run("exchange nmp status roll", tty=True, COLUMNS=str(width), NO_COLOR="1")
    assert (done.code, done.stdout) == (0, golden(f"exchange_nmp_status_every_word_{width}.txt"))
    done = run("exchange nmp status roll -l", tty=True, COLUMNS=str(width), NO_COLOR="1")
    assert (done.code, done.stdout) == (0, golden(f"exchange_nmp_status_every_word_long_{width}.txt"))
