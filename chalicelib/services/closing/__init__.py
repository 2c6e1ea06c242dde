"""Closing weeks: reading entries by shares, results, revisions and the proof of each week."""
