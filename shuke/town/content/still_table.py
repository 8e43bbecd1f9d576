"""Drawn still lifes of the table and the pantry: tins, cups, jars, fruit."""

import math

from shuke.town.content.brush import Colour, darker, lighter, mix, rgb
from shuke.town.content.clay import Clay

PAPER = rgb("#FAF3E3")
INK = rgb("#4A3A34")
SEAL = rgb("#C0392B")
LEAF = rgb("#6BA368")
WOOD = rgb("#C79A5E")
TEA = rgb("#B86B2B")


def _tag(clay: Clay, x: float, y: float, width: float, height: float, label: str, size: float) -> None:
    clay.slab((x - width / 2, y - height / 2, x + width / 2, y + height / 2), 1, PAPER)
    clay.label(x, y - (1.5 if len(label) > 1 else 0), label, size, INK)
    clay.slab((x - 1.8, y + height / 2 - 5, x + 1.8, y + height / 2 - 1.6), 0.6, SEAL)


def tin(clay: Clay, colour: Colour, label: str) -> None:
    """A tea tin with a tight lid and a paper band."""
    clay.slab((27, 24, 73, 94), 6, colour, barrel=True)
    clay.slab((25.5, 14, 74.5, 34), 5, darker(colour, 0.14), barrel=True)
    clay.disc(50, 16, 23, 4.6, lighter(darker(colour, 0.06), 0.22))
    clay.slab((26, 34, 74, 35.6), 0.6, rgb("#D8B36A"), barrel=True)
    _tag(clay, 50, 64, 21, 42, label, 12)
    clay.shine((32, 20, 36, 90), 2, 60)


def pouch(clay: Clay, colour: Colour, label: str) -> None:
    """A paper pouch, folded at the top and tied."""
    clay.sheet([(29, 30), (71, 30), (77, 60), (76, 92), (50, 95), (24, 92), (23, 60)], colour, smooth=True, barrel=True)
    clay.sheet([(30, 10), (70, 10), (72, 30), (28, 30)], darker(colour, 0.08))
    for x in (37, 44, 51, 58, 65):
        clay.stroke([(x, 12), (x + (x - 50) * 0.04, 29)], darker(colour, 0.2), 0.6, smooth=False)
    clay.slab((26, 28, 74, 32.5), 2, rgb("#D8B98A"))
    clay.stroke([(50, 31), (44, 38), (42, 46)], rgb("#C9A470"), 1.6)
    clay.stroke([(50, 31), (57, 37), (59, 44)], rgb("#C9A470"), 1.6)
    _tag(clay, 50, 66, 22, 40, label, 12)


def cake(clay: Clay, colour: Colour, label: str) -> None:
    """A pressed tea cake in its paper, leaning a little."""
    clay.ball(54, 56, 39, 38, darker(colour, 0.32))
    clay.ball(48, 53, 39, 38, lighter(colour, 0.5))
    for step in range(20):
        turn = math.radians(step * 18)
        clay.stroke(
            [
                (48 + 27 * math.cos(turn), 53 + 26 * math.sin(turn)),
                (48 + 37 * math.cos(turn + 0.1), 53 + 36 * math.sin(turn + 0.1)),
            ],
            lighter(colour, 0.2),
            0.7,
            smooth=False,
        )
    clay.ring(48, 53, 25, 24, SEAL, 1.1)
    clay.disc(48, 53, 22.5, 21.5, PAPER)
    clay.label(48, 53, label, 14, darker(SEAL, 0.1))


