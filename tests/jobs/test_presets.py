"""Presets: kept from the composer, one's own or the team's, and put back into it."""

import pytest
from django.urls import reverse

from studio.jobs import presets
from studio.jobs.models import Job, Preset
from studio.jobs.presets import MOST
from studio.providers.models import ModelRow
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("catalogue")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/", "HX-Target": "presets-in"}
FIELDS = {"model": "ideogram-v3-turbo", "prompt": "A poster of {subject}", "aspect_ratio": "3:2", "key": "k" * 24}


def save(client, name="Posters", *, headers=None, **fields):
    return client.post(reverse("jobs:preset_save"), {**FIELDS, "preset_name": name, **fields}, headers=headers)


def test_the_composer_is_kept_under_a_name_and_fills_it_again(client, alice):
    client.force_login(alice)
    naming = client.post(reverse("jobs:preset_new"), FIELDS, headers=HTMX).text
    assert 'name="aspect_ratio" value="3:2"' in naming
    assert "one blank: subject" in naming
    assert Preset.objects.count() == 0
    answer = save(client, headers=HTMX)
    assert "&quot;Posters&quot; is kept." in answer.text or '"Posters" is kept.' in answer.text
    kept = Preset.objects.get()
    assert (kept.model, kept.prompt, kept.settings) == ("ideogram-v3-turbo", FIELDS["prompt"], {"aspect_ratio": "3:2"})
    page = client.get(reverse("jobs:preset", args=[kept.pk]))
    assert "A poster of {subject}</textarea>" in page.text
    assert 'value="3:2" checked' in page.text
    assert "Filled in from Posters." in page.text
    assert "<html" not in client.get(reverse("jobs:preset", args=[kept.pk]), headers=HTMX).text


def test_no_text_of_a_form_brings_nul_into_json_which_postgresql_does_not_keep(client, alice):
    client.force_login(alice)
    save(client, aspect_ratio="3:\x002", negative_prompt="fog\0", also="\0")
    assert Preset.objects.get().settings == {"aspect_ratio": "3:2", "negative_prompt": "fog"}
    client.post(reverse("jobs:studio"), {**FIELDS, "prompt": "A poster", "negative_prompt": "fog\0", "key": "n" * 24})
    assert Job.objects.get().params["negative_prompt"] == "fog"


def test_without_script_it_is_named_on_a_page_of_its_own(client, alice):
    client.force_login(alice)
    page = client.post(reverse("jobs:preset_new"), FIELDS)
    assert page.status_code == 200
    assert "<h1" in page.text
    assert 'value="A poster of {subject}"' in page.text
    assert save(client).url == reverse("jobs:presets")
    assert "Posters" in client.get(reverse("jobs:presets")).text


