"""One module per use case; they reach everything outside through the protocols in ``ports``."""
