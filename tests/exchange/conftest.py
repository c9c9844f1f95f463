"""Command lines about an Exchange: the organization and the login are set, as users have them in their environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Runner


@pytest.fixture(autouse=True)
def account(run: Runner) -> None:
    """Set the organization and the login."""
    run.environ.update(HZN_ORG_ID="harbor", HZN_EXCHANGE_USER_AUTH="u:p")
