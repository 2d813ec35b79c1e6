"""The worker, the list of what to have on the phone, and the page of what waits to be sent."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, public, requires
from fieldvisit.accounts.models import Role
from fieldvisit.assets import static_url
from fieldvisit.capture.kept import kept_offline
from fieldvisit.followups import queries as followups
from fieldvisit.offline import queries
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits import queries as visits

bp = Blueprint("offline", __name__)

WORKER_SCRIPTS = (
    "vendor/idb-8.0.4.umd.js",
    "js/worker/store.js",
    "js/worker/send.js",
    "js/worker/pages.js",
    "js/worker/handover.js",
)
# All that the kept pages are made of; what else they use is kept once it has been used.
PAGE_FILES = (
    "css/app.css",
    "icons/icon.svg",
    "vendor/htmx-4.0.1.min.js",
    "vendor/signature_pad-5.1.4.umd.min.js",
    "js/app.js",
    "js/outbox.js",
    "js/saving.js",
    "js/visit.js",
    "js/followup.js",
    "js/handover.js",
    "js/photos.js",
    "js/concern.js",
    "js/kept.js",
    "js/waiting.js",
)


@bp.get("/sw.js")
@public
def worker() -> Response:
    """Serve the service worker; its bytes change with each file that it loads, which is how browsers see a new one."""
    scripts = [static_url(name) for name in WORKER_SCRIPTS]
    files = [*(static_url(name) for name in PAGE_FILES), url_for(".plain")]
    response = make_response(render_template("offline/sw.js", scripts=scripts, files=files))
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Let phones put the site on their home screen."""
    name = current_app.extensions["fieldvisit"].site_name
    response = make_response(
        {
            "name": name,
            "short_name": name[:6],
            "lang": "zh-CN",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f4f5f3",
            "theme_color": "#0b7a5b",
            "icons": [
                {"src": static_url(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "purpose": purpose}
                for size in (192, 512)
                for purpose in ("any", "maskable")
            ],
        }
    )
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/offline/plain")
@public
def plain() -> ResponseReturnValue:
    """Say that there is no network, to a phone that has kept nothing yet."""
    return render_template("offline/plain.html")


@bp.get("/offline")
@requires(Role.CADRE)
@kept_offline
def index() -> ResponseReturnValue:
    """List what to have on the phone; without a network it is shown in the place of pages that are not there."""
    me, today = current_cadre(), clock.today()
    rows = queries.to_keep(me, today)
    unfinished = visits.unfinished(me)
    due = followups.households_with_open(me, queries.MOST)
    codes = [row.household.village_code for row in rows] + [row.household.village_code for row in due]
    codes += [row.village_code for row in unfinished]
    return render_template(
        "offline/index.html",
        rows=rows,
        unfinished=unfinished,
        due=due,
        places=organisation.names_of(codes),
        stamp=today,
    )


@bp.get("/waiting")
@requires(Role.CADRE)
@kept_offline
def waiting() -> ResponseReturnValue:
    """Show what lies in this phone's outbox; the phone itself fills it in."""
    return render_template("offline/waiting.html")
