"""What the office writes down of a concern, anew or to put it right, and the words for what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from wtforms import BooleanField, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, NumberRange

from fieldvisit.accounts.models import Cadre
from fieldvisit.complaints.forms import AtMost
from fieldvisit.concerns.forms import WordsForm, own_words, unit_choices
from fieldvisit.concerns.lists import Lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level
from fieldvisit.fields import NumberField
from fieldvisit.households.forms import OneOf, line, no_id_number, one_line, required, written_id
from fieldvisit.households.rules import phone_number
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Division, Unit

LONGEST_WORDS, LONGEST_PLACE, LONGEST_NAME, MOST_PEOPLE = 5000, 60, 40, 100_000
PEOPLE = f"请填 1 到 {MOST_PEOPLE} 的数字。"
UNITS = ("locality_unit_id", "lead_unit_id", "contact_unit_id")


class MatterForm(WordsForm):
    """What a concern is about."""

    village = StringField(
        "村（社区）",
        [required("请填写村（社区）；不知道是哪个村的，填乡镇或区县。"), AtMost(120)],
        filters=[one_line],
        render_kw={"autocomplete": "off"},
    )
    place = line("具体地点", AtMost(LONGEST_PLACE), render_kw={"autocomplete": "off"})
    channel = OneOf("渠道", [required("请选择渠道。")])
    nature = OneOf("性质", [required("请选择性质。")])
    top = OneOf("领域", [required("请选择领域。")])
    domain = OneOf("具体领域", [required("请选择具体领域。")])
    level = RadioField("级别", [InputRequired("请选择级别。")])
    people = NumberField(
        PEOPLE,
        [InputRequired(PEOPLE), NumberRange(1, MOST_PEOPLE, PEOPLE)],
        label="涉及人数",
        default=1,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    reported_unit_id = OneOf("被反映的单位")
    reported_cadre_id = OneOf("被反映的人")

    def offer(self, known: Lists, units: Iterable[Unit]) -> None:
        """Set the choices; those of the second level follow the first."""
        for field, entries in ((self.channel, known.channels), (self.nature, known.natures)):
            field.choices = [("", "请选择"), *((entry.code, entry.label) for entry in entries.values())]
        self.follow(known)
        self.level.choices = [SelectChoice(entry.code, entry.label) for entry in known.levels.values()]
        self.reported_unit_id.choices = unit_choices(units, "不清楚")
        self.reported_unit_id.data = self.reported_unit_id.data or ""
        self.offer_people(())

    def follow(self, known: Lists) -> None:
        """Set the domains of the second level by the one of the first."""
        self.top.choices = [("", "请选择"), *((entry.code, entry.label) for entry in known.top_domains())]
        if self.domain.data in known.domains and not self.top.data:
            self.top.data = known.domains[self.domain.data].parent
        below = known.below(self.top.data) if self.top.data else []
        self.domain.choices = [("", "请选择" if below else "先选领域"), *((entry.code, entry.label) for entry in below)]
        if self.domain.data not in [entry.code for entry in below]:
            self.domain.data = below[0].code if len(below) == 1 else ""

    def offer_people(self, people: Iterable[Cadre]) -> None:
        """Set the people of the reported unit."""
        known = [("", "不清楚"), *((str(one.id), one.name) for one in people)]
        self.reported_cadre_id.choices = known
        if self.reported_cadre_id.data not in [value for value, _ in known]:
            self.reported_cadre_id.data = ""

    def settle_village(self, found: Sequence[Division]) -> str:
        """Return the code of the place that was meant; "" with the sentence why none is, beside the field."""
        if len(found) == 1:
            return found[0].code
        if self.village.data:
            several = "、".join(f"{one.full_name}（{one.code}）" for one in found)
            sentence = (
                f"有几个地方叫这个名字：{several}。请填全名或代码。"
                if found
                else "没有找到这个地方，请从列表里选一个。"
            )
            self.village.errors = [sentence]
        return ""

    def is_restricted(self, known: Lists) -> bool:
        """Say whether what is chosen now is confidential."""
        return known.is_restricted(self.nature.data or "", self.domain.data or "")

    def reported(self, known: Lists) -> dict[str, int | None]:
        """Return whom a confidential concern is about; an open one is about nobody."""
        restricted = self.is_restricted(known)
        return {
            "reported_unit_id": small_number(self.reported_unit_id.data) if restricted else None,
            "reported_cadre_id": small_number(self.reported_cadre_id.data) if restricted else None,
        }

    def matter(self) -> dict[str, Any]:
        """Return the values that both a new concern and a correction have."""
        return {
            "channel": self.channel.data,
            "nature": self.nature.data,
            "domain": self.domain.data,
            "level": Level(self.level.data),
            "people": self.people.data,
            "place": self.place.data,
        }


class NewForm(MatterForm):
    """A new concern. `uid` is made with the form: a second tap makes no second one."""

    uid = HiddenField()
    words = own_words("内容", LONGEST_WORDS, rows=6)
    is_anonymous = BooleanField("匿名，不留姓名和电话")
    asker_name = line("反映人", AtMost(LONGEST_NAME), render_kw={"autocomplete": "off"})
    asker_phone = StringField(
        "电话", [AtMost(40)], filters=[one_line], render_kw={"inputmode": "tel", "autocomplete": "off"}
    )
    find = StringField(
        "找住户", [AtMost(60), no_id_number], filters=[one_line], render_kw={"type": "search", "autocomplete": "off"}
    )
    household_id = HiddenField()

    def renew(self) -> None:
        """Give the form its id, unless it has one."""
        if written_id(self.uid.data) is None:
            self.uid.data = str(uuid4())

    def validate_asker_phone(self, field: Any) -> None:
        """Take a phone number in any usual spelling."""
        number = phone_number(field.data or "")
        if number is None:
            raise ValidationError("电话号码不对：手机是 11 位，座机请带区号，如 0553-7812345。")
        field.data = number

    def validate_is_anonymous(self, field: Any) -> None:
        """Keep nobody's name with what is anonymous."""
        if field.data and (self.asker_name.data or self.asker_phone.data or self.household_id.data):
            raise ValidationError("勾了匿名，就不要填姓名、电话和住户；要留联系方式，请去掉这个勾。")

    def household(self) -> UUID | None:
        """Return the id of the household chosen."""
        return written_id(self.household_id.data)


