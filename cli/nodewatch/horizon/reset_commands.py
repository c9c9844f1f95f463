"""The commands `exchange nmp reset` and `exchange node management reset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nodewatch.errors import NotAllSucceeded, NotFound
from nodewatch.horizon import rules
from nodewatch.horizon.shared import CONCURRENCY, POLICY, YES, exchange, exchange_command, one_policy
from nodewatch.table import plural
from nodewatch.tree import later

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.horizon import choosing, reset_rules, resetting
    from nodewatch.horizon.client import Exchange
    from nodewatch.horizon.reset_rules import Target
    from nodewatch.horizon.survey import Survey
else:
    choosing, reset_rules, resetting = map(later, ("horizon.choosing", "horizon.reset_rules", "horizon.resetting"))
