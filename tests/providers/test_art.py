"""The painter of the sandbox: same words same picture, other words another, and the words show."""

from __future__ import annotations

import colorsys
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageStat

from studio.providers.art import Painting, encode, lexicon, paint, words
from studio.providers.art.oklch import from_lch, hue_distance, to_lch
from studio.providers.art.palettes import PALETTES
from studio.providers.art.scenes import SCENES

SMALL = Painting(model="dall-e-3", prompt="koi in a pond", width=128, height=128, seed=7)


def bare(prompt: str, **changes: object) -> Image.Image:
    """A small picture without a plate."""
    return paint(replace(SMALL, prompt=prompt, **changes), plate=False)  # type: ignore[arg-type]


def brightness(image: Image.Image) -> float:
    return float(ImageStat.Stat(image.convert("L")).mean[0])


def mean_hue(image: Image.Image) -> float:
    red, green, blue = (channel / 255 for channel in ImageStat.Stat(image).mean)
    return colorsys.rgb_to_hsv(red, green, blue)[0] * 360


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference per channel, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_paints_the_same_bytes_again_in_the_size_asked_for(scene: str) -> None:
    prompt = words.SUBJECTS[scene].split()[0].replace("_", " ")
    painting = replace(SMALL, prompt=prompt, width=160, height=128)

    page = paint(painting)

    assert (page.mode, page.size) == ("RGB", (160, 128))
    assert page.tobytes() == paint(painting).tobytes()
    assert len(page.getcolors(maxcolors=160 * 128) or []) > 500, "not an empty page"


@pytest.mark.parametrize("scene", sorted(SCENES))
@pytest.mark.parametrize("size", [(48, 120), (150, 60)])
def test_every_scene_composes_for_every_shape(scene: str, size: tuple[int, int]) -> None:
    prompt = words.SUBJECTS[scene].split()[0].replace("_", " ")

    assert paint(replace(SMALL, prompt=prompt, width=size[0], height=size[1])).size == size


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "koi in a deep pond"},
        {"seed": 8},
        {"seed": None},
        {"index": 1},
        {"model": "imagen-4"},
        {"style": "natural"},
    ],
)
def test_another_request_gives_another_picture(change: dict[str, object]) -> None:
    assert difference(paint(SMALL), paint(replace(SMALL, **change))) > 4  # type: ignore[arg-type]


def test_spelling_and_directives_change_nothing() -> None:
    spelt = replace(SMALL, prompt="  Koi in a ＰＯＮＤ [sandbox:slow=3] ")

    assert paint(spelt).tobytes() == paint(SMALL).tobytes()


def test_directive_words_are_not_drawn() -> None:
    assert lexicon.read("[sandbox:fail night sea]").subject is None


def test_the_same_words_compose_alike_in_a_larger_size() -> None:
    small, large = (bare("lighthouse", width=side, height=side) for side in (192, 384))

    # Seen from afar, so that the grain, which belongs to the pixels, does not count.
    one, other = (page.resize((32, 32), Image.Resampling.BOX) for page in (small, large))
    assert difference(one, other) < 4


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("Six ridges, one small sun", "mountains"),
        ("a ship on the ocean", "sea"),
        ("A town on a table, isometric", "town"),
        ("a city at night", "nightcity"),
        ("city in the rain", "nightcity"),
        ("Lighthouse, polar night, long beam", "lighthouse"),
        ("three green pears", "stilllife"),
        ("wind in her hair", "flow"),
        ("fog over the sea", "sea"),
        ("an orange mosaic", "tiles"),
        ("霧の山", "mountains"),
        ("夜景", "nightcity"),
        ("金魚が三匹", "pond"),
        ("静かな海と船", "sea"),
        ("등대와 바다", "lighthouse"),
        ("눈 덮인 산", "mountains"),
        ("잉어 세 마리", "pond"),
        ("a red car", "road"),
        ("a bus in the city", "road"),
        ("a road through the desert", "dunes"),
        ("the open road", "road"),
        ("赤い自動車", "road"),
        ("赤いバス", "road"),
        ("バスケットの果物", "stilllife"),
        ("파란 자전거 두 대", "road"),
        ("차분한 바다", "sea"),
        ("vincent van gogh", None),
        ("夜の電車", "nightcity"),
        ("a postcard", None),
        ("the spirit of accounting", None),
        ("a formal starch", None),
    ],
)
def test_the_earliest_subject_word_chooses_the_scene(prompt: str, subject: str | None) -> None:
    assert lexicon.read(prompt).subject == subject


@pytest.mark.parametrize(
    ("prompt", "kind", "count"),
    [
        ("three small green pears", "fruit", 3),
        ("seven stems", "stem", 7),
        ("a dozen koi", "fish", 12),
        ("40 fish", "fish", 12),
        ("Six ridges, one small sun", "ridge", 6),
        ("鯉が五匹", "fish", 5),
        ("三つの梨", "thing", 3),
        ("배 세 개", "thing", 3),
        ("물고기 네 마리", "fish", 4),
    ],
)
def test_counts_are_read_up_to_twelve(prompt: str, kind: str, count: int) -> None:
    assert lexicon.read(prompt).counts[kind] == count


def test_a_number_without_a_thing_counts_nothing() -> None:
    assert lexicon.read("seven is a lonely number").counts == {}


@pytest.mark.parametrize("subject", ["sea", "mountains", "pond", "still life with a vase", "wind"])
def test_a_colour_word_turns_the_picture_towards_it(subject: str) -> None:
    blue, red = mean_hue(bare(f"blue {subject}")), mean_hue(bare(f"red {subject}"))

    assert hue_distance(red, 10) < 45
    assert hue_distance(blue, red) > 60