def box(clay: Clay, colour: Colour, label: str) -> None:
    """A gift box with a band and a label."""
    clay.sheet([(14, 40), (30, 26), (88, 26), (86, 40)], lighter(colour, 0.2))
    clay.slab((13, 38, 87, 90), 2.5, colour)
    clay.slab((12, 38, 88, 50), 2, darker(colour, 0.12))
    clay.slab((64, 38, 70, 90), 0, rgb("#E4C27A"))
    clay.sheet([(64, 38), (70, 38), (76, 26), (70, 26)], lighter(rgb("#E4C27A"), 0.2))
    for side in (-1, 1):
        clay.sheet([(67, 36), (67 + side * 13, 26), (67 + side * 15, 36), (67 + side * 6, 39)], rgb("#DDB565"), smooth=True)
    clay.ball(67, 37, 3.4, 3, rgb("#CFA04E"))
    _tag(clay, 38, 66, 16, 32, label, 10)


def teapot(clay: Clay, colour: Colour, label: str) -> None:
    """A round pot with spout, handle and lid."""
    clay.ring(80, 58, 14, 17, darker(colour, 0.12), 5.5)
    clay.sheet([(28, 52), (14, 40), (6, 40), (14, 56), (27, 74)], darker(colour, 0.05), smooth=True)
    clay.ball(50, 61, 32, 27, colour)
    clay.slab((34, 84, 66, 90), 3, darker(colour, 0.16), barrel=True)
    clay.ball(50, 38, 19, 7, lighter(colour, 0.06))
    clay.ball(50, 29, 5, 5, darker(colour, 0.05))
    clay.shine((30, 46, 36, 66), 3, 70)


def cup(clay: Clay, colour: Colour, label: str) -> None:
    """A wide cup of tea on its saucer, a leaf afloat."""
    clay.ball(50, 83, 42, 9, darker(colour, 0.06))
    clay.disc(50, 80.5, 38, 6.6, lighter(colour, 0.25))
    clay.turned(50, [(40, 33), (56, 30), (70, 21), (78, 13), (82, 13)], colour)
    clay.disc(50, 41, 33, 9.5, lighter(colour, 0.32))
    clay.disc(50, 42.5, 29, 7.4, mix(TEA, colour, 0.1))
    clay.disc(46, 41.6, 20, 3.8, lighter(TEA, 0.2))
    clay.leaf(52, 44, 12, -14, LEAF)
    for x in (40, 52, 64):
        clay.stroke([(x, 30), (x - 3, 24), (x + 2, 18), (x - 1, 11)], (255, 255, 255), 1.5)


def mug(clay: Clay, colour: Colour, label: str) -> None:
    """A straight mug with a broad handle."""
    clay.ring(76, 55, 15, 18, darker(colour, 0.1), 6)
    clay.slab((22, 26, 74, 90), 9, colour, barrel=True)
    clay.sheet(
        [(22, 58), (36, 66), (50, 60), (62, 68), (74, 60), (74, 82), (66, 90), (30, 90), (22, 82)],
        darker(colour, 0.22),
        barrel=True,
    )
    clay.disc(48, 27, 26, 6.5, lighter(colour, 0.35))
    clay.disc(48, 28.4, 22.5, 4.6, rgb("#7A4B2E"))
    clay.shine((28, 34, 32, 82), 2, 70)


def bowl(clay: Clay, colour: Colour, label: str) -> None:
    """A footed bowl, heaped."""
    clay.ball(50, 40, 32, 17, rgb("#FBF6EA"))
    clay.turned(50, [(42, 38), (56, 36), (70, 27), (80, 15), (84, 14), (90, 15)], colour)
    clay.disc(50, 43, 38, 8, lighter(colour, 0.3))
    clay.ball(50, 39, 32, 11, rgb("#FBF6EA"))
    for x, y in ((36, 36), (44, 32), (54, 34), (62, 37), (48, 39), (58, 41), (40, 41)):
        clay.stroke([(x, y), (x + 2.4, y + 0.8)], rgb("#E8DEC8"), 1.4, smooth=False)
    clay.shine((20, 50, 27, 62), 3, 60)


