"""Who sees a job at me, team, link and public, and who may set what."""

import pytest
from django.urls import reverse

from studio.core.models import AuditEvent
from studio.jobs.models import Image, Job
from studio.jobs.visibility import NotYours, choices_for, set_visibility
from tests.jobs.states import completed, queued, touch

pytestmark = pytest.mark.usefixtures("catalogue")
LEVELS = ("me", "team", "link", "public")


def level_of(job: Job) -> str:
    return Job.objects.values_list("visibility", flat=True).get(pk=job.pk)


@pytest.mark.parametrize("level", LEVELS)
def test_the_team_sees_the_job_at_team_and_public_and_at_link_nobody_but_its_owner(alice, bob, operator, client, level):
    job = touch(completed(queued(alice)), visibility=level)
    seen = level in ("team", "public")
    for person, sees in ((alice, True), (bob, seen), (operator, seen)):
        assert Job.objects.visible_to(person).filter(pk=job.pk).exists() is sees
        assert job.is_visible_to(person) is sees
        assert Image.objects.visible_to(person).exists() is sees
        client.force_login(person)
        page = client.get(reverse("jobs:job", args=[job.pk]))
        assert page.status_code == (200 if sees else 404)
        assert ("a blue kettle" in page.text) is sees


@pytest.mark.parametrize("level", ["me", "team", "link"])
def test_owners_set_what_is_theirs(client, alice, level):
    client.force_login(alice)
    job = touch(completed(queued(alice)), visibility="team" if level != "team" else "me")
    version = job.version
    answer = client.post(reverse("jobs:visibility", args=[job.pk]), {"level": level})
    assert answer.url == f"{reverse('jobs:job', args=[job.pk])}#visibility"
    assert level_of(job) == level
    assert Job.objects.get(pk=job.pk).version == version + 1  # a live page draws it anew
    set_visibility(user=alice, jobs=[job.pk], level=level)
    assert Job.objects.get(pk=job.pk).version == version + 1  # nothing changed


def test_only_staff_set_everybody(client, alice):
    client.force_login(alice)
    job = completed(queued(alice))
    page = client.post(reverse("jobs:visibility", args=[job.pk]), {"level": "public"}, follow=True).text
    assert "Only the staff can show a picture to everybody." in page
    assert level_of(job) == "me"
    assert [choice.value for choice in choices_for(alice)] == ["me", "team", "link"]


def test_staff_choose_examples_from_what_the_team_sees_and_it_is_written_down(client, alice, operator):
    client.force_login(operator)
    shared, hidden = touch(completed(queued(alice)), visibility="team"), completed(queued(alice))
    for job in (shared, hidden):
        client.post(reverse("jobs:visibility", args=[job.pk]), {"level": "public"})
    assert (level_of(shared), level_of(hidden)) == ("public", "me")
    event = AuditEvent.objects.get(name="job.visibility")
    assert (event.actor, event.target, event.data) == (
        operator,
        str(shared.pk),
        {"before": "team", "after": "public"},
    )
    client.post(reverse("jobs:visibility", args=[shared.pk]), {"level": "team"})
    assert level_of(shared) == "team"


@pytest.mark.parametrize("level", ["me", "link"])
def test_staff_neither_hide_nor_hand_out_what_is_somebody_elses(alice, operator, level):
    job = touch(completed(queued(alice)), visibility="team")
    assert set_visibility(user=operator, jobs=[job.pk], level=level) == 0
    assert level_of(job) == "team"


def test_owners_take_back_what_staff_made_an_example(alice):
    job = touch(completed(queued(alice)), visibility="public")
    assert set_visibility(user=alice, jobs=[job.pk], level="public") == 1
    assert set_visibility(user=alice, jobs=[job.pk], level="me") == 1
    assert level_of(job) == "me"
    assert AuditEvent.objects.get(name="job.visibility").data == {"before": "public", "after": "me"}


@pytest.mark.parametrize("visibility", ["me", "team"])
def test_what_is_somebody_elses_stays_as_it_is(client, alice, bob, visibility):
    client.force_login(bob)
    job, own = touch(completed(queued(alice)), visibility=visibility), completed(queued(alice))
    assert client.post(reverse("jobs:visibility", args=[job.pk]), {"level": "link"}).status_code == 404
    assert set_visibility(user=bob, jobs=[job.pk, own.pk], level="link") == 0
    assert (level_of(job), level_of(own)) == (visibility, "me")


def test_nothing_is_set_when_one_of_them_may_not_be(alice):
    jobs = [completed(queued(alice)), completed(queued(alice))]
    with pytest.raises(NotYours):
        set_visibility(user=alice, jobs=[job.pk for job in jobs], level="public")
    assert {level_of(job) for job in jobs} == {"me"}


@pytest.mark.parametrize("level", ["", "everyone", "PUBLIC", "me\0"])
def test_a_level_that_is_none_changes_nothing(client, alice, level):
    client.force_login(alice)
    job = completed(queued(alice))
    page = client.post(reverse("jobs:visibility", args=[job.pk]), {"level": level}, follow=True).text
    assert "Choose who sees it." in page
    assert level_of(job) == "me"
