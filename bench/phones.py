"""What phones send during visits, as ready bytes, and the installation that they send it to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.serving import our_environ
from fieldvisit import clock, create_app, schema
from fieldvisit.accounts.models import Cadre
from fieldvisit.cards import actions as cards
from fieldvisit.cards import rules, tokens
from fieldvisit.config import read_settings
from fieldvisit.extensions import db
from fieldvisit.visits.checklist import DEFAULT_VERSION
from tests import photos_factory
from tests.factories import Factory
from tests.followups.making import promise
from tests.person import Person

# Every kind of answer as people give it: most are well, some have tags, some own words.
ANSWERS: tuple[tuple[str, dict[str, str | list[str]]], ...] = (
    ("kitchen", {"value": "fair", "tags": ["灶具老旧"], "note": "灶台边墙皮掉了，已提醒离远一点放柴火。"}),
    ("bedroom", {"value": "good", "note": ""}),
    ("toilet", {"value": "poor", "tags": ["还是旱厕", "没有照明"], "note": ""}),
    ("living", {"value": "fine", "note": "高血压按时吃药，上月去镇卫生院量过。"}),
    ("work", {"value": "fine", "note": ""}),
    ("suggestions", {"value": "fine", "note": "希望村口装一盏路灯，晚上接孩子看不清。"}),
    ("care_words", {"value": "", "tags": ["天冷注意用火用电"], "note": ""}),
    ("commitments", {"value": "", "note": "", "tags": ["帮忙问清政策并回话"]}),
    ("contact", {"value": "left", "note": ""}),
)
# Enough for all rounds of one phone.
CARDS = 8
PHOTO_CARDS = ("kitchen", "bedroom", "toilet")
BROWSER = (
    "Host: 127.0.0.1\r\nConnection: keep-alive\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: zh-CN,zh;q=0.9\r\nOrigin: http://127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nHX-Request: true\r\nHX-Request-Type: partial\r\n"
    "User-Agent: Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36\r\n"
)


@dataclass
class Phone:
    """One signed-in cadre's phone, which makes visit after visit in one household."""

    cookie: str
    household_id: UUID
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    device: str = field(default_factory=lambda: str(uuid4()))
    # Addresses at which residents judge, each once, on the pages of this cadre's cards.
    judged: Iterator[str] = field(default_factory=lambda: iter(()))

    def sections(self, visits: int) -> list[list[bytes]]:
        """Return the saves of the nine cards of some visits, each a task of its own."""
        return [[self._card(base, *answer)] for base in self._visits(visits) for answer in ANSWERS]

    def whole_visits(self, visits: int) -> list[list[bytes]]:
        """Return whole visits, each one task: consent, nine cards, three photos, a commitment, finishing."""
        return [list(self._whole_visit(base)) for base in self._visits(visits)]

    def judgements(self, number: int) -> list[list[bytes]]:
        """Return the judgements of some residents on their own phones, each a task of its own."""
        return [[self._judgement(next(self.judged))] for _ in range(number)]

    def _judgement(self, path: str) -> bytes:
        fields = {"id": str(uuid4()), "mark": "satisfied", "comment": "修得很快，谢谢。", "is_hidden": "y"}
        body = urlencode(fields).encode()
        head = f"POST {path} HTTP/1.1\r\n{BROWSER}Content-Type: application/x-www-form-urlencoded\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def _visits(self, number: int) -> list[str]:
        return [f"/visits/{uuid4()}" for _ in range(number)]

    def _whole_visit(self, base: str) -> Iterator[bytes]:
        yield self._card(base, "photo_consent", {"value": "agreed", "note": ""})
        for card, said in ANSWERS:
            yield self._card(base, card, said)
            if card in PHOTO_CARDS:
                yield self._photo(base, card)
        due_on = clock.today() + timedelta(days=7)
        promise: dict[str, str | list[str]] = {"text": "帮忙问清旱厕改造的政策并回话", "due_on": due_on.isoformat()}
        yield self._form(f"{base}/commitments/{uuid4()}", promise)
        yield self._form(f"{base}/finish", {})

    def _card(self, base: str, card: str, said: dict[str, str | list[str]]) -> bytes:
        return self._form(f"{base}/cards/{card}", {"base": "0", **said})

    def _form(self, path: str, fields: Mapping[str, str | list[str]]) -> bytes:
        body = urlencode({**fields, "seq": next(self.numbers)}, doseq=True).encode()
        return self._request(path, "application/x-www-form-urlencoded", body)

    def _photo(self, base: str, card: str) -> bytes:
        head = b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
        head += b"Content-Type: image/jpeg\r\n\r\n"
        body = head + photo(next(PHOTOS)) + b"\r\n--cut--\r\n"
        return self._request(f"{base}/cards/{card}/photos/{uuid4()}", "multipart/form-data; boundary=cut", body)

    def _request(self, path: str, kind: str, body: bytes) -> bytes:
        head = (
            f"POST {path}?household={self.household_id}&checklist={DEFAULT_VERSION} HTTP/1.1\r\n{BROWSER}"
            f"Cookie: fieldvisit={self.cookie}\r\nIdempotency-Key: {uuid4()}\r\nX-Device: {self.device}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


PHOTOS = count()


@lru_cache(maxsize=1)
def _shrunk() -> bytes:
    """Return a photo as our page shrinks it: 1600 px, about 300 KB."""
    return next(
        data for quality in range(80, 99) if len(data := photos_factory.shrunk_jpeg(quality=quality)) >= 300_000
    )


def photo(number: int) -> bytes:
    """Return such a photo that differs in its picture from that of every other number."""
    data = bytearray(_shrunk())
    # The last two steps of its table of quantization: fine detail comes out a little stronger or weaker.
    table = data.index(b"\xff\xdb") + 5
    data[table + 62], data[table + 63] = number // 200 + 20, number % 200 + 20
    return bytes(data)


def install(folder: Path, phones: int) -> list[Phone]:
    """Make an installation in `folder` with some cadres, signed in, each paired with a household."""
    app = create_app(read_settings(our_environ(folder)))
    with app.app_context():
        schema.upgrade(db.engine)
        make = Factory()
        cadres = [make.cadre() for _ in range(phones)]
        signed_in = [_signed_in(Person(app, cadre), make.household(paired=cadre).id) for cadre in cadres]
        for cadre, phone in zip(cadres, signed_in, strict=True):
            with app.test_request_context():
                phone.judged = iter(_judged(make, cadre))
        db.session.remove()
        db.engine.dispose()
    return signed_in


def _judged(make: Factory, cadre: Cadre) -> list[str]:
    """Make households with cards and as many promises as one card judges in a day; return where they are judged."""
    homes = [make.household(paired=cadre) for _ in range(CARDS)]
    links = cards.links_for(cadre, homes)
    addresses = []
    for home in homes:
        for number in range(rules.MOST_WRITES):
            follow_up_id = promise(cadre, home, f"第 {number} 件")
            addresses.append(f"/r/{tokens.token_of(links[home.id].id)}/followups/{follow_up_id}")
    return addresses


def _signed_in(person: Person, household_id: UUID) -> Phone:
    cookie = person.client.get_cookie("fieldvisit")
    assert cookie is not None
    return Phone(cookie.value, household_id)
