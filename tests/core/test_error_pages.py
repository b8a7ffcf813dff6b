"""The pages of one sentence, and the frame every page stands in."""

from django.template.loader import render_to_string


def test_page_that_does_not_exist_says_so_in_one_sentence(client, db):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here, or it is not yours to see." in response.text


def test_500_is_drawn_without_a_context_and_names_the_number():
    assert "Nothing was charged for it." in render_to_string("500.html")
    assert "7f3a-20c1" in render_to_string("500.html", {"request_id": "7f3a-20c1"})


def test_htmx_swaps_a_422_and_does_nothing_on_a_204(client, db):
    page = client.get("/no/such/page/").text
    assert '"allowEval": false' in page
    assert '{"code": "204", "swap": false}' in page
    assert '{"code": "422", "swap": true}' in page


def test_a_wrong_field_is_tied_to_its_sentence():
    from django import forms

    class Seed(forms.Form):
        seed = forms.IntegerField(help_text="A whole number.", max_value=9)
        name = forms.CharField()

    html = str(Seed({"seed": "x"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_seed_helptext id_seed_error"' in html
    assert 'id="id_seed_error"' in html
    assert 'href="#id_name"' in html  # two wrong fields are also listed at the top
