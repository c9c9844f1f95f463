"""The local store, and the backend that answers from it as the services would."""
