"""What every test of the ledger starts from."""

import pytest

from tests.concerns.making import Ledger
from tests.factories import Factory


@pytest.fixture
def ledger(make: Factory) -> Ledger:
    """A county with the people who work on a concern."""
    return Ledger(make)
