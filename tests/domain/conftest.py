"""Hypothesis draws the same examples in every run: a red test stays red until the rule is mended."""

from hypothesis import settings

settings.register_profile("contest", deadline=None, derandomize=True, database=None)
settings.load_profile("contest")
