"""The one blueprint of households; views, edit_views and pairing_views put their routes on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("households", __name__)
