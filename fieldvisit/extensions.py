"""The extensions' only instances; imports nothing of ours but the base of the tables."""

from __future__ import annotations

from flask_compress import Compress
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy

from fieldvisit.database import Base

# Our models derive from Base itself, which type checkers understand; the extension gives sessions and engines.
# Rows stay readable after the one commit of a request, so rendering costs no further queries.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
login_manager = LoginManager()
compress = Compress()
