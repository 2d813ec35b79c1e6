"""What the tests of households share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fieldvisit.accounts.models import Role
from fieldvisit.extensions import db
from fieldvisit.households import actions
from fieldvisit.households.models import Household
from tests.factories import COUNTY, VILLAGE, Factory
from tests.person import Person

Sign = Callable[..., Person]
Add = Callable[..., Household]


@pytest.fixture
def sign(app: Flask, make: Factory) -> Sign:
    """Sign a new person in: sign(Role.OFFICE, unit=...)."""

    def signed_in(*roles: Role, **options: Any) -> Person:
        return Person(app, make.cadre(*roles, **options))

    return signed_in


@pytest.fixture
def add(app: Flask, make: Factory) -> Add:
    """Add a household as the application does, so that it is found: add("李桂英", door="17 号")."""

    def added(name: str = "李桂英", **values: Any) -> Household:
        make.divisions()
        household = actions.add_household(None, **{"village_code": VILLAGE, "name": name} | values)
        db.session.commit()
        return household

    return added


@pytest.fixture
def office(sign: Sign, make: Factory) -> Person:
    """Somebody of the county's office, who sees all of the county."""
    return sign(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=()))


@pytest.fixture
def administrator(sign: Sign, make: Factory) -> Person:
    """An administrator of the county."""
    return sign(Role.ADMINISTRATOR, unit=make.unit("区委群众工作部", division=COUNTY, villages=()))


@pytest.fixture
def stranger(sign: Sign, make: Factory) -> Person:
    """A cadre of a unit that is tied to no village."""
    return sign(Role.CADRE, unit=make.unit("区档案馆", villages=()))
