from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from auth.conftest import Keep
    from conftest import Runner


def test_logout(run: Runner, keep: Keep) -> None:
    file = keep()
    assert run("auth logout") == (0, "", f"Logged out: {file} is removed.\n")
    assert not file.exists()
    assert run("auth logout") == (0, "", "Nobody was logged in.\n")


def test_link_is_removed_not_what_it_leads_to(run: Runner, keep: Keep, tmp_path: Path) -> None:
    file = keep()
    real = tmp_path / "real"
    file.rename(real)
    file.symlink_to(real)
    assert run("auth logout").code == 0
    assert not file.is_symlink()
    assert real.exists()


def test_a_file_that_holds_no_token_is_not_removed(run: Runner, keep: Keep, tmp_path: Path) -> None:
    keep()
    other = tmp_path / "notes.txt"
    other.write_text("buy milk\n")
    named = run(f"auth logout --token {other}"), run("auth logout", CRAY_CREDENTIALS=str(other))
    for done, source in zip(named, ("--token", "CRAY_CREDENTIALS"), strict=True):
        assert done.code == 7
        assert done.stderr.startswith(f"Error: the token file {other} ({source}) holds neither JSON nor a token.")
    assert other.exists()


def test_dry_run(run: Runner, keep: Keep) -> None:
    file = keep()
    assert run("auth logout --dry-run") == (0, "", f"{file} would be removed.\n")
    assert file.exists()


def test_token_of_the_environment(run: Runner, keep: Keep) -> None:
    file = keep()
    done = run("auth logout", NODEWATCH_TOKEN="x")
    assert done == (7, "", "Error: the login is in NODEWATCH_TOKEN: unset it.\n")
    assert file.exists()
