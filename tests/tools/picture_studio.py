"""The studio that the README's pictures show: six people, a month of pictures, a job in every state, nothing moving.

    STUDIO_DATA_DIR=… STUDIO_TIME_ZONE=… python -m tests.tools.picture_studio

Prepares the data folder as `up` does, fills it, and prints what tests.browser.everything prints. The pictures are the
sandbox's; the rows are as the engine leaves them, at the times when it would have. Without an engine all stays so.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from tests.tools.picture_orders import LIGHTHOUSE, ORDERS, PEOPLE, REWRITTEN, TEMPLATE


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    """The studio believes it is then: whoever asks for the time, and every column that is filled with it by itself."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def follow_the_clock() -> None:
    """Columns took hold of the real clock when they were declared."""
    from django.apps import apps
    from django.utils import timezone

    columns = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    for field in columns:
        if field.default is timezone.now:
            field.default = lambda: timezone.now()  # noqa: PLW0108 (whatever it is by then)
            field.__dict__.pop("_get_default", None)


def past(days: int, time: str) -> datetime:
    """So many days ago at `14.05`, where the studio is."""
    from django.utils import timezone

    hour, minute = map(int, time.split("."))
    return (timezone.localtime() - timedelta(days=days)).replace(hour=hour, minute=minute, second=11, microsecond=0)


def draw(job: Any, **image: Any) -> Any:
    """What the sandbox paints for a job, and the copies that pages show."""
    from studio.jobs.models import Image
    from studio.jobs.pictures import make_copies, path_of
    from studio.providers.art import Painting, paint

    for made in Image.objects.filter(job=job):
        page = paint(Painting(job.model, job.prompt, made.width, made.height, seed=job.count + made.index))
        buffer = io.BytesIO()
        page.save(buffer, "PNG")
        path = path_of(made.pk, made.format)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue())
        cells = make_copies(made.pk, made.format)
        Image.objects.filter(pk=made.pk).update(
            cells=cells, size=len(buffer.getvalue()), created_at=job.created_at, provider_mark="none", **image
        )
    return Image.objects.filter(job=job).first()


def made(user: Any, moment: datetime, words: str, shape: str, model: str, *, level: str = "team", **order: Any) -> Any:
    """A picture that was ordered then and took as long as pictures do; its job."""
    from studio.jobs.models import Job
    from studio.jobs.services import submit_job
    from tests.jobs.states import completed, working

    took = 22 + len(words) * 7 % 13
    with clock(moment):
        job = submit_job(user=user, model=model, prompt=words, params={"aspect_ratio": shape}, **order)[0]
    with clock(moment + timedelta(seconds=2)):
        working(job)
    with clock(moment + timedelta(seconds=took)):
        completed(job)
    Job.objects.filter(pk=job.pk).update(visibility=level)
    return job


def fill() -> dict[str, Any]:
    from django.test import Client

    from tests.factories import PASSWORD, make_user

    follow_the_clock()
    people = {}
    with clock(past(29, "09.00")):
        for name, first, last, language in PEOPLE:
            more = {"first_name": first, "last_name": last, "language": language}
            people[name] = make_user(name, credits=1_200, email=f"{name}@example.com", **more)
        make_user("new", credits=500, first_name="Noor", last_name="Haddad")
    for line in ORDERS.strip().splitlines():
        days, time, name, order = line.split(" ", 3)
        draw(made(people[name], past(int(days), time), *order.split("|")))
    paths = _today(people["mina"], people["jonas"]) | _judged(people["jonas"]) | _programs(people["hana"])
    paths |= _board(people["jonas"]) | _batch(people["hana"])
    _states(people["luis"])
    sessions = {}
    for name in (*people, "new"):
        client = Client(SERVER_NAME="127.0.0.1")
        assert client.post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302
        sessions[name] = {
            key: morsel.value for key, morsel in client.cookies.items() if "session" in key or key == "language"
        }
    return {"sessions": sessions, "paths": paths}


