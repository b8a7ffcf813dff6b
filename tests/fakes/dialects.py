"""How vendors that answer with the pictures say it: OpenAI, AI/ML API, and servers of one's own (facts B3, C2, D)."""

import base64
import time
from dataclasses import dataclass
from typing import Any

from tests.fakes.orders import FAILURES, FakeOrder
from tests.fakes.pictures import png

CREDITS_A_PICTURE = 84_000  # AI/ML API's unit: 2,000,000 are a dollar
USAGE = {
    "input_tokens": 13,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 13},
    "output_tokens": 1056,
    "total_tokens": 1069,
}
ERRORS = {"fail": (500, "server_error"), "busy": (503, "overloaded"), "nsfw": (400, "moderation_blocked")}


@dataclass(frozen=True)
class Dialect:
    """One way to speak POST `path`; `form` is how it writes errors, see tests/fakes/faults.py."""

    path: str
    form: str
    needs_key: bool = True


OPENAI = Dialect("/v1/images/generations", "envelope")
AIMLAPI = Dialect("/aimlapi/v1/images/generations", "message")
OWN = Dialect("/own/v1/images/generations", "string", needs_key=False)
DIALECTS = {dialect.path: dialect for dialect in (OPENAI, AIMLAPI, OWN)}


def refusal(dialect: Dialect, body: dict[str, Any]) -> str:
    """What is wrong with a body before any order is made of it; empty: nothing."""
    if dialect is OPENAI and str(body.get("model", "")).startswith("gpt-image") and "response_format" in body:
        return "Unknown parameter: 'response_format'."
    return "" if body.get("prompt") else "prompt is required"


def failure(order: FakeOrder) -> tuple[int, str, str] | None:
    """(status, text, code) of an order that came to nothing."""
    outcome = order.script.get("job")
    if not order.is_refunded:
        return None
    status, code = ERRORS.get(outcome, (500, "server_error"))
    return status, FAILURES.get(outcome, "The order was cancelled"), code


def answer(
    dialect: Dialect, order: FakeOrder, origin: str, kilobytes: int
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """(status, body, headers) of an order that is done."""
    if order.script.get("job") == "nothing":
        return 200, {"created": int(time.time())}, {}
    pictures = _Pictures(order, origin, kilobytes)
    if dialect is AIMLAPI:
        status, body, headers = _aimlapi(order, pictures)
    else:
        status, body, headers = 200, {"data": pictures.own()} if dialect is OWN else _openai(order, pictures), {}
    if order.script.get("leak"):
        body |= {"quality": order.key_given, "usage": {order.key_given: 1}}
    return status, body, headers


class _Pictures:
    """The pictures of one order, as addresses or as Base64."""

    def __init__(self, order: FakeOrder, origin: str, kilobytes: int) -> None:
        self.order = order
        self.links = [] if order.script.get("job") == "empty" else order.links(origin)
        if order.script.get("result") == "duplicate":
            self.links = [*self.links[:1], *self.links]
        self.kilobytes = kilobytes

    def bits(self, link: str) -> str:
        fault = self.order.script.first("image")
        content = png(*self.order.size, text=link, kilobytes=self.kilobytes)
        if fault and fault.name == "truncated":
            content = content[: len(content) // 2]
        elif fault and fault.name == "html":
            return "<html>"
        return base64.b64encode(content).decode()

    def own(self) -> list[dict[str, Any]]:
        shape = self.order.script.get("result")
        if shape == "relative":
            return [{"url": f"/{link.partition('//')[2].partition('/')[2]}"} for link in self.links]
        if shape == "link":
            return [{"url": link, "revised_prompt": None} for link in self.links]
        if shape == "data":
            return [{"url": f"data:image/png;base64,{self.bits(link)}"} for link in self.links]
        return [{"b64_json": self.bits(link), "url": None} for link in self.links]


def _openai(order: FakeOrder, pictures: _Pictures) -> dict[str, Any]:
    said: dict[str, Any] = {"created": int(time.time())}
    if order.script.get("result") == "link":
        return {**said, "data": [{"url": link} for link in pictures.links]}
    if str(order.body.get("model", "")).startswith("gpt-image"):
        details = {name: order.body.get(name, "auto") for name in ("background", "quality", "size")}
        data = [{"b64_json": pictures.bits(link)} for link in pictures.links]
        return {**said, **details, "output_format": "png", "data": data, "usage": USAGE}
    is_bits = order.body.get("response_format") == "b64_json"
    told = [{"b64_json": pictures.bits(link)} if is_bits else {"url": link} for link in pictures.links]
    return {**said, "data": [{**item, "revised_prompt": f"{order.prompt}, in detail"} for item in told]}


def _aimlapi(order: FakeOrder, pictures: _Pictures) -> tuple[int, dict[str, Any], dict[str, str]]:
    shape, links = order.script.get("result"), pictures.links
    used = CREDITS_A_PICTURE * order.count
    header = {"x_aimlapi_credits_used": str(used), "x_inference_id": order.id}
    if shape == "data":
        items = [{"mime_type": "image/png", "url": link, "prompt": f"{order.prompt}, enhanced"} for link in links]
        return 200, {"data": items, "meta": {"usage": {"tokens_used": used}}}, header
    if shape == "dalle":
        items = [{"revised_prompt": f"{order.prompt}, in detail", "url": link} for link in links]
        return 201, {"created": int(time.time()), "data": items}, header
    if shape == "meta":
        spent = {"credits_used": used, "usd_spent": used / 2_000_000}
        return 200, {"data": [{"b64_json": None, "url": link} for link in links], "meta": {"usage": spent}}, {}
    if shape == "bits":
        return 200, {"data": [{"b64_json": pictures.bits(link), "url": None} for link in links]}, header
    if shape == "output":
        return 201, {"output": {"choices": [{"image_base64": pictures.bits(link)} for link in links]}}, {}
    flags = [order.script.get("job") == "blanked"] * len(links)
    items = [{"url": link, "width": 1024, "height": 768, "content_type": "image/png"} for link in links]
    body = {
        "images": items,
        "timings": {"inference": 0.1},
        "seed": 42,
        "has_nsfw_concepts": flags,
        "prompt": order.prompt,
    }
    return 200, body, header
