"""Servers over HTTP: what is sent and when it is sent again, connections and TLS, logins, the trace."""