def _today(mina: Any, jonas: Any) -> dict[str, str]:
    """The lighthouse with what came of it, and of each way for an order to stand one."""
    from studio.jobs.services import submit_job
    from studio.jobs.stars import set_stars
    from tests.jobs.states import failed, touch, unknown, working

    first = made(mina, past(1, "17.12"), "Lighthouse at dusk, calm sea", "2:3", "dall-e-3")
    before = draw(first)
    main = made(mina, past(0, "09.32"), LIGHTHOUSE, "2:3", "dall-e-3", retry_of=first)
    picture = draw(main, revised_prompt=REWRITTEN)
    others = []
    for time, user, words in (("10.20", jonas, "violet|rose"), ("11.31", mina, "dusk|polar night")):
        other = LIGHTHOUSE.replace(*words.split("|"))
        others.append(draw(made(user, past(0, time), other, "2:3", "dall-e-3", retry_of=main)))
    set_stars(mina, picture.pk, 5)

    def order(time: str, words: str, shape: str) -> Any:
        with clock(past(0, time)):
            return submit_job(user=mina, model="dall-e-3", prompt=words, params={"aspect_ratio": shape})[0]

    refused = order("11.40", "A café in a famous animator’s manner", "2:3")
    with clock(past(0, "11.41")):
        failed(refused, "content_policy", model="DALL·E 3")
    lost = order("11.52", "Topographic map of an island", "3:2")
    with clock(past(0, "11.53")):
        unknown(lost)
    touch(order("11.57", "Paper koi in a dark pond", "1:1"), place=3)
    working(order("11.58", "Rain over a harbour city, neon", "3:2"), progress=62)
    alike = "&".join(f"picture={one.pk}" for one in (before, picture, others[1]))
    return {"picture": f"/jobs/{main.pk}/", "alike": f"/gallery/compare/?{alike}", "refused": f"/jobs/{refused.pk}/"}


def _states(luis: Any) -> None:
    """A card in each state."""
    from studio.jobs.services import submit_job
    from tests.jobs.states import failed, touch, unknown, working

    ordered = iter(range(40, 60))

    def order(words: str) -> Any:
        with clock(past(0, f"11.{next(ordered)}")):
            return submit_job(user=luis, model="dall-e-3", prompt=words, params={})[0]

    refused, broken = map(order, ("A café in a known manner", "Harbour before sunrise"))
    with clock(past(0, "11.44")):
        failed(refused, "content_policy", model="DALL·E 3")
        failed(broken, "provider_error", status=502)
    draw(made(luis, past(0, "11.45"), "Tulips before a red disc", "1:1", "dall-e-3"))
    with clock(past(0, "11.48")):
        unknown(order("Map of a small island"))
    touch(order("Paper koi in a dark pond"), place=1)
    working(order("An arch and its shadow"))
    working(order("Rain over a harbour city"), progress=62)


def begin_again() -> None:
    """What is being worked on began a moment ago: called before a page with it is photographed."""
    from django.utils import timezone

    from studio.jobs.models import Job

    Job.objects.filter(status="PROCESSING", is_unknown=False).update(started_at=timezone.now() - timedelta(seconds=18))


def _judged(jonas: Any) -> dict[str, str]:
    from studio.gallery import duels

    words = "Courtyard with an arch, low sun"
    twins = [
        draw(made(jonas, past(0, f"10.0{number}"), words, "2:3", model))
        for number, model in enumerate(("dall-e-3", "flux-1.1-pro"))
    ]
    duel = duels.start(jonas, [one.pk for one in twins])
    return {"duel": f"/gallery/duels/{duel.pk}/1/"}


