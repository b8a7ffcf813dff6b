"""Where a job comes from and what came of it: who sees whom, and what is told of each."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.jobs.models import Job
from studio.jobs.services import submit_job
from tests.jobs.states import completed, failed, queued, touch, working

pytestmark = pytest.mark.usefixtures("catalogue")


def child_of(job, user, prompt, **params):
    return submit_job(user=user, model="dall-e-3", prompt=prompt, params=params, retry_of=job)[0]


def lineage(client, job):
    return client.get(f"/jobs/{job.pk}/").context["lineage"]


def test_a_job_alone_has_no_lineage(client, alice):
    client.force_login(alice)
    job = completed(queued(alice))
    assert lineage(client, job) == []
    assert "Where it comes from" not in client.get(f"/jobs/{job.pk}/").text


def test_parent_this_and_children_stand_in_order(client, alice):
    client.force_login(alice)
    first = completed(queued(alice, "a calm blue kettle"))
    this = completed(child_of(first, alice, "a loud blue kettle"))
    late = completed(child_of(this, alice, "a loud red kettle"))
    found = lineage(client, this)
    assert [one.job.pk for one in found] == [first.pk, this.pk, late.pk]
    assert [one.is_this for one in found] == [False, True, False]
    assert [(one.text, one.is_new) for one in found[2].changes] == [("blue", False), ("red", True)]


def test_relatives_one_may_not_see_are_not_even_counted(client, alice, bob):
    first = completed(queued(alice, "a calm kettle"))
    this = touch(completed(child_of(first, alice, "a loud kettle")), visibility="team")
    hidden = child_of(this, alice, "a secret kettle")
    client.force_login(bob)
    page = client.get(f"/jobs/{this.pk}/")
    assert page.context["lineage"] == []
    for other in (first, hidden):
        assert str(other.pk) not in page.text
    touch(first, visibility="team")
    assert [one.job.pk for one in lineage(client, this)] == [first.pk, this.pk]


def test_where_the_words_are_the_same_the_settings_are_told(client, alice):
    client.force_login(alice)
    first = completed(queued(alice, "a kettle"))
    again, wide = child_of(first, alice, "a kettle"), child_of(first, alice, "a kettle", aspect_ratio="3:2")
    text = client.get(f"/jobs/{first.pk}/").text
    assert [one.settings for one in lineage(client, first)[1:]] == ["", "3:2"]
    assert "the same words, 3:2" in text
    assert {again.pk, wide.pk} == {one.job.pk for one in lineage(client, first)[1:]}


def test_other_words_altogether_are_shown_as_they_are(client, alice):
    client.force_login(alice)
    first = completed(queued(alice, "a lighthouse on a small island at dusk"))
    child_of(first, alice, "seven fish")
    child = lineage(client, first)[1]
    assert child.has_other_words
    assert child.changes == []


@pytest.mark.parametrize(
    ("bring", "word"),
    [
        (lambda job: job, "Not ready yet"),
        (working, "Not ready yet"),
        (lambda job: failed(working(job), "provider_error"), "Not made"),
        (lambda job: completed(job, has_copies=False), "Being unpacked"),
        (lambda job: completed(job).images.update(deleted_at=job.created_at), "Deleted"),
    ],
)
def test_a_relative_without_a_picture_says_why(client, alice, bring, word):
    client.force_login(alice)
    first = completed(queued(alice, "a calm kettle"))
    bring(child_of(first, alice, "a loud kettle"))
    child = lineage(client, first)[1]
    assert (child.image, child.state) == (None, word)


def test_lineage_costs_the_same_with_one_child_or_twelve(client, alice):
    client.force_login(alice)
    few, many = completed(queued(alice, "few kettles")), completed(queued(alice, "many kettles"))
    for parent, number in ((few, 1), (many, 14)):
        rows = [Job(**{**values_of(parent), "id": uuid4(), "retry_of": parent}) for _n in range(number)]
        Job.objects.bulk_create(rows)
    client.get(f"/jobs/{few.pk}/")
    with CaptureQueriesContext(connection) as one:
        lineage(client, few)
    with CaptureQueriesContext(connection) as twelve:
        found = lineage(client, many)
    assert len(one) == len(twelve)
    assert len(found) == 13  # itself and the first twelve


def values_of(job):
    return {
        field.attname: getattr(job, field.attname) for field in Job._meta.concrete_fields if field.name != "retry_of"
    }
