"""The blueprint that all views of return visits share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("followups", __name__)
