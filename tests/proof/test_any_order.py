"""The same machine on three back-ends; its findings stay in ``test_stories.py``."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.examples import examples
from tests.proof.backends import MakeBackend, in_memory, on_ministack, on_moto
from tests.proof.machine import ContestMachine


def prove(backend: MakeBackend, share: float, steps: int) -> None:
    class Machine(ContestMachine):
        make = staticmethod(backend)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            examples(share),
            stateful_step_count=steps,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_in_memory() -> None:
    prove(in_memory, share=2, steps=50)


def test_on_moto() -> None:
    with on_moto() as make_backend:
        prove(make_backend, share=0.12, steps=50)


@pytest.mark.slow
def test_on_ministack(tmp_path: Path) -> None:
    with on_ministack(tmp_path) as make_backend:
        prove(make_backend, share=0.06, steps=50)
