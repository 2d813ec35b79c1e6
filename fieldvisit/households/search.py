"""By which beginnings a household is found, and what a typed word may mean. Pure; pypinyin loads late."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from fieldvisit.households import rules

TERM_LENGTH = 40
MAX_PARTS = 12
MAX_READINGS = 4
MAX_WORDS = 5
PHONE_TAIL = 4
# Phone numbers are stored backwards, so that their last digits are a beginning; tags as whole words.
# The marks keep both apart from doors and names.
PHONE_MARK, TAG_MARK = "~", "#"
LAST_CODE_POINT = "\U0010ffff"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
GROUP = re.compile(r"(\D*)(\d{1,3})组(.*)")
# 李 桂 英: how names are spaced out in lists.
SPACED_NAME = re.compile(r"[\u3400-\u9fff](?: [\u3400-\u9fff]){1,3}")

# Dictionaries give the everyday reading first; as surnames these are read otherwise. People type either.
SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "区": "ou", "查": "zha", "乐": "yue",
    "覃": "qin", "盖": "ge", "朴": "piao", "洗": "xian", "尉": "yu", "缪": "miao", "员": "yun",
    "郇": "xun", "翟": "zhai", "召": "shao", "繁": "po", "种": "chong", "秘": "bi", "黑": "he",
    "折": "she", "句": "gou", "能": "nai", "澹": "tan", "祭": "zhai", "阚": "kan",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "单于": "chan yu", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
# Characters of given names that are really read in two ways.
GIVEN = {
    "长": "zhang chang", "乐": "le yue", "朝": "chao zhao", "重": "zhong chong", "行": "xing hang",
    "茜": "qian xi", "晟": "sheng cheng", "盛": "sheng cheng", "传": "chuan zhuan", "单": "dan shan",
    "曾": "zeng ceng", "阿": "a e", "都": "du dou", "贾": "jia gu", "柏": "bai bo", "召": "zhao shao",
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """One typed word: ranges of terms (low included, high not) of which one must hold; or a group number."""

    text: str
    ranges: tuple[tuple[str, str], ...]
    group_no: int | None = None


def terms_for(names: Iterable[str], phones: Iterable[str] = (), door: str = "", tags: Iterable[str] = ()) -> set[str]:
    """Return the terms by which a household is found, each at most 40 characters."""
    terms = {term for name in names for term in _name_terms(name)}
    terms |= {PHONE_MARK + digits[::-1] for phone in phones if (digits := _digits(phone))}
    terms |= _door_terms(door)
    terms |= {tag_term(tag) for tag in tags}
    return {term[:TERM_LENGTH] for term in terms if term}


def tag_term(tag: str) -> str:
    """Return the term of a tag."""
    return (TAG_MARK + tag)[:TERM_LENGTH]


def words_of(typed: str, *, whole_phones: bool = True) -> list[Word]:
    """Split what was typed into words that must all hold.

    Without `whole_phones` a phone is found by its last 4 digits only: somebody who sees masked numbers could
    otherwise guess the rest digit by digit.
    """
    plain = CONTROL.sub(" ", unicodedata.normalize("NFKC", typed)).casefold().replace("ü", "v")
    plain = " ".join(plain.split())
    if SPACED_NAME.fullmatch(plain):
        plain = plain.replace(" ", "")
    words: list[Word] = []
    for text in plain.split()[:MAX_WORDS]:
        group = GROUP.fullmatch(text)
        if group:
            words.append(Word(text, (), int(group[2])))
        parts = (group[1], group[3]) if group else (text,)
        words += [Word(part, tuple(_ranges(part, whole_phones))) for part in parts if part]
    return words


def _ranges(text: str, whole_phones: bool) -> Iterable[tuple[str, str]]:
    # The marks of phones and tags can't be typed.
    beginnings = {form(text).lstrip(PHONE_MARK + TAG_MARK) for form in (rules.plain_name, rules.plain_door)}
    digits = _digits(text)
    is_number = bool(digits) and digits == re.sub(r"[\s\-]", "", text)
    if is_number and len(digits) >= PHONE_TAIL and (whole_phones or len(digits) == PHONE_TAIL):
        beginnings.add(PHONE_MARK + digits[::-1])
    for start in sorted(beginnings - {""}):
        yield start[:TERM_LENGTH], start[:TERM_LENGTH] + LAST_CODE_POINT


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _name_terms(name: str) -> set[str]:
    plain = rules.plain_name(name)
    # Every part of two characters or more begins a rest of the name; the whole covers the surname.
    parts = {plain[start:] for start in range(min(len(plain) - 1, MAX_PARTS))} | {plain}
    for syllables in _readings(plain):
        parts |= {"".join(syllables), "".join(syllable[0] for syllable in syllables)}
    return parts


def _door_terms(door: str) -> set[str]:
    plain = rules.plain_door(door)
    # "2栋301" is found by 2栋 and by 301.
    starts = [match.start() for match in rules.DIGITS.finditer(plain)][:4]
    return {plain[start:] for start in {0, *starts}} - {""}


def _readings(name: str) -> list[tuple[str, ...]]:
    """Return up to four ways to say a name, as syllables; none for a name without Chinese characters."""
    choices = [_syllables(character) for character in name]
    if name[:2] in COMPOUND_SURNAMES and len(name) > 2:
        choices[:2] = [(syllable,) for syllable in COMPOUND_SURNAMES[name[:2]].split()]
    elif name[:1] in SURNAMES:
        choices[0] = tuple(dict.fromkeys((SURNAMES[name[0]], *_syllables(name[0]))))
    for place, character in enumerate(name[1:], 1):
        if character in GIVEN:
            choices[place] = tuple(GIVEN[character].split())
    if not any(choices):
        return []
    ways = product(*((choice or (character,)) for choice, character in zip(choices, name, strict=True)))
    return [way for way, _ in zip(ways, range(MAX_READINGS), strict=False)]


@lru_cache(maxsize=8192)
def _syllables(character: str) -> tuple[str, ...]:
    """Return the commonest reading of a character without its tone, or nothing."""
    readings = _dictionary().get(ord(character), "")
    if not readings:
        return ()
    letters = unicodedata.normalize("NFD", readings.split(",")[0].replace("ü", "v").replace("ǚ", "v"))
    letters = re.sub("u\u0308", "v", letters)
    return ("".join(letter for letter in letters if letter.isascii() and letter.isalpha()),)


@lru_cache(maxsize=1)
def _dictionary() -> dict[int, str]:
    # Names need no dictionary of phrases: without it and the copies, pypinyin takes 12 MB instead of 57.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict
