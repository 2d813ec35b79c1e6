"""Who is told of a step: those whose turn it is, and whoever registered the concern and meets the household.

What goes to a unit's e-mail or group chat says the number only, and of confidential concerns nothing goes out.
"""

from __future__ import annotations

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import notifying_queries, unit_queries
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Step
from fieldvisit.notifications.actions import announce, notify, withdraw
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.rules import add_working_days, is_working_day

TO_OFFICE = {Step.REGISTER: "新诉求 {} 等您受理", Step.RETURN: "诉求 {} 被承办单位退回，等您重新交办"}
TO_HANDLERS = {
    Step.DISPATCH: "诉求 {} 交给您单位承办",
    Step.REDO: "诉求 {} 要重办",
    Step.SUPERVISE: "诉求 {} 被督办，请抓紧",
}
TO_WHO_REGISTERED = {
    Step.REPLY: "您登记的诉求 {} 有答复了",
    Step.EXTEND: "您登记的诉求 {} 延期了",
    Step.REDIRECT: "您登记的诉求 {} 已转出",
    Step.REJECT: "您登记的诉求 {} 没有受理",
    Step.CLOSE: "您登记的诉求 {} 已办结",
}
SOON_WORKING_DAYS = 3


def tell(concern: Concern, step: Step, by: Cadre | None) -> None:
    """Tell those concerned of a step that was just taken, once each; never whoever took it."""
    subject, path = ("concern", concern.id), f"/concerns/{concern.id}"
    key = f"concern:{concern.id}:{concern.version}"
    for words, people in _told(concern, step):
        others = [cadre_id for cadre_id in people if by is None or cadre_id != by.id]
        notify(others, words.format(concern.number), path, subject=subject, key=key)
    unit = unit_queries.active_unit(concern.handling_unit_id)
    if step in TO_HANDLERS and unit is not None and not concern.restricted:
        announce(unit, TO_HANDLERS[step].format(concern.number), path, key)


def _told(concern: Concern, step: Step) -> list[tuple[str, list[int]]]:
    told = []
    if step in TO_OFFICE:
        told.append((TO_OFFICE[step], notifying_queries.office_of(concern)))
    if step in TO_HANDLERS:
        told.append((TO_HANDLERS[step], notifying_queries.handlers_of(concern)))
    if step in TO_WHO_REGISTERED and concern.registered_by is not None and not concern.restricted:
        told.append((TO_WHO_REGISTERED[step], [concern.registered_by]))
    return told


def forget(concern: Concern) -> None:
    """Take back what was told of a concern that has become confidential."""
    withdraw(("concern", concern.id))


def remind_units() -> None:
    """Tell each unit once on a working day how many of its concerns are overdue or due within three working days."""
    today, table = clock.today(), workdays.table()
    if not is_working_day(today, table):
        return
    for unit, overdue, soon in notifying_queries.owing(today, add_working_days(today, SOON_WORKING_DAYS, table)):
        parts = [f"{overdue} 件已超期"] * bool(overdue) + [f"{soon} 件 3 个工作日内到期"] * bool(soon)
        announce(unit, f"您单位承办的诉求：{'，'.join(parts)}。", "/concerns", f"concerns-due:{today}")
