"""What the statuses of BOS v2 mean, and what follows them, as data.

Source: the guide pages "Component Status" and "View the Status of a BOS Session".
"""

from __future__ import annotations

from nodewatch.statuses import Chart, Explanation, Step

CFS_HANGS = (
    "in CSM 1.5 on large systems, sessions may hang because BOS fails to talk to CFS: see the known issue "
    '"CFS V2 Failures On Large Systems".'
)
ENABLE_AGAIN = "nodewatch bos v2 components update COMPONENT --enabled true"
SHOW_SESSION_STATUS = "nodewatch bos v2 sessions status list SESSION"
WAIT_FOR_COMPONENT = "nodewatch bos v2 components list --ids COMPONENT --wait"
REBOOT_COMPONENT = "nodewatch bos v2 sessions create --template-name TEMPLATE --operation reboot --limit COMPONENT"
SHOW_POWER = "cray power status list --xnames COMPONENT"
ON_HOLD = Step("on_hold", "it is enabled anew, and BOS looks at it first")
COMPONENT_CHART = Chart(
    "Components of BOS v2",
    "Component Status",
    ["stable"],
    {
        "stable": Explanation(
            "The component is in the desired state.",
            "nothing",
            [
                Step("power_off_pending", "a session wants it off, or rebooted"),
                Step("power_on_pending", "a session wants it on, and it is off"),
                Step("configuring", "only its configuration is to change"),
                ON_HOLD,
            ],
        ),
        "power_off_pending": Explanation(
            "The component needs to be powered off, but CAPMC has not yet been called.",
            "the power-off-graceful operator, at its next round",
            [
                Step("power_off_gracefully_called", "BOS has asked for it"),
                Step("power_on_pending", "it is off already, and is to be on"),
                Step("failed", "it was tried as often as the retry policy allows"),
                ON_HOLD,
            ],
            [SHOW_POWER],
        ),
        "power_off_gracefully_called": Explanation(
            "CAPMC has been called to power off the component, but HSM does not yet report that the component is off.",
            "the power state off",
            [
                Step("power_on_pending", "it is off, and is to be on: a reboot"),
                Step("stable", "it is off, and is to be: a shutdown"),
                Step("power_off_forcefully_called", "max_power_off_wait_time is over"),
                ON_HOLD,
            ],
            [SHOW_POWER],
        ),
        "power_off_forcefully_called": Explanation(
            "CAPMC has been called to power off the component by force, but HSM does not yet report that it is off.",
            "the power state off",
            [
                Step("power_on_pending", "it is off, and is to be on: a reboot"),
                Step("stable", "it is off, and is to be: a shutdown"),
                Step("power_off_forcefully_called", "max_power_off_wait_time is over: once more"),
                Step("failed", "it was tried as often as the retry policy allows"),
                ON_HOLD,
            ],
            [SHOW_POWER],
        ),
        "power_on_pending": Explanation(
            "The component needs to be powered on, but CAPMC has not yet been called.",
            "the power-on operator, at its next round",
            [
                Step("power_on_called", "BOS has asked for it"),
                Step("power_off_pending", "it is on already, with other boot artifacts"),
                Step("failed", "it was tried as often as the retry policy allows"),
                ON_HOLD,
            ],
            [SHOW_POWER],
        ),
        "power_on_called": Explanation(
            "CAPMC has been called to power on the component, but it is not yet reported on and ready.",
            "the power state on, then the boot artifacts that the node reports when it is up",
            [
                Step("configuring", "it is up, and CFS has to configure it"),
                Step("stable", "it is up, and there is nothing to configure"),
                Step("power_on_pending", "it is still off after max_power_on_wait_time: once more"),
                Step("power_off_pending", "it is on, but not up after max_boot_wait_time: it is rebooted"),
                ON_HOLD,
            ],
            [SHOW_POWER, "cray console interact COMPONENT"],
        ),
        "configuring": Explanation(
            "The component is booted with the correct boot artifacts, but CFS reports that it still has pending "
            "configuration.",
            "CFS to report the configuration done",
            [
                Step("stable", "CFS reports that it is configured"),
                Step("failed", "CFS reports that it failed"),
                Step("power_off_pending", "its boot artifacts are no longer the right ones"),
                ON_HOLD,
            ],
            ["cray cfs v3 components describe COMPONENT"],
        ),
        "failed": Explanation(
            "The component is not yet in the desired state, but BOS will not take further actions on it: there were "
            "too many attempts of a power action, or CFS reports failed configuration.",
            "an administrator to repair it",
            [
                ON_HOLD,
                Step("power_off_pending", "a new session takes it"),
                Step("power_on_pending", "a new session takes it"),
            ],
            [ENABLE_AGAIN, REBOOT_COMPONENT],
        ),
        "on_hold": Explanation(
            "Something has changed about the component's state, such as re-enabling it in BOS, and BOS needs to gather "
            "information from other services and re-evaluate the state of the node.",
            "BOS to look at the node, at its next round",
            [
                Step("power_off_pending", "it is on, and is to be off or rebooted"),
                Step("power_on_pending", "it is off"),
                Step("configuring", "it is up, and is to be configured"),
                Step("stable", "it is as it should be"),
                Step("power_on_called", "it is being booted"),
                Step("failed", "CFS reports that its configuration failed"),
            ],
            [WAIT_FOR_COMPONENT],
        ),
    },
    [CFS_HANGS],
)
SESSION_CHART = Chart(
    "Sessions of BOS v2",
    "View the Status of a BOS Session",
    ["pending"],
    {
        "pending": Explanation(
            "The desired state of its components has not been set for all of them yet.",
            "the session-setup operator",
            [
                Step("running", "the desired state of all its components is set"),
                Step("complete", "the setup failed: the session says why"),
            ],
            ["nodewatch bos v2 sessions describe SESSION"],
        ),
        "running": Explanation(
            "Its components are being worked on; a staged session waits to be applied.",
            "no component to be enabled for it, nor staged",
            [Step("complete", "BOS has no component left to act on: they are stable, or failed, or another session's")],
            [
                "nodewatch bos v2 sessions status list SESSION --watch",
                "nodewatch bos v2 applystaged create --xnames COMPONENTS",
            ],
        ),
        "complete": Explanation(
            "It has ended, and its numbers no longer change. That is not success: look at what failed.",
            "nothing; BOS deletes it after cleanup_completed_session_ttl",
            (),
            ["nodewatch bos v2 components list --session SESSION --status failed"],
        ),
    },
    [CFS_HANGS],
)
CHARTS = (COMPONENT_CHART, SESSION_CHART)
