"""A studio that has been used for two and a half years, into the database the settings name.

    STUDIO_DATA_DIR=… [DATABASE_URL=…] python -m tests.benchmarks.seed [--jobs 100000] [--entries 1000000]
        [--files 3000]

Writes `--jobs` finished jobs of twelve people (prompts in English, Japanese and Korean, one picture in most, three in a
hundred not made), a ledger of `--entries` entries for one of them, and files for the newest `--files` pictures: two
dozen drawings under many names. Everything follows from the numbers: the same call writes the same studio.
The person with the ledger and two fifths of the jobs is `mina`; everybody's password is that of the tests.
"""

import argparse
import io
import os
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

BATCH = 2_000
MONTHS = 30
DRAWN = 24
PEOPLE = ("mina Mina Park", "jonas Jonas Weber", "aiko 愛子 田中", "haru 하루 김", "ada Ada Okafor", "luis Luis Prieto")
PEOPLE += (
    "noor Noor Haddad",
    "yuki 雪 佐藤",
    "jiwoo 지우 이",
    "emma Emma Larsen",
    "ravi Ravi Menon",
    "chloe Chloé Durand",
)
MODELS = ("dall-e-3", "gpt-image-1", "flux-1.1-pro", "imagen-4", "ideogram-v3-turbo", "midjourney", "seedream-4")
SHAPES = ((1024, 1024), (1792, 1024), (1024, 1792), (1536, 1024), (1024, 1536), (1344, 768), (896, 1152))
EN = (
    ("a blue kettle", "seven paper lanterns", "an old lighthouse", "three koi", "a fox", "a ringed planet"),
    (
        "on a windowsill",
        "above the harbour",
        "in first snow",
        "under a red sky",
        "beside a vase",
        "in a quiet courtyard",
    ),
    ("screen print, two inks", "long shadows, grain", "isometric, soft light", "watercolour on rough paper"),
    ("for the autumn campaign", "poster with room for a headline", "seen from far above", "100% linen texture"),
)
JA = (
    ("青いやかん", "七つの紙灯籠", "古い灯台", "三匹の鯉", "狐", "環のある惑星"),
    ("窓辺にある", "港の上の", "初雪の中の", "赤い空の下の", "花瓶のとなりの", "静かな中庭の"),
    ("二色刷りの版画", "長い影、粒子感", "等角投影、やわらかな光", "粗い紙の水彩"),
    ("秋のキャンペーン用", "見出しの余白があるポスター", "はるか上から見た構図", "リネンの質感"),
)
KO = (
    ("파란 주전자", "종이 등불 일곱 개", "오래된 등대", "잉어 세 마리", "여우", "고리가 있는 행성"),
    ("창가에 놓인", "항구 위의", "첫눈 속의", "붉은 하늘 아래", "꽃병 옆의", "고요한 안뜰의"),
    ("두 가지 잉크의 판화", "긴 그림자와 입자감", "아이소메트릭, 부드러운 빛", "거친 종이에 수채화"),
    ("가을 캠페인용", "제목을 넣을 여백이 있는 포스터", "아주 높은 곳에서 본", "리넨 질감"),
)
RARE = ("heliotrope", "zoetrope", "菩提樹", "무지개다리", "kintsugi", "Øresund", "ünterwegs", "O'Hara's \"studio\"")


def prompts(dice: random.Random) -> Iterator[str]:
    """Words of people, without end: mostly English, a quarter Japanese, some Korean; rare words now and then."""
    while True:
        parts = dice.choices((EN, JA, KO), (60, 25, 15))[0]
        words = [dice.choice(part) for part in parts[: dice.randint(2, 4)]]
        if parts is not EN:
            words[0], words[1] = words[1], words[0]
        text = (", " if parts is EN else "、" if parts is JA else " ").join(words)
        if dice.random() < 0.002:
            text += f", {dice.choice(RARE)}"
        yield f"{text}, no {dice.randrange(10_000)}" if dice.random() < 0.5 else text


def moment(dice: random.Random, number: int, total: int, now: datetime) -> datetime:
    """Of the `number`th job: more and more a month, the last one a minute ago."""
    share = (number + dice.random()) / total
    return now - timedelta(days=MONTHS * 30.4) * (1 - share**0.6) - timedelta(minutes=1)


