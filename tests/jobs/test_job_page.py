"""The page of one job: picture or state, receipt, settings, lineage; whose eyes see what."""

import re
from html import unescape

import pytest
from django.utils import timezone

from studio.credits.models import Entry
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers.models import ProviderRow
from tests.jobs.states import HTMX, completed, failed, queued, touch, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")


def url(job):
    return f"/jobs/{job.pk}/"


def test_finished_job_has_picture_original_receipt_with_entries_and_settings(client, alice):
    client.force_login(alice)
    job = completed(queued(alice), revised_prompt="A kettle, blue, on a table")
    page = client.get(url(job)).text
    hold, capture = (Entry.objects.get(key=f"{job.hold_key}{how}") for how in ("", ":capture"))
    image = job.images.get()
    assert f"/jobs/{job.pk}/pictures/{image.pk}/large" in page
    assert f"/jobs/{job.pk}/pictures/{image.pk}/original" in page
    assert "A kettle, blue, on a table" in page
    for words in ("Held", f"entry {hold.pk}", "Sent to Sandbox", "Captured", f"entry {capture.pk}", "You paid"):
        assert words in page
    assert "1 picture × 21, price list of" in page
    assert "To spend after: 79." in page
    assert "<dd>1:1</dd>" in page
    assert "hx-trigger" not in page


def test_all_pictures_of_a_job_are_shown_and_what_did_not_come_is_back(client, alice):
    client.force_login(alice)
    job = completed(queued(alice, count=4), pictures=3)
    page = client.get(url(job)).text
    assert page.count('"?picture=3"') == 2  # the address, and the same for htmx
    assert page.count('class="thumbs"') == 1
    assert "3 of 4 pictures were made. 12 credits were captured, 4 are back." in page


def test_failed_job_says_why_and_that_nothing_was_paid(client, alice):
    client.force_login(alice)
    job = failed(working(queued(alice)), "provider_error", status=502)
    page = client.get(url(job)).text
    assert "Sandbox answered with an error (502)." in page
    assert "Nothing was charged." in page
    assert re.search(r'You paid</th><td class="amount">0<', page)


def test_unknown_job_says_what_happens_now(client, alice):
    client.force_login(alice)
    page = client.get(url(unknown(queued(alice)))).text
    assert "What happens now" in page
    assert "Not settled yet" in page


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("provider_error", "answered with an error that does not say whether it took the order."),
        ("too_slow", "did not answer in time, so we cannot tell whether it made the picture."),
        ("nonsense", "gave an answer that made no sense"),
        ("stopped", "The studio stopped while the order was being placed"),
        ("provider_unreachable", "broke while the order was being placed"),
    ],
)
def test_unknown_job_says_why_nobody_can_tell(client, alice, code, sentence):
    client.force_login(alice)
    row = ProviderRow.objects.create(slug="own", kind="openai", name="Our engine", base_url="http://gpu.example/v1")
    page = client.get(url(touch(unknown(queued(alice)), provider=row.slug, error_code=code))).text
    assert sentence in page
    assert "Our engine gave no id and would take the same order as a second one, so it is not asked." in page
    assert "We keep asking" not in page


def test_only_where_an_engine_asks_the_page_says_that_we_keep_asking(client, alice):
    client.force_login(alice)
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", base_url="http://vendor.example")
    row.set_key("afk_0123456789abcdef")
    row.save()
    job = touch(unknown(queued(alice)), provider=row.slug)
    job.attempts.update(provider=row.slug, created_at=timezone.now(), provider_job_id="")
    page = client.get(url(job)).text
    assert "Apiframe gave no id, so we cannot look for the picture by ourselves." in page
    assert "We keep asking" not in page
    touch(job, look_at=timezone.now())
    assert "We keep asking Apiframe" in client.get(url(job)).text


def test_the_page_lives_while_the_job_does(client, alice, django_assert_max_num_queries):
    client.force_login(alice)
    job = working(queued(alice), 10)
    page = client.get(url(job)).text
    question = unescape(re.search(r'id="live"[^>]*hx-get="([^"]+)"', page)[1])
    with django_assert_max_num_queries(3):
        assert client.get(question, headers=HTMX).status_code == 204
    touch(job, progress=60)
    text = client.get(question, headers=HTMX).text
    assert "60 %" in text
    assert "<html" not in text
    assert 'id="aside"' not in text  # what people read and select is left alone
    question = unescape(re.search(r'id="live"[^>]*hx-get="([^"]+)"', text)[1])
    completed(job)
    text = client.get(question, headers=HTMX).text
    assert 'id="aside" hx-swap-oob="true"' in text
    assert "Captured" in text
    assert 'data-announce="Picture ready: a blue kettle"' in text
    assert "hx-trigger" not in text


