"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.accounts import (
    actions,
    lockout,
    passwords,
    queries,
    rules,
    views_calendar,
    views_me,
    views_people,
)
from fieldvisit.accounts.access import current_cadre, public, signed_in
from fieldvisit.accounts.blueprint import bp
from fieldvisit.accounts.forms import CodeForm, SignInForm
from fieldvisit.accounts.models import Cadre, UnknownName
from fieldvisit.extensions import db
from fieldvisit.filters import moment
from fieldvisit.navigation import home_url

__all__ = ["bp", "views_calendar", "views_me", "views_people"]

CODE_WITHIN_S = 300
WRONG = "用户名（手机号）或密码不对。连续输错 5 次，账号会锁定 15 分钟。忘记密码请联系管理员重置。"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated and request.method == "GET":
        return redirect(_where_to())
    form = SignInForm(request.form)
    if request.method == "POST" and form.validate():
        login = rules.normal_login(form.login.data or "")
        cadre = _attempt(login, form.password.data or "")
        if cadre is not None:
            return _go_on(cadre)
        form.password.errors = [_why_not(_holder(login), WRONG)]
    return render_template("accounts/sign_in.html", form=form, next=rules.own_path(request.args.get("next"))), (
        422 if form.errors else 200
    )


def _holder(login: str) -> Cadre | UnknownName | None:
    cadre = queries.cadre_by_login(login)
    return cadre if cadre and cadre.active else queries.unknown_name(lockout.name_digest(login))


def _attempt(login: str, password: str) -> Cadre | None:
    holder = _holder(login)
    if lockout.is_locked(holder):
        return None
    password_hash = holder.password_hash if isinstance(holder, Cadre) else None
    # Hashing is slow: it must hold neither SQLite's write lock nor a connection.
    db.session.commit()
    right = passwords.is_password(password_hash, password)
    cadre = actions.settle_attempt(login, password_hash if right else None)
    db.session.commit()
    return cadre


def _why_not(holder: Cadre | UnknownName | None, otherwise: str) -> str:
    if holder is None or holder.locked_until is None or not lockout.is_locked(holder):
        return otherwise
    return f"输错次数太多，已锁定到{moment(holder.locked_until)}。到时再试，或请管理员解锁。"


def _go_on(cadre: Cadre) -> ResponseReturnValue:
    if cadre.totp_secret is not None:
        session.clear()
        session["code_for"] = [cadre.id, int(clock.now().timestamp()), _mark(cadre)]
        return redirect(url_for(".sign_in_code", next=rules.own_path(request.args.get("next"))), 303)
    actions.complete_sign_in(cadre)
    db.session.commit()
    return redirect(_where_to(), 303)


def _mark(cadre: Cadre) -> str:
    # Changes with the password, so that a first step by the old one is worth nothing.
    return actions.token_digest(cadre.password_hash)


def _where_to() -> str:
    return rules.own_path(request.args.get("next")) or home_url()


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    cadre = _cadre_of_first_step()
    if cadre is None:
        return redirect(url_for(".sign_in", next=rules.own_path(request.args.get("next"))), 303)
    form = CodeForm(request.form)
    if request.method == "POST" and form.validate():
        if not lockout.is_locked(cadre) and actions.use_code(cadre, form.code.data or ""):
            actions.complete_sign_in(cadre)
            db.session.commit()
            return redirect(_where_to(), 303)
        db.session.commit()
        form.code.errors = [_why_not(cadre, "验证码不对或已经用过，请等下一个验证码再试。")]
    return render_template("accounts/sign_in_code.html", form=form, next=rules.own_path(request.args.get("next"))), (
        422 if form.errors else 200
    )


def _cadre_of_first_step() -> Cadre | None:
    cadre_id, at, mark = session.get("code_for") or (0, 0, "")
    if clock.now().timestamp() - at > CODE_WITHIN_S:
        return None
    cadre = queries.hold(cadre_id)
    stands = cadre.active and cadre.totp_secret is not None and mark == _mark(cadre)
    return cadre if stands else None


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    actions.end_sign_in(current_cadre())
    db.session.commit()
    flash("已退出登录。")
    response = redirect(url_for(".sign_in"), 303)
    # Photos that were looked at lie in the browser's own cache, where nobody is asked for a sign-in.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
