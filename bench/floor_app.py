"""The floor of saving: bare Flask and raw sqlite3, one durable insert of the body for each request."""

from __future__ import annotations

import os
import sqlite3
import threading

from flask import Flask, request

app = Flask(__name__)
local = threading.local()


def connection() -> sqlite3.Connection:
    """Return this thread's connection, as durable as ours."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(os.environ["FLOOR_DATABASE"], isolation_level=None, timeout=10)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"):
            local.connection.execute(f"PRAGMA {pragma}")
    opened: sqlite3.Connection = local.connection
    return opened


@app.post("/<path:_address>")
def keep(_address: str) -> str:
    """Keep the body, on disk before the answer."""
    connection().execute("INSERT INTO record (body) VALUES (?)", (request.get_data(),))
    return "<p>ok</p>"


# Once, before phones come: SQLite does not wait when two connections choose the journal's kind at once.
connection().execute("CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, body BLOB)")


@app.get("/sign-in")
def hello() -> str:
    """Say that the server is up."""
    return "<p>ok</p>"
