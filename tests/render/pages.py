"""Pages that the tests of tables print."""

from __future__ import annotations

from nodewatch.table import Bar, Cell, Column, Fields, Grid, Line, Page, Part

STATES = (
    Cell("stable", "good"),
    Cell("configuring", "busy"),
    Cell("failed", "bad"),
    Cell("on_hold", "warn"),
    Cell("power_on_called", "busy"),
)
ERRORS = {
    "failed": "The retry limit has been hit for this component, but no services have reported specific errors",
    "on_hold": "Non-2XX response (500) to PUT http://cray-bss/boot/v1/bootparameters; Internal Server Error\n",
}
COLUMNS = [
    Column("Component"),
    Column("Status", shares=True),
    Column("Phase", 2, shares=True),
    Column("Last action", 3),
    Column("Attempts", 1, right=True),
    Column("Session", 4, shares=True),
    Column("Tenant", 5, shares=True),
    Column("Error", wraps=True, shares=True),
]


def components(count: int) -> Grid:
    """Nodes in all states, in one session and no tenant."""
    rows: list[list[str | Cell]] = []
    for number in range(count):
        state = STATES[number % len(STATES)]
        rows.append(
            [
                f"x3000c0s{number}b0n0",
                state,
                "configuring" if state.text == "configuring" else "",
                Cell(f"powering_off_gracefully ({number} min)", "dim"),
                str(number % 11),
                "night-reboot",
                "",
                Cell(ERRORS.get(state.text, ""), "bad"),
            ]
        )
    return Grid(COLUMNS, rows, f"{count} nodes", "No node matches.")


STATUS: Page = [
    Line(
        "night-reboot  reboot of compute-24.7  running: 48 of 96 nodes FAILED  started 2026-11-21 11:00:00  for 1 h",
        "bad",
    ),
    Bar(
        [
            Part("successful", 41.5, "good"),
            Part("in progress", 8.5, "busy"),
            Part("failed", 50, "bad"),
            Part("staged", 0, "dim"),
        ]
    ),
    Line("powering off 2.5 %  powering on 3 %  configuring 3 %  complete 91.5 %", lead="Phases: "),
    Fields(
        [("Template", "compute-24.7"), ("Tenant", ""), ("Limit", Cell("x3000c0s19b1n0,x3000c0s19b2n0", "strong"))],
    ),
    Line(ERRORS["failed"], "bad", "45 nodes: "),
    Line("x3000c0s[19-22]b[0-3]n0,x3000c0s[23,25-27]b0n0,x3001c0s[1-60]b[0-1]n[0-1],x3002c0s7b0n1", lead="    "),
    Line("cfs configuration failed", "bad", "3 nodes: "),
    Line("x3000c0s[31-33]b0n0", lead="    "),
    components(5),
]
HOSTILE: Page = [
    Line("[red]not markup[/red] \x1b[31mnot a colour\x1b[0m\r\n", "bad", "1 node: "),
    Fields(
        [("計算ノード", "日本語のエラーメッセージ"), ("e\u0301tat", "de\u0301marre\u0301"), ("tab", "a\tb\u202e\ud800")]
    ),
    Grid(
        [Column("Name"), Column("Count", right=True), Column("Error", wraps=True)],
        [
            ["計算-1", "1", "温度が高すぎます。ファンを確認してください。"],
            ["nœud-2", "22", Cell("[bold]x3000[/bold]\x07", "bad")],
            ["e\u0301-3", "333", "plain"],
        ],
        "計算ノード",
    ),
    Bar([Part("[failed]", 99.96, "bad"), Part("成功", 0.04, "good")]),
]
