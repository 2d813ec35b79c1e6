"""Rules of passwords, locks and addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.accounts import rules

NOON = datetime(2026, 9, 12, 4, tzinfo=UTC)


@given(st.integers(min_value=-5, max_value=10**9))
def test_a_lock_comes_with_every_fifth_failure_and_only_then(failures: int) -> None:
    assert (rules.lock_after(failures) is not None) == (failures > 0 and failures % 5 == 0)


@given(st.integers(min_value=1, max_value=10**6))
def test_each_lock_is_twice_the_one_before_up_to_a_day(lock_number: int) -> None:
    this, following = rules.lock_after(lock_number * 5), rules.lock_after(lock_number * 5 + 5)
    assert this is not None
    assert timedelta(minutes=15) <= this <= timedelta(hours=24)
    assert following == min(2 * this, timedelta(hours=24))


def test_the_first_lock_is_a_quarter_of_an_hour() -> None:
    assert rules.lock_after(5) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Short-1", "至少要 10"),
        ("onlylowercase", "三类"),
        ("lower12345", "三类"),
        ("Wangmin-2026", "用户名"),
        ("Aa-13805530001", "手机号"),
        ("Aa1-" * 40, "最多 128"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, words: str) -> None:
    assert words in (rules.password_problem(password, "wangmin", "13805530001") or "")


@pytest.mark.parametrize("password", ["Tian-men-2026", "芜湖abc12345", "ABCDEF-123456", "Ab3defghij"])
def test_three_classes_in_ten_characters_will_do(password: str) -> None:
    assert rules.password_problem(password, "wangmin", None) is None


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "people",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        " //evil.example",
    ],
)
def test_an_address_that_leaves_the_site_is_no_own_path(address: str | None) -> None:
    assert rules.own_path(address) is None


@pytest.mark.parametrize("address", ["/", "/people?q=%E7%8E%8B&unit=3", "/households/1#top", "/a//b"])
def test_a_path_of_the_site_is_kept(address: str) -> None:
    assert rules.own_path(address) == address


@given(st.text(alphabet=st.sampled_from("/\\:.@ab\t\n\r?#"), max_size=8))
def test_an_own_path_always_begins_with_exactly_one_slash(rest: str) -> None:
    kept = rules.own_path("/" + rest)
    assert kept is None or (kept.startswith("/") and kept[1:2] not in ("/", "\\"))


@pytest.mark.parametrize("typed", ["138 0553 0001", "+86 138-0553-0001", "１３８０５５３０００１", " 13805530001 "])
def test_a_phone_number_is_known_however_it_is_written(typed: str) -> None:
    assert rules.normal_login(typed) == "13805530001"


def test_a_user_name_is_known_in_any_case() -> None:
    assert rules.normal_login(" WangMin ") == "wangmin"


@given(st.text(max_size=40))
def test_no_user_name_can_be_taken_for_a_phone_number(text: str) -> None:
    assert not (rules.is_user_name(text) and rules.is_phone(rules.normal_phone(text)))


def test_a_desk_sign_in_ends_after_half_an_hour_without_use() -> None:
    limit = rules.IDLE_AT_DESK
    assert not rules.has_ended(NOON, NOON, NOON + timedelta(minutes=29), limit)
    assert rules.has_ended(NOON, NOON, NOON + timedelta(minutes=30), limit)


def test_a_phone_sign_in_ends_after_thirty_days() -> None:
    assert not rules.has_ended(NOON, NOON, NOON + timedelta(days=29), None)
    assert rules.has_ended(NOON, NOON + timedelta(days=29), NOON + timedelta(days=30), None)