def test_a_name_that_is_taken_is_asked_about_and_nothing_is_lost(client, alice):
    client.force_login(alice)
    save(client)
    again = save(client, headers=HTMX, prompt="Another {thing}")
    assert again.status_code == 422
    assert "There is a preset" in again.text
    assert "Another {thing}</textarea>" in again.text
    assert Preset.objects.get().prompt == FIELDS["prompt"]
    save(client, prompt="Another {thing}", preset_replace="1")
    assert Preset.objects.get().prompt == "Another {thing}"


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Give it a name."), (" \0 ", "Give it a name."), ("n" * 61, "at most 60 characters")]
)
def test_a_name_that_cannot_be_kept_is_refused_with_a_sentence(client, alice, name, sentence):
    client.force_login(alice)
    answer = save(client, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert Preset.objects.count() == 0


def test_nobody_keeps_more_than_the_most(client, alice):
    Preset.objects.bulk_create(Preset(user=alice, name=f"p{n}", model="dall-e-3") for n in range(MOST))
    client.force_login(alice)
    assert save(client).status_code == 422
    assert save(client, "p7", preset_replace="1").status_code == 302


def test_replacing_what_is_not_there_does_not_go_past_the_most_either(client, alice, monkeypatch):
    monkeypatch.setattr("studio.jobs.presets.MOST", 1)
    client.force_login(alice)
    assert save(client).status_code == 302
    assert save(client, "Another", preset_replace="1").status_code == 422
    assert save(client, preset_replace="1").status_code == 302
    assert Preset.objects.count() == 1


def test_a_change_of_what_was_deleted_meanwhile_does_nothing(alice):
    preset = Preset.objects.create(user=alice, name="Old", model="midjourney")
    Preset.objects.all().delete()
    presets.change(preset, name="New", is_team=True)
    assert not Preset.objects.exists()


def test_an_unknown_model_is_404_and_pictures_are_left_out_and_said(client, alice):
    client.force_login(alice)
    assert client.post(reverse("jobs:preset_new"), {"model": "no-such"}).status_code == 404
    assert client.post(reverse("jobs:preset_save"), {"model": "no-such", "preset_name": "x"}).status_code == 404
    picture = "ref:0b8f1c1e-7a52-4a6e-9a53-1d2f3c4b5a69"
    fields = {"model": "flux-2-pro", "prompt": "x", "input_images": picture, "seed": "7"}
    assert "are not kept with it" in client.post(reverse("jobs:preset_new"), fields, headers=HTMX).text
    client.post(reverse("jobs:preset_save"), {**fields, "preset_name": "x"})
    assert Preset.objects.get().settings == {"seed": "7"}


def test_ones_own_is_nobody_elses_and_the_teams_is_everybodys_to_use(client, alice, bob):
    own = Preset.objects.create(user=alice, name="Mine", model="dall-e-3", prompt="secret words")
    team = Preset.objects.create(user=alice, name="Ours", model="dall-e-3", is_team=True)
    client.force_login(bob)
    page = client.get(reverse("jobs:presets")).text
    assert "Ours" in page
    assert "for the team by alice" in page
    assert "Mine" not in page
    assert client.get(reverse("jobs:preset", args=[team.pk])).status_code == 200
    assert client.get(reverse("jobs:preset", args=[own.pk])).status_code == 404
    for name, pk in (("preset_change", own.pk), ("preset_delete", own.pk), ("preset_change", team.pk)):
        assert client.post(reverse(f"jobs:{name}", args=[pk]), {"name": "x"}).status_code == 404
    assert Preset.objects.filter(name="Ours").exists()


def test_its_maker_and_staff_rename_share_and_delete(client, alice):
    team = Preset.objects.create(user=alice, name="Ours", model="dall-e-3", is_team=True)
    mine = Preset.objects.create(user=alice, name="Mine", model="dall-e-3")
    staff = make_user("root", is_staff=True)
    client.force_login(staff)
    client.post(reverse("jobs:preset_change", args=[team.pk]), {"name": " Posters  of us ", "for": "team"})
    team.refresh_from_db()
    assert (team.name, team.is_team, team.user) == ("Posters of us", True, alice)
    assert client.post(reverse("jobs:preset_delete", args=[mine.pk])).status_code == 404
    client.force_login(alice)
    clash = client.post(reverse("jobs:preset_change", args=[mine.pk]), {"name": "Posters of us"}, follow=True)
    assert "There is a preset" in clash.text
    client.post(reverse("jobs:preset_delete", args=[team.pk]))
    assert [preset.name for preset in Preset.objects.all()] == ["Mine"]


def test_a_setting_that_the_model_no_longer_takes_is_said_and_the_rest_is_kept(client, alice):
    settings = {"aspect_ratio": "3:2", "style": "as it was", "gone": "1"}
    preset = Preset.objects.create(user=alice, name="Old", model="dall-e-3", prompt="a fox", settings=settings)
    client.force_login(alice)
    page = client.get(reverse("jobs:preset", args=[preset.pk])).text
    assert "DALL·E 3 does not take these settings as they were: gone, Style." in page
    assert 'value="3:2" checked' in page
    assert "a fox</textarea>" in page
    assert 'aria-invalid="true"' not in page


def test_a_preset_of_a_model_that_was_switched_off_says_so_in_the_list_and_in_the_form(client, alice):
    preset = Preset.objects.create(user=alice, name="Old", model="midjourney", prompt="a fox")
    ModelRow.objects.filter(model="midjourney").update(enabled=False)
    client.force_login(alice)
    assert "switched off here" in client.get(reverse("jobs:presets"), headers=HTMX).text
    page = client.get(reverse("jobs:preset", args=[preset.pk])).text
    assert "Its model, Midjourney, is switched off here." in page
    assert "a fox</textarea>" in page


def test_the_list_is_searched_by_name_words_and_model(client, alice):
    for number in range(9):
        Preset.objects.create(user=alice, name=f"Plain {number}", model="dall-e-3")
    Preset.objects.create(user=alice, name="Posters", model="midjourney", prompt="risograph, two inks")
    client.force_login(alice)
    assert "Search presets" in client.get(reverse("jobs:presets"), headers=HTMX).text
    for query in ("poster", "two risograph", "MIDJ"):
        page = client.get(reverse("jobs:presets"), {"q": query}).text
        assert "Posters" in page
        assert "Plain 1" not in page
    rows = client.get(reverse("jobs:presets"), {"q": "nothing"}, headers={**HTMX, "HX-Target": "presets-rows"}).text
    assert "No preset matches" in rows


def test_saving_a_preset_never_sends_the_composer_itself(client, alice):
    """htmx sends a form to its own address whatever a button's formaction says: the button needs one of its own."""
    client.force_login(alice)
    for page in (client.get("/").text, client.get(reverse("jobs:presets"), headers=HTMX).text):
        button = page.partition(f'formaction="{reverse("jobs:preset_new")}"')[2].partition(">")[0]
        assert f'hx-post="{reverse("jobs:preset_new")}"' in button
