"""What a picture is said to show: its owner's words, or the prompt."""

import pytest

from tests.jobs.states import HTMX, completed, queued, touch

pytestmark = pytest.mark.usefixtures("catalogue")


def test_alt_text_is_the_prompt_in_one_line_until_its_owner_says_otherwise(alice):
    image = completed(queued(alice, "a blue\n\nkettle")).images.get()
    assert image.alt_text == "a blue kettle"
    image.alt = "A kettle with\na dent"
    assert image.alt_text == "A kettle with a dent"


def test_cards_and_pages_say_the_alt_text(client, alice):
    client.force_login(alice)
    job = completed(queued(alice))
    job.images.update(alt="A kettle with a dent")
    for path in ("/", f"/jobs/{job.pk}/"):
        assert 'alt="A kettle with a dent"' in client.get(path).text


def url(image):
    return f"/jobs/{image.job_id}/pictures/{image.pk}/alt/"


def test_its_owner_says_what_a_picture_shows_and_takes_it_back(client, alice):
    client.force_login(alice)
    image = completed(queued(alice)).images.get()
    answer = client.post(url(image), {"alt": "  A kettle\nwith a dent\x00 "})
    assert answer.url == f"/jobs/{image.job_id}/?picture=1#alt"
    page = client.get(answer.url).text
    assert 'alt="A kettle with a dent"' in page
    assert '<p class="made" dir="auto">A kettle with a dent</p>' in page
    client.post(url(image), {"alt": " "})
    image.refresh_from_db()
    assert (image.alt, image.alt_text) == ("", "a blue kettle")


def test_with_htmx_the_section_and_the_picture_come_back(client, alice):
    client.force_login(alice)
    image = completed(queued(alice)).images.get()
    text = client.post(url(image), {"alt": '<b>"A dent"</b>'}, headers=HTMX).text
    assert "<html" not in text
    assert text.count("&lt;b&gt;&quot;A dent&quot;&lt;/b&gt;") == 3  # what is read, what is edited, the picture's own
    assert f'id="picture-{image.pk}" hx-swap-oob="true"' in text
    assert "<b>" not in text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_too_many_words_are_refused_and_not_lost(client, alice, headers):
    client.force_login(alice)
    image = completed(queued(alice)).images.get()
    answer = client.post(url(image), {"alt": "x" * 1001}, headers=headers)
    assert answer.status_code == 422
    assert "1 character too many: 1,000 fit." in answer.text
    assert "x" * 1001 in answer.text
    assert client.post(url(image), {"alt": "灯" * 1000}, headers=headers).status_code in (200, 302)


def test_nobody_else_says_what_a_picture_shows(client, alice, bob, operator):
    image = touch(completed(queued(alice)), visibility="team").images.get()
    image.job.images.update(alt="A kettle with a dent")
    for other in (bob, operator):
        client.force_login(other)
        assert client.post(url(image), {"alt": "Mine"}).status_code == 404
    page = client.get(f"/jobs/{image.job_id}/").text
    assert "A kettle with a dent" in page
    assert "alt-words" not in page
    client.force_login(alice)
    assert client.get(url(image)).status_code == 405
    image.job.images.update(deleted_at=image.created_at)
    assert client.post(url(image), {"alt": "Gone"}).status_code == 404


def test_a_picture_is_named_with_its_own_job(client, alice):
    client.force_login(alice)
    image, other = (completed(queued(alice)).images.get() for _n in range(2))
    assert client.post(f"/jobs/{other.job_id}/pictures/{image.pk}/alt/", {"alt": "x"}).status_code == 404
