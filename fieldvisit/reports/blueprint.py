"""The one blueprint of reports; every file of views here puts its routes on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports", __name__)
