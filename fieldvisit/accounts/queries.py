"""Reading people and their sign-ins."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, SignIn
from fieldvisit.extensions import db


def signed_in_cadre(token_sha256: str) -> tuple[Cadre, SignIn] | None:
    """Return the active person of a sign-in that has not ended, with that sign-in."""
    row = db.session.execute(
        sa.select(Cadre, SignIn)
        .join(SignIn, SignIn.cadre_id == Cadre.id)
        .where(SignIn.token_sha256 == token_sha256, SignIn.ended_at.is_(None), Cadre.active)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
