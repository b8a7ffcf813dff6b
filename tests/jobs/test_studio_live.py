"""The live region: silent while nothing changed, exact when something did, asleep when all is over."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.accounts.key_services import create_api_key, set_api_key_active
from studio.credits.models import Entry
from studio.jobs import sheet
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.models import Job
from studio.jobs.services import cancel_job
from tests.jobs.states import HTMX, completed, failed, queued, touch, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")


def poll_url(text: str) -> str | None:
    found = re.search(r'id="live"[^>]*hx-get="([^"]+)"', text)
    return unescape(found[1]) if found else None


def seconds(text: str) -> str:
    return re.search(r'hx-trigger="every (\d+)s, look-now"', text)[1]


def look(client, url):
    return client.get(url, headers=HTMX)


def test_unchanged_look_is_204_in_three_queries(client, alice, django_assert_max_num_queries):
    client.force_login(alice)
    for n in range(3):
        queued(alice, f"kettle {n}")
    url = poll_url(client.get("/").text)
    with django_assert_max_num_queries(3):
        response = look(client, url)
    assert response.status_code == 204
    assert response.content == b""


def test_only_the_changed_card_comes_with_heading_and_meter_and_no_page(client, alice):
    client.force_login(alice)
    first, second = queued(alice, "first kettle"), queued(alice, "second kettle")
    url = poll_url(client.get("/").text)
    working(second, 62)
    text = look(client, url).text
    assert "<html" not in text
    assert re.findall(r'id="(job-[^"]+)" hx-swap-oob="true"', text) == [f"job-{second.pk}"]
    assert "62 %" in text
    assert 'aria-valuetext="62 %"' in text
    assert "first kettle" not in text
    assert 'id="meter"' in text
    assert look(client, poll_url(text)).status_code == 204
    assert first.status == "QUEUED"


def test_finished_card_becomes_the_picture_in_place_is_announced_and_asks_no_more(client, alice):
    client.force_login(alice)
    job = working(queued(alice), 90)
    url = poll_url(client.get("/").text)
    completed(job)
    text = look(client, url).text
    assert f'id="job-{job.pk}" hx-swap-oob="true"' in text
    assert f"/jobs/{job.pk}/pictures/" in text
    assert 'data-announce="Picture ready: a blue kettle"' in text
    assert "all done" in text
    assert poll_url(text) is None
    assert "hx-trigger" not in text


def test_the_composer_counts_again_when_credits_come_back_and_not_at_every_percent(client, alice):
    client.force_login(alice)
    job = working(queued(alice), 20)
    page = client.get("/").text
    assert re.search(r'hx-post="/studio/price/" hx-trigger="change, [^"]*studio:balance from:body"', page)
    touch(job, progress=60)
    progressed = look(client, poll_url(page))
    assert "HX-Trigger" not in progressed.headers
    failed(job, "content_policy")
    assert "studio:balance" in look(client, poll_url(progressed.text)).headers["HX-Trigger"]


def test_a_picture_whose_copies_are_being_made_arrives_and_is_looked_for_every_second(client, alice):
    client.force_login(alice)
    job = working(queued(alice), 90)
    url = poll_url(client.get("/").text)
    completed(job, has_copies=False)
    text = look(client, url).text
    assert 'data-state="arriving"' in text
    assert "Picture ready" not in text
    assert seconds(text) == "1"
    assert look(client, poll_url(text)).status_code == 204
    job.images.update(copies_made_at=timezone.now())
    touch(job)
    done = look(client, poll_url(text)).text
    assert 'data-state="done"' in done
    assert poll_url(done) is None


def test_a_page_opened_while_a_picture_arrives_shows_it_under_now_and_looks_for_it(client, alice):
    client.force_login(alice)
    job = completed(working(queued(alice), 90), has_copies=False)
    page = client.get("/").text
    assert page.count(f'id="job-{job.pk}"') == 1
    assert "Today" not in page
    assert look(client, poll_url(page)).status_code == 204
    job.images.update(copies_made_at=timezone.now())
    touch(job)
    done = look(client, poll_url(page)).text
    assert f'id="job-{job.pk}" hx-swap-oob="true" data-state="done"' in done
    assert poll_url(done) is None
    assert "Today" in client.get("/").text


def test_the_rest_of_a_batch_stands_by_its_last_picture_until_that_arrived(client, alice):
    client.force_login(alice)
    batch, _was_there = submit_batch(
        user=alice,
        words="a {red|blue} kettle",
        prompts=["a red kettle", "a blue kettle"],
        wishes=[Wish("dall-e-3", {})],
    )
    first, last = batch.jobs.order_by("created_at")
    completed(first)
    completed(last, has_copies=False)
    page = client.get("/").text
    assert page.count(f'id="batch-{batch.pk}"') == 1
    assert "Today" not in page


def test_what_ends_while_the_page_is_drawn_stands_there_once(client, alice, monkeypatch):
    client.force_login(alice)
    job, drawn = working(queued(alice), 90), sheet.live_region

    def and_then_it_ends(user, **asked):
        region = drawn(user, **asked)
        completed(job)
        return region

    monkeypatch.setattr(sheet, "live_region", and_then_it_ends)
    assert client.get("/").text.count(f'id="job-{job.pk}"') == 1


def test_a_finished_card_stays_among_the_active_until_the_next_visit(client, alice):
    client.force_login(alice)
    job, other = working(queued(alice), 90), queued(alice, "second kettle")
    url = poll_url(client.get("/").text)
    completed(job)
    text = look(client, url).text
    assert look(client, poll_url(text)).status_code == 204
    page = client.get("/").text
    assert page.index(f"job-{other.pk}") < page.index("Today") < page.index(f"job-{job.pk}")


def test_a_job_ordered_elsewhere_appears_with_the_whole_region(client, alice):
    client.force_login(alice)
    queued(alice, "first kettle")
    url = poll_url(client.get("/").text)
    queued(alice, "from a program")
    text = look(client, url).text
    assert '<div id="active-jobs" hx-swap-oob="true">' in text
    assert "first kettle" in text
    assert "from a program" in text


def test_the_server_writes_the_next_interval_by_the_age_of_the_youngest(client, alice, time_machine):
    client.force_login(alice)
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    queued(alice)
    page = client.get("/").text
    assert seconds(page) == "1"
    url = poll_url(page)
    for age, every in ((30, "2"), (120, "5"), (700, "15")):
        time_machine.move_to(start + timedelta(seconds=age), tick=False)
        text = look(client, url).text
        assert seconds(text) == every
        assert "<article" not in text
        url = poll_url(text)
        assert look(client, url).status_code == 204


def test_an_unknown_job_is_looked_at_rarely_and_says_what_is_held(client, alice):
    client.force_login(alice)
    unknown(queued(alice))
    page = client.get("/").text
    assert seconds(page) == "15"
    assert "21 credits stay held." in page
    assert "It will not be ordered twice." in page
    assert "Settled by" in page


def test_without_active_jobs_nothing_asks(client, alice):
    client.force_login(alice)
    failed(working(queued(alice)), "content_policy")
    assert poll_url(client.get("/").text) is None


def test_a_sheet_on_which_nothing_happens_looks_for_jobs_of_its_persons_working_keys(client, alice):
    client.force_login(alice)
    key = create_api_key(user=alice, name="Nightly run")[0]
    url = poll_url(client.get("/").text)
    assert url is not None
    assert look(client, url).status_code == 204
    queued(alice, "a kettle", api_key=key)
    text = look(client, url).text
    assert "by key Nightly run" in text
    assert seconds(text) == "1"
    set_api_key_active(key=key, is_active=False, by=alice)
    cancel_job(job=Job.objects.get(), user=alice)
    assert poll_url(client.get("/").text) is None


def test_refused_job_says_why_that_nothing_was_charged_and_which_entry_gave_it_back(client, alice):
    client.force_login(alice)
    job = failed(working(queued(alice)), "content_policy")
    page = client.get("/").text
    entry = Entry.objects.get(key=f"{job.hold_key}:release").pk
    assert "DALL·E 3 refused this prompt" in page
    assert "<b>Nothing was charged.</b>" in page
    assert f"21 credits are back, entry {entry}." in page
    assert "Edit prompt" in page


def test_others_jobs_are_never_asked_for(client, alice, bob):
    job = queued(alice, "a secret kettle")
    client.force_login(bob)
    response = look(client, f"/studio/live/?oldest=0&every=2&seen={job.pk.hex}.0")
    assert "secret" not in response.text


@pytest.mark.parametrize("query", ["", "?seen=nonsense.x,,&oldest=never&every=", "?oldest=99999999999999999999"])
def test_nonsense_in_the_question_is_harmless(client, alice, query):
    client.force_login(alice)
    assert look(client, f"/studio/live/{query}").status_code in (200, 204)


def test_expired_login_leaves_the_page_and_comes_back_to_the_studio(client, alice):
    client.force_login(alice)
    queued(alice)
    url = poll_url(client.get("/").text)
    Session.objects.all().delete()
    response = look(client, url)
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/"
    assert response.content == b""


def test_cancel_swaps_the_card_and_gives_the_credits_back(client, alice):
    client.force_login(alice)
    job = queued(alice)
    response = client.post(f"/jobs/{job.pk}/cancel/", headers=HTMX)
    assert response.status_code == 200
    assert 'data-state="cancelled"' in response.text
    assert "<b>100</b> to spend" in response.text
    assert "<html" not in response.text
    assert "studio:balance" in response.headers["HX-Trigger"]


def test_cancel_too_late_says_so_on_the_card(client, alice):
    client.force_login(alice)
    job = working(queued(alice), 50)
    response = client.post(f"/jobs/{job.pk}/cancel/", headers=HTMX)
    assert response.status_code == 422
    assert "Sandbox already has this order and cannot take it back." in response.text
    job.refresh_from_db()
    assert job.status == "PROCESSING"


def test_strangers_cannot_cancel(client, alice, bob):
    job = queued(alice)
    client.force_login(bob)
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
