"""A household with a contact card."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household
from tests.cards.making import Resident
from tests.factories import Factory


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre who hands the card out."""
    return make.cadre(name="王敏")


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """The household that has it."""
    return make.household("李桂英", paired=cadre, group_no=5, door="17 号")


@pytest.fixture
def resident(app: Flask, cadre: Cadre, household: Household) -> Resident:
    """Somebody of that household."""
    return Resident(app, cadre, household)
