"""The pages that every browser check visits, as the person who uses them. Add new pages here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visited:
    """One page of the demonstration: a name for its picture, who looks at it (None: nobody), its address."""

    name: str
    user_name: str | None
    path: str
    # Or the way there from `path`: the text of a link, for pages whose address has an id.
    link: str = ""
    # And the texts of the links to follow from there, between " > ".
    then: str = ""

    def __str__(self) -> str:
        """Name the page in test ids."""
        return self.name


CADRE, SUPERVISOR, OFFICE, HANDLER, ADMINISTRATOR = "wangmin", "chenjing", "sunli", "wutao", "admin"

PAGES = (
    Visited("sign-in", None, "/sign-in"),
    Visited("today", CADRE, "/"),
    Visited("today-by-route", CADRE, "/?order=route"),
    Visited("follow-ups", CADRE, "/followups"),
    Visited("return-visit", CADRE, "/followups", link="方守仁"),
    Visited("households", CADRE, "/households"),
    Visited("household", CADRE, "/households", link="欧阳德福"),
    # From a household's page, so that the address has its id.
    Visited("contact-card", CADRE, "/households", link="欧阳德福", then="联系卡"),
    Visited("contact-card-sheet", CADRE, "/households", link="欧阳德福", then="联系卡 > 打印这一户的卡"),
    Visited("messages", CADRE, "/messages"),
    Visited("household-concern", CADRE, "/households", link="欧阳德福", then="登记诉求"),
    Visited("household-new", CADRE, "/households/new"),
    Visited("visit", CADRE, "/visits", link="许长河"),
    Visited("visit-done", CADRE, "/visits", link="吴秀兰"),
    Visited("visit-sent-back", CADRE, "/visits", link="周家富"),
    Visited("my-visits", CADRE, "/visits"),
    Visited("offline", CADRE, "/offline"),
    Visited("waiting", CADRE, "/waiting"),
    Visited("no-line", None, "/offline/plain"),
    Visited("me", CADRE, "/me"),
    Visited("password", CADRE, "/me/password"),
    Visited("calendar", CADRE, "/me/calendar"),
    Visited("concerns", OFFICE, "/concerns"),
    Visited("concerns-all", OFFICE, "/concerns?list=all&domain=02"),
    Visited("concerns-import", OFFICE, "/concerns/import"),
    Visited("concerns-of-a-handler", HANDLER, "/concerns"),
    Visited("concerns-of-a-unit", SUPERVISOR, "/concerns?list=overdue"),
    Visited("concerns-of-a-cadre", CADRE, "/concerns"),
    Visited("hotspots", OFFICE, "/hotspots"),
    Visited("reports", OFFICE, "/reports"),
    Visited("report", OFFICE, "/reports", link="已定稿"),
    Visited("report-in-a-meeting", OFFICE, "/reports", link="已定稿", then="会议阅读"),
    Visited("report-words", OFFICE, "/reports", link="草稿", then="写文字"),
    Visited("report-of-a-unit", SUPERVISOR, "/reports/own"),
    Visited("reviews", SUPERVISOR, "/reviews"),
    Visited("reviews-all", SUPERVISOR, "/reviews?state=all"),
    Visited("review", SUPERVISOR, "/reviews", link="吴秀兰"),
    Visited("review-with-like-photo", SUPERVISOR, "/reviews", link="章春生"),
    Visited("review-with-like-words", SUPERVISOR, "/reviews", link="徐志安"),
    Visited("checks", CADRE, "/checks"),
    Visited("check-results", OFFICE, "/checks/results"),
    Visited("dissatisfied", OFFICE, "/dissatisfied"),
    Visited("dissatisfied-once", SUPERVISOR, "/dissatisfied?state=settled"),
    Visited("dissatisfied-decision", OFFICE, "/dissatisfied", link="联系相关部门上门查看"),
    Visited("households-of-the-county", OFFICE, "/households"),
    Visited("reviews-of-the-county", OFFICE, "/reviews"),
    Visited("messages-of-the-county", OFFICE, "/messages?state=all"),
    Visited("no-card", None, "/r/no-card-has-this-link"),
    Visited("handler-home", HANDLER, "/"),
    Visited("notices", HANDLER, "/notices"),
    Visited("notices-none", SUPERVISOR, "/notices"),
    Visited("channels", OFFICE, "/channels"),
    Visited("channel-new", ADMINISTRATOR, "/channels/new"),
    Visited("two-step", HANDLER, "/me/two-step"),
    Visited("complaint-form", None, "/complaints"),
    Visited("complaint-form-signed-in", CADRE, "/complaints"),
    Visited("complaint-look-up", None, "/complaints/look-up"),
    Visited("complaints", OFFICE, "/complaints/desk"),
    Visited("complaints-all", OFFICE, "/complaints/desk?state=all"),
    Visited("complaint", OFFICE, "/complaints/desk?state=calling", link="投-"),
    Visited("complaint-answered", OFFICE, "/complaints/desk?state=answered", link="投-"),
    Visited("concern-new", OFFICE, "/concerns/new"),
    Visited("concern-leads", OFFICE, "/concerns/leads"),
    Visited("report-figures", OFFICE, "/reports/figures"),
    Visited("report-figures-import", OFFICE, "/reports/figures/import"),
    Visited("report-settings", OFFICE, "/reports/settings"),
    Visited("report-themes", OFFICE, "/reports/themes"),
    Visited("concern-look-up", None, "/concerns/look-up"),
    Visited("people", ADMINISTRATOR, "/people"),
    Visited("person", ADMINISTRATOR, "/people", link="王敏"),
    Visited("person-new", ADMINISTRATOR, "/people/new"),
    Visited("units", ADMINISTRATOR, "/organisation"),
    Visited("unit-new", ADMINISTRATOR, "/organisation/units/new"),
    Visited("divisions", ADMINISTRATOR, "/organisation/divisions"),
    Visited("workdays", ADMINISTRATOR, "/workdays"),
    Visited("pairings", ADMINISTRATOR, "/pairings"),
    Visited("pairing", ADMINISTRATOR, "/pairings?q=王敏", link="王敏"),
    Visited("administrator-home", ADMINISTRATOR, "/households"),
)
