"""A studio with something on every page and a job in every state, and nobody who works on them.

    STUDIO_DATA_DIR=… python -m tests.browser.everything

Prepares the data folder as `up` does, fills it, and prints {"sessions": {person: cookie}, "paths": {name: path}} as its
last line. Without an engine every job stays as it was left.
"""

import io
import json
import os
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

WORDS = (
    "A lighthouse on a small island at dusk, the lamp already turning",
    "夕暮れの港に浮かぶ七つの紙灯籠、長い影、粒子感",
    "창가에 놓인 파란 주전자, 두 가지 잉크의 판화",
    "Three koi seen from far above, watercolour on rough paper, poster with room for a headline at the top",
    "Six ridges in fog",
)
SHAPES = ((1024, 1024), (1792, 1024), (1024, 1792), (1536, 1024), (1344, 768), (896, 1152))


def fill() -> dict[str, Any]:
    from django.test import Client

    from tests.accounts.test_second_factor import confirm, set_up_app
    from tests.factories import PASSWORD, make_user

    mina = make_user("mina", credits=9_000, first_name="Mina", last_name="Park", email="mina@example.org")
    jonas = make_user("jonas", credits=9_000, first_name="Jonas", last_name="Weber")
    make_user("new", credits=10, email="new@example.org")
    make_user("root", is_staff=True, is_superuser=True, email="root@example.org")
    for language in ("ja", "ko"):
        make_user(language, language=language)
    paths = {**_jobs(mina, jonas), **_boards(mina), **_programs(mina), **_people()}
    sessions = {}
    for name in ("mina", "new", "root", "ja", "ko"):
        client = Client(SERVER_NAME="127.0.0.1")
        answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        if name == "mina":
            set_up_app(client)
        else:
            confirm(client)
        session = client.session
        for record in session["account_authentication_methods"]:
            record["at"] += 3600  # who signed in lately is not asked to confirm it, however slow the machine
        session.save()
        sessions[name] = {
            name: morsel.value for name, morsel in client.cookies.items() if "session" in name or name == "language"
        }
    return {"sessions": sessions, "paths": paths}


def _jobs(mina: Any, jonas: Any) -> dict[str, str]:
    from django.utils import timezone

    from studio.gallery import duels
    from studio.jobs.batches import Wish, submit_batch
    from studio.jobs.models import Image, Job
    from studio.jobs.presets import keep
    from studio.jobs.services import cancel_job
    from studio.jobs.stars import set_stars
    from studio.jobs.trash import delete_pictures
    from tests.jobs.states import completed, failed, queued, touch, unknown, working

    now = timezone.now()
    for number in range(14):
        width, height = SHAPES[number % len(SHAPES)]
        job = completed(queued(mina if number % 4 else jonas, WORDS[number % 5], width=width, height=height))
        level = "public" if number == 4 else "team" if number % 2 else "me"
        made = now - timedelta(days=number * 4)
        Job.objects.filter(pk=job.pk).update(created_at=made, finished_at=made, visibility=level)
        job.images.update(created_at=made)
    mine = Image.objects.filter(job__user=mina).order_by("-created_at")
    set_stars(mina, mine[0].pk, 4)
    several = completed(queued(mina, "A garden in four seasons", count=4), pictures=4)
    Image.objects.filter(job=several).update(revised_prompt="A calm garden, painted in four seasons, from one place")
    remix = completed(queued(mina, "A garden in two seasons", retry_of=several))
    rubbish = [completed(queued(mina, f"A draft, number {number}")) for number in (1, 2)]
    for image in Image.objects.all():
        _draw(image)
    delete_pictures(user=mina, ids=Image.objects.filter(job__in=rubbish).values_list("pk", flat=True))

    words = {"model": "DALL·E 3"}
    refused = failed(queued(mina, "A portrait of somebody"), "content_policy", **words)
    failed(queued(mina, "A town"), "provider_error", status=502)
    cancelled = queued(mina, "Nothing in the end")
    cancel_job(user=mina, job=cancelled)
    gone = unknown(queued(mina, "A ship between two harbours"))
    reported = working(queued(mina, "An arch and its shadow"), progress=62)
    timed = working(queued(mina, "A ringed planet"))
    waiting = [touch(queued(mina, f"A fox, number {number}"), place=number) for number in (1, 3)]
    touch(queued(mina, "A vase with nothing in it"), wait_reason="provider_unreachable")
    bare = completed(queued(mina, "A picture whose copies are not made yet"), has_copies=False)
    _draw(bare.images.get(), has_copies=False)
    batch = submit_batch(
        user=mina,
        words="A {red|blue} kettle",
        prompts=["A red kettle", "A blue kettle"],
        wishes=[Wish("dall-e-3", {}), Wish("flux-2-pro", {})],
    )[0]
    completed(batch.jobs.order_by("created_at").first())
    for image in Image.objects.filter(job__batch=batch):
        _draw(image)
    over, duel = (_duel(mina, words) for words in ("Two pears, one prompt", "Two kettles, one prompt"))
    duels.vote(mina, over, duels.ballot_of(mina, over.pk).pairs[0], "left")
    for name, is_team in (("Poster", True), ("Kiln", False)):
        keep(user=mina, name=name, is_team=is_team, model="dall-e-3", prompt="A {subject} at dusk", texts={})
    job = {"done": mine[0].job, "several": several, "remix": remix, "refused": refused, "cancelled": cancelled}
    job |= {"unknown": gone, "reported": reported, "timed": timed, "waiting": waiting[0], "deleted": rubbish[0]}
    named = [f"picture={image.pk}" for image in mine[:5]]
    return {
        "batch": f"/batches/{batch.pk}/",
        "duel": f"/gallery/duels/{duel.pk}/1/",
        "voted": f"/gallery/duels/{over.pk}/1/",
        "over": f"/gallery/duels/{over.pk}/",
        "pictures": "&".join(named[:3]),
        "one": named[0],
        "five": "&".join(named),
        **{name: f"/jobs/{one.pk}/" for name, one in job.items()},
    }