def plate(clay: Clay, colour: Colour, label: str) -> None:
    """A plate seen from above, with a sprig."""
    clay.ball(50, 52, 43, 42, colour)
    clay.ring(50, 51, 40, 39, lighter(colour, 0.5), 1.2)
    clay.disc(50, 51, 29, 28, darker(colour, 0.07))
    clay.disc(49, 50, 28, 27, lighter(colour, 0.3))
    clay.stroke([(38, 64), (48, 52), (60, 40)], darker(LEAF, 0.2), 1.4)
    for x, y, angle in ((42, 60, 10), (46, 54, 190), (50, 50, 0), (54, 46, 200), (58, 42, -20)):
        clay.leaf(x, y, 12, angle - 40, LEAF)


def jar(clay: Clay, colour: Colour, label: str) -> None:
    """A glass jar, its lid covered with cloth."""
    clay.slab((24, 30, 76, 92), 11, rgb("#E9F0EE"), barrel=True)
    clay.slab((27, 40, 73, 90), 9, colour, barrel=True)
    clay.disc(50, 41, 22.6, 4, lighter(colour, 0.3))
    clay.sheet(
        [(26, 26), (22, 34), (31, 31), (40, 36), (50, 32), (60, 36), (69, 31), (78, 34), (74, 26)], rgb("#E9D9C0"), smooth=True
    )
    clay.slab((27, 13, 73, 29), 6, rgb("#F0E2CB"), barrel=True)
    clay.stroke([(27, 27), (50, 29.5), (73, 27)], rgb("#B5854F"), 1.6)
    _tag(clay, 50, 65, 20, 34, label, 11)
    clay.shine((30, 38, 34, 86), 2, 100)


def bottle(clay: Clay, colour: Colour, label: str) -> None:
    """A pump bottle with a plain label."""
    clay.stroke([(50, 24), (50, 14), (38, 14), (33, 19)], darker(colour, 0.25), 4.4, smooth=False)
    clay.slab((42, 22, 58, 34), 2, darker(colour, 0.2), barrel=True)
    clay.slab((28, 32, 72, 94), 11, colour, barrel=True)
    _tag(clay, 50, 64, 24, 36, label or "净", 12)
    clay.shine((33, 40, 36.5, 88), 2, 90)


def pan(clay: Clay, colour: Colour, label: str) -> None:
    """A lidded pot on short feet."""
    for x in (10, 90):
        clay.ring(x, 52, 7, 5, darker(colour, 0.2), 3.6)
    clay.slab((14, 44, 86, 90), 13, colour, barrel=True)
    clay.slab((11, 42, 89, 49), 3.4, darker(colour, 0.1), barrel=True)
    clay.sheet([(15, 43), (20, 32), (36, 25), (50, 23), (64, 25), (80, 32), (85, 43)], lighter(colour, 0.08), barrel=True)
    clay.ball(50, 20, 6.5, 4.6, rgb("#D9B777"))
    clay.shine((22, 54, 27, 82), 2.5, 70)


def board(clay: Clay, colour: Colour, label: str) -> None:
    """A wooden board with a cup on it."""
    clay.slab((10, 34, 90, 88), 7, darker(WOOD, 0.2))
    clay.slab((10, 30, 90, 84), 7, mix(WOOD, colour, 0.35))
    for y, start, end in ((40, 18, 70), (48, 26, 84), (57, 16, 60), (66, 34, 82), (75, 20, 66)):
        clay.stroke([(start, y), ((start + end) / 2, y + 1.6), (end, y)], darker(WOOD, 0.16), 0.8)
    clay.ball(62, 62, 15, 6, rgb("#F4EEE2"))
    clay.turned(62, [(40, 12), (50, 11), (58, 7), (62, 6)], rgb("#F4EEE2"))
    clay.disc(62, 40.5, 12, 3.6, rgb("#FFFFFF"))
    clay.disc(62, 41.2, 9.6, 2.5, TEA)
    clay.leaf(26, 70, 16, -30, LEAF)


