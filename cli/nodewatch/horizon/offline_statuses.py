"""The table of what became of policies on edge nodes, for as long as somebody records that.

Apart from the routes so that a store can be made and opened without the rules of Horizon.
"""

from __future__ import annotations

RECORDING_TABLES = (
    """CREATE TABLE status_recording (
    place INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    node TEXT NOT NULL,
    nmp TEXT NOT NULL,
    was TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT NOT NULL
)""",
    "CREATE INDEX status_recording_by_course ON status_recording (node, nmp)",
)