def _duel(user: Any, words: str) -> Any:
    """Of two pictures that two models made of the same words."""
    from studio.gallery import duels
    from studio.jobs.models import Image
    from tests.jobs.states import completed, queued

    twins = [completed(queued(user, words, model=name)) for name in ("dall-e-3", "flux-2-pro")]
    fighters = Image.objects.filter(job__in=twins)
    for image in fighters:
        _draw(image)
    return duels.start(user, fighters.values_list("pk", flat=True))


def _draw(image: Any, *, has_copies: bool = True) -> None:
    """A small drawing in its shape, and the copies the pages show."""
    from PIL import Image as Pillow

    from studio.jobs.pictures import make_copies, path_of

    page = Pillow.linear_gradient("L").resize((image.width // 8, image.height // 8)).convert("RGB")
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    path = path_of(image.pk, image.format)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    if has_copies:
        make_copies(image.pk, image.format)


def _boards(mina: Any) -> dict[str, str]:
    from studio.gallery import boards, link_passwords, links, saved
    from studio.jobs.models import Image

    own = list(Image.objects.there().filter(job__user=mina).values_list("pk", flat=True)[:5])
    made = {}
    for kind in ("private", "team", "link"):
        made[kind] = boards.create_board(user=mina, name=f"Autumn, {kind}", kind=kind)
        boards.collect(user=mina, board=made[kind], ids=own)
    empty = boards.create_board(user=mina, name="Nothing on it yet")
    boards.show_own(user=mina, board=made["link"], level="link")
    link = links.make_link(user=mina, board=made["link"], days=30, may_download=True)
    closed = boards.create_board(user=mina, name="Behind a password", kind="link")
    boards.collect(user=mina, board=closed, ids=own)
    asking = links.make_link(user=mina, board=closed, password=link_passwords.hashed("papier 26"))
    saved.save(user=mina, name="Lighthouses", query="q=lighthouse")
    found = {f"{kind}_board": f"/gallery/boards/{board.pk}/" for kind, board in made.items()}
    found |= {"empty_board": f"/gallery/boards/{empty.pk}/", "closed_board": f"/gallery/boards/{closed.pk}/"}
    return {**found, "link": f"/b/{links.token_of(link)}/", "door": f"/b/{links.token_of(asking)}/"}


def _programs(mina: Any) -> dict[str, str]:
    from studio.accounts.key_services import create_api_key, revoke_api_key
    from studio.webhooks.endpoint_services import add_endpoint, pause, send_test
    from studio.webhooks.services import Outcome, record

    key, _raw = create_api_key(user=mina, name="Night run", monthly_cap=500)
    gone, _raw = create_api_key(user=mina, name="An old script", is_sandbox=True)
    revoke_api_key(key=gone, by=mina)
    endpoints = []
    for url in ("https://example.com/hooks/pictures", "https://example.org/a/very/long/address/that/has/to/be/cut"):
        added = add_endpoint(owner=mina, pk=uuid4(), url=url, events=["completed", "failed"])
        assert added
        endpoints.append(added[0])
    deliveries = [send_test(endpoint=endpoints[0], by=mina, event=event) for event in ("completed", "failed")]
    record(deliveries[0], Outcome(status=200, excerpt="ok"))
    record(deliveries[1], Outcome(status=500, excerpt="<h1>broken</h1>"))
    pause(endpoint=endpoints[1], by=mina)
    return {
        "key": f"/keys/{key.pk}/",
        "endpoint": f"/webhooks/endpoints/{endpoints[0].pk}/",
        "delivery": f"/webhooks/deliveries/{deliveries[1].message_id}/",
    }


def _people() -> dict[str, str]:
    from studio.accounts.models import User
    from studio.accounts.services import invite

    user, link = invite(username="aiko", email="aiko@example.org")
    root = User.objects.get(username="root")
    path = re.sub(r"^https?://[^/]+", "", link)
    return {"invitation": path, "user": f"/admin/accounts/user/{user.pk}/change/", "self": str(root.pk)}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from studio.ops.up import prepare_only

    prepare_only(say=lambda line: None, warn=lambda line: None)
    print(json.dumps(fill()))


if __name__ == "__main__":
    main()
