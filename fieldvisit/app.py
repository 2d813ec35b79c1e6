"""Builds the application out of its parts."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import jinja2
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import fieldvisit.models  # noqa: F401  (makes every table known)
from fieldvisit import filters, navigation
from fieldvisit.accounts import access, loader
from fieldvisit.accounts import views as accounts
from fieldvisit.assets import asset_dir, init_assets
from fieldvisit.capture import kept
from fieldvisit.cards import views as cards
from fieldvisit.complaints import views as complaints
from fieldvisit.concerns import views as concerns
from fieldvisit.concerns.lists import ListsError, read_lists
from fieldvisit.config import Settings, SettingsError, read_settings
from fieldvisit.database import prepare_engine
from fieldvisit.error_pages import init_errors
from fieldvisit.extensions import compress, db, login_manager
from fieldvisit.followups import views as followups
from fieldvisit.hotspots import views as hotspots
from fieldvisit.households import views as households
from fieldvisit.htmx import vary
from fieldvisit.notifications import views as notifications
from fieldvisit.numbers import SmallInteger
from fieldvisit.offline import views as offline
from fieldvisit.organisation import views as organisation
from fieldvisit.reports import charts
from fieldvisit.reports import views as reports
from fieldvisit.reviews import hint_views  # noqa: F401  (adds to the reviews blueprint)
from fieldvisit.reviews import views as reviews
from fieldvisit.security import init_security
from fieldvisit.today import views as today
from fieldvisit.visits import photo_views, upload_views  # noqa: F401  (upload_views adds to the visits blueprint)
from fieldvisit.visits import views as visits
from fieldvisit.visits.checklist import ChecklistError, read_checklist
from fieldvisit.workdays import views as workdays
from fieldvisit.workdays.due import DueRulesError, read_due_rules

BLUEPRINTS = (
    accounts.bp,
    organisation.bp,
    workdays.bp,
    notifications.bp,
    households.bp,
    visits.bp,
    photo_views.bp,
    reviews.bp,
    complaints.bp,
    concerns.bp,
    hotspots.bp,
    followups.bp,
    reports.bp,
    cards.bp,
    today.bp,
    offline.bp,
)


def build_app(settings: Settings | None = None) -> Flask:
    """Build the web application; raise SettingsError when a setting is missing or wrong."""
    settings = settings or read_settings()
    _check_own_files(settings)
    app = Flask(__name__, static_folder=None, template_folder=str(asset_dir("templates")))
    app.url_map.converters["int"] = SmallInteger
    _configure(app, settings)
    _extend(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way to wrap it
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def _check_own_files(settings: Settings) -> None:
    if settings.redis_url and importlib.util.find_spec("redis") is None:
        raise SettingsError("FIELDVISIT_REDIS_URL needs the extra: pip install 'fieldvisit[redis]'.")
    try:
        if settings.checklist:
            read_checklist(Path(settings.checklist))
        if settings.due_rules:
            read_due_rules(Path(settings.due_rules))
        read_lists(settings.concern_lists)
    except ListsError as error:
        raise SettingsError(f"FIELDVISIT_CONCERN_LISTS can't be used: {error}.") from error
    except ChecklistError as error:
        raise SettingsError(f"FIELDVISIT_CHECKLIST can't be used: {error}.") from error
    except DueRulesError as error:
        raise SettingsError(f"FIELDVISIT_DUE_RULES can't be used: {error}.") from error


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["fieldvisit"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 20,
            "max_overflow": settings.threads,
            "pool_timeout": 30,
            # Errors go to the log, and names and phone numbers must not.
            "hide_parameters": True,
        },
        SESSION_COOKIE_NAME="fieldvisit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_REFRESH_EACH_REQUEST=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=800,
    )


def _extend(app: Flask) -> None:
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    login_manager.init_app(app)
    loader.init_loader(app)
    # Order matters: where a write comes from is checked before anybody is looked up.
    init_security(app)
    init_errors(app)
    init_assets(app)
    access.init_access(app)
    filters.init_filters(app)
    charts.init_charts(app)
    navigation.init_navigation(app)
    app.jinja_env.globals["site_name"] = app.extensions["fieldvisit"].site_name
    kept.init_capture(app)
    app.after_request(vary)
    compress.init_app(app)