def basket(clay: Clay, colour: Colour, label: str) -> None:
    """A woven basket with apples."""
    clay.ring(50, 44, 30, 34, darker(colour, 0.15), 4)
    for x, tone in ((34, "#D65745"), (50, "#E9A13B"), (66, "#8DB255")):
        clay.ball(x, 46, 11, 11, rgb(tone))
    clay.turned(50, [(50, 38), (66, 36), (84, 30), (92, 28)], colour)
    for row in range(4):
        for step in range(9):
            x = 17 + step * 7.6 + (3.8 if row % 2 else 0)
            clay.slab(
                (x, 56 + row * 8.6, x + 5, 61.4 + row * 8.6), 2, lighter(colour, 0.18)
            ) if 15 + row < x < 82 - row else None
    clay.slab((10.5, 46, 89.5, 54), 4, darker(colour, 0.1), barrel=True)


def fruit(clay: Clay, colour: Colour, label: str) -> None:
    """Three ripe fruits, the first with its leaf."""
    clay.ball(32, 66, 24, 23, darker(colour, 0.06))
    clay.ball(69, 67, 23, 22, mix(colour, rgb("#E9B44C"), 0.25))
    clay.ball(50, 46, 25, 24, colour)
    clay.stroke([(50, 25), (51, 19), (54, 15)], rgb("#7A5A36"), 2)
    clay.leaf(52, 21, 22, -16, LEAF)
    clay.leaf(50, 22, 15, 200, darker(LEAF, 0.12))
    clay.shine((37, 34, 45, 40), 3, 90)


def eggs(clay: Clay, colour: Colour, label: str) -> None:
    """A nest of straw with five eggs."""
    for x, y, tone in ((34, 48, 0.1), (66, 48, 0.0), (50, 40, 0.25), (40, 58, 0.3), (60, 58, 0.15)):
        clay.ball(x, y, 13, 16.5, lighter(colour, tone))
    clay.sheet([(10, 62), (30, 68), (50, 70), (70, 68), (90, 62), (82, 86), (50, 93), (18, 86)], WOOD, smooth=True, barrel=True)
    for step in range(15):
        x = 14 + step * 5
        clay.stroke(
            [(x, 66 + (step * 7) % 9), (x + 9, 74 + (step * 5) % 12)], lighter(WOOD, 0.1 + 0.05 * (step % 5)), 1.2, smooth=False
        )


def greens(clay: Clay, colour: Colour, label: str) -> None:
    """A head of greens with a carrot beside it."""
    for angle, length in ((200, 40), (225, 48), (250, 52), (275, 54), (300, 52), (325, 46), (345, 38)):
        clay.leaf(46, 80, length * 1.25, angle, mix(colour, rgb("#3F7D4E"), (angle % 50) / 90))
    clay.sheet([(38, 60), (54, 60), (60, 86), (46, 93), (32, 86)], lighter(colour, 0.55), smooth=True, barrel=True)
    clay.sheet([(66, 58), (76, 60), (80, 78), (76, 94), (70, 80)], rgb("#E8843C"), smooth=True)
    clay.leaf(71, 60, 16, 285, LEAF)
    clay.leaf(71, 60, 15, 250, darker(LEAF, 0.1))


def meat(clay: Clay, colour: Colour, label: str) -> None:
    """A piece of cured bacon, tied with a string."""
    clay.sheet(
        [(16, 34), (50, 26), (84, 34), (90, 60), (82, 84), (50, 90), (18, 84), (10, 60)], darker(colour, 0.2), smooth=True
    )
    for y, tone in ((38, rgb("#F2D9C4")), (50, colour), (60, rgb("#F5E2CF")), (70, colour), (79, rgb("#EFD2BA"))):
        clay.stroke([(18, y + 2), (40, y - 3), (62, y + 3), (82, y)], tone, 7)
    clay.stroke([(50, 25), (51, 58), (50, 91)], rgb("#E3CDA2"), 2)
    clay.ring(50, 17, 5, 7, rgb("#E3CDA2"), 1.8)


