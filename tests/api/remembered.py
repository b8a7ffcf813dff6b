"""What the processes of test_remembered do: order until all is remembered, change something, and order again."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import OperationalError
from django.utils import timezone

from studio.accounts.models import ApiKey, User
from studio.core.at_once import Together
from studio.credits.key_caps import set_cap
from studio.jobs.models import Job
from studio.providers.models import CatalogueVersion, ModelPrice, ModelRow, PriceList, ProviderRow
from tests.api.processes import ORDER, PROGRAM


def _dearer() -> None:
    price_list = PriceList.objects.create(version=2, note="Dearer")
    ModelPrice.objects.create(price_list=price_list, model="dall-e-3", flat=34)


def _connect() -> None:
    row = ProviderRow(slug="gpu", kind="openai", name="Our own", base_url="http://gpu.example:8000/v1", order=1)
    row.set_key("sk-something-else")
    row.save()


CHANGES: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "revoked": lambda: ApiKey.objects.update(revoked_at=timezone.now(), is_active=False),
    "paused": lambda: ApiKey.objects.update(is_active=False),
    "expired": lambda: ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1)),
    "another key": lambda: ApiKey.objects.update(digest="0" * 128),
    "only reads": lambda: ApiKey.objects.update(scopes="read"),
    "capped": lambda: set_cap(key=ApiKey.objects.get(), cap=50, by=User.objects.get()),  # 42 of them are held
    "a sandbox key": lambda: ApiKey.objects.update(is_sandbox=True),
    "owner left": lambda: User.objects.update(is_active=False),
    "switched off": lambda: ModelRow.objects.filter(model="dall-e-3").update(enabled=False),
    "dearer": _dearer,
    "corrected": lambda: ModelPrice.objects.filter(model="dall-e-3").update(flat=33),
    "connected": _connect,
    "catalogue": lambda: CatalogueVersion.objects.update(number=7),
}


def after(key: str, change: str) -> dict[str, Any]:
    """What an order, an order that cannot be read and a repetition are told after the `change`, and what was held."""
    for _time in range(3):
        assert _ask(key, ORDER, name="one") == 202
    before = Job.objects.count()
    sent = _watch_parts()
    assert _ask(key, ORDER) == 202
    seen = {"remembered": sorted({"the_same_key", "the_same_shelf"} & set(sent))}
    CHANGES[change]()
    told = {"order": _ask(key, ORDER), "nonsense": _ask(key, {}), "repetition": _ask(key, ORDER, name="one")}
    made = Job.objects.order_by("created_at")[before + 1 :]
    return {**seen, **told, "jobs": [[job.price, job.provider] for job in made]}


def refused(key: str) -> list[int]:
    """Orders up to and beyond the limit of what is remembered."""
    return [_ask(key, ORDER) for _time in range(6)]


def lose_the_answer(key: str) -> list[int]:
    """An order that was written, and nobody can tell: its status, and how many jobs it made."""
    for _time in range(3):
        _ask(key, ORDER)
    before, write = Job.objects.count(), Together.write

    def lose(together: Together) -> None:
        write(together)
        raise OperationalError

    Together.write = lose  # type: ignore[method-assign]
    return [_ask(key, ORDER), Job.objects.count() - before]


def _ask(key: str, body: dict[str, Any], *, name: str = "") -> int:
    """The status of an order whose length is not announced: such a body comes only once, and may be asked for twice."""
    headers = {"X-API-Key": key} | ({"Idempotency-Key": name} if name else {})
    sent = io.BytesIO(json.dumps(body).encode())
    chunked = {"wsgi.input": sent, "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}
    return PROGRAM.generic("POST", "/v2/images/generate", headers=headers, **chunked).status_code


def _watch_parts() -> list[str]:
    """The names of all parts that are written together from now on."""
    names: list[str] = []
    write = Together.write

    def seen(together: Together) -> None:
        names.extend(name for name, _sql, _rows in together._parts)
        write(together)

    Together.write = seen  # type: ignore[method-assign]
    return names
