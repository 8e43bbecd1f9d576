"""Drawn still lifes of what is worn, sewn and slept in, and of small things made by hand."""

import math

from shuke.town.content.brush import Colour, darker, lighter, mix, rgb
from shuke.town.content.clay import Clay

THREAD = rgb("#FFF6E6")
LEAF = rgb("#6BA368")
GOLD = rgb("#D9B25E")
WOOD = rgb("#C79A5E")
BLOSSOM = rgb("#F2B8A8")


def _daisy(clay: Clay, x: float, y: float, size: float, colour: Colour) -> None:
    for step in range(6):
        turn = math.radians(step * 60 + 12)
        clay.ball(x + size * math.cos(turn), y + size * math.sin(turn), size * 0.62, size * 0.62, colour)
    clay.ball(x, y, size * 0.6, size * 0.6, rgb("#F2C14E"))


def tee(clay: Clay, colour: Colour, label: str) -> None:
    """A top laid flat."""
    shape = [(34, 14), (66, 14), (92, 32), (82, 50), (73, 44), (74, 92), (26, 92), (27, 44), (18, 50), (8, 32)]
    clay.sheet(shape, colour)
    clay.sheet([(36, 13), (64, 13), (58, 24), (50, 27), (42, 24)], darker(colour, 0.25), smooth=True)
    clay.stroke([(36, 14), (42, 24), (50, 27.5), (58, 24), (64, 14)], lighter(colour, 0.35), 2)
    for x in (27.5, 72.5):
        clay.stroke([(x, 46), (x, 88)], darker(colour, 0.12), 0.8, smooth=False)
    clay.stroke([(27, 88), (73, 88)], lighter(colour, 0.3), 0.8, smooth=False)
    _daisy(clay, 50, 52, 5, THREAD)


def dress(clay: Clay, colour: Colour, label: str) -> None:
    """A dress with a wide skirt."""
    clay.sheet([(50, 46), (66, 44), (90, 90), (70, 94), (50, 95), (30, 94), (10, 90), (34, 44)], colour)
    for x in (22, 34, 45, 56, 67, 79):
        clay.stroke([(50 + (x - 50) * 0.4, 50), (x, 92)], darker(colour, 0.12), 0.9, smooth=False)
    clay.sheet([(36, 12), (43, 12), (50, 22), (57, 12), (64, 12), (67, 46), (33, 46)], lighter(colour, 0.1))
    clay.slab((32, 43, 68, 49), 2, darker(colour, 0.22))
    for side in (-1, 1):
        clay.sheet([(50, 46), (50 + side * 11, 40), (50 + side * 12, 51)], darker(colour, 0.1), smooth=True)
    clay.ball(50, 46, 2.6, 2.6, lighter(colour, 0.3))


def trousers(clay: Clay, colour: Colour, label: str) -> None:
    """A pair of trousers."""
    clay.sheet([(28, 10), (72, 10), (80, 92), (57, 92), (50, 42), (43, 92), (20, 92)], colour)
    clay.slab((27, 8, 73, 17), 2, darker(colour, 0.14))
    clay.stroke([(50, 17), (50, 42)], darker(colour, 0.2), 1, smooth=False)
    for side in (-1, 1):
        clay.stroke([(50 + side * 20, 18), (50 + side * 15, 28), (50 + side * 22, 31)], lighter(colour, 0.35), 1)
        clay.slab((50 + side * 18.5 - 12, 85, 50 + side * 18.5 + 12, 92), 1.5, lighter(colour, 0.2))


def coat(clay: Clay, colour: Colour, label: str) -> None:
    """A quilted jacket, buttoned."""
    for side in (-1, 1):
        clay.sheet(
            [(50 + side * 17, 20), (50 + side * 30, 26), (50 + side * 41, 76), (50 + side * 27, 80), (50 + side * 22, 40)],
            darker(colour, 0.08),
            smooth=True,
        )
    clay.sheet([(32, 16), (68, 16), (75, 34), (75, 88), (50, 92), (25, 88), (25, 34)], colour, barrel=True)
    for y in (40, 54, 68, 81):
        clay.stroke([(26, y), (50, y + 2.5), (74, y)], darker(colour, 0.16), 1.2)
    clay.sheet([(34, 18), (42, 9), (58, 9), (66, 18), (58, 27), (50, 30), (42, 27)], lighter(colour, 0.4), smooth=True)
    clay.sheet([(42, 12), (58, 12), (54, 22), (50, 24), (46, 22)], darker(colour, 0.35), smooth=True)
    clay.stroke([(50, 27), (50, 91)], darker(colour, 0.28), 1.1, smooth=False)
    for y in (36, 50, 64, 78):
        clay.ball(54, y, 2.3, 2.3, WOOD)


