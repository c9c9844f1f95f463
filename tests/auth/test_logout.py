from __future__ import annotations


def test_logout(run, keep):
    file = keep()
    assert run("auth logout") == (0, "", f"Logged out: {file} is removed.\n")
    assert not file.exists()
    assert run("auth logout") == (0, "", "Nobody was logged in.\n")


def test_link_is_removed_not_what_it_leads_to(run, keep, tmp_path):
    file = keep()
    real = tmp_path / "real"
    file.rename(real)
    file.symlink_to(real)
    assert run("auth logout").code == 0
    assert not file.is_symlink()
    assert real.exists()


def test_dry_run(run, keep):
    file = keep()
    assert run("auth logout --dry-run") == (0, "", f"{file} would be removed.\n")
    assert file.exists()


def test_token_of_the_environment(run, keep):
    file = keep()
    done = run("auth logout", NODEWATCH_TOKEN="x")
    assert done == (7, "", "Error: the login is in NODEWATCH_TOKEN: unset it.\n")
    assert file.exists()
