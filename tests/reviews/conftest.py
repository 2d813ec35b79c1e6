"""People around one unit's visits."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.visits.models import Visit
from tests.factories import OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.making import make_visit


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """A cadre of the unit."""
    return make.cadre(name="王敏")


@pytest.fixture
def supervisor(make: Factory) -> Cadre:
    """The unit's supervisor."""
    return make.cadre(Role.SUPERVISOR, name="周主任")


@pytest.fixture
def reader(app: Flask, supervisor: Cadre) -> Person:
    """The supervisor's browser."""
    return Person(app, supervisor)


@pytest.fixture
def visit(make: Factory, cadre: Cadre) -> Visit:
    """A finished visit of the unit's cadre."""
    return make_visit(cadre, make.household())


@pytest.fixture
def foreign_visit(make: Factory) -> Visit:
    """A finished visit of another unit, in the same village."""
    other = make.unit("别的局")
    return make_visit(make.cadre(unit=other, name="外人"), make.household("陈大勇"))


@pytest.fixture
def far_unit_cadre(make: Factory) -> Cadre:
    """A cadre of a unit that is tied to the other village."""
    return make.cadre(unit=make.unit("水利局", villages=(OTHER_VILLAGE,)))
