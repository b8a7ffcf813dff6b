"""Fonts whose kerning is that of one weight: `uv run --group lint python -m tests.tools.kerning static/fonts/*.woff2`.

How much each pair's kerning varies with the weight was half of the bytes of a font. At the weight between the lightest
and the boldest that is used, a pair stands at most 0.5 px from where it would at 14 px.
"""

import sys
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHT = 480


def pairs(font: TTFont) -> list[Any]:
    """The value of every pair, in the order of the table."""
    found = []
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            if table.Format == 1:
                found += [pair.Value1 for each in table.PairSet for pair in each.PairValueRecord]
            else:
                found += [pair.Value1 for first in table.Class1Record for pair in first.Class2Record]
    return found


def freeze(path: Path) -> None:
    """Write the font anew with the kerning it has at WEIGHT; its letters go on varying."""
    font, still = TTFont(path), instantiateVariableFont(TTFont(path), {"wght": WEIGHT})
    for value, at_weight in zip(pairs(font), pairs(still), strict=True):
        value.XAdvance = getattr(at_weight, "XAdvance", 0)
        if hasattr(value, "XAdvDevice"):
            del value.XAdvDevice
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table.ValueFormat1 = 4  # an advance, without a table of its variations
    definitions = font["GDEF"].table
    definitions.VarStore, definitions.Version = None, 0x00010000
    font.flavor = "woff2"
    font.save(path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        freeze(Path(name))
