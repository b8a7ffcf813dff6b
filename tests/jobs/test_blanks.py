"""Blanks of a prompt: a field each, filled in before the order."""

import pytest
from django.urls import reverse

from studio.jobs.models import Batch, Job

pytestmark = pytest.mark.usefixtures("catalogue")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


def order(client, prompt, **fields):
    return client.post("/", {"model": "dall-e-3", "prompt": prompt, **fields})


def test_a_blank_is_filled_in_before_the_order(client, alice):
    client.force_login(alice)
    response = order(
        client, "A poster of {subject} in {the colour}", **{"blank-subject": " a fox ", "blank-the colour": "red"}
    )
    assert response.status_code == 302
    fields = {"model": "dall-e-3", "prompt": "A {subject}", "blank-subject": "fox"}
    assert "<dd>A fox<br>5 characters" in client.post(reverse("jobs:sending"), fields, headers=HTMX).text
    assert Job.objects.get().prompt == "A poster of a fox in red"


def test_an_empty_blank_is_asked_for_and_nothing_is_ordered(client, alice):
    client.force_login(alice)
    response = order(client, "A poster of {subject} in {colour}", **{"blank-subject": "a fox"})
    assert response.status_code == 422
    assert "Fill in colour below the words." in response.text
    assert 'name="blank-subject" type="text" value="a fox"' in response.text
    assert 'name="blank-colour" type="text" value=""' in response.text
    assert Job.objects.count() == 0


def test_what_is_filled_in_may_be_a_choice_and_the_batch_keeps_the_filled_words(client, alice):
    client.force_login(alice)
    fields = {"blank-colour": "{red|blue}", "model": "dall-e-3", "prompt": "A {colour} fox"}
    price = client.post(reverse("jobs:price"), fields, headers=HTMX)
    assert "42 credits" in price.text
    shown = price.text.partition('name="shown" value="')[2].partition('"')[0]
    client.post("/", {**fields, "shown": shown})
    assert {job.prompt for job in Job.objects.all()} == {"A red fox", "A blue fox"}
    assert Batch.objects.get().prompt == "A {red|blue} fox"


def test_a_brace_itself_and_what_is_no_name_need_no_filling(client, alice):
    client.force_login(alice)
    order(client, r'A sign that says \{subject} and {"a": 1}')
    assert Job.objects.get().prompt == 'A sign that says {subject} and {"a": 1}'


def test_the_fields_follow_the_words(client, alice):
    client.force_login(alice)
    fields = client.post(reverse("jobs:blanks"), {"prompt": "{a} and {b} and {a}", "blank-a": "<x>"}, headers=HTMX).text
    assert fields.count("<input") == 2
    assert 'value="&lt;x&gt;"' in fields
    assert "<input" not in client.post(reverse("jobs:blanks"), {"prompt": "{a|b} {"}, headers=HTMX).text
