"""What real shells offer: commands and options, and names from the system that would be asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nodewatch.command_tree import TREE
from nodewatch.options import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Runner

    Ask = Callable[..., list[str]]

SCRIPTS = Path(__file__).parents[1] / "completions"
PATH = f"{sys.prefix}/bin:/usr/bin:/bin"


def completed(*words: str, script: str = "nodewatch.bash", **environ: str) -> list[str]:
    """Return what a real bash offers for the last of the words, as readline parts them."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    line = (
        f'source {SCRIPTS}/{script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
        'function=$(complete -p "${1##*/}"); function=${function#*-F }; ${function%% *} "$1" "${@: -1}" ""; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = [bash, "--norc", "-c", line, "bash", *words]
    done = subprocess.run(command, env={"PATH": PATH, **environ}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_bash_completes_groups_and_commands() -> None:
    assert completed("nodewatch", "") == list(TREE.members)
    assert completed("nodewatch", "bos", "v2", "sessions", "st") == ["status"]
    assert completed("bos", "v2", "sessions", "status", "") == ["list"]


def test_bash_completes_options_and_their_values() -> None:
    assert completed("nodewatch", "bos", "v2", "sessions", "list", "--min") == ["--min-age"]
    assert completed("nodewatch", "demo", "--format", "") == list(FORMATS)
    assert completed("nodewatch", "demo", "--format", "=", "j") == ["json"]
    assert completed("nodewatch", "demo", "--format", "=") == list(FORMATS)
    assert completed("nodewatch", "--format", "=", "json", "bos", "v2", "comp") == ["components"]


@pytest.mark.parametrize("program", ["nodewatch", "bos", "nmstatus"])
def test_bash_completes_each_program_with_each_script(program: str) -> None:
    for script in ("nodewatch.bash", "bos.bash", "nmstatus.bash"):
        assert completed(program, "--q", script=script) == ["--quiet"]
    assert completed(f"{sys.prefix}/bin/{program}", "--q") == ["--quiet"]


def test_bash_offers_nothing_for_a_program_that_fails() -> None:
    assert completed("/nowhere/nodewatch", "") == [""]


def in_zsh(*words: str, **environ: str) -> list[str]:
    """Return what a real zsh would offer for the last of the words: what the script hands to its completion system."""
    line = (
        '_describe() { print -rl -- "${(@)described%%:*}" }; compadd() { print -rl -- "${plain[@]}" }; '
        "_path_files() { print -r -- FILES }; "
        f'complete() {{ words=("$@"); local CURRENT=$#; source {SCRIPTS}/_nodewatch }}; complete "$@"'
    )
    return shown([found("zsh"), "-f", "-c", line, "zsh", *words], environ)


def in_fish(*words: str, **environ: str) -> list[str]:
    """Return what a real fish offers for the last of the words."""
    line = f"source {SCRIPTS}/nodewatch.fish; complete --do-complete '{' '.join(words)}'"
    return shown([found("fish"), "--no-config", "-c", line], environ)


def in_bash(*words: str, **environ: str) -> list[str]:
    """Return what a real bash offers for the last of the words."""
    return list(filter(None, completed(*words, **environ)))


def found(shell: str) -> str:
    """Return the path of a shell; skip the test where it is not installed."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    return path


def shown(command: list[str], environ: dict[str, str]) -> list[str]:
    """Return the lines that a shell prints, which says nothing else."""
    done = subprocess.run(
        command, env={"PATH": PATH, "TERM": "dumb", **environ}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def patient(run: Runner, **environ: str) -> dict[str, str]:
    """Return an environment with the demo fleet; the machine may be busy, so that names have time to come."""
    assert run("demo").code == 0
    known = {"HOME": str(run.home), "NODEWATCH_CONTEXT": "demo", "NODEWATCH_COMPLETION_TIMEOUT": "30"}
    return {**known, **environ}


@pytest.mark.parametrize("ask", [in_bash, in_zsh, in_fish])
def test_each_shell_offers_names(run: Runner, ask: Ask) -> None:
    environ = patient(run)
    assert ask(*["nodewatch", "bos", "v2", "sessions", "describe", "night"], **environ) == ["night-reboot"]
    assert ask(*["bos", "v2", "components", "list", "--ids", "x1,x1000c0s0b0n"], **environ) == [
        "x1,x1000c0s0b0n0",
        "x1,x1000c0s0b0n1",
    ]
    assert ask(*["nmstatus", "list", "sample-n"], **environ) == ["sample-nmp"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("bos v2 sessions create --template-name uan", ["uan-22.08", "uan-26.3"]),
        ("bos v1 session status list 4374", ["4374f3e6-e8ed-4e66-bf63-3ebe0e618db2"]),
        ("bos v2 components list --session night", ["night-reboot"]),
        ("bos v2 components list --status stable,fa", ["stable,failed"]),
        ("bos v2 sessions list --columns name,op", ["name,operation"]),
        ("bos v2 sessions list --sort temp", ["template_name"]),
        ("bos v2 sessions list --filter stat", ["status"]),
        ("bos v2 sessions list --limit x", []),
        ("exchange nmp status org/sample-n", ["org/sample-nmp"]),
        ("exchange --org org nmp status sample-n", ["sample-nmp"]),
        ("exchange nmp status org/sample-nmp --status rollback-f", ["rollback-failed"]),
        ("exchange node management status org/", ["org/sample-node"]),
        ("explain power_on_c", ["power_on_called"]),
        ("explain rollback", ["rollback-started", "rollback-successful", "rollback-failed"]),
        ("--context d", ["demo"]),
        ("config set bos.", ["bos.url", "bos.tenant"]),
    ],
)
def test_names(run: Runner, line: str, names: list[str]) -> None:
    assert in_bash("nodewatch", *line.split(), **patient(run)) == names


def test_a_version_that_is_asked_for_is_not_among_the_offers(tmp_path: Path) -> None:
    line = {
        "COMP_WORDS": "nodewatch --version bos v2 health",
        "COMP_CWORD": "4",
        "_NODEWATCH_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [f"{sys.prefix}/bin/nodewatch"],
        env={"PATH": PATH, "HOME": str(tmp_path), **line},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"plain,healthz\n"


@pytest.mark.parametrize("ask", [in_zsh, in_fish])  # bash adds them when a function like ours has returned
def test_shells_offer_files(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fleet.json").touch()
    monkeypatch.chdir(tmp_path)
    assert ask("nodewatch", "local", "load", "fl") == {in_zsh: ["FILES"], in_fish: ["fleet.json"]}[ask]


@pytest.mark.parametrize("ask", [in_bash, in_zsh, in_fish])
def test_nothing_is_offered_where_nothing_is_known_in_time(run: Runner, ask: Ask) -> None:
    words = ["nodewatch", "bos", "v2", "sessions", "describe", "n"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(5)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        environ = {"HOME": str(run.home), "NODEWATCH_BOS_URL": url, "NODEWATCH_COMPLETION_TIMEOUT": "1.5"}
        assert ask(*words, **environ) == []
        silent.accept()[0].close()  # it was asked
    (run.home / "broken.json").write_text("{")
    assert ask(*words, HOME=str(run.home), NODEWATCH_LOCAL=str(run.home / "broken.json")) == []
