"""nodewatch: how far boots and agent upgrades of a fleet have come, which nodes failed, and why."""

# Literal, because reading it through importlib.metadata costs more than importing click.
__version__ = "0.1.0"