def scarf(clay: Clay, colour: Colour, label: str) -> None:
    """A knitted scarf, wound once."""
    for x, top, tone in ((62, 44, darker(colour, 0.16)), (46, 46, colour)):
        for fringe in range(6):
            clay.stroke([(x - 8 + fringe * 3.4, 84), (x - 8.4 + fringe * 3.5, 95)], tone, 2, smooth=False)
        clay.sheet([(x - 10, top), (x + 11, top), (x + 12, 86), (x - 11, 86)], tone, barrel=True)
        for y in (66, 74):
            clay.slab((x - 10.8, y, x + 11.8, y + 4), 0.5, THREAD, barrel=True)
    clay.sheet([(16, 30), (50, 14), (84, 30), (82, 50), (50, 40), (18, 50)], darker(colour, 0.26), smooth=True)
    clay.sheet(
        [(13, 30), (26, 38), (50, 41), (74, 38), (87, 30), (90, 48), (72, 60), (50, 63), (28, 60), (10, 48)],
        colour,
        smooth=True,
    )
    for row, dip in ((44, 4), (51, 5)):
        for step in range(9):
            x = 18 + step * 8
            y = row + dip * math.sin(math.pi * step / 8)
            clay.stroke([(x - 2.4, y - 2), (x, y + 1.4), (x + 2.4, y - 2)], lighter(colour, 0.24), 1.1)


def socks(clay: Clay, colour: Colour, label: str) -> None:
    """Two striped socks."""
    for shift, tone in ((24, darker(colour, 0.14)), (0, colour)):
        clay.sheet(
            [
                (22 + shift, 14),
                (42 + shift, 14),
                (43 + shift, 52),
                (62 + shift, 68),
                (64 + shift, 82),
                (48 + shift, 88),
                (26 + shift, 76),
                (21 + shift, 58),
            ],
            tone,
            smooth=True,
            barrel=True,
        )
        clay.slab((20 + shift, 9, 44 + shift, 20), 3, lighter(tone, 0.45), barrel=True)
        for y in (28, 38):
            clay.slab((21.5 + shift, y, 43 + shift, y + 4.4), 1, THREAD, barrel=True)
        clay.ball(56 + shift, 79, 9, 8, lighter(tone, 0.4))


def shoe(clay: Clay, colour: Colour, label: str) -> None:
    """A trainer with a strap."""
    clay.sheet([(12, 44), (34, 42), (46, 52), (66, 60), (88, 66), (92, 80), (10, 80), (9, 60)], colour, smooth=True)
    clay.slab((8, 76, 93, 88), 5.5, rgb("#FBF6EC"))
    clay.stroke([(10, 84), (92, 84)], mix(colour, THREAD, 0.4), 1.4, smooth=False)
    clay.sheet([(11, 36), (32, 38), (36, 48), (12, 50)], darker(colour, 0.2), smooth=True)
    for x, y in ((44, 54), (52, 59), (60, 62)):
        clay.stroke([(x, y), (x - 7, y + 10)], THREAD, 2.6, smooth=False)
    clay.ball(82, 72, 10, 7, lighter(colour, 0.25))


def hat(clay: Clay, colour: Colour, label: str) -> None:
    """A sun hat with a ribbon."""
    clay.ball(50, 68, 45, 16, colour)
    clay.sheet(
        [(24, 62), (28, 36), (40, 24), (60, 24), (72, 36), (76, 62), (50, 70)], lighter(colour, 0.08), smooth=True, barrel=True
    )
    clay.sheet([(24, 54), (50, 62), (76, 54), (77, 64), (50, 72), (23, 64)], rgb("#D96C75"), smooth=True)
    for side in (-1, 1):
        clay.sheet([(70, 62), (70 + side * 13, 54), (70 + side * 12, 70)], rgb("#C9545F"), smooth=True)


def tote(clay: Clay, colour: Colour, label: str) -> None:
    """A canvas bag with daisies on it."""
    for shift, tone in ((3, darker(colour, 0.22)), (0, darker(colour, 0.1))):
        clay.stroke([(34 + shift, 42), (36 + shift, 18), (50 + shift, 9), (64 + shift, 18), (66 + shift, 42)], tone, 3.6)
    clay.sheet([(18, 38), (82, 38), (86, 92), (14, 92)], colour)
    clay.stroke([(18, 43), (82, 43)], darker(colour, 0.16), 0.9, smooth=False)
    clay.stroke([(38, 82), (46, 64), (58, 54)], LEAF, 1.3)
    clay.leaf(43, 72, 9, 200, LEAF)
    clay.leaf(48, 64, 9, 20, LEAF)
    for x, y, size in ((37, 60, 4.4), (60, 54, 5.2), (55, 74, 4)):
        _daisy(clay, x, y, size, THREAD if sum(colour) < 640 else rgb("#FFFFFF"))


