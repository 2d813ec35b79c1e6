"""People around the complaint box."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from tests.complaints.filing import Filer
from tests.factories import COUNTY, Factory
from tests.person import Person


@pytest.fixture
def officer(make: Factory) -> Cadre:
    """Somebody of the office, which answers."""
    return make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY), name="孙丽")


@pytest.fixture
def desk(app: Flask, officer: Cadre) -> Person:
    """The office's browser."""
    return Person(app, officer)


@pytest.fixture
def filer(app: Flask, officer: Cadre) -> Filer:
    """A resident's browser, without an account."""
    return Filer(Person(app))
