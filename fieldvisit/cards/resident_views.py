"""The residents' page on their own phone: no account, no script, and nothing that says who lives there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.accounts.access import public
from fieldvisit.cards import actions, concern_queries, forms, message_queries, queries, rules, tokens
from fieldvisit.cards.blueprint import bp
from fieldvisit.cards.queries import Opened
from fieldvisit.database import write_transactions
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.fields import first_error
from fieldvisit.followups.forms import JudgementForm
from fieldvisit.followups.judging import Said
from fieldvisit.followups.rules import Mark, Way
from fieldvisit.households.forms import written_id

NOT_FOUND = "没有找到这一件，可能页面旧了。请看下面现在的情况。"


class NoLink(Exception):
    """There is no such link, or it works no more; which of the two is told to nobody."""


@dataclass(frozen=True)
class Sent:
    """What was sent and not taken, to be shown again: the form's id, the sentence, and what was filled in.

    `about` is the key of what was judged; None: nothing that the page shows, or the report.
    """

    id: UUID
    sentence: str
    about: UUID | None = None
    judgement: JudgementForm | None = None
    report: forms.ReportForm | None = None


@bp.get("/r/<token>")
@public
def resident(token: str) -> ResponseReturnValue:
    """Show a household what it was promised, and take what it says of it or reports."""
    return _page(token, _opened(token), None)


@bp.post("/r/<token>/followups/<uuid:follow_up_id>")
@public
def judge(token: str, follow_up_id: UUID) -> ResponseReturnValue:
    """Take a judgement; sent twice it is one."""
    found = _opened_to_write(token)
    said_id = written_id(request.form.get("id")) or uuid4()
    form = JudgementForm(request.form)
    try:
        promise = queries.promise_to(found.link.household_id, follow_up_id)
    except NotYours:
        return _again(token, 404, Sent(said_id, NOT_FOUND))
    about = promise.key
    try:
        if not _is_taken(queries.judgement_with_id(said_id), follow_up_id):
            if not form.validate():
                return _again(token, 422, Sent(said_id, first_error(form), about, judgement=form))
            comment, is_hidden = form.comment.data or "", form.is_hidden.data
            said = Said(said_id, Mark(form.mark.data), Way.OWN_PHONE, None, comment, is_hidden)
            actions.judge(found.link, promise, said)
    except Refused as refusal:
        return _again(token, refusal.status, Sent(said_id, refusal.message, about, judgement=form))
    db.session.commit()
    return redirect(url_for(".resident", token=token, judged=about), 303)


@bp.post("/r/<token>/messages")
@public
def report(token: str) -> ResponseReturnValue:
    """Take something new that a resident reports; sent twice it is one."""
    found = _opened_to_write(token)
    message_id = written_id(request.form.get("id")) or uuid4()
    form = forms.ReportForm(request.form)
    there = message_queries.message_with_id(message_id)
    try:
        if there is not None and there.household_id != found.link.household_id:
            raise Refused(actions.USED, 409)
        if there is None:
            if not form.validate():
                return _again(token, 422, Sent(message_id, first_error(form), report=form))
            words, is_hidden = form.words.data or "", form.is_hidden.data
            actions.report(found.link, message_id, words, form.number(), is_hidden)
    except Refused as refusal:
        return _again(token, refusal.status, Sent(message_id, refusal.message, report=form))
    db.session.commit()
    return redirect(url_for(".resident", token=token, reported=1), 303)


@bp.get("/r/<token>/privacy")
@public
def privacy(token: str) -> ResponseReturnValue:
    """Say what is kept of a household, for what, how long, who sees it, and whom to ask."""
    return _sealed(render_template("cards/privacy.html", token=token, opened=_opened(token)))


def _opened(token: str) -> Opened:
    found = queries.opened(tokens.digest_of(token), clock.today())
    if found is None:
        raise NoLink
    return found


def _opened_to_write(token: str) -> Opened:
    found = _opened(token)
    if current_user.is_authenticated:
        # Whoever is signed in here works here: nobody judges their own work by a card that they printed.
        raise Refused("您现在登录着工作账号。这一页请住户用自己的手机打开。", 403)
    queries.hold_link(found.link.id)
    return found


def _is_taken(there: object, follow_up_id: UUID) -> bool:
    """Say whether this very judgement has been taken; its id with another one's is refused."""
    if there is not None and getattr(there, "follow_up_id", None) != follow_up_id:
        raise Refused(actions.USED, 409)
    return there is not None


def _again(token: str, status: int, sent: Sent) -> ResponseReturnValue:
    db.session.rollback()
    return _page(token, _opened(token), sent, status)


def _page(token: str, found: Opened, sent: Sent | None, status: int = 200) -> ResponseReturnValue:
    household_id = found.link.household_id
    promises = queries.promises_to(household_id)
    judged_here = {promise.follow_up.concern_id for promise in promises}
    page = render_template(
        "cards/resident.html",
        token=token,
        opened=found,
        promises=promises,
        asked=[one for one in concern_queries.asked_by(household_id) if one.row.id not in judged_here],
        messages=message_queries.messages_from(household_id),
        judged=written_id(request.args.get("judged")),
        is_reported="reported" in request.args,
        sent=sent,
        is_on_page=sent is not None and any(row.key == sent.about for row in promises),
        may_write=not current_user.is_authenticated,
        report=sent.report if sent and sent.report else forms.ReportForm(),
        new_id=uuid4,
    )
    return _sealed(page, status)


def _sealed(page: str, status: int = 200) -> Response:
    """Return a page that no search engine lists.

    The site's own headers do the rest: no cache keeps it, and no other site is told its address. To tell it not even
    to ourselves ("no-referrer") would make older phones send their forms with an opaque origin, which is refused.
    """
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@bp.errorhandler(NoLink)
def no_link(_error: NoLink) -> ResponseReturnValue:
    """Answer alike whatever is wrong with a link, and count: who tries too many is asked to wait."""
    digest = tokens.digest_of_guesser(request.remote_addr)
    is_blocked = actions.is_blocked(queries.guesser(digest))
    db.session.rollback()
    if not is_blocked:
        with write_transactions():
            actions.count_guess(digest)
            db.session.commit()
    minutes = int(rules.BLOCKED_FOR.total_seconds()) // 60
    page = render_template("cards/no_link.html", minutes=minutes if is_blocked else 0)
    response = _sealed(page, 429 if is_blocked else 404)
    response.headers["Referrer-Policy"] = "no-referrer"
    if is_blocked:
        response.headers["Retry-After"] = str(minutes * 60)
    return response
