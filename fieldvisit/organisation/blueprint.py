"""The blueprint to which this feature's views attach; in a file of its own because they are several."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("organisation", __name__, url_prefix="/organisation")
