"""Open Horizon: node management policies and their status, in the Exchange and on the node."""
