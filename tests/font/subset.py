"""Makes forward-pass-sans.otf: python subset.py NotoSansCJK-Regular.ttc

The font is frozen; outlines.py makes the table of letters from it.

The source is Noto Sans CJK (Debian's package fonts-noto-cjk 1:20220127+repack1-1, OFL 1.1); needs fonttools.
Kept: Latin, Greek, mathematical signs, arrows, and the Hangul of KS X 1001 (2,350 syllables and the jamo).
"""

import sys
from fontTools import subset
from fontTools.ttLib import TTCollection


def ks_x_1001_hangul():
    pairs = (bytes([a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF))
    texts = (pair.decode("euc_kr", "ignore") for pair in pairs)
    return [ord(text) for text in texts if text and "\uac00" <= text <= "\ud7a3"]


def wanted():
    ranges = [(0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x3131, 0x3163), (0x2010, 0x2015)]
    letters = {code for first, last in ranges for code in range(first, last + 1)}
    signs = "‘’“”†‡•…‰′″€、。《》「」ℓ←↑→↓↔⇐⇒⇔■□▲△▼◆○●★✓" + "∀∂∃∅∆∇∈∉∋∏∑−√∝∞∠∥∧∨∩∪∫∴≈≅≠≡≤≥≪≫⊂⊃⊆⊇⊕⊗⊥⋯"
    return letters | {ord(sign) for sign in signs} | set(ks_x_1001_hangul())


def ours(text):
    for theirs, name in [("Noto Sans CJK KR", "Forward Pass Sans"), ("NotoSansCJKkr", "ForwardPassSans")]:
        text = text.replace(theirs, name)
    return text.replace("NotoSansCJKjp", "ForwardPassSans")


def main(source):
    font = next(f for f in TTCollection(source).fonts if f["name"].getDebugName(1) == "Noto Sans CJK KR")
    font.recalcTimestamp = False
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    for record in font["name"].names:
        record.string = ours(str(record))
    cff = font["CFF "].cff
    cff.fontNames = [ours(name) for name in cff.fontNames]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = "Forward Pass Sans"
    subset.save_font(font, "forward-pass-sans.otf", options)


main(sys.argv[1])
