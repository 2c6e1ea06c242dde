"""Cuộc Thi: online quiz contests for a whole province."""

__version__ = "0.1.0"
