"""Boot Orchestration Service v2: sessions, components, session templates, options."""
