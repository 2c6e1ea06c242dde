"""Brings live figures, closed weeks and their proof to the site, always as the pointers say."""
