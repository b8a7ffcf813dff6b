"""The rows of pictures in the composer: uploads, one's own pictures, and what survives a refusal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs.models import Job, JobReference, Reference
from studio.jobs.reference_files import MAX_BYTES
from studio.jobs.uploads import MOST_BYTES
from tests.api.made import completed
from tests.jobs.test_pictures import draw
from tests.jobs.test_references import files, keep

MANY, ONE = "style_reference_images", "image"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def a_file(data: bytes | None = None, name: str = "fox.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw() if data is None else data)


Send = Callable[..., HttpResponse]


@pytest.fixture
def send(client: Client, alice: User) -> Send:
    """Alice's form, as a browser without script sends it."""
    client.force_login(alice)

    def order(path: str = "/", *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        form = {"model": "ideogram-v3-turbo", "prompt": "a blue kettle", "key": "k1", **fields}
        return client.post(path, form, headers=headers)

    return order


def chosen(page: str, name: str = MANY) -> list[str]:
    """The values of the squares that are chosen."""
    return [
        re.search('value="([^"]+)"', field)[1]  # type: ignore[index]
        for field in re.findall(f'<input type="(?:checkbox|radio)" name="{name}"[^>]*>', page)
        if " checked" in field and 'value=""' not in field
    ]


def test_a_model_that_takes_pictures_has_a_row_and_a_form_that_carries_files(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/?model=ideogram-v3-turbo").text
    assert 'enctype="multipart/form-data"' in page
    assert f'name="new-{MANY}"' in page
    assert 'enctype="multipart/form-data"' not in client.get("/?model=dall-e-3").text


def test_an_uploaded_file_is_ordered_with(send: Send, alice: User) -> None:
    assert send(**{f"new-{MANY}": a_file()}).status_code == 302
    job, row = Job.objects.get(), Reference.objects.get()
    assert job.params == {MANY: [row.value]}
    assert (row.user, row.source) == (alice, "upload")
    assert JobReference.objects.get().job == job


def test_several_files_and_kept_ones_go_together_in_order(send: Send, alice: User) -> None:
    kept = keep(alice, draw("WEBP"))
    assert send(**{MANY: [kept.value], f"new-{MANY}": [a_file(draw("JPEG")), a_file()]}).status_code == 302
    formats = {row.value: row.format for row in Reference.objects.all()}
    assert [formats[value] for value in Job.objects.get().params[MANY]] == ["webp", "jpg", "png"]


def test_an_upload_survives_a_refused_form_and_a_square_unticked_is_gone(send: Send) -> None:
    refused = send(prompt="", **{f"new-{MANY}": a_file()})
    assert refused.status_code == 422
    row = Reference.objects.get()
    assert chosen(refused.text) == [row.value]
    assert f'src="/references/{row.pk}/small"' in refused.text
    assert send(**{MANY: chosen(refused.text)}).status_code == 302
    assert Job.objects.get().params == {MANY: [row.value]}
    assert send(prompt="without", key="k2").status_code == 302
    assert Job.objects.order_by("created_at").last().params == {}  # type: ignore[union-attr]


def test_an_empty_file_field_is_sent_by_browsers_and_means_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    fields = {"model": "ideogram-v3-turbo", "prompt": "a blue kettle"}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    empty = f'name="new-{MANY}"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n'
    parts.append(f"Content-Disposition: form-data; {empty}")
    body = "".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--\r\n"
    answer = client.generic("POST", "/", body.encode(), "multipart/form-data; boundary=x")
    assert answer.status_code == 302
    assert Job.objects.get().params == {}


def test_the_same_form_with_the_same_file_twice_is_one_job(send: Send) -> None:
    data = draw()
    for _ in range(2):
        assert send(**{f"new-{MANY}": a_file(data)}).status_code == 302
    assert Job.objects.count() == Reference.objects.count() == 1


def test_a_pick_of_ones_own_pictures_becomes_a_reference_of_the_job(send: Send, client: Client, alice: User) -> None:
    image = completed(alice, copies=True).images.get()
    page = client.get("/?model=ideogram-v3-turbo").text
    assert f'value="image:{image.pk}"' in page
    assert chosen(page) == []
    assert send(**{MANY: f"image:{image.pk}"}).status_code == 302
    row = Reference.objects.get()
    assert (row.source, row.image) == ("picture", image)


def test_use_as_reference_opens_a_model_that_takes_pictures_with_it_chosen(client: Client, alice: User) -> None:
    image = completed(alice, copies=True).images.get()
    client.force_login(alice)
    assert f"?reference={image.pk}" in client.get("/").text
    page = client.get(f"/?reference={image.pk}").text
    name = re.search(r'name="new-([a-z_]+)"', page)
    assert name
    assert chosen(page, name[1]) == [f"image:{image.pk}"]
    asked = client.get(f"/?model=ideogram-v3-turbo&reference={image.pk}").text
    assert chosen(asked) == [f"image:{image.pk}"]
    assert not Reference.objects.exists()  # looking changes nothing
    assert client.get("/?reference=x").status_code == 200


def test_others_pictures_are_neither_shown_nor_taken(send: Send, client: Client, bob: User, alice: User) -> None:
    theirs = keep(bob, draw())
    hidden = Reference.objects.get()
    refused = send(**{MANY: [theirs.value]})
    assert refused.status_code == 422
    assert "There is no such picture." in refused.text
    assert chosen(refused.text) == []
    assert str(hidden.pk) not in refused.text
    assert not Job.objects.exists()
    image = completed(alice).images.get()
    client.force_login(bob)
    assert chosen(client.get(f"/?model=ideogram-v3-turbo&reference={image.pk}").text) == []
    picked = client.post("/", {"model": "ideogram-v3-turbo", "prompt": "x", MANY: f"image:{image.pk}"})
    assert picked.status_code == 422
    assert Reference.objects.of(bob).count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a PNG, JPEG or WebP picture"),
        (draw() + bytes(MAX_BYTES), "larger than 25 MB"),
        (draw()[:-20], "ends too early"),
    ],
    ids=["svg", "26mb", "cut"],
)
def test_a_file_that_is_no_picture_is_said_on_its_row_and_nothing_else_is_lost(
    send: Send, alice: User, media: Path, data: bytes, said: str
) -> None:
    kept = keep(alice, draw())
    before = files(media)
    refused = send(**{MANY: [kept.value], f"new-{MANY}": a_file(data, "<b>odd.png")})
    assert refused.status_code == 422
    assert said in refused.text
    assert "&lt;b&gt;odd.png" in refused.text
    assert "a blue kettle" in refused.text
    assert chosen(refused.text) == [kept.value]
    assert not Job.objects.exists()
    assert files(media) == before


