"""An order in a dialect's words is read as the same order by that dialect's own reader."""

import json
import subprocess
from typing import Any

import pytest

from studio.api.orders import read_order
from studio.api.sync_orders import read_order as read_v1
from studio.jobs.bodies import V1, V2, call_of, doors_of
from studio.jobs.pasted import read
from studio.jobs.snippets import curl
from studio.providers import catalogue
from tests.facts.samples import asked

BASE = "http://studio.test:8000"
ODD = "It's a \"café\" at 5 o'clock\nwith `ticks`, $HOME, \\back, 100 %, ${x}, !! and 猫🐈 </script>"


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_every_order_of_every_model_comes_back_the_same_by_v2(model):
    tried = 0
    for params, count in asked(model, model.door("apiframe")):
        call = call_of(V2, model, prompt="a fox", params=params, count=count)
        order = read_order(call.body)
        assert (order.declared, order.prompt, call.unsaid) == (model, "a fox", [])
        said = {name: value for name, value in params.items() if name in model.door("apiframe").wires}
        assert ({**order.params, **said}, order.count) == (order.params, count)
        # A vendor's word for a size may say more than was asked, such as the shape it has anyway.
        assert model.shape(order.params) == model.shape(params)
        assert call_of(V2, model, prompt="a fox", params=order.params, count=count).body == call.body
        tried += 1
    assert tried


@pytest.mark.parametrize("model", catalogue.models(), ids=lambda model: model.id)
def test_every_order_of_every_model_comes_back_the_same_by_v1(model):
    tried = 0
    for door in doors_of(V1, model):
        for params, count in asked(model, door):
            call = call_of(V1, model, prompt="a fox", params=params, count=count)
            order = read_v1(call.body)
            assert (order.declared, order.prompt, call.unsaid) == (model, "a fox", [])
            assert (order.count or model.least) == count
            said = {name: value for name, value in params.items() if name in order.params or name in door.wires}
            assert {**order.params, **said} == order.params
            assert model.shape(order.params) == model.shape(params)
            tried += 1
    assert tried


def test_what_a_dialect_has_no_words_for_is_named_and_left_out():
    model = catalogue.find("dall-e-3")
    call = call_of(V2, model, prompt="a fox", params={"quality": "hd", "style": "natural"}, count=1)
    assert call.unsaid == ["quality"]
    assert call.body == {"model": "dall-e-3", "prompt": "a fox", "dalleParams": {"style": "natural"}}


def words_of_a_shell(text: str) -> list[str]:
    """What a program started by this command would be given."""
    shown = text.replace("curl", "python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))'", 1)
    done = subprocess.run(["bash", "-c", shown], capture_output=True, text=True, env={"STUDIO_API_KEY": "afk_1"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("prompt", [ODD, "plain", "'", "''", "-d", "@file", "\\", "a\r\nb\tc", "\u2028\u2029"])
def test_a_shell_hands_curl_exactly_the_body(prompt):
    model = catalogue.find("dall-e-3")
    call = call_of(V2, model, prompt=prompt, params={"style": "natural"}, count=1)
    words = words_of_a_shell(curl(call, BASE))
    assert words[0] == f"{BASE}/v2/images/generate"
    assert "X-API-Key: afk_1" in words
    assert json.loads(words[words.index("-d") + 1]) == call.body


@pytest.mark.parametrize("dialect", [V1, V2])
@pytest.mark.parametrize("prompt", [ODD, "plain", "'", "-d", "\\"])
def test_what_was_copied_can_be_pasted(dialect, prompt, settings):
    settings.STUDIO_BASE_URL = BASE
    model = catalogue.find("dall-e-3")
    call = call_of(dialect, model, prompt=prompt, params={"style": "natural"}, count=1)
    found = read(curl(call, BASE), host="elsewhere")
    assert (found.model, found.prompt, found.params) == ("dall-e-3", prompt, {"style": "natural"})
    assert found.count in (1, None)
    assert found.left_out == (["response_format"] if dialect == V1 else [])


def test_no_program_holds_a_key():
    from studio.jobs.snippets import snippets

    call = call_of(V2, catalogue.find("dall-e-3"), prompt="a", params={}, count=1)
    made: list[Any] = snippets(call, BASE)
    assert len(made) == 3
    assert all("afk_" not in each.text and "STUDIO_API_KEY" in each.text for each in made)
