"""Which systems are asked, and how: flags, environment and files, resolved once."""
