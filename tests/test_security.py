"""Facts about headers, and about where writes may come from."""

from __future__ import annotations

import brotli
import pytest
from flask import Flask

from tests.factories import Factory
from tests.person import Person


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": ""}, 403),
    ],
)
def test_a_write_from_elsewhere_is_refused(app: Flask, make: Factory, headers: dict[str, str], status: int) -> None:
    assert Person(app, make.cadre()).post("/sign-out", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 303),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost.evil.example", 403),
        ("http://evil@localhost:81", 403),
    ],
)
def test_an_old_browser_is_judged_by_its_origin(app: Flask, make: Factory, origin: str, status: int) -> None:
    person = Person(app, make.cadre())
    response = person.client.post("/sign-out", headers={"Origin": origin})
    assert response.status_code == status


def test_a_write_that_says_nothing_about_its_origin_is_refused(app: Flask, make: Factory) -> None:
    assert Person(app, make.cadre()).client.post("/sign-out").status_code == 403


def test_no_page_may_ask_for_a_position_or_be_framed_or_run_foreign_script(anonymous: Person) -> None:
    headers = anonymous.get("/sign-in").headers
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_are_kept_by_no_cache_and_static_files_for_a_year(anonymous: Person) -> None:
    assert "no-store" in anonymous.get("/sign-in").headers["Cache-Control"]
    assert "max-age=31536000" in anonymous.get("/static/css/app.css").headers["Cache-Control"]


def test_an_unknown_page_is_not_found_with_a_sentence(app: Flask, make: Factory) -> None:
    response = Person(app, make.cadre()).get("/no/such/page")
    assert response.status_code == 404
    assert "没有找到" in response.text


def test_a_fragment_asked_for_signed_out_leads_the_whole_page_to_sign_in(anonymous: Person) -> None:
    response = anonymous.get(
        "/households?q=x", fragment=True, headers={"HX-Current-URL": "http://localhost/households?q=x"}
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/sign-in?next=/households")


def test_scripts_are_sent_without_their_comments_and_packed(anonymous: Person) -> None:
    plain = anonymous.get("/static/js/app.js")
    packed = anonymous.get("/static/js/app.js", headers={"Accept-Encoding": "br"})
    assert "nameWrite" in plain.text
    assert not [line for line in plain.text.splitlines() if line.strip().startswith("//")]
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert brotli.decompress(packed.data).decode() == plain.text


@pytest.mark.parametrize("name", ["none.js", "../app.py", "..%2fapp.py", "js", "js/", "%00.js"])
def test_other_files_are_not_served(anonymous: Person, name: str) -> None:
    assert anonymous.get(f"/static/{name}").status_code == 404
