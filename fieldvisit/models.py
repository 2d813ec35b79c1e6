"""Imports every feature's models, so that every table is known; a test finds one that is missing here."""

from fieldvisit.accounts import models as accounts
from fieldvisit.audit import models as audit
from fieldvisit.capture import models as capture
from fieldvisit.cards import models as cards
from fieldvisit.complaints import models as complaints
from fieldvisit.concerns import models as concerns
from fieldvisit.followups import models as followups
from fieldvisit.households import models as households
from fieldvisit.notifications import models as notifications
from fieldvisit.organisation import models as organisation
from fieldvisit.reports import hand_models
from fieldvisit.reports import models as reports
from fieldvisit.reviews import models as reviews
from fieldvisit.visits import models as visits
from fieldvisit.workdays import models as workdays

__all__ = [
    "accounts",
    "audit",
    "capture",
    "cards",
    "complaints",
    "concerns",
    "followups",
    "hand_models",
    "households",
    "notifications",
    "organisation",
    "reports",
    "reviews",
    "visits",
    "workdays",
]
