"""Boot Orchestration Service v1: sessions, boot sets, phases, categories."""