def hoop(clay: Clay, colour: Colour, label: str) -> None:
    """An embroidery hoop with a camellia begun."""
    clay.slab((45, 4, 55, 14), 2, GOLD)
    clay.ball(50, 53, 42, 41, WOOD)
    clay.ring(50, 53, 39.5, 38.5, darker(WOOD, 0.2), 1)
    clay.disc(50, 53, 37, 36, rgb("#FBF4E6"))
    clay.stroke([(38, 82), (44, 68), (50, 56)], darker(LEAF, 0.1), 1.5)
    for x, y, angle in ((42, 72, 190), (45, 66, 20), (47, 62, 215), (58, 58, -10)):
        clay.leaf(x, y, 15, angle, LEAF)
    for step in range(5):
        turn = math.radians(step * 72 - 20)
        clay.ball(51 + 8.6 * math.cos(turn), 46 + 8.2 * math.sin(turn), 8.4, 8, mix(colour, BLOSSOM, 0.12 * step))
    clay.ball(51, 46, 4.4, 4.2, rgb("#F2C14E"))
    clay.stroke([(66, 62), (78, 74), (92, 92)], rgb("#B9BEC4"), 1.3, smooth=False)


def sachet(clay: Clay, colour: Colour, label: str) -> None:
    """A scented bag with cord and tassel."""
    clay.ring(50, 13, 6, 8, GOLD, 1.7)
    clay.sheet(
        [(40, 22), (60, 22), (58, 31), (70, 42), (72, 58), (60, 70), (50, 72), (40, 70), (28, 58), (30, 42), (42, 31)],
        colour,
        smooth=True,
        barrel=True,
    )
    clay.slab((40, 28, 60, 32.5), 2, GOLD)
    _daisy(clay, 50, 51, 5.6, THREAD)
    clay.stroke([(50, 71), (50, 78)], GOLD, 1.8, smooth=False)
    for step in range(7):
        clay.stroke([(50, 77), (42.5 + step * 2.5, 96 - abs(step - 3) * 0.7)], mix(colour, GOLD, 0.35), 1.7, smooth=False)
    clay.ball(50, 78, 4, 3.4, darker(GOLD, 0.1))


def toy(clay: Clay, colour: Colour, label: str) -> None:
    """A small stuffed bear."""
    muzzle, ink = lighter(colour, 0.55), rgb("#3A2A26")
    for side in (-1, 1):
        clay.ball(50 + side * 23, 84, 12, 10, darker(colour, 0.05))
        clay.ball(50 + side * 27, 62, 8, 13, colour)
        clay.ball(50 + side * 21, 17, 10, 10, colour)
        clay.ball(50 + side * 21, 18, 5.6, 5.6, muzzle)
    clay.ball(50, 71, 25, 23, colour)
    clay.ball(50, 74, 14, 14, muzzle)
    clay.ball(50, 36, 30, 25, colour)
    clay.ball(50, 44, 12, 9, muzzle)
    for side in (-1, 1):
        clay.disc(50 + side * 12, 34, 2.6, 3.2, ink)
        clay.disc(50 + side * 19, 42, 4.2, 3, mix(colour, rgb("#EE7F72"), 0.5))
    clay.disc(50, 40, 3.6, 2.6, ink)
    clay.stroke([(45, 46), (50, 49), (55, 46)], ink, 1.2)


def beads(clay: Clay, colour: Colour, label: str) -> None:
    """A string of beads."""
    for step in range(22):
        turn = math.radians(step * 360 / 22 + 90)
        clay.ball(
            50 + 34 * math.cos(turn),
            48 + 32 * math.sin(turn),
            5.6,
            5.6,
            GOLD if step % 11 == 0 else mix(colour, darker(colour, 0.14), step % 2),
        )
    clay.stroke([(50, 84), (49, 90), (51, 96)], GOLD, 2)


