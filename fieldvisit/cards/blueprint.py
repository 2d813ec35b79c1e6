"""The blueprint that all views of contact cards and of the residents' page share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cards", __name__)
