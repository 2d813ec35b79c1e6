"""One's own account: password, second step, devices, reminders."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts import actions, lockout, passwords, queries, two_step
from fieldvisit.accounts.access import DESK_ROLES, current_cadre, requires, signed_in
from fieldvisit.accounts.blueprint import bp
from fieldvisit.accounts.forms import ROLE_NAMES, ChangePasswordForm, PasswordForm, SwitchOnForm
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.filters import moment
from fieldvisit.navigation import home_url
from fieldvisit.organisation import queries as organisation


@bp.get("/me")
@signed_in
def me() -> ResponseReturnValue:
    cadre = current_cadre()
    return render_template(
        "accounts/me.html",
        cadre=cadre,
        unit=organisation.unit(cadre.unit_id),
        roles=[name for role, name in ROLE_NAMES.items() if role in cadre.roles],
        may_use_two_step=cadre.has(*DESK_ROLES),
    )


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    cadre, form = current_cadre(), ChangePasswordForm(request.form)
    if request.method == "POST" and form.accept(cadre.user_name, cadre.phone):
        cadre_id = cadre.id
        if _prove(cadre, form.current.data or ""):
            password_hash = passwords.hash_password(form.new.data or "")
            actions.change_password(queries.hold(cadre_id), password_hash)
            db.session.commit()
            flash("密码已修改，其他设备上的登录都已退出。")
            return redirect(home_url(), 303)
        form.current.errors = ["当前密码不对。"]
    return render_template("accounts/password.html", form=form, cadre=cadre), (422 if form.errors else 200)


def _prove(cadre: Cadre, password: str) -> bool:
    """Say whether this is the person's password; a wrong one counts like a failed sign-in."""
    password_hash = cadre.password_hash
    # Hashing is slow: it must hold neither SQLite's write lock nor a connection.
    db.session.commit()
    _refuse_locked(cadre)
    right = passwords.is_password(password_hash, password)
    held = queries.hold(cadre.id)
    _refuse_locked(held)
    if not right or held.password_hash != password_hash:
        lockout.count_failure(held)
    db.session.commit()
    return right and held.password_hash == password_hash


def _refuse_locked(cadre: Cadre) -> None:
    if lockout.is_locked(cadre) and cadre.locked_until is not None:
        raise Refused(f"密码输错次数太多，到{moment(cadre.locked_until)}之前不能再试。也可以请管理员解锁。")


@bp.post("/me/other-devices/sign-out")
@signed_in
def sign_out_other_devices() -> ResponseReturnValue:
    actions.end_other_sign_ins(current_cadre())
    db.session.commit()
    flash("其他设备上的登录都已退出。")
    return redirect(url_for(".me"), 303)


@bp.post("/me/reminders/mute")
@requires(Role.CADRE)
def mute_reminders() -> ResponseReturnValue:
    actions.mute_reminders(current_cadre())
    db.session.commit()
    flash("每日提醒已关闭，要回访的仍在“今日”里。")
    return redirect(url_for(".me"), 303)


@bp.post("/me/reminders/unmute")
@requires(Role.CADRE)
def unmute_reminders() -> ResponseReturnValue:
    actions.unmute_reminders(current_cadre())
    db.session.commit()
    flash("每日提醒已开启。")
    return redirect(url_for(".me"), 303)


@bp.route("/me/two-step", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def two_step_on() -> ResponseReturnValue:
    cadre, form = current_cadre(), SwitchOnForm(request.form)
    if cadre.totp_secret is not None:
        return redirect(url_for(".me"), 303)
    posted = form.secret.data or ""
    secret = form.secret.data = posted if two_step.is_secret(posted) else two_step.new_secret()
    if request.method == "POST" and form.validate():
        if actions.switch_two_step_on(cadre, secret, form.code.data or ""):
            db.session.commit()
            flash("两步登录已开启，下次登录要再输一次验证码。")
            return redirect(url_for(".me"), 303)
        form.code.errors = ["验证码不对。请确认手机时间是准的，再输入 App 上现在显示的 6 位数字。"]
    picture = two_step.qr_code(secret, cadre.user_name, current_app.extensions["fieldvisit"].site_name)
    return render_template("accounts/two_step_on.html", form=form, picture=picture), (422 if form.errors else 200)


@bp.route("/me/two-step/off", methods=["GET", "POST"])
@signed_in
def two_step_off() -> ResponseReturnValue:
    cadre, form = current_cadre(), PasswordForm(request.form)
    if cadre.totp_secret is None:
        return redirect(url_for(".me"), 303)
    if request.method == "POST" and form.validate():
        if _prove(cadre, form.password.data or ""):
            actions.switch_two_step_off(queries.hold(cadre.id))
            db.session.commit()
            flash("两步登录已关闭。")
            return redirect(url_for(".me"), 303)
        form.password.errors = ["密码不对。"]
    return render_template("accounts/two_step_off.html", form=form), (422 if form.errors else 200)