def book(clay: Clay, colour: Colour, label: str) -> None:
    """A notebook, sewn with thread, leaves printed on its cover."""
    clay.slab((23, 14, 84, 92), 2, rgb("#F4EBDA"))
    clay.slab((18, 10, 80, 89), 2.5, colour)
    for y in (20, 36, 52, 68, 81):
        clay.stroke([(18.5, y), (27, y)], THREAD, 1.1, smooth=False)
    clay.stroke([(27, 13), (27, 86)], THREAD, 1.1, smooth=False)
    clay.stroke([(44, 76), (52, 54), (60, 28)], lighter(colour, 0.6), 1.4)
    for step in range(5):
        clay.leaf(47 + step * 3, 68 - step * 9, 14, -20, lighter(colour, 0.5))
        clay.leaf(46 + step * 3, 66 - step * 9, 14, 215, lighter(colour, 0.4))


def fan(clay: Clay, colour: Colour, label: str) -> None:
    """A round silk fan with a tassel."""
    clay.slab((48, 66, 52, 96), 2, rgb("#8A5A36"))
    clay.ball(50, 40, 36, 35, darker(colour, 0.1))
    clay.disc(50, 40, 33, 32, rgb("#FCF3E2"))
    for angle in (205, 235, 270, 305, 335):
        clay.leaf(48, 58, 24, angle, mix(colour, rgb("#FBD9D0"), 0.35 if angle in (235, 305) else 0.1))
    clay.leaf(48, 60, 20, 170, LEAF)
    clay.leaf(50, 60, 18, 12, darker(LEAF, 0.1))
    clay.stroke([(50, 92), (58, 94), (62, 98)], colour, 1.8)


def soap(clay: Clay, colour: Colour, label: str) -> None:
    """Bars of soap, stacked, with a sprig."""
    for y, tone in ((64, rgb("#F0DFC2")), (44, lighter(colour, 0.15)), (24, colour)):
        clay.slab((20 + (y % 5), y + 5, 82 - (y % 7), y + 26), 5, darker(tone, 0.18))
        clay.slab((20 + (y % 5), y, 82 - (y % 7), y + 20), 6, tone)
    clay.stroke([(34, 26), (50, 19), (68, 12)], darker(LEAF, 0.2), 1.5)
    for x, y in ((40, 23), (48, 20), (56, 17), (64, 14)):
        clay.leaf(x, y, 12, -70, LEAF)
        clay.leaf(x, y, 11, 25, darker(LEAF, 0.1))


def towel(clay: Clay, colour: Colour, label: str) -> None:
    """Folded towels, the topmost rolled."""
    for y, tone in ((72, mix(colour, THREAD, 0.65)), (53, mix(colour, rgb("#D9A48F"), 0.35)), (34, colour)):
        clay.slab((12, y, 88, y + 21), 9, tone)
        clay.stroke([(20, y + 11), (84, y + 11)], darker(tone, 0.14), 1, smooth=False)
        clay.stroke([(74, y + 1.5), (74, y + 19.5)], lighter(tone, 0.55), 2.2, smooth=False)
    clay.slab((24, 12, 78, 37), 12, lighter(colour, 0.3), barrel=False)
    clay.ball(26, 24.5, 8, 12.4, lighter(colour, 0.12))
    clay.ring(26, 24.5, 4.4, 7.4, darker(colour, 0.14), 1.1)
    clay.disc(26, 24.5, 1.5, 2.6, darker(colour, 0.14))


def quilt(clay: Clay, colour: Colour, label: str) -> None:
    """A thick quilt, folded and tied with a band."""
    for y, tone in ((66, darker(colour, 0.08)), (44, colour), (22, lighter(colour, 0.15))):
        clay.sheet(
            [(14, y + 3), (50, y - 1), (86, y + 3), (93, y + 13), (86, y + 25), (50, y + 27), (14, y + 25), (7, y + 13)],
            tone,
            smooth=True,
        )
        for x in (26, 42, 58, 74):
            clay.stroke([(x, y + 2), (x + 1, y + 13), (x, y + 24)], darker(tone, 0.1), 0.9)
        clay.stroke([(12, y + 26), (50, y + 28), (88, y + 26)], darker(tone, 0.2), 1)
    clay.slab((44, 19, 56, 94), 2, rgb("#D9B98C"))
    for side in (-1, 1):
        clay.sheet([(50, 22), (50 + side * 15, 12), (50 + side * 16, 26)], rgb("#CDA873"), smooth=True)
    clay.ball(50, 21, 4, 4, rgb("#C29A62"))


