"""The migrations make what the models say."""

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from fieldvisit import schema
from fieldvisit.audit.actions import record
from fieldvisit.complaints.models import Complaint
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, Judgement
from fieldvisit.organisation.models import Division, Level
from tests.complaints.filing import make_complaint
from tests.factories import COUNTY, Factory
from tests.followups.concerns_making import Asked
from tests.followups.making import AtTheDoor, promise
from tests.person import Person


def test_the_migrations_make_what_the_models_say(app: Flask) -> None:
    command.check(schema.alembic_config(db.engine))


def judged_concern(app: Flask, make: Factory) -> None:
    """Let a household judge what became of a concern; what is known of that hangs on its return visit."""
    asked = Asked(app, make)
    follow_up = asked.reply()
    assert follow_up is not None
    asked.door.enter(follow_up.id, comment="还没说完")
    asked.judged("dissatisfied")


def test_rows_survive_the_way_to_an_earlier_schema_and_back(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    follow_up_id = promise(cadre, household)
    judged_concern(app, make)
    AtTheDoor(Person(app, cadre), household).judged(follow_up_id, "dissatisfied")
    db.session.remove()
    config = schema.alembic_config(db.engine)
    command.downgrade(config, "0008")
    command.upgrade(config, "head")
    # What was asked about a concern has no place in that schema.
    assert (db.session.query(Concern).count(), db.session.query(FollowUp).count()) == (1, 2)
    db.session.remove()
    command.downgrade(config, "0005")
    command.upgrade(config, "head")
    assert (db.session.query(Judgement).count(), db.session.query(FollowUp).count()) == (1, 2)
    db.session.remove()
    command.downgrade(config, "0002")
    command.upgrade(config, "head")
    # What was done again has no place in that schema.
    assert [row.id for row in db.session.query(FollowUp)] == [follow_up_id]
    assert db.session.query(Judgement).count() == 0


@pytest.mark.parametrize("counties", [1, 2])
def test_complaints_of_an_earlier_schema_are_of_the_county_if_there_is_one_only(
    app: Flask, make: Factory, counties: int
) -> None:
    make.divisions()
    if counties == 2:
        db.session.add(Division(code="340281", level=Level.COUNTY, name="无为市", full_name="无为市"))
    complaint_id = make_complaint(county_code=None).id
    db.session.remove()
    config = schema.alembic_config(db.engine)
    command.downgrade(config, "0007")
    command.upgrade(config, "head")
    assert db.session.get_one(Complaint, complaint_id).county_code == (COUNTY if counties == 1 else None)


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_audit_record(app: Flask, statement: str) -> None:
    record(None, "tried", "test", 1)
    db.session.commit()
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
