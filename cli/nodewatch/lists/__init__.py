"""Lists: what their columns are, and what the options ask of them (filter, sort, columns, counts)."""
