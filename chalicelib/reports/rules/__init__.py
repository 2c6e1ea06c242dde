"""The rules of a contest in words (thể lệ), written from its definition alone.

Each module writes some articles; ``page.rules_page`` puts them together. A clause says what a setting decides,
and its example is worked out by the code that decides results, so that text and results cannot differ.
"""