@pytest.mark.parametrize("path", ["", "live/", "cancel/", "again/"])
def test_a_private_job_is_404_for_everybody_else(client, alice, bob, operator, path):
    job = queued(alice)
    for stranger in (bob, operator):
        client.force_login(stranger)
        ask = client.post if path in ("cancel/", "again/") else client.get
        assert ask(url(job) + path).status_code == 404
    assert Job.objects.count() == 1


def test_a_job_of_the_team_is_read_without_its_owners_money_and_buttons(client, alice, bob):
    job = touch(queued(alice), visibility="team")
    client.force_login(bob)
    page = client.get(url(job)).text
    assert "a blue kettle" in page
    assert "Receipt" not in page
    assert "cancel/" not in page
    assert client.post(f"{url(job)}cancel/").status_code == 404


def test_anonymous_people_are_sent_to_the_login(client, alice):
    assert client.get(url(queued(alice))).url.startswith("/accounts/login/")


def test_again_is_one_new_job_per_form_that_points_at_the_old_one(client, alice):
    client.force_login(alice)
    job = completed(queued(alice))
    key = re.search(r'name="key" value="([^"]+)"', client.get(url(job)).text)[1]
    first, second = (client.post(f"{url(job)}again/", {"key": key}) for _n in range(2))
    made = Job.objects.get(retry_of=job)
    assert first.url == second.url == url(made)
    assert made.prompt == job.prompt


def test_again_without_credits_says_what_is_missing(client, alice, bob):
    job = touch(completed(queued(alice)), visibility="team")
    client.force_login(bob)
    page = client.post(f"{url(job)}again/", follow=True).text
    assert "21 credits are missing" in page
    assert Job.objects.count() == 1


def test_cancel_without_script_comes_back_to_the_page(client, alice):
    client.force_login(alice)
    job = queued(alice)
    page = client.post(f"{url(job)}cancel/", follow=True).text
    assert "Cancelled by you at" in page
    assert "You paid" in page


def test_lineage_shows_only_the_difference_of_words_and_only_what_one_may_see(client, alice, bob):
    client.force_login(alice)
    job = completed(queued(alice, "a calm blue kettle"))
    child, _new = submit_job(user=alice, model="dall-e-3", prompt="a loud blue kettle", params={}, retry_of=job)
    page = client.get(url(job)).text
    assert url(child) in page
    assert '<del><span class="sr">removed: </span>calm</del>' in page
    assert '<ins><span class="sr">added: </span>loud</ins>' in page
    touch(job, visibility="team")
    client.force_login(bob)
    assert url(child) not in client.get(url(job)).text


def test_the_page_takes_the_same_number_of_queries_for_one_picture_or_four(client, alice, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(alice)
    one, four = completed(queued(alice)), completed(queued(alice, count=4), pictures=4)
    client.get(url(one))
    with CaptureQueriesContext(connection) as few:
        client.get(url(one))
    with CaptureQueriesContext(connection) as many:
        client.get(url(four))
    assert len(few) == len(many) <= 20


def test_page_shows_the_call_that_makes_it_again_and_pasting_it_fills_the_same_form(client, alice, settings):
    settings.STUDIO_BASE_URL = "http://testserver"
    client.force_login(alice)
    job = queued(alice, prompt='It\'s <b>"odd"</b>', params={"style": "natural"})
    page = client.get(url(job)).text
    command = unescape(re.search(r'<code id="call-v2-text">(.*?)</code>', page, re.S)[1])
    assert 'curl http://testserver/v2/images/generate \\\n  -H "X-API-Key: $STUDIO_API_KEY"' in command
    composer = client.post("/", {"prompt": command}).context["composer"]
    assert (composer.prompt, composer.params, composer.listing.model.id) == (job.prompt, job.params, job.model)


def test_a_dialect_that_has_no_word_for_a_setting_says_so(client, alice):
    client.force_login(alice)
    page = client.get(url(queued(alice, params={"quality": "hd"}))).text
    assert "Left out, for these words have no name for it: Quality." in page


def test_a_dialect_that_would_refuse_so_long_a_prompt_says_so(client, alice):
    client.force_login(alice)
    assert "refuses this" not in client.get(url(queued(alice, "a fox " * 300))).text
    page = client.get(url(queued(alice, "a fox " * 500))).text
    assert page.count("refuses this") == 1
    assert "/v2 refuses this: it reads 2,000 characters of a prompt, and this has 2,999." in page
