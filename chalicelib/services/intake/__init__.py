"""The inbox: a file is taken over whole or refused with every fault, and answered."""