def sack(clay: Clay, colour: Colour, label: str) -> None:
    """An open linen sack, full to the brim."""
    clay.ball(50, 30, 27, 14, mix(colour, rgb("#F8EFDA"), 0.7) if sum(colour) > 560 else darker(colour, 0.1))
    clay.sheet([(25, 34), (75, 34), (84, 60), (82, 90), (50, 95), (18, 90), (16, 60)], rgb("#E2CDA6"), smooth=True, barrel=True)
    clay.sheet([(20, 30), (34, 36), (50, 38), (66, 36), (80, 30), (80, 40), (50, 47), (20, 40)], rgb("#EEDDBB"), smooth=True)
    for x in (32, 68):
        clay.stroke([(x, 52), (x + (x - 50) * 0.12, 70), (x, 88)], rgb("#CFB688"), 0.8)
    clay.label(50, 68, label, 17, INK)


def mushroom(clay: Clay, colour: Colour, label: str) -> None:
    """Two mushrooms of different age."""
    for x, y, scale in ((64, 66, 0.72), (40, 52, 1.0)):
        clay.turned(x, [(y, 9 * scale), (y + 22 * scale, 10 * scale), (y + 38 * scale, 13 * scale)], rgb("#F1E6D2"))
        clay.sheet(
            [
                (x - 32 * scale, y + 2),
                (x - 24 * scale, y - 20 * scale),
                (x, y - 31 * scale),
                (x + 24 * scale, y - 20 * scale),
                (x + 32 * scale, y + 2),
                (x, y + 9 * scale),
            ],
            colour,
            smooth=True,
            barrel=True,
        )
        for dx, dy in ((-14, -12), (2, -20), (14, -8)):
            clay.disc(x + dx * scale, y + dy * scale, 3 * scale, 2 * scale, lighter(colour, 0.35))


def candle(clay: Clay, colour: Colour, label: str) -> None:
    """A candle burning in a cup."""
    clay.sheet([(50, 8), (55, 18), (54, 26), (50, 29), (46, 26), (45, 18)], rgb("#F4A33A"), smooth=True)
    clay.sheet([(50, 15), (52.6, 21), (50, 27), (47.4, 21)], rgb("#FFE9A8"), smooth=True)
    clay.stroke([(50, 27), (50, 38)], INK, 1.2, smooth=False)
    clay.slab((24, 36, 76, 92), 9, colour, barrel=True)
    clay.disc(50, 38, 26, 6.4, darker(colour, 0.12))
    clay.disc(50, 38.6, 22.6, 4.8, rgb("#FDF3DC"))
    clay.stroke([(50, 29), (50, 38.5)], INK, 1.2, smooth=False)
    _tag(clay, 50, 66, 20, 30, label or "暖", 11)
    clay.shine((29, 46, 33, 86), 2, 70)


def vase(clay: Clay, colour: Colour, label: str) -> None:
    """A bud vase with a single branch."""
    clay.stroke([(50, 40), (47, 24), (54, 8)], rgb("#7A5A44"), 1.7)
    clay.stroke([(48, 27), (38, 18), (32, 10)], rgb("#7A5A44"), 1.3)
    for x, y, size in ((54, 9, 4.6), (47, 20, 4), (33, 11, 4.4), (40, 19, 3.4), (57, 18, 3)):
        for step in range(5):
            turn = math.radians(step * 72)
            clay.ball(x + size * 0.7 * math.cos(turn), y + size * 0.7 * math.sin(turn), size * 0.6, size * 0.6, rgb("#F3A8AE"))
        clay.disc(x, y, size * 0.35, size * 0.35, rgb("#FBE3A6"))
    clay.turned(50, [(37, 9), (40, 7.5), (48, 7), (56, 14), (68, 25), (80, 24), (90, 14), (94, 14)], colour)
    clay.disc(50, 37.5, 9, 2.4, darker(colour, 0.25))
    clay.shine((33, 64, 37, 80), 2, 90)
