"""The commands of no service: those for the login, the configuration, the local store, and the explanations."""
