"""The blueprint to which the pages of notices and of channels attach."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("notifications", __name__)
