"""Filing a complaint, looking it up, answering it, calling back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.complaints import bounds, queries, receipts, rules
from fieldvisit.complaints.models import Complaint, ComplaintAnswer, ComplaintCall, ComplaintMonth, Kind, State
from fieldvisit.complaints.receipts import Slip
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.rows import get_or_make

TOO_MANY_FILED = (
    f"这个网络一小时内已经提交了 {rules.MOST_FILED} 件，这一件还没有收下，您写的都还在下面。"
    "单位、村里几个人共用一个网络时会这样：请过一小时再点提交，或者关掉 Wi-Fi、改用手机流量再提交。"
)
TOO_MANY_GUESSES = "这个网络查错的次数太多。请过一小时再查，或者关掉 Wi-Fi、改用手机流量再查。"
WRONG_PAIR = "编号或查询码不对，请照回执核对。"
ANSWERED_MEANWHILE = "刚才已经有人答复了这一件，您写的还没有提交。请先看一看上面的答复；还需要更正，再提交一次。"
CALLED_MEANWHILE = "刚才已经有人登记了回电，您填的还没有提交。请先看一看上面的记录；还需要登记，再提交一次。"


@dataclass(frozen=True)
class Entry:
    """What is kept of a filled form."""

    kind: Kind
    county_code: str | None
    words: str
    place: str
    name: str
    phone: str
    call_back: bool


def file(slip: Slip, entry: Entry, address: str) -> Complaint:
    """File a complaint and give it its number, or return what this very form has filed already.

    Refuses (429) when the network address has filed too many within the hour. Who is signed in is not asked.
    """
    filed = queries.filed(slip.id)
    if filed is not None:
        return filed
    # From here on, requests from one address take turns: the second of two taps finds what the first has filed.
    used = bounds.uses("filing", address)
    filed = queries.filed(slip.id)
    if filed is not None:
        return filed
    if used.times >= rules.MOST_FILED:
        raise Refused(TOO_MANY_FILED, 429)
    # The same form may come by another line, as when a phone leaves Wi-Fi; the number taken for it is given back.
    complaint, is_new = get_or_make(lambda: queries.filed(slip.id), lambda: _new(slip, entry))
    if is_new:
        used.times += 1
        record(None, "complaint_filed", "complaint", complaint.id, kind=entry.kind.value)
    return complaint


def _new(slip: Slip, entry: Entry) -> Complaint:
    now, today = clock.now(), clock.today()
    return Complaint(
        id=slip.id,
        number=_next_number(rules.month_of(today)),
        kind=entry.kind,
        county_code=entry.county_code,
        words=entry.words,
        place=entry.place,
        name=entry.name,
        phone=entry.phone,
        call_back=entry.call_back,
        code_sha256=receipts.code_digest(slip.id, slip.code),
        filed_at=now,
        answer_by=rules.answer_by(today),
        state=State.OPEN,
        calling=rules.is_calling(entry.call_back, []),
    )


def _next_number(month: str) -> str:
    counter, _is_new = get_or_make(lambda: queries.hold_month(month), lambda: ComplaintMonth(month=month, last=0))
    counter.last += 1
    return rules.number_of(month, counter.last)


@dataclass(frozen=True)
class Found:
    """The outcome of a look-up: a complaint, or why there is none (`status` 422 or 429)."""

    complaint: Complaint | None = None
    why_not: str = ""
    status: int = 200


def look_up(number: str, code: str, address: str) -> Found:
    """Return the complaint to whoever has its number and code.

    Nothing that others do with a number shuts it for them: only the address that guesses is bounded. The caller
    commits either way, or guesses are not counted.
    """
    used = bounds.uses("guessing", address)
    # Before the code, right or wrong: a bound that a right code passes bounds no guessing.
    if used.times >= rules.MOST_GUESSES:
        return Found(why_not=TOO_MANY_GUESSES, status=429)
    complaint = queries.numbered(number)
    # The same work for a number that nobody has.
    salt, kept = (complaint.id, complaint.code_sha256) if complaint else (UUID(int=0), "0" * 64)
    if receipts.is_code(salt, kept, code) and complaint is not None:
        return Found(complaint)
    used.times += 1
    return Found(why_not=WRONG_PAIR, status=422)


def answer(by: Cadre, complaint: Complaint, seen: int, words: str) -> None:
    """Answer a complaint, or correct the answer; refuse (409) when there is one that was not `seen`."""
    answers = queries.answers_to(complaint.id)
    if len(answers) != seen:
        raise Refused(ANSWERED_MEANWHILE, 409)
    if answers and answers[0].words == words:
        raise Refused("和现在的答复一字不差，没有什么要更正。")
    nth = len(answers) + 1
    db.session.add(ComplaintAnswer(complaint_id=complaint.id, nth=nth, words=words, cadre_id=by.id, at=clock.now()))
    _flush_or(ANSWERED_MEANWHILE)
    complaint.state = State.ANSWERED
    action = "complaint_answered" if nth == 1 else "complaint_answer_corrected"
    record(by.id, action, "complaint", complaint.id, nth=nth)


def note_call(by: Cadre, complaint: Complaint, seen: int, *, reached: bool, note: str) -> None:
    """Note an attempt to call back; refuse (409) when there is one that was not `seen`."""
    calls = queries.calls_about(complaint.id)
    if len(calls) != seen:
        raise Refused(CALLED_MEANWHILE, 409)
    if not complaint.calling:
        raise Refused("这一件不用回电话了。")
    nth = len(calls) + 1
    call = ComplaintCall(complaint_id=complaint.id, nth=nth, reached=reached, note=note, cadre_id=by.id, at=clock.now())
    db.session.add(call)
    _flush_or(CALLED_MEANWHILE)
    complaint.calling = rules.is_calling(complaint.call_back, [*(call.reached for call in calls), reached])
    record(by.id, "complaint_called_back", "complaint", complaint.id, nth=nth, reached=reached)


def _flush_or(sentence: str) -> None:
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        # Somebody else's came between the look and the write.
        raise Refused(sentence, 409) from error


def show_phone(by: Cadre, complaint: Complaint) -> str:
    """Return the whole phone number, and note who looked."""
    record(by.id, "complaint_phone_shown", "complaint", complaint.id)
    return complaint.phone
