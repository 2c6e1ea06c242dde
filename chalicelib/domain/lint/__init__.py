"""An editor's eye on a bank: what lets people guess, meets twice, or no longer holds; one rule a module."""
