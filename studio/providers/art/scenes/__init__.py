"""The scenes the sandbox knows; each composes itself as a list of layers for a canvas of any shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from studio.providers.art.brush import Canvas, Layer
from studio.providers.art.scenes import (
    arch,
    dunes,
    flow,
    lighthouse,
    maps,
    mountains,
    nightcity,
    planet,
    plants,
    pond,
    road,
    sea,
    stilllife,
    tiles,
    town,
)


class Scene(NamedTuple):
    """How to compose a scene, and the palettes that suit it when no word asks for another."""

    compose: Callable[[Canvas], list[Layer]]
    palettes: tuple[str, ...]


SCENES: dict[str, Scene] = {
    "mountains": Scene(mountains.compose, ("kiln", "dusk", "sakura", "tidal", "lichen", "rose", "violet")),
    "sea": Scene(sea.compose, ("kiln", "tidal", "polar", "cobalt", "sakura", "mint")),
    "town": Scene(town.compose, ("kiln", "tidal", "sakura", "cobalt", "mint", "rose", "lichen")),
    "nightcity": Scene(nightcity.compose, ("cobalt", "violet", "tidal", "polar", "dusk")),
    "lighthouse": Scene(lighthouse.compose, ("polar", "violet", "tidal", "cobalt", "rose")),
    "dunes": Scene(dunes.compose, ("violet", "kiln", "rose", "dusk", "tidal")),
    "arch": Scene(arch.compose, ("rose", "tidal", "violet", "kiln", "sakura", "mint")),
    "planet": Scene(planet.compose, ("violet", "cobalt", "polar", "kiln", "rose", "dusk")),
    "plants": Scene(plants.compose, ("moss", "lichen", "kiln", "sakura", "mint", "rose")),
    "stilllife": Scene(stilllife.compose, ("sakura", "mint", "kiln", "tidal", "bone", "lichen", "rose")),
    "pond": Scene(pond.compose, ("tidal", "mint", "polar", "cobalt", "lichen")),
    "map": Scene(maps.compose, ("polar", "mint", "lichen", "moss", "tidal", "sakura")),
    "tiles": Scene(tiles.compose, ("cobalt", "kiln", "tidal", "bone", "mint", "rose")),
    "road": Scene(road.compose, ("kiln", "mint", "polar", "sakura", "lichen", "rose")),
    "flow": Scene(flow.compose, ("rose", "violet", "cobalt", "tidal", "kiln", "bone")),
}
