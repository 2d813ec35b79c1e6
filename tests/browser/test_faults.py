"""Whatever breaks, at every step of a visit: all of it arrives, once."""

from __future__ import annotations

import pytest

from tests.browser.faults import FAULTS, Bench, Fault
from tests.browser.walk import STEPS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_doubled_when_it_happens_at_every_step(bench: Bench, fault: Fault) -> None:
    found = bench.visit(fault, at=STEPS)
    assert found.is_whole, found
