"""Names of nodes: sets of them, where they stand, what a limit takes, and the errors that many of them share."""
