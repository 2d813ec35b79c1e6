"""A cadre with a household and a phone."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household
from tests.factories import Factory
from tests.visits.phone import Phone


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """A cadre of a unit that is tied to the village."""
    return make.cadre(name="王敏")


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """A household paired with the cadre."""
    return make.household(paired=cadre)


@pytest.fixture
def phone(app: Flask, cadre: Cadre, household: Household) -> Phone:
    """The cadre's phone, about to visit the household."""
    return Phone(app, cadre, household)
