"""Offices that enter by hand what their reports need, and everybody who must not."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division, Level
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, TOWN, VILLAGE, Factory
from tests.person import Person

OTHER_COUNTY, CITY = "340281", "3402"
ADDRESSES = (
    "/reports/figures",
    "/reports/figures/import",
    "/reports/figures/sample.xlsx",
    "/reports/settings",
    "/reports/themes",
)


class Offices:
    """The offices of two counties and of their city."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app, self.make = app, make
        make.divisions()
        db.session.add(Division(code=CITY, level=Level.CITY, name="芜湖市", full_name="芜湖市"))
        db.session.add(Division(code=OTHER_COUNTY, level=Level.COUNTY, name="无为市", full_name="无为市"))
        db.session.commit()
        self.sunli = self.officer("区委群众工作部", COUNTY, "孙丽")
        self.colleague = self.officer("区委群众工作部", COUNTY, "钱进")
        self.other = self.officer("无为市委群众工作部", OTHER_COUNTY)
        self.city = self.officer("芜湖市委群众工作部", CITY)

    def officer(self, unit: str, division: str | None, name: str = "某人") -> Cadre:
        """Return somebody of an office."""
        return self.make.cadre(Role.OFFICE, unit=self.make.unit(unit, division=division, villages=()), name=name)

    def outsiders(self) -> list[Cadre]:
        """Return one person of each kind who has no office's role over a county."""
        unit = self.make.unit("区委群众工作部")
        roles = [role for role in Role if role is not Role.OFFICE]
        return [
            *(self.make.cadre(role, unit=unit) for role in roles),
            self.officer("繁阳镇人民政府", TOWN),
            self.officer("缸窑村村委会", VILLAGE),
        ]

    def get(self, path: str, who: Cadre | None = None) -> TestResponse:
        """Open a page as 孙丽 or as somebody else."""
        return Person(self.app, who or self.sunli).get(path)

    def post(self, path: str, data: Any = None, who: Cadre | None = None, **options: Any) -> TestResponse:
        """Send a form as 孙丽 or as somebody else."""
        return Person(self.app, who or self.sunli).post(path, data, **options)


def this_month() -> Month:
    """Return the present month."""
    return Month.of(clock.today())


def audited(action: str) -> list[dict[str, Any]]:
    """Return the details of what is on record, the earliest first."""
    found = db.session.query(AuditEvent).filter_by(action=action).order_by(AuditEvent.id)
    return [event.detail for event in found]
