"""Making and revoking links, counting guesses, and what residents send by a link. None of these commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.cards import queries, rules, tokens
from fieldvisit.cards.models import LinkGuesser, MessageState, ResidentLink, ResidentMessage
from fieldvisit.cards.queries import Promise
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.followups import judging
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.households.models import Household
from fieldvisit.rows import get_or_make

TOO_MANY = f"今天提交的次数太多了（一天最多 {rules.MOST_WRITES} 次），这次没有收下。请明天再提交，急事请打干部的电话。"
NOT_YET = "还在办，到期后请您评价。"
USED = "这一次没有收下，请刷新页面再提交一次。"
FORGET_GUESSERS = timedelta(days=1)


def is_good(link: ResidentLink | None) -> bool:
    """Say whether a link can go on a card: there, not expired, and made with the present secret key."""
    if link is None or link.expires_on < clock.today():
        return False
    return tokens.digest_of(tokens.token_of(link.id)) == link.token_sha256


def links_for(who: Cadre, households: Sequence[Household]) -> dict[UUID, ResidentLink]:
    """Return `who`'s link of each household; where there is none that can go on a card, make it."""
    live = queries.live_links(who, [household.id for household in households])
    for household in households:
        link = live.get(household.id)
        if not is_good(link):
            if link is not None:
                _revoke(who, link)
            live[household.id] = _make(who, household.id)
    return live


def renew(who: Cadre, household: Household) -> ResidentLink:
    """Make a new link of `who`'s for a household; cards with the old one stop working."""
    _must_be_there(household)
    old = queries.live_links(who, [household.id]).get(household.id)
    if old is not None:
        revoke(who, queries.hold_link(old.id))
    return _make(who, household.id)


def _must_be_there(household: Household) -> None:
    if not household.active:
        raise Refused("这一户已停用，不能出联系卡。", 409)


def _make(who: Cadre, household_id: UUID) -> ResidentLink:
    # The same person, on another page, may be a moment faster.
    link, is_new = get_or_make(
        lambda: queries.live_links(who, [household_id]).get(household_id), lambda: _new_link(who, household_id)
    )
    if is_new:
        record(who.id, "card_made", "household", household_id, link=str(link.id))
    return link


def _new_link(who: Cadre, household_id: UUID) -> ResidentLink:
    link_id = uuid4()
    return ResidentLink(
        id=link_id,
        household_id=household_id,
        made_by=who.id,
        token_sha256=tokens.digest_of(tokens.token_of(link_id)),
        made_at=clock.now(),
        expires_on=rules.expires_on(clock.today()),
    )


def revoke(who: Cadre, link: ResidentLink) -> None:
    """Let a link work no more; revoked once, it stays as it is."""
    if link.revoked_at is None:
        _revoke(who, link)


def _revoke(who: Cadre, link: ResidentLink) -> None:
    link.revoked_at, link.revoked_by = clock.now(), who.id
    db.session.flush()
    record(who.id, "card_revoked", "household", link.household_id, link=str(link.id))


def is_blocked(guesser: LinkGuesser | None) -> bool:
    """Say whether nothing is looked up for an address at the moment."""
    return guesser is not None and guesser.blocked_until is not None and guesser.blocked_until > clock.now()


def count_guess(digest: str) -> None:
    """Count one more link that is none for an address (its keyed hash); too many block it."""
    row, _is_new = get_or_make(lambda: queries.hold_guesser(digest), lambda: _new_guesser(digest))
    if is_blocked(row):
        return
    now = clock.now()
    after = rules.after_guess(row.guesses, int(now.timestamp()))
    row.guesses, row.last_at = list(after.times), now
    row.blocked_until = now + rules.BLOCKED_FOR if after.is_blocked else None


def _new_guesser(digest: str) -> LinkGuesser:
    now = clock.now()
    db.session.execute(sa.delete(LinkGuesser).where(LinkGuesser.last_at < now - FORGET_GUESSERS))
    return LinkGuesser(digest=digest, guesses=[], blocked_until=None, last_at=now)


def judge(link: ResidentLink, promise: Promise, said: judging.Said) -> None:
    """Take what a resident says on their own phone.

    Refused (409) while it is still being done or done again, and (429) when too much has been sent today.
    """
    standing = promise.standing
    # What is due or was reported is judged; the rest of the states is judge()'s to refuse, in its own words.
    if promise.follow_up.state is FollowUpState.OPEN and standing is not rules.Standing.ASKED:
        is_again = standing is rules.Standing.AGAIN
        raise Refused(judging.NOT_NOW[FollowUpState.REDO] if is_again else NOT_YET, 409)
    _count_write(link)
    judging.judge(promise.follow_up, said, None)


def report(link: ResidentLink, message_id: UUID, words: str, phone: str, is_hidden: bool) -> None:
    """Take something new that a resident reports; refused (429) when too much has been sent today."""
    _count_write(link)
    row = ResidentMessage(
        id=message_id,
        household_id=link.household_id,
        link_id=link.id,
        words=words,
        phone=phone,
        is_hidden=is_hidden,
        at=clock.now(),
        state=MessageState.NEW,
    )
    db.session.add(row)
    db.session.flush()
    record(None, "message_sent", "household", link.household_id, message=str(message_id), link=str(link.id))


def _count_write(link: ResidentLink) -> None:
    today = clock.today()
    count = rules.writes_after(link.written_on, link.written, today)
    if count is None:
        raise Refused(TOO_MANY, 429)
    link.written_on, link.written = today, count


def take(who: Cadre, message: ResidentMessage) -> None:
    """Note that `who` knows of a message; whoever was first stays."""
    if message.state is MessageState.TAKEN:
        return
    message.state, message.taken_by, message.taken_at = MessageState.TAKEN, who.id, clock.now()
    record(who.id, "message_taken", "household", message.household_id, message=str(message.id))


def show_phone(who: Cadre, message: ResidentMessage) -> str:
    """Return the number that was left for a call back, and note who looked."""
    record(who.id, "message_phone_shown", "household", message.household_id, message=str(message.id))
    return message.phone