def fill(jobs: int, entries: int, files: int) -> None:
    from django.db import connection

    from studio.gallery import index
    from studio.jobs.models import Image, Job
    from studio.providers.services import load_catalogue
    from tests.benchmarks import ledger
    from tests.factories import make_user

    load_catalogue()
    if entries:
        ledger.fill(entries)
    people = []
    for line in PEOPLE:
        username, first, last = line.split(" ")
        if username == "mina" and entries:
            from studio.accounts.models import User

            person = User.objects.get(username="mina")
            person.first_name, person.last_name = first, last
            person.save(update_fields=["first_name", "last_name"])
        else:
            person = make_user(username, first_name=first, last_name=last, credits=500)
        people.append(person)
    dice, now = random.Random(7), datetime.now(UTC)  # noqa: S311 -- the same studio each time
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
        index.before_migrate(using="default", plan=["all of it is listed at the end, at once"])
    words = prompts(dice)
    made = (_job(dice, next(words), people, moment(dice, number, jobs, now)) for number in range(jobs))
    while batch := list(islice(made, BATCH)):
        Job.objects.bulk_create(batch)
        Image.objects.bulk_create([image for job in batch for image in _images(dice, job)])
    index.after_migrate(using="default")
    if files:
        draw(files)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def _job(dice: random.Random, prompt: str, people: list[Any], at: datetime) -> Any:
    from studio.jobs.models import Job

    is_made = dice.random() < 0.97
    width, height = dice.choices(SHAPES, (30, 20, 15, 12, 10, 8, 5))[0]
    return Job(
        id=uuid.UUID(int=dice.getrandbits(128), version=4),
        user=dice.choices(people, (40, 10, 8, 8, 6, 6, 6, 4, 4, 4, 2, 2))[0],
        model=(model := dice.choices(MODELS, (30, 20, 15, 12, 10, 8, 5))[0]),
        model_as_sent=model,
        prompt=prompt,
        width=width,
        height=height,
        provider=(provider := dice.choices(("apiframe", "aimlapi", "sandbox"), (60, 30, 10))[0]),
        is_sandbox=provider == "sandbox",
        visibility=dice.choices(("me", "team", "link", "public"), (45, 50, 4, 1))[0],
        status="COMPLETED" if is_made else dice.choice(("FAILED", "FAILED", "CANCELLED")),
        error_code="" if is_made else "content_policy",
        progress=100 if is_made else None,
        price=21,
        unit_price=21,
        paid=21 if is_made else 0,
        created_at=at,
        started_at=at,
        finished_at=at + timedelta(seconds=dice.randint(5, 50)),
    )


def _images(dice: random.Random, job: Any) -> list[Any]:
    from studio.jobs.models import Image

    number = 0 if job.status != "COMPLETED" else 4 if dice.random() < 0.02 else 1
    return [
        Image(
            id=uuid.UUID(int=dice.getrandbits(128), version=4),
            job=job,
            index=n,
            format="png",
            width=job.width,
            height=job.height,
            size=2_000_000,
            sha256=f"{dice.getrandbits(256):064x}",
            revised_prompt=f"{job.prompt}, with a calm background" if dice.random() < 0.3 else "",
            cells="f3e7d1f0b352e4572e8f2d3a29335c141a33",
            provider_mark="none",
            copies_made_at=job.finished_at,
            created_at=job.finished_at + timedelta(microseconds=n),
        )
        for n in range(1, number + 1)
    ]


def draw(files: int) -> None:
    """Files for the newest pictures: two dozen drawings in every shape they have, linked under their names."""
    from studio.jobs.models import Image
    from studio.jobs.pictures import path_of
    from studio.providers.art import Painting, encode, paint

    drawn: dict[tuple[int, int, int], tuple[Any, Any, str]] = {}
    for number, image in enumerate(Image.objects.select_related("job").order_by("-created_at")[:files]):
        which = (number % (DRAWN // 6), image.width, image.height)
        original, small = (path_of(image.pk, suffix) for suffix in ("png", "small.webp"))
        original.parent.mkdir(parents=True, exist_ok=True)
        if which not in drawn:
            painting = Painting(
                model="dall-e-3",
                prompt=image.job.prompt,
                width=image.width,
                height=image.height,
                style="vivid",
                seed=None,
            )
            page = paint(painting)
            original.write_bytes(encode(page, painting=painting))
            page.thumbnail((800, 800))
            buffer = io.BytesIO()
            page.save(buffer, "WEBP", quality=80)
            small.write_bytes(buffer.getvalue())
            cells = page.convert("RGB").resize((3, 2)).tobytes().hex()
            drawn[which] = (original, small, cells)
        first, first_small, cells = drawn[which]
        for source, target in ((first, original), (first_small, small)):
            if not target.exists():
                os.link(source, target)
        Image.objects.filter(pk=image.pk).update(cells=cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=0)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    start = time.monotonic()
    fill(asked.jobs, asked.entries, asked.files)
    print(f"{asked.jobs} jobs and {asked.entries} entries in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
