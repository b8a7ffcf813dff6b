"""Administration of jobs: looked at by those who may, ended with a reason, the queue told in numbers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from studio.core import heartbeat, paging
from studio.core.models import AuditEvent
from studio.credits.models import Account, Entry
from studio.jobs.models import Job
from tests.jobs.states import completed, failed, queued, touch, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")
LIST = "/admin/jobs/job/"


@pytest.fixture
def warden(client, operator):
    for name in ("view_job", "change_job"):
        operator.user_permissions.add(Permission.objects.get(codename=name, content_type__app_label="jobs"))
    client.force_login(operator)
    return operator


def end(client, *jobs, reason="the vendor said so"):
    query = "&".join(f"_selected_action={job.pk}" for job in jobs)
    return client.post(f"{LIST}end/?{query}", {"reason": reason, "outcome": "release"}, follow=True)


@pytest.mark.parametrize("path", [LIST, f"{LIST}queue/", f"{LIST}end/"])
def test_staff_without_the_permission_see_nothing_of_it(client, operator, path):
    client.force_login(operator)
    assert client.get(path).status_code == 403


def test_members_are_kept_out(client, alice):
    client.force_login(alice)
    assert client.get(LIST).status_code == 403


def test_list_finds_by_id_by_the_providers_id_and_by_person(client, warden, alice, bob):
    mine = working(queued(alice, "a blue kettle"))
    mine.attempts.update(provider_job_id="vendor-77")
    queued(alice, "a red kettle")
    for term in (str(mine.pk), "vendor-77"):
        page = client.get(LIST, {"q": term}).text
        assert "a blue kettle" in page
        assert "a red kettle" not in page
    assert "a red kettle" in client.get(LIST, {"q": "ALICE"}).text
    assert "kettle" not in client.get(LIST, {"q": "bob"}).text


def test_list_says_what_became_of_each_in_one_place(client, warden, alice):
    for job, said in (
        (unknown(queued(alice)), "Not known"),
        (failed(queued(alice), "provider_error", status=502), "Failed: provider_error"),
        (completed(queued(alice)), "Completed"),
    ):
        page = client.get(LIST, {"q": str(job.pk)}).text
        assert f'<td class="field-state">{said}</td>' in page


def test_list_filters_by_state_and_model(client, warden, alice):
    unknown(queued(alice, "a lost kettle"))
    queued(alice, "a red kettle")
    page = client.get(LIST, {"state": "unknown"}).text
    assert "a lost kettle" in page
    assert "a red kettle" not in page
    assert "kettle" not in client.get(LIST, {"model": "dall-e-2"}).text


def test_a_job_shows_its_attempts_and_pictures_and_nothing_can_be_edited(client, warden, alice):
    job = completed(queued(alice))
    page = client.get(f"{LIST}{job.pk}/change/").text
    assert job.images.get().sha256 in page
    assert 'name="_save"' not in page
    assert client.post(f"{LIST}{job.pk}/change/", {"status": "FAILED"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    job.refresh_from_db()
    assert job.status == "COMPLETED"


def test_an_unknown_job_is_closed_with_a_reason_its_owner_reads(client, warden, alice):
    job = unknown(queued(alice))
    assert end(client, job).status_code == 200
    job.refresh_from_db()
    assert (job.status, job.paid) == ("FAILED", 0)
    assert Account.objects.get(user=alice).spendable == 100
    assert not Entry.objects.filter(kind="unconfirmed").exists()  # the sandbox takes nothing
    assert AuditEvent.objects.get(name="job.released").data["reason"] == "the vendor said so"
    client.force_login(alice)
    assert "An administrator closed this order: the vendor said so" in client.get(f"/jobs/{job.pk}/").text


def test_a_waiting_job_is_cancelled_and_says_by_whom(client, warden, alice):
    job = queued(alice)
    end(client, job)
    job.refresh_from_db()
    assert job.status == "CANCELLED"
    assert AuditEvent.objects.filter(name="job.cancelled", target=str(job.pk)).count() == 1
    client.force_login(alice)
    assert "Cancelled by an administrator at" in client.get(f"/jobs/{job.pk}/").text


def test_without_a_reason_nothing_is_ended(client, warden, alice):
    job = queued(alice)
    assert end(client, job, reason=" ").status_code == 422
    job.refresh_from_db()
    assert job.status == "QUEUED"


def test_what_is_under_way_stays_as_it_is(client, warden, alice):
    job = working(queued(alice))
    page = client.get(f"{LIST}end/?_selected_action={job.pk}&_selected_action=x").text
    assert "stays as it is" in page
    end(client, job)
    job.refresh_from_db()
    assert job.status == "PROCESSING"


def test_the_queue_page_tells_processes_lines_and_circuits(client, warden, alice):
    heartbeat.beat("host:77")
    queued(alice)
    unknown(queued(alice, "another"))
    page = client.get(f"{LIST}queue/").text
    assert "host:77" in page
    assert "alive" in page
    assert "2 rows in the queue." in page
    assert "<td>Sandbox</td><td>1</td>" in page
    assert "healthy" in page


def test_the_list_is_never_counted_to_its_end(client, warden, alice, monkeypatch):
    for n in range(3):
        touch(queued(alice, f"kettle {n}"))
    monkeypatch.setattr(paging, "COUNTED", 2)
    page = client.get(LIST).text
    assert "kettle 2" in page
    assert Job.objects.count() == 3


def test_rows_of_the_queues_library_are_not_administered_by_hand(client, admin_client):
    assert "django_q" not in admin_client.get("/admin/").text.lower()
    assert admin_client.get("/admin/django_q/schedule/").status_code == 404


def test_an_unknown_job_can_be_asked_for_from_its_page(client, warden, alice):
    job = unknown(queued(alice))
    page = client.get(f"{LIST}{job.pk}/change/").text
    assert f'action="{LIST}{job.pk}/ask/"' in page
    assert "Nobody knows whether the provider made this order." in page
    assert client.get(f"{LIST}{job.pk}/ask/").status_code == 405
    assert "1 job is being asked for." in client.post(f"{LIST}{job.pk}/ask/", follow=True).text
    job.refresh_from_db()
    assert job.look_at is not None
    assert AuditEvent.objects.get(name="job.looked_up").target == str(job.pk)


def test_what_cannot_be_asked_says_why(client, warden, alice):
    job = unknown(queued(alice))
    job.attempts.update(created_at=job.created_at - timedelta(days=2))
    page = client.get(f"{LIST}{job.pk}/change/").text
    assert "after a day would take the same order as a second one" in page
    assert "/ask/" not in page
    assert "after a day" in client.post(LIST, {"action": "look_up_jobs", "_selected_action": job.pk}, follow=True).text


def test_staff_without_the_permission_ask_and_settle_nothing(client, operator, alice):
    job = unknown(queued(alice))
    operator.user_permissions.add(Permission.objects.get(codename="view_job", content_type__app_label="jobs"))
    client.force_login(operator)
    assert client.post(f"{LIST}{job.pk}/ask/").status_code == 403
    assert end(client, job).status_code == 403
    assert "/ask/" not in client.get(f"{LIST}{job.pk}/change/").text


def test_a_cost_that_is_sure_is_confirmed_with_a_reason_its_owner_reads(client, warden, alice):
    job = unknown(queued(alice))
    data = {"reason": "it is on the bill", "outcome": "confirm"}
    client.post(f"{LIST}end/?_selected_action={job.pk}", data)
    job.refresh_from_db()
    assert (job.status, job.error_code, job.paid) == ("FAILED", "confirmed", 0)
    client.force_login(alice)
    assert "An administrator wrote: it is on the bill" in client.get(f"/jobs/{job.pk}/").text


def test_an_id_is_needed_to_fetch_what_it_names(client, warden, alice):
    job = unknown(queued(alice))
    data = {"reason": "found it", "outcome": "find", "provider_job_id": ""}
    answer = client.post(f"{LIST}end/?_selected_action={job.pk}", data)
    assert answer.status_code == 422
    assert "Enter the id under which the provider knows the order." in answer.text
    answer = client.post(f"{LIST}end/?_selected_action={job.pk}", data | {"provider_job_id": "x"}, follow=True)
    assert "Sandbox cannot be asked for an order by id." in answer.text
