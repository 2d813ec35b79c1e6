"""What the office has entered for its reports, and one report that it has issued."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.reports import actions, hand_actions
from fieldvisit.reports.months import Month

# 信访量 and 代办 of the last thirteen months that are over, the latest first.
PETITIONS = (41, 44, 47, 45, 52, 55, 53, 58, 57, 61, 60, 62, 63)
AGENCY = (126, 118, 109, 121, 97, 88, 92, 74, 69, 71, 60, 55, 48)
THEME = UUID("8f0c6a52-4c5d-4f1e-9a5b-6a2a5a1c7e10")
COUNTY = "340212"
# On which day of the month after a report is issued.
ISSUED_ON = 5
WORDS = {
    "overview": "本月诉求总体平稳，涉及供水、道路和惠农补贴的较多，各承办单位均在办理。",
    "outcome": "对月底还没有办结的，请承办单位说明进度，并由联系单位上门告诉住户。",
}


def add_reports(cadres: dict[str, Cadre], today: date) -> None:
    """Enter the figures, propose a theme, and issue the report of the last month but one."""
    officer, over = cadres["sunli"], Month.of(today).back(1)
    months = [over.back(n) for n in range(len(PETITIONS))]
    changes = {(month, "petitions"): number for month, number in zip(months, PETITIONS, strict=True)}
    changes |= {(month, "agency"): number for month, number in zip(months, AGENCY, strict=True)}
    hand_actions.set_figures(officer, COUNTY, changes, dict.fromkeys(changes))
    issued = over.back(1)
    hand_actions.open_theme(
        officer,
        COUNTY,
        THEME,
        town_code=None,
        domain="0207",
        month=issued,
        words="集中供水管网老化、水压不足的反映反复出现，建议水利、住建部门一起排查老旧管段，提出分期改造的办法。",
    )
    db.session.flush()
    with clock.as_of(clock.day_start(over.first) + timedelta(days=ISSUED_ON - 1, hours=10)):
        report = actions.draft_of(COUNTY, issued)
        actions.write_texts(officer, report, report.version, WORDS)
        actions.issue(officer, report, report.version, clock.today())
