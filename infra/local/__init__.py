"""The whole system on this machine: `python -m infra.local run`."""