def test_more_than_the_model_takes_is_said_and_all_stay_to_be_chosen_from(send: Send) -> None:
    kinds = [draw(size=(20 + n, 20)) for n in range(4)]
    refused = send(**{f"new-{MANY}": [a_file(data) for data in kinds]})
    assert refused.status_code == 422
    assert "3 at most" in refused.text
    assert len(chosen(refused.text)) == 4
    assert f'name="new-{MANY}"' not in refused.text


def test_choosing_a_file_under_htmx_keeps_it_and_shows_the_form_again(send: Send) -> None:
    again = send("/studio/compose/", headers=HTMX, **{f"new-{MANY}": a_file()})
    assert again.status_code == 200
    assert chosen(again.text) == [Reference.objects.get().value]
    assert not Job.objects.exists()


def test_pictures_come_along_to_another_model(send: Send, alice: User) -> None:
    kept = keep(alice, draw())
    other = send(
        "/studio/compose/", headers=HTMX, model="ideogram-character", **{"character_reference_image": kept.value}
    )
    assert chosen(other.text, "character_reference_image") == [kept.value]
    moved = send("/studio/compose/", headers=HTMX, model="ideogram-character", input_images=kept.value)
    assert chosen(moved.text, MANY) + chosen(moved.text, "character_reference_image") == [kept.value]


def test_a_required_picture_is_asked_for(send: Send) -> None:
    refused = send(model="ideogram-character")
    assert refused.status_code == 422
    assert 'aria-describedby="field-character_reference_image-error"' in refused.text
    assert send(model="ideogram-character", **{"new-character_reference_image": a_file()}).status_code == 302


def test_one_new_file_takes_the_place_of_the_one_chosen(send: Send, alice: User) -> None:
    old = keep(alice, draw("JPEG"))
    name = "character_reference_image"
    assert send(model="ideogram-character", **{name: old.value, f"new-{name}": a_file()}).status_code == 302
    value = Job.objects.get().params[name]
    assert value != old.value


def test_what_will_be_sent_names_pictures_by_their_number(send: Send, alice: User) -> None:
    told = send("/studio/sending/", headers=HTMX, **{MANY: [keep(alice, draw()).value]})
    assert "1 picture<" in told.text
    assert "ref:" not in told.text


def test_card_and_page_show_what_a_job_was_built_on(send: Send, client: Client, alice: User) -> None:
    row = keep(alice, draw())
    send(**{MANY: [row.value]})
    src = f"/references/{row.pk}/small"
    assert f'href="{src}"' in client.get("/").text
    page = client.get(f"/jobs/{Job.objects.get().pk}/").text
    assert f'src="{src}"' in page
    assert "Built on" in page


def test_a_remix_begins_with_the_same_pictures(send: Send, client: Client, alice: User) -> None:
    row = keep(alice, draw())
    send(**{MANY: [row.value]})
    assert chosen(client.get(f"/?from={Job.objects.get().pk}").text) == [row.value]


def test_a_stranger_who_sends_files_leaves_nothing_on_disk(client: Client, media: Path) -> None:
    client.post("/", {"prompt": "x", f"new-{MANY}": a_file()})
    client.post("/accounts/login/", {"login": "x", "password": "y", "file": a_file()})
    assert not media.exists()


def test_a_body_beyond_all_limits_is_refused_unread(client: Client, alice: User) -> None:
    client.force_login(alice)
    head = {"Content-Length": str(MOST_BYTES + 1)}
    answer = client.generic("POST", "/", b"--x", "multipart/form-data; boundary=x", headers=head)
    assert answer.status_code == 400
