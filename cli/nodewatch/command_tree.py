"""The whole command tree: a command stands here with the sentence that its help opens with, and with its function.

The module of a function is imported when the command is called.
"""

from __future__ import annotations

from nodewatch.options import ACCOUNT
from nodewatch.tree import Group, Leaf

SESSIONS_GROUP = Group(
    "Boot sessions: what was started, and how far it is.",
    {
        "list": Leaf("List the sessions.", "bos_v2.commands:list_sessions"),
        "describe": Leaf("Show one session.", "bos_v2.commands:describe_session"),
        "map": Leaf("Draw a session's nodes: one sign a node.", "bos_v2.commands:map_session"),
        "history": Leaf("Show how long each phase took.", "bos_v2.history_commands:show_phases"),
        "create": Leaf("Create a session: boot, reboot or shut down nodes.", "bos_v2.change_commands:create_session"),
        "retry": Leaf("Repeat a session for the nodes that failed.", "bos_v2.retry_commands:retry_session"),
        "delete": Leaf("Delete a session.", "bos_v2.change_commands:delete_session"),
        "status": Group(
            "How far a session is.",
            {
                "list": Leaf(
                    "Show how far a session is, and every failed node.", "bos_v2.commands:show_session_status"
                ),
            },
        ),
    },
)
COMPONENTS_GROUP = Group(
    "Components: the nodes, as BOS sees them.",
    {
        "list": Leaf("List components and their states.", "bos_v2.commands:list_components"),
        "describe": Leaf("Show one component.", "bos_v2.commands:describe_component"),
        "map": Leaf("Draw the machine: one sign a node.", "bos_v2.commands:map_components"),
        "history": Leaf("Show what became of nodes, or which failed most.", "bos_v2.history_commands:show_course"),
        "update": Leaf("Change one component.", "bos_v2.change_commands:update_component"),
        "updatemany": Leaf("Change many components alike.", "bos_v2.change_commands:update_components"),
    },
)
TEMPLATES_GROUP = Group(
    "Session templates: what sessions are created from.",
    {
        "list": Leaf("List the session templates.", "bos_v2.template_commands:list_templates"),
        "describe": Leaf("Show one session template.", "bos_v2.template_commands:describe_template"),
        "create": Leaf("Create or replace a session template.", "bos_v2.template_commands:create_template"),
        "update": Leaf("Change a session template.", "bos_v2.template_commands:update_template"),
        "delete": Leaf("Delete a session template.", "bos_v2.template_commands:delete_template"),
    },
)
BOS_V2_MEMBERS: dict[str, Group | Leaf] = {
    "sessions": SESSIONS_GROUP,
    "components": COMPONENTS_GROUP,
    "applystaged": Group(
        "Staged sessions: start what is waiting on nodes.",
        {
            "create": Leaf("Start the session that is staged on nodes.", "bos_v2.change_commands:apply_staged"),
        },
    ),
    "sessiontemplates": TEMPLATES_GROUP,
    "sessiontemplatesvalid": Group(
        "Whether session templates are valid.",
        {
            "describe": Leaf("Check one session template.", "bos_v2.template_commands:check_template"),
        },
    ),
    "sessiontemplatetemplate": Group(
        "An example of a session template.",
        {
            "list": Leaf("Show a session template to start from.", "bos_v2.template_commands:show_example"),
        },
    ),
    "options": Group(
        "Options of the Boot Orchestration Service.",
        {
            "list": Leaf("List the options.", "bos_v2.service_commands:list_options"),
            "update": Leaf("Change options.", "bos_v2.service_commands:update_options"),
        },
    ),
    "version": Group(
        "Version of the Boot Orchestration Service.",
        {
            "list": Leaf("Show the version.", "bos_v2.service_commands:show_version"),
        },
    ),
    "healthz": Group(
        "Health of the Boot Orchestration Service.",
        {
            "list": Leaf("Show the health of the service and its database.", "bos_v2.service_commands:show_health"),
        },
    ),
    "list": Leaf("Show the version of the API.", "bos_v2.service_commands:show_api"),
}
V1_SESSION_GROUP = Group(
    "BOS v1 sessions: boots of CSM up to 1.5.",
    {
        "list": Leaf("List the ids of the sessions.", "bos_v1.commands:list_sessions"),
        "describe": Leaf("Show what one session was asked to do.", "bos_v1.commands:describe_session"),
        "create": Leaf("Start a session from a session template.", "bos_v1.commands:create_session"),
        "delete": Leaf("Remove a session and its status.", "bos_v1.commands:delete_session"),
        "status": Group(
            "How far a session is, and every part of it.",
            {
                "list": Leaf("Show how far a session is, phase by phase.", "bos_v1.commands:show_status"),
                "describe": Leaf("Show a boot set, a phase or a category.", "bos_v1.commands:describe_status"),
            },
        ),
    },
)
BOS_V1_MEMBERS: dict[str, Group | Leaf] = {
    "session": V1_SESSION_GROUP,
    "sessiontemplate": Group(
        "Session templates: what sessions are created from.",
        {
            "list": Leaf("List the session templates of BOS v1.", "bos_v1.template_commands:list_templates"),
            "describe": Leaf("Show one session template of BOS v1.", "bos_v1.template_commands:describe_template"),
            "create": Leaf(
                "Create or replace a session template of BOS v1.", "bos_v1.template_commands:create_template"
            ),
            "delete": Leaf("Delete a session template of BOS v1.", "bos_v1.template_commands:delete_template"),
        },
    ),
    "sessiontemplatetemplate": Group(
        "An example of a session template.",
        {
            "list": Leaf("Show a session template of BOS v1 to start from.", "bos_v1.template_commands:show_example"),
        },
    ),
    "list": Leaf("Show the version of BOS, and where it is.", "bos_v1.template_commands:show_api"),
    "version": Group(
        "The version of BOS.", {"list": Leaf("Show the version of BOS v1.", "bos_v1.commands:show_version")}
    ),
    "healthz": Group("Whether BOS works.", {"list": Leaf("Show whether it works.", "bos_v1.commands:show_health")}),
}
BOS_GROUP = Group(
    "Boots of HPE Cray systems: the Boot Orchestration Service.",
    {
        "v1": Group("The Boot Orchestration Service, version 1: CSM up to 1.5.", BOS_V1_MEMBERS),
        "v2": Group("The Boot Orchestration Service, version 2.", BOS_V2_MEMBERS),
        **BOS_V2_MEMBERS,
        "session": V1_SESSION_GROUP,
        "sessiontemplate": BOS_V1_MEMBERS["sessiontemplate"],
    },
)
EXCHANGE_GROUP = Group(
    "Agent upgrades of a fleet: what its nodes have reported to the Exchange.",
    {
        "nmp": Group(
            "Node management policies (NMP): what is to be upgraded, on which nodes.",
            {
                "status": Leaf("Show how far a policy is on all nodes.", "horizon.nmp_commands:show_nmp_status"),
                "reset": Leaf("Have nodes that failed evaluate a policy again.", "horizon.reset_commands:reset_policy"),
                "list": Leaf("List the policies, or show one.", "horizon.policy_commands:list_policies"),
                "history": Leaf(
                    "Show what became of a policy on nodes, or who failed.",
                    "horizon.history_commands:show_nmp_history",
                ),
                "add": Leaf("Add a policy, or replace it.", "horizon.change_commands:add_policy"),
                "new": Leaf("Print a policy to start from.", "horizon.policy_commands:show_example"),
                "remove": Leaf("Remove a policy.", "horizon.change_commands:remove_policy"),
                "enable": Leaf("Enable a policy.", "horizon.change_commands:enable_policy"),
                "disable": Leaf("Disable a policy.", "horizon.change_commands:disable_policy"),
            },
            bare=2,
            params=ACCOUNT,
            aliases={"ls": "list", "rm": "remove"},
        ),
        "node": Group(
            "Nodes.",
            {
                "list": Leaf("List the nodes, or show one.", "horizon.nodes_commands:list_nodes"),
                "management": Group(
                    "The policies of one node.",
                    {
                        "list": Leaf(
                            "List the policies that are meant for a node.",
                            "horizon.nodes_commands:list_policies_of_node",
                        ),
                        "status": Leaf(
                            "Show how far all policies are on one node.", "horizon.node_commands:show_node_statuses"
                        ),
                        "reset": Leaf("Have a node evaluate its policies again.", "horizon.reset_commands:reset_node"),
                    },
                    bare=2,
                    params=ACCOUNT,
                    aliases={"ls": "list"},
                ),
            },
            bare=2,
            params=ACCOUNT,
            aliases={"mgmt": "management", "ls": "list"},
        ),
    },
    bare=2,
    params=ACCOUNT,
    elsewhere={
        "hzn exchange": "agbot apikey business catalog deployment hagroup org pattern service status user version",
        "hzn": "eventlog nodemanagement",
    },
)
NMSTATUS_GROUP = Group(
    "Agent upgrades on this node: node management status.",
    {
        "list": Leaf("Show the statuses that the agent on this node has.", "horizon.nmstatus_commands:list_statuses"),
        "reset": Leaf(
            "Have the agent on this node evaluate a policy again.", "horizon.nmstatus_commands:reset_statuses"
        ),
    },
    bare=2,
)
TREE = Group(
    "Show how far boots and agent upgrades have come, which nodes failed, and why.",
    {
        "bos": BOS_GROUP,
        "exchange": EXCHANGE_GROUP,
        "nmstatus": NMSTATUS_GROUP,
        "status": Leaf("Show what is going on now, the worst first.", "commands.status:show_going_on"),
        "help": Leaf("Show the help of a command, or of the shared options.", "commands.help:show_help"),
        "explain": Leaf("Explain a status, and what follows it.", "commands.explain:explain"),
        "local": Group(
            "The local store: a fleet's documents in one file.",
            {
                "load": Leaf("Load a fleet file into the local store.", "commands.local:load_store"),
                "dump": Leaf("Write the local store as a fleet file.", "commands.local:dump_store"),
                "record": Leaf("Keep what becomes of all nodes.", "commands.record:record"),
                "save": Leaf("Write what the live systems say as a fleet file.", "commands.local:save_systems"),
                "run": Leaf("Let time pass in the local store, as a fleet lives.", "commands.run:let_time_pass"),
                "serve": Leaf("Serve the local store over HTTP, as the services would.", "commands.serve:serve"),
            },
        ),
        "diff": Leaf("Show what changed between two looks at a fleet.", "commands.diff:diff"),
        "config": Group(
            "Configuration: the systems, and the settings that count.",
            {
                "list": Leaf("List the systems that are configured.", "commands.config:list_contexts"),
                "show": Leaf("Show every setting, and where it comes from.", "commands.config:show_settings"),
                "use": Leaf("Choose the system that is asked.", "commands.config_changes:use_context"),
                "init": Leaf("Name a system: write a context, and say what works.", "commands.config_changes:init"),
                "set": Leaf("Set a key of a context.", "commands.config_changes:set_value"),
                "unset": Leaf("Remove a key from a context.", "commands.config_changes:unset_value"),
                "edit": Leaf("Edit the configuration file.", "commands.config_changes:edit_file"),
            },
        ),
        "auth": Group(
            "The login to a Cray system.",
            {
                "login": Leaf("Log in.", "commands.auth:log_user_in"),
                "status": Leaf("Show who is logged in, and until when.", "commands.auth:show_login"),
                "logout": Leaf("Log out.", "commands.auth:log_user_out"),
            },
        ),
        "demo": Leaf("Make a demo fleet and show a session of it.", "commands.demo:demo"),
    },
    aliases={"ex": "exchange"},
    begin=[
        ("nodewatch demo", "make a fleet to try everything on"),
        ("nodewatch status", "see what is going on now"),
        ("nodewatch bos sessions list", "list the boots"),
        ("nodewatch bos sessions status list ID", "see what failed, where, and what to type next"),
        ("nodewatch exchange nmp status NMP", "see how far an agent upgrade has come"),
    ],
    elsewhere={
        "cray": "artifacts badger bss capmc cfs cps crus fas hsm ims init nmd pals pcs power scsd sls tapms uas vnid",
        "hzn": "agreement architecture attribute dev deploycheck env eventlog fdo key metering mms node nodemanagement "
        "policy register reghelp sdo secretsmanager service unregister userinput util voucher",
    },
)
