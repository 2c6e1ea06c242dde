"""The inbox: every file is taken over whole or refused with all its faults, and answered."""
