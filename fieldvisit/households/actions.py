"""Adding and changing households and their people. Names and terms by which they are found stay true."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households import queries, rules, search
from fieldvisit.households.events import household_left, household_restored
from fieldvisit.households.lists import HEAD, OTHER_RELATION
from fieldvisit.households.models import Household, HouseholdTerm, Resident


def add_household(
    by: Cadre | None,
    *,
    village_code: str,
    name: str,
    id: UUID | None = None,
    group_no: int = 0,
    door: str = "",
    tags: Iterable[str] = (),
    note: str = "",
    phone: str = "",
    birth_month: str = "",
) -> Household:
    """Add a household with its head; `by` None is the command line."""
    household = Household(
        id=id or uuid4(),
        village_code=village_code,
        group_no=group_no,
        door=door,
        door_order=rules.door_order(door),
        head_name=name,
        tags=list(tags),
        note=note,
        created_at=clock.now(),
        created_by=by.id if by else None,
    )
    db.session.add(household)
    db.session.flush()
    db.session.add(
        Resident(
            id=uuid4(),
            household_id=household.id,
            name=name,
            relation=HEAD,
            is_head=True,
            phone=phone,
            birth_month=birth_month,
        )
    )
    reindex(household)
    record(by.id if by else None, "household_added", "household", household.id, village=village_code)
    return household


def edit_household(by: Cadre, household: Household, version: int, values: dict[str, Any]) -> bool:
    """Change village_code, group_no, door, tags or note; False when somebody was faster since `version`."""
    changed = {key: value for key, value in values.items() if getattr(household, key) != value}
    if not changed and household.version != version:
        # Both wrote the same: nothing is lost.
        return True
    if not _take_version(household, version):
        return False
    for key, value in changed.items():
        setattr(household, key, value)
    household.door_order = rules.door_order(household.door)
    reindex(household)
    record(by.id, "household_edited", "household", household.id, changed=sorted(changed))
    return True


def add_resident(
    by: Cadre | None,
    household: Household,
    *,
    name: str,
    relation: str,
    id: UUID | None = None,
    phone: str = "",
    birth_month: str = "",
) -> Resident:
    """Add a person to a household; with relation 户主 they take the head's place."""
    _next_version(household)
    people = queries.residents_of(household)
    resident = Resident(
        id=id or uuid4(),
        household_id=household.id,
        name=name,
        relation=relation,
        phone=phone,
        birth_month=birth_month,
        position=max((person.position for person in people), default=0) + 1,
    )
    db.session.add(resident)
    _settle_head(household, resident)
    reindex(household)
    record(by.id if by else None, "resident_added", "resident", resident.id, household=str(household.id))
    return resident


def edit_resident(by: Cadre, household: Household, resident: Resident, version: int, values: dict[str, str]) -> bool:
    """Change name, relation, phone or birth_month; False when somebody was faster since `version`."""
    changed = {key: value for key, value in values.items() if getattr(resident, key) != value}
    if not changed and household.version != version:
        return True
    if resident.is_head and values.get("relation", HEAD) != HEAD:
        raise Refused("一户要有一位户主。请先把另一位家人的关系改成“户主”，这一位会自动改为“其他”。")
    if not _take_version(household, version):
        db.session.refresh(resident)
        return False
    for key, value in changed.items():
        setattr(resident, key, value)
    _settle_head(household, resident)
    reindex(household)
    record(
        by.id,
        "resident_edited",
        "resident",
        resident.id,
        household=str(household.id),
        changed=sorted(changed),
    )
    return True


def remove_resident(by: Cadre, household: Household, resident: Resident) -> None:
    """Remove a person who is not the head."""
    if resident.is_head:
        raise Refused("这一位是户主，不能移除。请先把另一位家人改为户主；如果全家都搬走了，请停用这一户。")
    _next_version(household)
    db.session.delete(resident)
    reindex(household)
    record(by.id, "resident_removed", "resident", resident.id, household=str(household.id))


def show_phone(by: Cadre, household: Household, resident: Resident) -> str:
    """Return a person's whole phone number, and note who looked."""
    record(by.id, "phone_shown", "resident", resident.id, household=str(household.id))
    return resident.phone


def deactivate(by: Cadre, household: Household, reason: str) -> None:
    """Take a household out of the lists; its visits stay readable."""
    if not household.active:
        return
    _next_version(household)
    household.active = False
    record(by.id, "household_deactivated", "household", household.id, reason=reason)
    household_left.send(household, by=by)


def restore(by: Cadre, household: Household) -> None:
    """Bring a household back into the lists."""
    if household.active:
        return
    _next_version(household)
    household.active = True
    record(by.id, "household_restored", "household", household.id)
    household_restored.send(household, by=by)


def reindex(household: Household) -> None:
    """Bring the terms by which a household is found up to date with its rows."""
    db.session.flush()
    people = queries.residents_of(household)
    wanted = search.terms_for(
        [person.name for person in people],
        [person.phone for person in people],
        household.door,
        household.tags,
    )
    present = queries.terms_of(household)
    if stale := present - wanted:
        mine = HouseholdTerm.household_id == household.id
        db.session.execute(sa.delete(HouseholdTerm).where(mine, HouseholdTerm.term.in_(stale)))
    if missing := sorted(wanted - present):
        rows = [{"household_id": household.id, "term": term} for term in missing]
        db.session.execute(sa.insert(HouseholdTerm), rows)


def _settle_head(household: Household, resident: Resident) -> None:
    """Make the person with relation 户主 the only head, and repeat their name on the household."""
    db.session.flush()
    if resident.relation == HEAD:
        for person in queries.residents_of(household):
            if person.is_head and person.id != resident.id:
                person.is_head, person.relation = False, OTHER_RELATION
        resident.is_head = True
        household.head_name = resident.name


def _take_version(household: Household, version: int) -> bool:
    """Count one edit, unless somebody has edited since `version`; then read what they wrote."""
    # One statement both checks and counts, so that of two at the same moment one loses.
    done = db.session.execute(
        sa.update(Household)
        .where(Household.id == household.id, Household.version == version)
        .values(version=Household.version + 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(household)
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts its rows


def _next_version(household: Household) -> None:
    db.session.execute(
        sa.update(Household).where(Household.id == household.id).values(version=Household.version + 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(household)
