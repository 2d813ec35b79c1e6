"""Importing what another system, such as the 12345 line, has written down: reading its table, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import import_queries, suggesting
from fieldvisit.concerns.import_queries import Places
from fieldvisit.concerns.lists import Entry as ListEntry
from fieldvisit.concerns.lists import Lists
from fieldvisit.concerns.registering import Entry
from fieldvisit.concerns.rules import Level
from fieldvisit.errors import Refused
from fieldvisit.fields import clean_line, clean_text
from fieldvisit.households.rules import holds_id_number, phone_number
from fieldvisit.numbers import small_number
from fieldvisit.organisation import queries as organisation

MOST_ROWS = 5000
USUAL_CHANNEL, USUAL_NATURE = "hotline_12345", "help"
# By whichever of these names a column may go.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "工单编号", "工单号", "受理编号", "诉求编号", "外部编号"),
    "words": ("内容", "诉求内容", "工单内容", "反映内容", "主要内容", "问题描述"),
    "village": ("村", "村（社区）", "村(社区)", "社区", "区划", "区划代码", "所属村"),
    "town": ("镇", "乡镇", "街道", "镇街", "乡镇街道"),
    "place": ("地点", "地址", "详细地址", "事发地点"),
    "channel": ("渠道", "来源", "表达渠道"),
    "nature": ("性质", "诉求类型", "诉求性质", "类型"),
    "domain": ("领域", "涉及领域", "分类", "问题分类"),
    "level": ("等级", "级别"),
    "people": ("人数", "涉及人数"),
    "asker_name": ("姓名", "诉求人", "反映人", "来电人"),
    "asker_phone": ("电话", "联系电话", "来电号码", "手机号"),
}
NEEDED = {"number": "编号", "words": "内容"}
LONGEST = {"number": 40, "words": 2000, "place": 120, "asker_name": 40}
LONGEST_WORDS = {"number": "编号", "words": "内容", "place": "地点", "asker_name": "姓名"}


@dataclass
class Prepared:
    """What a table comes to: entries to register with their lines, what is wrong in other lines, what is there."""

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    known: list[int] = field(default_factory=list)


def prepare(who: Cadre, table: Iterable[Sequence[str]], lists: Lists) -> Prepared:
    """Read a table whose first row names the columns, for somebody of an office; raise Refused if it is none.

    What they know to be registered under its own number, or stands twice in the table, is passed over.
    """
    area = organisation.unit(who.unit_id).division_code
    if area is None:
        raise Refused("您的单位没有设管辖范围，不能导入诉求。请联系管理员。")
    rows = list(table)
    columns = _columns(rows[0] if rows else ())
    if len(rows) > MOST_ROWS + 1:
        raise Refused(f"一次最多导入 {MOST_ROWS} 行，这个表有 {len(rows) - 1} 行。请分几次导入。")
    reader = _Reader(lists, import_queries.places_in(area))
    prepared = Prepared()
    read: list[tuple[int, Entry]] = []
    for line, row in enumerate(rows[1:], 2):
        values = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if not any(values.values()):
            continue
        try:
            read.append((line, reader.entry(values)))
        except Refused as refusal:
            prepared.errors.append((line, refusal.message))
    seen = import_queries.registered_numbers(who, ((entry.channel, entry.external_number or "") for _, entry in read))
    for line, entry in read:
        key = entry.channel, entry.external_number or ""
        if key in seen:
            prepared.known.append(line)
        else:
            prepared.entries.append((line, entry))
        seen.add(key)
    return prepared


def _columns(heads: Sequence[str]) -> dict[str, int]:
    cleaned = [(clean_line(head) or "").replace(" ", "") for head in heads]
    found = {
        name: cleaned.index(head)
        for name, heads_of in COLUMNS.items()
        for head in reversed(heads_of)
        if head in cleaned
    }
    missing = [word for name, word in NEEDED.items() if name not in found]
    if missing:
        raise Refused(f"第一行里没有“{'”“'.join(missing)}”这一列。第一行要写列名，请对照下面的说明改好再导入。")
    return found


@dataclass
class _Reader:
    """Reads one row at a time."""

    lists: Lists
    places: Places

    def entry(self, values: Mapping[str, str]) -> Entry:
        """Return what a row says; raise Refused with what is wrong with it."""
        number, words = clean_line(values["number"]) or "", clean_text(values["words"]) or ""
        place, name = clean_line(values.get("place")) or "", clean_line(values.get("asker_name")) or ""
        if not number:
            raise Refused("没有编号；没有编号就认不出是否重复导入。")
        if not words:
            raise Refused("没有写内容。")
        for field_name, text in (("number", number), ("words", words), ("place", place), ("asker_name", name)):
            if len(text) > LONGEST[field_name]:
                raise Refused(f"{LONGEST_WORDS[field_name]}太长，最多 {LONGEST[field_name]} 个字。")
        if holds_id_number(f"{words} {place}"):
            raise Refused("内容里像是有身份证号。系统不收身份证号，请删去。")
        nature = self._coded(values.get("nature", ""), self.lists.natures, USUAL_NATURE, "性质")
        domain = self._domain(values.get("domain", ""), words)
        people = self._people(values.get("people", ""))
        return Entry(
            village_code=self._village(values),
            channel=self._coded(values.get("channel", ""), self.lists.channels, USUAL_CHANNEL, "渠道"),
            nature=nature,
            domain=domain,
            words=words,
            level=self._level(values.get("level", ""), words, nature, people),
            place=place,
            people=people,
            asker_name=name,
            asker_phone=self._phone(values.get("asker_phone", "")),
            is_anonymous=not name and not values.get("asker_phone"),
            external_number=number,
        )

    def _coded(self, text: str, entries: Mapping[str, ListEntry], usual: str, what: str) -> str:
        if not text:
            return usual
        code = next((code for code, entry in entries.items() if text in (code, entry.label)), None)
        if code is None:
            labels = "、".join(entry.label for entry in entries.values())
            raise Refused(f"{what}“{text[:20]}”不在列表里，可以写：{labels}。")
        return code

    def _domain(self, text: str, words: str) -> str:
        second = {code: entry for code, entry in self.lists.domains.items() if entry.parent}
        last = text.replace("·", "/").replace("-", "/").replace("—", "/").split("/")[-1].strip()
        named = [code for code, entry in second.items() if text and (text == code or last == entry.label)]
        if named:
            return named[0]
        # Another system's classes are not ours: what the words point to, else the last one, 其他.
        return suggesting.domain(f"{text} {words}", second.items()) or list(second)[-1]

    def _level(self, text: str, words: str, nature: str, people: int) -> Level:
        if not text:
            return Level(suggesting.level(words, nature, people, self.lists.levels).code)
        letter = text[:1].upper()
        if letter not in self.lists.levels:
            raise Refused(f"等级“{text[:10]}”不对，请写 A、B 或 C，或者空着。")
        return Level(letter)

    def _people(self, text: str) -> int:
        if not text:
            return 1
        number = small_number(text.removesuffix(".0").removesuffix("人"))
        if not number or number > 100_000:
            raise Refused(f"人数“{text[:10]}”不对，请写数字。")
        return number

    def _phone(self, text: str) -> str:
        phone = phone_number(text.removesuffix(".0"))
        if phone is None:
            raise Refused("电话不对，请核对；不知道就空着。")
        return phone

    def _village(self, values: Mapping[str, str]) -> str:
        village, town = clean_line(values.get("village")) or "", clean_line(values.get("town")) or ""
        text = village if village.isdigit() or not town or not village else f"{town} {village}"
        codes = self.places.codes(text or town)
        if len(codes) == 1:
            return codes[0]
        if codes:
            raise Refused(f"有几个地方都叫“{text[:20]}”，请在“镇”一列写上是哪个镇的。")
        raise Refused(f"“{(text or town)[:20]}”不在本辖区的区划里，请核对村（社区）和镇的名称。")
