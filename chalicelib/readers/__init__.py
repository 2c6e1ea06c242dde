"""Readers of the files people send: contest folders, tables and workbooks. Strict; every fault has a place."""