def _board(jonas: Any) -> dict[str, str]:
    from studio.gallery import boards, links
    from studio.jobs.models import Image

    board = boards.create_board(user=jonas, name="Autumn campaign", kind="link")
    own = Image.objects.filter(job__user=jonas).order_by("-created_at").values_list("pk", flat=True)
    boards.collect(user=jonas, board=board, ids=list(own)[:12])
    boards.show_own(user=jonas, board=board, level="link")
    link = links.make_link(user=jonas, board=board, days=30, may_download=True)
    return {"board": f"/gallery/boards/{board.pk}/", "link": f"/b/{links.token_of(link)}/"}


def _batch(hana: Any) -> dict[str, str]:
    from studio.jobs.batches import Wish, submit_batch
    from tests.jobs.states import completed, failed, working

    prompts = [
        f"A {colour} lighthouse at {hour}" for colour in ("teal", "crimson", "golden") for hour in ("dawn", "dusk")
    ]
    wishes = [Wish(model, {}) for model in ("dall-e-3", "flux-1.1-pro", "imagen-4")]
    at = past(0, "11.50")
    with clock(at):
        batch = submit_batch(user=hana, words=TEMPLATE, prompts=prompts, wishes=wishes)[0]
    for number, job in enumerate(batch.jobs.order_by("created_at", "pk")[:7]):
        with clock(at + timedelta(seconds=2)):
            working(job, progress=8 * number + 14)
        with clock(at + timedelta(seconds=24 + number)):
            if number == 4:
                failed(job, "content_policy", model="Flux 1.1 Pro")
            elif number < 4:
                draw(completed(job))
    return {"batch": f"/batches/{batch.pk}/"}


def _programs(hana: Any) -> dict[str, str]:
    from uuid import uuid4

    from studio.accounts.key_services import create_api_key, revoke_api_key, set_api_key_active
    from studio.accounts.models import ApiKey
    from studio.webhooks.endpoint_services import add_endpoint, send_test
    from studio.webhooks.services import Outcome, record

    with clock(past(26, "10.00")):
        wanted = (
            ("Night run", 500, False),
            ("Website", 200, False),
            ("Tests", None, True),
            ("Old plug-in", None, False),
        )
        keys = [
            create_api_key(user=hana, name=name, monthly_cap=cap, is_sandbox=is_sandbox)[0]
            for name, cap, is_sandbox in wanted
        ]
        revoke_api_key(key=keys[3], by=hana)
        endpoint, _secret = add_endpoint(
            owner=hana, pk=uuid4(), url="https://shop.example.com/hooks/pictures", events=["completed", "failed"]
        ) or (None, "")
    assert endpoint
    for number, words in enumerate(("Seven stems, violet", "Seven stems, mint", "Seven stems, rose", "Ferns and moss")):
        draw(
            made(
                hana,
                past(number // 2, f"08.1{number}"),
                words,
                "2:3",
                "dall-e-3",
                source="api",
                api_key=keys[number // 3],
            )
        )
    ApiKey.objects.filter(jobs__isnull=False).update(last_used_at=past(0, "08.11"))
    set_api_key_active(key=keys[1], is_active=False, by=hana)
    for minute, event, status, seconds in (
        (10, "completed", 200, 0.182),
        (12, "failed", 200, 0.164),
        (14, "completed", 503, 1.31),
        (16, "completed", 204, 0.121),
    ):
        with clock(past(0, f"11.{minute}")):
            delivery = send_test(endpoint=endpoint, by=hana, event=event)
            type(delivery).objects.filter(pk=delivery.pk).update(attempts=1)
            delivery.refresh_from_db()
            excerpt = "ok" if status < 300 else "upstream is restarting"
            record(delivery, Outcome(status=status, excerpt=excerpt, seconds=seconds))
    return {"endpoint": f"/webhooks/endpoints/{endpoint.pk}/"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from studio.ops.up import prepare_only

    prepare_only(say=lambda line: None, warn=lambda line: None)
    print(json.dumps(fill()))


if __name__ == "__main__":
    main()
