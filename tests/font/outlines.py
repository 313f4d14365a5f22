"""Makes src/plot/font/outlines.bin, the letters of every figure, from forward-pass-sans.otf; needs fonttools.

And page.bin, with no other Hangul than the chapter's figures have, for pages.

    python outlines.py            writes the files
    python outlines.py --check    fails if a file differs from what would be written

Everything is little-endian, lengths are in font units, and y points upwards:

    16 bytes      the shapes of a segment: in the two high bits 0 for a move, 1 for a line, 2 for a curve; in the low
                  bits, from the lowest, which of its coordinates change (x, y for each point)
    u16           how many glyphs follow
    per glyph     u16 code point, u16 advance width, u32 offset of its outline in the file; sorted by code point, and
                  code point 0 is the box for letters that the font lacks
    per outline   u8 number of segments; their shapes, four bits each, the low half first; then the changes of
                  coordinates, each relative to the point before: a byte b < 247 is b - 123, and
                  247 to 250 with the next byte c is 124 + (b - 247) * 256 + c, 251 to 254 is -124 - (b - 251) * 256 - c

Contours are closed: a move closes the one before, and so does the end. The font and so this table are under the SIL
Open Font License: src/plot/font/OFL.txt.
"""

import struct
import sys
from pathlib import Path

from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / "src/plot/font"
WORDS = HERE.parent.parent / "src/korean/words.rs"
# The syllables that no figure of the chapter has.
UNUSED = set(range(0xAC00, 0xD7A4)) - set(map(ord, WORDS.read_text(encoding="utf-8")))
KINDS = {"moveTo": (0, 2), "lineTo": (1, 2), "curveTo": (2, 6)}
# The shapes that are frequent; of each kind also the one whose coordinates all change, which fits the others.
SHAPES = [("moveTo", "xy"), ("lineTo", "x."), ("lineTo", ".y"), ("lineTo", "xy")] + [
    ("curveTo", changes)
    for changes in ["xyxyxy", ".yxyx.", "x.xy.y", "xyxy.y", ".yxyxy", "x.xyxy", "xyxyx.", "xy.y.y", "xyx.x.", "x.x.xy",
                    ".y.yxy", "x.xyx."]
]


def mask(changes):
    return sum(1 << bit for bit, change in enumerate(changes) if change != ".")


def segments(glyph):
    """Kind and changes of coordinates of each segment."""
    pen = RecordingPen()
    glyph.draw(pen)
    x = y = 0
    for kind, points in pen.value:
        changes = []
        for (new_x, new_y) in points:
            changes += [new_x - x, new_y - y]
            x, y = new_x, new_y
        if kind in KINDS:
            yield kind, changes
        else:
            assert kind == "closePath", kind


def shape_of(kind, changes):
    """The shape that leaves out the most zeros."""
    needed = sum(1 << bit for bit, change in enumerate(changes) if change)
    fitting = [(mask(s), index) for index, (k, s) in enumerate(SHAPES) if k == kind and needed & ~mask(s) == 0]
    return min(fitting, key=lambda shape: shape[0].bit_count())[1]


def number(value):
    assert value == int(value) and abs(value) < 124 + 1024, value
    if abs(value) <= 123:
        return bytes([int(value) + 123])
    first, rest = (247, int(value) - 124) if value > 0 else (251, -int(value) - 124)
    return bytes([first + (rest >> 8), rest & 255])


def outline(glyph):
    shapes, numbers = [], b""
    for kind, changes in segments(glyph):
        shape = shape_of(kind, changes)
        shapes.append(shape)
        kept = mask(SHAPES[shape][1])
        numbers += b"".join(number(change) for bit, change in enumerate(changes) if kept >> bit & 1)
    pairs = shapes + [0] * (len(shapes) % 2)
    halves = bytes(low | high << 4 for low, high in zip(pairs[::2], pairs[1::2]))
    return bytes([len(shapes)]) + halves + numbers


def table(font, without=()):
    glyphs, widths = font.getGlyphSet(), font["hmtx"]
    names = {code: name for code, name in sorted(font.getBestCmap().items()) if code not in without}
    names = {0: ".notdef"} | names
    shapes = bytes(KINDS[kind][0] << 6 | mask(changes) for kind, changes in SHAPES)
    start = len(shapes) + 2 + 8 * len(names)
    entries, body, places = b"", b"", {}
    for code, name in names.items():
        if name not in places:
            places[name] = start + len(body)
            body += outline(glyphs[name])
        entries += struct.pack("<HHI", code, widths[name][0], places[name])
    return shapes + struct.pack("<H", len(names)) + entries + body


def main():
    font = TTFont(HERE / "forward-pass-sans.otf")
    for name, made in [("outlines.bin", table(font)), ("page.bin", table(font, without=UNUSED))]:
        path = FOLDER / name
        if sys.argv[1:] != ["--check"]:
            path.write_bytes(made)
        elif path.read_bytes() != made:
            sys.exit(f"{path} is not what this script makes of the font: run `bash tests/font/run.sh write`")


main()
