"""The studio page: what it shows, what it takes, what it refuses."""

import html
import re

import pytest

from studio.accounts.key_services import create_api_key
from studio.credits.models import Entry
from studio.jobs import days
from studio.jobs.models import Job
from tests.jobs.states import failed, queued, working

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


pytestmark = pytest.mark.usefixtures("catalogue")


def key_of(text: str) -> str:
    return re.search(r'name="key" value="([^"]+)"', text)[1]


def order(client, **fields):
    return client.post("/", {"model": "dall-e-3", "prompt": "a blue kettle", **fields})


def test_first_visit_offers_dall_e_3_its_price_and_five_samples(client, alice):
    client.force_login(alice)
    page = client.get("/").text
    assert "DALL·E 3" in page
    assert "21 credits" in page
    assert "<b>79</b> left after this" in page
    assert page.count("Use these words") == 5
    assert "The sandbox is drawing." in page


def test_order_makes_one_queued_job_holds_its_price_and_shows_its_card(client, alice):
    client.force_login(alice)
    response = order(client, aspect_ratio="2:3", style="natural")
    job = Job.objects.get()
    assert response.status_code == 302
    assert (job.user, job.status, job.price, job.params) == (
        alice,
        "QUEUED",
        21,
        {"aspect_ratio": "2:3", "style": "natural"},
    )
    page = client.get(response.url).text
    assert f'href="/jobs/{job.pk}/"' in page
    assert "1 under way, 21 credits held" in page
    assert "<b>79</b> to spend" in page


def test_the_same_form_sent_twice_is_one_job(client, alice):
    client.force_login(alice)
    key = key_of(client.get("/").text)
    first, second = order(client, key=key), order(client, key=key)
    assert first.url == second.url
    assert (Job.objects.count(), Entry.objects.filter(kind="hold").count()) == (1, 1)


def test_the_same_form_with_other_words_is_another_job(client, alice):
    client.force_login(alice)
    key = key_of(client.get("/").text)
    order(client, key=key)
    order(client, key=key, prompt="a red kettle")
    assert Job.objects.count() == 2


def test_order_by_htmx_answers_with_composer_cards_and_meter_and_no_page(client, alice):
    client.force_login(alice)
    response = client.post("/", {"model": "dall-e-3", "prompt": "a blue kettle"}, headers=HTMX)
    assert response.status_code == 200
    assert "<html" not in response.text
    assert 'id="composer"' in response.text
    assert 'id="sheet" hx-swap-oob="true"' in response.text
    assert "<b>79</b> to spend" in response.text
    assert "studio:submitted" in response.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "Describe the picture first."),
        (" \n\t ", "Describe the picture first."),
        ("x" * 4001, "1 character too many. DALL·E 3 reads at most 4,000."),
        ("x" * 5001, "1,001 characters too many."),
        ("a\x00b", "Character 2 is a control character (U+0000)."),
    ],
)
def test_bad_prompt_is_refused_at_its_field_and_kept(client, alice, prompt, sentence):
    client.force_login(alice)
    response = order(client, prompt=prompt)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text
    assert prompt.strip()[:50] in response.text
    assert Job.objects.count() == 0


def test_prompt_from_right_to_left_is_taken_and_shown_in_its_own_direction(client, alice):
    client.force_login(alice)
    words = "מגדלור בשעת בין ערביים"
    order(client, prompt=words)
    page = client.get("/").text
    assert Job.objects.get().prompt == words
    assert words in page
    assert re.search(r'<p class="cut" dir="auto"><a[^>]*>' + words, page)


def test_parameter_the_model_does_not_have_is_refused_by_name(client, alice):
    client.force_login(alice)
    response = order(client, steps="50")
    assert response.status_code == 422
    assert "DALL·E 3 has no parameter steps here." in response.text
    assert Job.objects.count() == 0


def test_value_the_model_does_not_know_is_refused_at_its_row(client, alice):
    client.force_login(alice)
    response = order(client, style="baroque")
    assert response.status_code == 422
    assert 'id="field-style-error"' in response.text


def test_remix_brings_back_words_and_settings_and_remembers_where_from(client, alice):
    client.force_login(alice)
    order(client, aspect_ratio="3:2")
    job = Job.objects.get()
    page = client.get(f"/?from={job.pk}").text
    assert "a blue kettle</textarea>" in page
    assert re.search(r'value="3:2" checked', page)
    assert f'name="retry_of" value="{job.pk}"' in page


def test_somebody_elses_job_is_no_source(client, alice, bob):
    client.force_login(alice)
    order(client, prompt="a secret kettle")
    client.force_login(bob)
    assert "secret" not in client.get(f"/?from={Job.objects.get().pk}").text


def test_strangers_go_to_the_login_page_and_come_back(client, db):
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/")


def test_an_order_without_the_token_of_the_form_is_refused(alice):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert order(client).status_code == 403
    assert Job.objects.count() == 0


def test_the_page_takes_the_same_number_of_queries_however_many_cards(client, alice, django_assert_num_queries):
    client.force_login(alice)
    order(client, prompt="one")
    client.get("/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/")
    order(client, prompt="two")
    order(client, prompt="three")
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)
    assert len(many) <= 20


def test_earlier_days_go_on_by_key_with_and_without_script(client, alice, monkeypatch):
    monkeypatch.setattr(days, "FIRST", 2)
    monkeypatch.setattr(days, "PAGE", 2)
    client.force_login(alice)
    for n in range(5):
        failed(working(queued(alice, f"kettle {n}")), "too_slow", seconds=600)
    first = client.get("/").text
    assert "kettle 4" in first
    assert "kettle 2<" not in first
    plain, quick = (
        html.unescape(re.search(rf'{name}="(/[^"]*before=[^"]+)"', first)[1]) for name in ("href", "hx-get")
    )
    assert "kettle 2<" in client.get(plain).text
    rows = client.get(quick, headers=HTMX).text
    assert "<html" not in rows
    assert "kettle 2<" in rows
    assert "<h2" not in rows  # the same day goes on


@pytest.mark.parametrize("before", ["x", "2026-01-01_x", "_", "9999-99-99T00:00:00_00", "\x00"])
def test_nonsense_for_a_page_key_shows_the_first_page(client, alice, before):
    client.force_login(alice)
    assert client.get("/", {"before": before}).status_code == 200


def test_jobs_of_programs_carry_the_name_of_their_key(client, alice):
    row, _raw = create_api_key(user=alice, name="night robot")
    job = queued(alice)
    Job.objects.filter(pk=job.pk).update(api_key=row, source="api")
    client.force_login(alice)
    assert "by key night robot" in client.get("/").text
