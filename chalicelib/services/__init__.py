"""One use case a module; everything outside is reached through the protocols in ``ports``."""
