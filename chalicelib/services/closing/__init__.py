"""Closing weeks: entries read by shares, results, revisions and the proof of each week."""
