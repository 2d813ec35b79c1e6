"""What administrators and the command line do with people's accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from fieldvisit.accounts import lockout, queries, rules
from fieldvisit.accounts.actions import end_all_sign_ins
from fieldvisit.accounts.events import cadre_left
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.actions import record
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation

MAX_NAME = 40


class Problem(StrEnum):
    """What can be wrong with one of a person's particulars."""

    MISSING = "missing"
    MALFORMED = "malformed"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    OWN = "own"


@dataclass(frozen=True)
class Particulars:
    """What an administrator enters about a person."""

    user_name: str
    name: str
    phone: str
    unit_id: int
    roles: frozenset[Role]
    active: bool = True

    def normal(self) -> Particulars:
        """Return the same in the form that is stored."""
        return Particulars(
            rules.normal_login(self.user_name),
            self.name.strip(),
            rules.normal_phone(self.phone),
            self.unit_id,
            self.roles,
            self.active,
        )


def problems(entered: Particulars, cadre: Cadre | None = None) -> dict[str, Problem]:
    """Return what is wrong with each field of a new person's, or of `cadre`'s, particulars."""
    entered = entered.normal()
    own_id = cadre.id if cadre else None
    found = {
        "user_name": _login_problem(entered.user_name, rules.is_user_name(entered.user_name), own_id),
        "name": _name_problem(entered.name),
        "phone": _phone_problem(entered, own_id),
        "unit_id": _unit_problem(entered.unit_id, cadre),
        "roles": None if entered.roles else Problem.MISSING,
    }
    return {field: problem for field, problem in found.items() if problem}


def _login_problem(login: str, well_formed: bool, own_id: int | None) -> Problem | None:
    if not well_formed:
        return Problem.MALFORMED
    return Problem.TAKEN if queries.login_taken(login, own_id) else None


def _name_problem(name: str) -> Problem | None:
    if not name:
        return Problem.MISSING
    return None if len(name) <= MAX_NAME and name.isprintable() else Problem.MALFORMED


def _phone_problem(entered: Particulars, own_id: int | None) -> Problem | None:
    if not entered.phone:
        # It stands on the contact card that the cadre leaves in the household.
        return Problem.MISSING if Role.CADRE in entered.roles else None
    return _login_problem(entered.phone, rules.is_phone(entered.phone), own_id)


def _unit_problem(unit_id: int, cadre: Cadre | None) -> Problem | None:
    if cadre is not None and cadre.unit_id == unit_id:
        return None
    try:
        return None if organisation.unit(unit_id).active else Problem.UNKNOWN
    except NotYours:
        return Problem.UNKNOWN


def add_cadre(by: Cadre | None, entered: Particulars, password_hash: str) -> Cadre:
    """Add a person, who must change the given password at the first sign-in; `by` None: the command line."""
    entered = entered.normal()
    _refuse_problems(problems(entered))
    cadre = Cadre(password_hash=password_hash, must_change_password=True)
    _write(cadre, entered)
    db.session.add(cadre)
    _flush()
    record(_id(by), "cadre_added", "cadre", cadre.id, roles=sorted(cadre.roles), unit_id=cadre.unit_id)
    return cadre


def change_cadre(by: Cadre, cadre: Cadre, entered: Particulars) -> None:
    """Change a person's particulars; a deactivated person is signed out everywhere, and their calendar link ends."""
    entered = entered.normal()
    _hold_both(by, cadre)
    _refuse_problems(problems(entered, cadre))
    if by.id == cadre.id and (Role.ADMINISTRATOR not in entered.roles or not entered.active):
        raise Refused("不能停用自己的账号，也不能去掉自己的管理员身份。请让另一位管理员来改。")
    changed = _changed(cadre, entered)
    was_cadre = cadre.active and cadre.has(Role.CADRE)
    _write(cadre, entered)
    _flush()
    if not cadre.active:
        end_all_sign_ins(cadre)
    if not (cadre.active and cadre.has(Role.CADRE)):
        # For good: whoever comes back makes a new link.
        cadre.calendar_sha256 = None
    if changed:
        record(by.id, "cadre_changed", "cadre", cadre.id, **changed)
    if was_cadre and not (cadre.active and cadre.has(Role.CADRE)):
        cadre_left.send(cadre, by=by)


def _hold_both(by: Cadre, cadre: Cadre) -> None:
    """Let two administrators who change each other come one after the other: whoever is second is none any more."""
    # In one order, so that neither waits for the other for good.
    for cadre_id in sorted({by.id, cadre.id}):
        queries.hold(cadre_id)
    if not (by.active and by.has(Role.ADMINISTRATOR)):
        raise NotYours


def _changed(cadre: Cadre, entered: Particulars) -> dict[str, Any]:
    """Return what changes: new roles, unit and state as values, the rest by name only."""
    before = Particulars(cadre.user_name, cadre.name, cadre.phone or "", cadre.unit_id, cadre.roles, cadre.active)
    fields = [f for f in Particulars.__dataclass_fields__ if getattr(before, f) != getattr(entered, f)]
    values = {"roles": sorted(entered.roles), "unit_id": entered.unit_id, "active": entered.active}
    return {"fields": fields} | {f: values[f] for f in fields if f in values} if fields else {}


def _write(cadre: Cadre, entered: Particulars) -> None:
    cadre.user_name, cadre.name, cadre.phone = entered.user_name, entered.name, entered.phone or None
    cadre.unit_id, cadre.roles, cadre.active = entered.unit_id, entered.roles, entered.active


def _refuse_problems(found: dict[str, Problem]) -> None:
    if found:
        raise Refused(f"人员信息不完整或有误：{'、'.join(found)}。")


def _flush() -> None:
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        # Two administrators at the same moment; whoever is second reads this.
        raise Refused("用户名或手机号刚刚被别人用了，请换一个。") from error


def reset_password(by: Cadre | None, cadre: Cadre, password_hash: str) -> None:
    """Give a person a one-time password, end their lock and all their sign-ins."""
    if by is not None and by.id == cadre.id:
        raise Refused("自己的密码请在“我的”里修改。")
    cadre.password_hash = password_hash
    cadre.must_change_password = True
    lockout.forgive(cadre)
    end_all_sign_ins(cadre)
    record(_id(by), "password_reset", "cadre", cadre.id)


def reset_two_step(by: Cadre | None, cadre: Cadre) -> None:
    """Switch off a person's second step, for whoever lost their phone."""
    if by is not None and by.id == cadre.id:
        raise Refused("自己的两步登录请在“我的”里凭密码关闭；手机丢了，请另一位管理员来关。")
    if cadre.totp_secret is not None:
        cadre.totp_secret, cadre.totp_step = None, 0
        record(_id(by), "two_step_reset", "cadre", cadre.id)


def unlock(by: Cadre | None, cadre: Cadre) -> None:
    """Let a person try again who was locked after failed sign-ins."""
    # Else whoever found a signed-in browser could guess its owner's password without end.
    if by is not None and by.id == cadre.id:
        raise Refused("不能给自己解锁。请等锁定时间过去，或请另一位管理员解锁。")
    lockout.forgive(cadre)
    record(_id(by), "unlocked", "cadre", cadre.id)


def _id(by: Cadre | None) -> int | None:
    return by.id if by else None
