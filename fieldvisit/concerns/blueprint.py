"""The blueprint that all views of the ledger share."""

from flask import Blueprint

bp = Blueprint("concerns", __name__)
