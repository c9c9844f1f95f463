from __future__ import annotations

from typing import TYPE_CHECKING

from fleets import template

if TYPE_CHECKING:
    import responses

    from conftest import Load, Runner


def test_what_is_deleted_is_gone(run: Runner, load: Load) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("old", "x1"), {**template("old", "x1"), "tenant": "blue"}]}}})
    assert run("bos v2 sessiontemplates delete old") == (0, "\n", "")
    assert [each["tenant"] for each in run("bos v2 sessiontemplates list").json] == ["blue"]
    assert run("bos v2 sessiontemplates delete old", tty=True) == (
        8,
        "",
        "Error: 'old' belongs to the tenant blue: --tenant blue\n",
    )


def test_a_script_sends_nothing_only_to_word_an_error(
    run: Runner, load: Load, network: responses.RequestsMock, backend: str
) -> None:
    load({"bos": {"v2": {"sessiontemplates": [template("new", "x1")]}}})
    assert run("bos v2 sessiontemplates delete nwe").code == 8
    assert len(network.calls) == (backend == "http")
