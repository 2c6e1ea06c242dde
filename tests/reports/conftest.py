"""Hypothesis with the settings of ``tests/domain``."""

import tests.domain.conftest  # noqa: F401