def pillow(clay: Clay, colour: Colour, label: str) -> None:
    """Two full pillows, one leaning on the other."""
    for x, y, tone in ((57, 36, darker(colour, 0.1)), (45, 60, colour)):
        outline = [
            (-40, -24),
            (-18, -21),
            (0, -21),
            (18, -21),
            (40, -24),
            (37, 0),
            (41, 25),
            (18, 23),
            (0, 23),
            (-18, 23),
            (-41, 25),
            (-37, 0),
        ]
        clay.sheet([(x + dx * 1.03, y + dy * 1.04 + 1.2) for dx, dy in outline], darker(tone, 0.2), smooth=True)
        clay.sheet([(x + dx, y + dy) for dx, dy in outline], tone, smooth=True)
        for side, rise in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            corner = (x + side * 35, y + rise * 20)
            clay.stroke([corner, (x + side * 28, y + rise * 13), (x + side * 24, y + rise * 11)], darker(tone, 0.14), 1.1)
        clay.ball(x, y, 2.2, 2.2, darker(tone, 0.18))
        clay.stroke([(x - 13, y - 4), (x - 5, y - 1), (x, y)], darker(tone, 0.1), 1)
        clay.stroke([(x + 14, y + 4), (x + 6, y + 1), (x, y)], darker(tone, 0.1), 1)


def bed(clay: Clay, colour: Colour, label: str) -> None:
    """A made bed."""
    clay.slab((8, 22, 92, 70), 8, WOOD)
    for x in (29, 71):
        clay.sheet([(x - 19, 36), (x, 31), (x + 19, 36), (x + 19, 54), (x, 57), (x - 19, 54)], rgb("#FBF6EC"), smooth=True)
    clay.slab((6, 50, 94, 86), 8, colour)
    clay.slab((6, 50, 94, 61), 5, lighter(colour, 0.5))
    for x in (24, 42, 60, 78):
        clay.stroke([(x, 62), (x + 1.5, 74), (x, 85)], darker(colour, 0.12), 1)
    for x in (14, 86):
        clay.slab((x - 4, 84, x + 4, 94), 1.5, darker(WOOD, 0.2))


def rug(clay: Clay, colour: Colour, label: str) -> None:
    """A rug, half unrolled."""
    clay.sheet([(20, 44), (80, 44), (94, 88), (6, 88)], colour)
    for inset, tone in ((6, lighter(colour, 0.5)), (11, darker(colour, 0.16))):
        clay.stroke(
            [
                (21 + inset * 0.6, 52),
                (79 - inset * 0.6, 52),
                (92 - inset, 88 - inset * 0.5),
                (8 + inset, 88 - inset * 0.5),
                (21 + inset * 0.6, 52),
            ],
            tone,
            1.5,
            smooth=False,
        )
    for x in (32, 50, 68):
        clay.sheet([(x, 60), (x + 8, 68), (x, 77), (x - 8, 68)], rgb("#F0DFC2"))
        clay.sheet([(x, 64), (x + 4, 68), (x, 73), (x - 4, 68)], darker(colour, 0.2))
    for step in range(18):
        clay.stroke([(8 + step * 4.95, 88), (7.4 + step * 5.02, 94)], THREAD, 1, smooth=False)
    clay.slab((17, 24, 83, 48), 11, darker(colour, 0.1))
    clay.ball(21, 36, 6, 12, lighter(colour, 0.2))
    clay.ring(21, 36, 3.2, 7.4, darker(colour, 0.2), 1)


def curtain(clay: Clay, colour: Colour, label: str) -> None:
    """A window between two curtains."""
    clay.slab((22, 16, 78, 86), 2, rgb("#FFFDF6"))
    clay.slab((26, 20, 74, 82), 1, rgb("#CFE5EE"))
    clay.ball(60, 36, 7, 7, rgb("#FBE3A6"))
    clay.sheet([(26, 82), (26, 64), (40, 56), (56, 66), (74, 58), (74, 82)], rgb("#A9CDB0"), smooth=False)
    clay.slab((48.8, 16, 51.2, 86), 0.5, rgb("#FFFDF6"))
    clay.slab((5, 9, 95, 13), 2, WOOD)
    for side in (-1, 1):
        for step in range(4):
            x = 50 + side * (41 - step * 7)
            foot = 50 + side * (42 - step * (4.5 if step < 3 else 3.6))
            clay.sheet(
                [(x - 4.2, 12), (x + 4.2, 12), (foot + 4.4, 92), (foot - 4.4, 92)],
                mix(colour, darker(colour, 0.16), step % 2),
                barrel=True,
            )
        clay.slab((50 + side * 33 - 15, 60, 50 + side * 33 + 11, 65), 2, lighter(colour, 0.5)) if side > 0 else clay.slab(
            (50 + side * 33 - 11, 60, 50 + side * 33 + 15, 65), 2, lighter(colour, 0.5)
        )
