"""The pictures of one job, the pictures before and after it, and what can be made of it next."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.accounts.models import ApiKey, User
from studio.jobs.neighbours import neighbours
from tests.factories import make_user
from tests.jobs.states import HTMX, completed, failed, queued, touch, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")


def url(job):
    return f"/jobs/{job.pk}/"


def theirs(**fields):
    """A finished job of somebody else."""
    number = User.objects.count()
    return touch(completed(queued(make_user(f"somebody{number}", credits=100))), **fields)


def beside(client, address):
    context = client.get(address).context
    return context["before"], context["after"]


def test_the_picture_asked_for_is_shown_with_its_own_words_and_files(client, alice):
    client.force_login(alice)
    job = completed(queued(alice, count=3), pictures=3)
    first, second, _third = job.images.all()
    job.images.filter(pk=second.pk).update(revised_prompt="A second kettle", marked_sha256="0" * 64)
    page = client.get(f"{url(job)}?picture=2").text
    assert f"/pictures/{second.pk}/original" in page
    assert f"/pictures/{second.pk}/marked" in page
    assert "A second kettle" in page
    assert f"/pictures/{first.pk}/original" not in page
    for odd in ("0", "4", "x", "", "-1", "9" * 40):
        assert client.get(f"{url(job)}?picture={odd}").context["picture"] == first


def test_with_htmx_only_picture_and_words_are_swapped_and_going_back_has_the_whole_page(client, alice):
    client.force_login(alice)
    job = completed(queued(alice, count=2), pictures=2)
    answer = client.get(f"{url(job)}?picture=2", headers=HTMX)
    assert "<html" not in answer.text
    assert 'id="stage">' in answer.text
    assert 'id="aside" hx-swap-oob="true"' in answer.text
    assert "HX-Request" in answer["Vary"]
    back = client.get(f"{url(job)}?picture=2", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in back.text


def test_before_and_after_lead_through_the_pictures_of_the_job_and_then_through_ones_own_jobs(client, alice):
    client.force_login(alice)
    old, middle, new = (completed(queued(alice, count=2), pictures=2) for _n in range(3))
    failed(working(queued(alice)), "provider_error")
    queued(alice)
    completed(queued(alice)).images.update(deleted_at=new.created_at)
    theirs(visibility="team")
    assert beside(client, url(new)) == ("", "?picture=2")
    assert beside(client, f"{url(new)}?picture=2") == ("?picture=1", url(middle))
    assert beside(client, url(middle)) == (url(new), "?picture=2")
    assert beside(client, f"{url(old)}?picture=2") == ("?picture=1", "")


def test_in_the_team_scope_they_lead_through_everything_one_may_see(client, alice):
    mine = completed(queued(alice))
    shown, hidden = theirs(visibility="team"), theirs()
    client.force_login(alice)
    assert beside(client, url(mine)) == ("", "")
    assert beside(client, f"{url(mine)}?in=team") == (f"{url(shown)}?in=team", "")
    assert beside(client, url(shown)) == ("", url(mine))  # of somebody else: the team's are looked through
    assert beside(client, f"{url(mine)}?in=%22%3E") == ("", "")
    assert str(hidden.pk) not in client.get(f"{url(mine)}?in=team").text


def test_jobs_of_the_same_moment_are_each_met_once(alice):
    jobs = [completed(queued(alice)) for _n in range(4)]
    for job in jobs:
        touch(job, created_at=jobs[0].created_at)
    for job in jobs:
        job.refresh_from_db()
    walked = [max(jobs, key=lambda job: job.pk)]
    while (older := neighbours(walked[-1], alice, scope="mine").older) is not None:
        walked.append(next(job for job in jobs if job.pk == older))
    assert len({job.pk for job in walked}) == len(walked) == 4
    assert [neighbours(job, alice, scope="mine").newer for job in walked[1:]] == [job.pk for job in walked[:-1]]


def test_neighbours_take_two_queries(alice, django_assert_num_queries):
    job = completed(queued(alice))
    for scope in ("mine", "team"):
        with django_assert_num_queries(2):
            neighbours(job, alice, scope=scope)


@pytest.mark.parametrize("state", [queued, lambda user: working(queued(user)), lambda user: unknown(queued(user))])
def test_a_job_without_a_picture_has_no_zoom_no_stars_and_no_alt_text(client, alice, state):
    client.force_login(alice)
    page = client.get(url(state(alice))).text
    for part in ("data-zoom", "gallery", 'id="alt"'):
        assert part not in page.partition("<main")[2].partition("</main>")[0]


def test_other_shapes_have_their_price_and_fill_the_composer(client, alice):
    client.force_login(alice)
    job = completed(queued(alice, params={"aspect_ratio": "2:3", "style": "natural"}))
    page = client.get(url(job))
    shapes = page.context["another"].shapes
    assert [(shape.value, shape.price) for shape in shapes] == [("1:1", 21), ("3:2", 21)]
    link = re.search(r'href="(/\?from=[^"]+shape=3%3A2)"', page.text)[1].replace("&amp;", "&")
    composer = client.get(link).context["composer"]
    assert composer.params == {"aspect_ratio": "3:2", "style": "natural"}
    assert composer.prompt == job.prompt


def test_a_shape_the_model_does_not_make_is_refused_in_its_row(client, alice):
    client.force_login(alice)
    job = completed(queued(alice))
    composer = client.get(f"/?from={job.pk}&shape=7:1").context["composer"]
    assert "aspect_ratio" in composer.field_errors


def test_the_price_of_another_is_of_as_many_pictures(client, alice):
    client.force_login(alice)
    four = completed(queued(alice, count=4), pictures=4)
    another = client.get(url(four)).context["another"]
    assert another.price == four.price == 16
    assert {shape.price for shape in another.shapes} == {16}


def test_a_long_prompt_is_folded_and_a_short_one_is_not(client, alice):
    client.force_login(alice)
    assert "all-words" not in client.get(url(queued(alice, "x" * 700))).text
    page = client.get(url(queued(alice, "x " * 351))).text
    assert "The whole prompt" in page
    assert "x " * 350 in page


def test_what_the_model_made_of_the_words_is_told_apart_from_them(client, alice):
    client.force_login(alice)
    job = completed(queued(alice, "a blue kettle"), revised_prompt="a dented blue kettle")
    page = client.get(url(job)).text
    assert 'a <ins><span class="sr">added: </span>dented </ins>blue kettle' in page
    same = completed(queued(alice, "a red kettle"), revised_prompt="a red kettle")
    assert "What it changed" not in client.get(url(same)).text


def test_a_key_and_the_ledger_are_their_owners_to_see(client, alice, bob):
    key = ApiKey.objects.create(user=alice, name="Night press", prefix="afk_x", digest="0" * 64)
    job = touch(completed(queued(alice)), visibility="team", api_key=key)
    dead = touch(failed(working(queued(alice)), "provider_error"), visibility="team", api_key=key)
    client.force_login(bob)
    for one in (job, dead):
        page = client.get(url(one)).text
        for word in ("Night press", "Receipt", "entry ", "You paid"):
            assert word not in page
    client.force_login(alice)
    assert "Night press" in client.get(url(job)).text


def test_four_pictures_cost_no_more_queries_than_one(client, alice):
    client.force_login(alice)
    one, four = completed(queued(alice)), completed(queued(alice, count=4), pictures=4)
    client.get(url(one))
    with CaptureQueriesContext(connection) as few:
        client.get(url(one))
    with CaptureQueriesContext(connection) as many:
        client.get(f"{url(four)}?picture=3")
    assert len(few) == len(many)


def test_a_deleted_picture_is_brought_back_from_its_page_by_who_may(client, alice):
    job = touch(completed(queued(alice)), visibility="team")
    image = job.images.get()
    client.force_login(alice)
    page = client.get(url(job)).text
    asked = client.post("/gallery/selection/delete/", {"picture": image.pk, "back": url(job)})
    assert 'formaction="/gallery/selection/delete/"' in page
    assert asked.status_code == 200  # it asks once
    client.post("/gallery/selection/delete/", {"picture": image.pk, "sure": "1"})
    page = client.get(url(job)).text
    assert "Bring the picture back" in page
    assert f'name="picture" value="{image.pk}"' in page
    client.force_login(make_user("somebody"))
    assert "Bring the picture back" not in client.get(url(job)).text
    client.force_login(alice)
    client.post("/gallery/trash/restore/", {"picture": image.pk, "back": url(job)})
    assert client.get(url(job)).context["picture"] == image
