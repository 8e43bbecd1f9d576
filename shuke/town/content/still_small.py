"""Drawn still lifes that belong to no shelf: a knife, a toy train, a school bag, boots, a hairpin."""

from shuke.town.content.brush import Colour, darker, lighter, mix, rgb
from shuke.town.content.clay import Clay

WOOD = rgb("#C79A5E")
STEEL = rgb("#C9D0D6")
GOLD = rgb("#D9B25E")
LEAF = rgb("#6BA368")
CREAM = rgb("#FFF6E6")


def knife(clay: Clay, colour: Colour, label: str) -> None:
    """A kitchen knife on its board, with a tomato."""
    clay.slab((12, 28, 88, 92), 8, darker(WOOD, 0.2))
    clay.slab((12, 24, 88, 88), 8, WOOD)
    for y, start, end in ((36, 18, 60), (62, 24, 82), (78, 18, 66)):
        clay.stroke([(start, y), ((start + end) / 2, y + 1.4), (end, y)], darker(WOOD, 0.14), 0.8)
    clay.sheet([(18, 66), (20, 48), (64, 40), (66, 58)], STEEL)
    clay.stroke([(19, 65), (66, 57)], lighter(STEEL, 0.7), 1.4, smooth=False)
    clay.slab((63, 40, 96, 49), 4, mix(colour, rgb("#5A4034"), 0.7))
    for x in (72, 82):
        clay.ball(x, 44.5, 1.5, 1.5, GOLD)
    clay.ball(70, 73, 12, 10.5, rgb("#D8523F"))
    clay.leaf(70, 64, 8, 200, LEAF)
    clay.leaf(70, 64, 8, -20, LEAF)


def train(clay: Clay, colour: Colour, label: str) -> None:
    """A wooden locomotive with its car."""
    clay.slab((4, 46, 34, 74), 3, WOOD)
    clay.slab((8, 40, 30, 48), 2, rgb("#8DB596"))
    clay.slab((32, 66, 42, 70), 1, darker(WOOD, 0.35))
    clay.slab((40, 22, 66, 74), 3, colour)
    clay.slab((37, 17, 69, 25), 3, darker(colour, 0.16))
    clay.slab((46, 31, 60, 46), 2, rgb("#DCEBEE"))
    clay.slab((62, 44, 94, 74), 9, lighter(colour, 0.1))
    clay.slab((78, 28, 87, 46), 1.5, GOLD)
    clay.slab((75.5, 24, 89.5, 30), 2, darker(GOLD, 0.15))
    for x, radius in ((12, 8), (26, 8), (50, 11), (72, 9), (88, 9)):
        clay.ball(x, 86 - radius + 6, radius, radius, darker(WOOD, 0.1))
        clay.ball(x, 86 - radius + 6, radius * 0.45, radius * 0.45, CREAM)


def backpack(clay: Clay, colour: Colour, label: str) -> None:
    """A child's school bag."""
    clay.ring(50, 13, 10, 9, darker(colour, 0.25), 3.4)
    for side in (-1, 1):
        clay.slab((50 + side * 34 - 7, 52, 50 + side * 34 + 7, 84), 6, darker(colour, 0.14))
    clay.slab((18, 14, 82, 92), 20, colour, barrel=True)
    clay.stroke([(22, 42), (34, 26), (50, 22), (66, 26), (78, 42)], darker(colour, 0.22), 1.5)
    clay.slab((26, 54, 74, 86), 8, lighter(colour, 0.14))
    clay.stroke([(28, 62), (50, 65), (72, 62)], darker(colour, 0.2), 1.4)
    clay.ball(50, 66, 2.8, 3.4, GOLD)
    for side in (-1, 1):
        clay.ball(50 + side * 8, 39, 2.2, 2.6, rgb("#3A2A26"))
        clay.disc(50 + side * 14, 43.5, 3, 2, mix(colour, rgb("#FFD7CF"), 0.6))
    clay.stroke([(46, 44), (50, 46.5), (54, 44)], rgb("#3A2A26"), 1.3)


def boots(clay: Clay, colour: Colour, label: str) -> None:
    """A pair of rain boots in a puddle."""
    clay.disc(50, 90, 47, 7, rgb("#B9D7E3"))
    clay.disc(50, 89.4, 38, 4.6, rgb("#D2E7EF"))
    for shift, tone in ((26, darker(colour, 0.12)), (0, colour)):
        clay.sheet(
            [
                (16 + shift, 14),
                (42 + shift, 14),
                (43 + shift, 58),
                (60 + shift, 68),
                (64 + shift, 82),
                (58 + shift, 88),
                (18 + shift, 88),
                (15 + shift, 70),
            ],
            tone,
            smooth=True,
            barrel=True,
        )
        clay.slab((14.5 + shift, 10, 43.5 + shift, 20), 3.5, lighter(tone, 0.5), barrel=True)
        clay.slab((16 + shift, 83, 64 + shift, 90), 3, darker(tone, 0.3))
        clay.shine((21 + shift, 26, 24.5 + shift, 62), 1.8, 110)


def hairpin(clay: Clay, colour: Colour, label: str) -> None:
    """A hairpin with a velvet butterfly."""
    clay.stroke([(16, 92), (54, 48)], GOLD, 2.6, smooth=False)
    for side, tone in ((-1, mix(colour, rgb("#F2B8A8"), 0.15)), (1, colour)):
        clay.sheet(
            [(52, 42), (52 + side * 16, 14), (52 + side * 36, 12), (52 + side * 38, 30), (52 + side * 18, 46)],
            tone,
            smooth=True,
        )
        clay.sheet(
            [(52, 46), (52 + side * 20, 48), (52 + side * 30, 60), (52 + side * 20, 72), (52 + side * 6, 60)],
            darker(tone, 0.08),
            smooth=True,
        )
        clay.ball(52 + side * 26, 26, 5, 5, lighter(tone, 0.5))
        clay.ball(52 + side * 18, 58, 3.6, 3.6, lighter(tone, 0.5))
        clay.stroke([(52, 34), (52 + side * 7, 22), (52 + side * 12, 15)], darker(GOLD, 0.2), 1.1)
    clay.ball(52, 46, 3.4, 14, GOLD)
    for drop, length in ((44, 12), (52, 18), (60, 12)):
        clay.stroke([(drop, 66), (drop, 70 + length)], darker(GOLD, 0.05), 0.9, smooth=False)
        clay.ball(drop, 72 + length, 2.6, 2.6, CREAM)
