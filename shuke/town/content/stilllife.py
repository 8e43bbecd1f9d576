"""Still lifes by name: what stands in a picture where no emoji fits, or where none could be fetched."""

from collections.abc import Callable

from PIL import Image, ImageEnhance

from shuke.town.content import still_cloth as cloth
from shuke.town.content import still_small as small
from shuke.town.content import still_table as table
from shuke.town.content.brush import Colour, rgb
from shuke.town.content.clay import Clay

GLYPHS: dict[str, Callable[[Clay, Colour, str], None]] = {
    "backpack": small.backpack,
    "basket": table.basket,
    "beads": cloth.beads,
    "bed": cloth.bed,
    "board": table.board,
    "book": cloth.book,
    "boots": small.boots,
    "bottle": table.bottle,
    "bowl": table.bowl,
    "box": table.box,
    "candle": table.candle,
    "coat": cloth.coat,
    "cup": table.cup,
    "curtain": cloth.curtain,
    "disc": table.cake,
    "dress": cloth.dress,
    "eggs": table.eggs,
    "fan": cloth.fan,
    "fruit": table.fruit,
    "greens": table.greens,
    "hairpin": small.hairpin,
    "hat": cloth.hat,
    "hoop": cloth.hoop,
    "jar": table.jar,
    "knife": small.knife,
    "meat": table.meat,
    "mug": table.mug,
    "mushroom": table.mushroom,
    "pan": table.pan,
    "pillow": cloth.pillow,
    "plate": table.plate,
    "pouch": table.pouch,
    "quilt": cloth.quilt,
    "rug": cloth.rug,
    "sachet": cloth.sachet,
    "sack": table.sack,
    "scarf": cloth.scarf,
    "shoe": cloth.shoe,
    "soap": cloth.soap,
    "socks": cloth.socks,
    "tee": cloth.tee,
    "teapot": table.teapot,
    "tin": table.tin,
    "tote": cloth.tote,
    "towel": cloth.towel,
    "toy": cloth.toy,
    "train": small.train,
    "trousers": cloth.trousers,
    "vase": table.vase,
}


def draw_glyph(glyph: str, colour: str, label: str, size: int = 480) -> Image.Image:
    """Model one still life on a clear ground."""
    clay = Clay(size)
    GLYPHS[glyph](clay, rgb(colour), label)
    # A little more colour, to stand beside the emoji.
    return ImageEnhance.Color(clay.finished()).enhance(1.16)