class CorrectForm(MatterForm):
    """What the ledger says of an open concern, to be put right."""

    words = own_words("内容", 20_000, rows=6)
    reason = own_words("更正说明", 200, needed=False, rows=2)
    locality_unit_id = OneOf("属地单位")
    lead_unit_id = OneOf("主管部门")
    contact_unit_id = OneOf("双联系单位")

    def offer_units(self, units: Sequence[Unit], names: dict[int, str]) -> None:
        """Set the choices of responsible units; one that is there already stays, also a dissolved one."""
        for field in (self.locality_unit_id, self.lead_unit_id, self.contact_unit_id, self.reported_unit_id):
            known = unit_choices(units, "无")
            chosen = small_number(field.data)
            if chosen in names and str(chosen) not in [value for value, _ in known]:
                known.append((str(chosen), f"{names[chosen]}（已撤销）"))
            field.choices = known

    def changes(self, village_code: str, known: Lists) -> dict[str, Any]:
        """Return the fields of a concern as the form has them."""
        units = {name: small_number(self[name].data) for name in UNITS}
        return {
            **self.matter(), **units, **self.reported(known), "village_code": village_code, "words": self.words.data
        }  # fmt: skip


def as_it_is(concern: Concern, place_name: str) -> dict[str, Any]:
    """Return the values of the form as a concern is now."""
    same = {name: getattr(concern, name) for name in ("place", "channel", "nature", "domain", "people", "words")}
    ids = {name: str(getattr(concern, name) or "") for name in (*UNITS, "reported_unit_id", "reported_cadre_id")}
    return {**same, **ids, "level": concern.level.value, "village": place_name}
