"""The people who sign in, and their sign-ins."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from fieldvisit.database import Base


class Role(enum.StrEnum):
    """What a person does here; one person may do several things."""

    CADRE = "cadre"
    SUPERVISOR = "supervisor"
    HANDLER = "handler"
    OFFICE = "office"
    ADMINISTRATOR = "administrator"


class RoleSet(sa.types.TypeDecorator[frozenset[Role]]):
    """A few roles in one text column, sorted and comma-separated, so that reading a person is one query."""

    impl = sa.String(80)
    cache_ok = True

    def process_bind_param(self, value: frozenset[Role] | None, dialect: Dialect) -> str:
        """Write the roles in one order."""
        return ",".join(sorted(value or ()))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Role]:
        """Read the roles back."""
        return frozenset(Role(word) for word in (value or "").split(",") if word)


class Cadre(Base, UserMixin):  # type: ignore[misc]  # flask-login has no types
    """A person with an account (干部), whatever their role."""

    __tablename__ = "cadre"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(sa.String(32), unique=True)
    phone: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    roles: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(sa.String(40))
    # The last 30-second step whose code was used, so that a code works once.
    totp_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    # Of the secret link to the person's calendar; one at a time, None when there is none.
    calendar_sha256: Mapped[str | None] = mapped_column(sa.String(64), unique=True, index=True)
    # The last day on which the day's reminder was shown.
    reminded_on: Mapped[date | None]
    reminders_muted: Mapped[bool] = mapped_column(default=False)

    def has(self, *roles: Role) -> bool:
        """Say whether the person has at least one of the roles."""
        return not self.roles.isdisjoint(roles)


class UnknownName(Base):
    """A name that nobody has, tried for a sign-in: it locks like a person's, so that nothing is told."""

    __tablename__ = "unknown_name"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    first_tried_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """One signed-in device; the cookie holds the token, the table its SHA-256."""

    __tablename__ = "sign_in"

    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    cadre_id: Mapped[int] = mapped_column(sa.ForeignKey("cadre.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