@pytest.mark.parametrize("subject", ["sea", "mountains", "dunes", "village", "lighthouse", "koi"])
def test_night_is_darker_than_dawn(subject: str) -> None:
    assert brightness(bare(f"{subject} at night")) < brightness(bare(f"{subject} at dawn")) - 12


def test_black_and_white_words_take_the_colour_out() -> None:
    def chroma(image: Image.Image) -> float:
        return float(ImageStat.Stat(image.convert("HSV")).mean[1])

    assert chroma(bare("monochrome mountains")) < chroma(bare("mountains")) * 0.6


def test_natural_is_calmer_than_vivid() -> None:
    for name, palette in PALETTES.items():
        lightness, chroma, hue = to_lch(palette.accent)
        assert from_lch(lightness, chroma, hue) == pytest.approx(palette.accent, abs=2), name
    # The composition differs with the style, so the mean over a few seeds is compared.
    vivid, natural = (
        sum(
            float(ImageStat.Stat(bare("orange dunes", style=style, seed=seed).convert("HSV")).mean[1])
            for seed in range(3)
        )
        for style in ("vivid", "natural")
    )
    assert natural < vivid


def test_a_count_of_fruit_is_painted() -> None:
    """Each piece is one layer, so the number of layers tells how many are on the table."""
    one, four, nine = (_layers(f"{number} pears in a kitchen, five flowers") for number in ("one", "four", "nine"))

    assert (four - one, nine - four) == (3, 5)


def _layers(prompt: str) -> int:
    totals: list[int] = []
    paint(replace(SMALL, prompt=prompt), lambda done, total: totals.append(total))
    return totals[0]


def test_progress_counts_every_layer_to_a_total_known_from_the_start() -> None:
    seen: list[tuple[int, int]] = []
    paint(SMALL, lambda done, total: seen.append((done, total)))

    total = seen[0][1]
    assert seen == [(done, total) for done in range(1, total + 1)]


def test_what_the_callback_raises_ends_the_painting() -> None:
    seen: list[int] = []

    def stop(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        paint(SMALL, stop)
    assert seen == [1, 2]


def test_threads_paint_the_same_bytes_as_one_alone() -> None:
    paintings = [replace(SMALL, prompt=prompt) for prompt in ("sea", "town", "koi", "wind")]
    alone = [hashlib.sha256(paint(painting).tobytes()).digest() for painting in paintings]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda painting: hashlib.sha256(paint(painting).tobytes()).digest(), paintings))

    assert together == alone


@pytest.mark.parametrize(("size", "height"), [((256, 256), 14), ((300, 1000), 20)])
def test_the_plate_stands_at_the_lower_left(size: tuple[int, int], height: int) -> None:
    painting = replace(SMALL, width=size[0], height=size[1])
    with_plate, without = paint(painting), paint(painting, plate=False)

    left, top, right, bottom = ImageChops.difference(with_plate, without).getbbox() or (0, 0, 0, 0)
    assert bottom - top == height
    assert left < height
    assert size[1] - bottom < height
    tones = with_plate.crop((left, top, right, bottom)).convert("L").histogram()
    assert sum(tones[:30]) > sum(tones) * 0.5, "near-black"
    assert sum(tones[200:]) > 10, "with white letters"


def test_without_a_seed_number_equal_requests_are_still_equal() -> None:
    painting = replace(SMALL, seed=None)

    assert painting.chance == replace(painting).chance
    assert painting.chance != SMALL.chance


def test_large_pictures_are_painted_small_and_enlarged() -> None:
    assert paint(replace(SMALL, prompt="planet", width=4096, height=300)).size == (4096, 300)


@pytest.mark.parametrize("size", [(0, 256), (8, 8), (4097, 256)])
def test_a_side_out_of_bounds_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="pixels"):
        paint(replace(SMALL, width=size[0], height=size[1]))


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_files_say_sandbox_model_hash_and_seed_but_not_the_prompt(format: str) -> None:
    painting = replace(SMALL, prompt="a secret pond & <koi>")
    data = encode(paint(painting), painting=painting, format=format)

    image = Image.open(io.BytesIO(data))
    assert (image.format or "").lower() == format
    assert image.size == (128, 128)
    told = " ".join(map(str, (image.info, dict(image.getexif()))))
    for fact in ("sandbox", "dall-e-3", hashlib.sha256(painting.prompt.encode()).hexdigest(), "7"):
        assert fact in told
    assert b"secret" not in data


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        encode(paint(SMALL), painting=SMALL, format="gif")


def test_a_vehicle_has_the_colour_that_is_named_and_the_words_say_which_and_how_many() -> None:
    drawn = {words: bare(words, width=160, height=160) for words in ("a red car", "a blue car", "a red bus")}
    middle = {words: page.crop((40, 110, 120, 148)) for words, page in drawn.items()}
    red, blue = (ImageStat.Stat(middle[words]).mean for words in ("a red car", "a blue car"))
    assert red[0] > red[2] * 1.5
    assert blue[2] > blue[0] * 1.5
    assert difference(drawn["a red car"], drawn["a red bus"]) > 4
    assert lexicon.read("three cars at dusk").count("car", 1) == 3
    assert lexicon.read("파란 자전거 두 대").count("car", 1) == 2
    assert lexicon.read("自転車").extras == {"bicycle"}
