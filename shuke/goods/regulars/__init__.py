"""Regulars: the relation of a shop and a person, and the guide who looks after it.

A person becomes a regular by their own word or by the first completed order, and an order never undoes a no. Always true: a
regular has at most one guide, until the binding ends or is handed over; of two guides who bind at once one wins; nobody is
their own guide; a guide gets at most the shop's cap. Rows here do not say that a person may be written to: that is
`identity.has_consent(..., "regulars", shop_id)`.

It does not know orders; who places one asks `guide_of`, who completes one calls `welcome`.
"""

from shuke.goods.regulars.bindings import bind, guide_of, hand_over, handovers_of
from shuke.goods.regulars.guides import guide_by_code, guides_of, set_guide_rate
from shuke.goods.regulars.lists import my_regulars, regulars_of
from shuke.goods.regulars.privacy import erase_person, export_person
from shuke.goods.regulars.regulars import leave, opt_in, welcome
from shuke.goods.regulars.types import (
    Guide,
    GuideAsk,
    GuideLink,
    GuideNotFound,
    GuideView,
    Handover,
    HandoverAsk,
    MyRegular,
    NotRegular,
    OptInAsk,
    RateAboveCap,
    Regular,
    RegularJoined,
    RegularLeft,
    SameGuide,
)
from shuke.society import identity

__all__ = [
    "Guide",
    "GuideAsk",
    "GuideLink",
    "GuideNotFound",
    "GuideView",
    "Handover",
    "HandoverAsk",
    "MyRegular",
    "NotRegular",
    "OptInAsk",
    "RateAboveCap",
    "Regular",
    "RegularJoined",
    "RegularLeft",
    "SameGuide",
    "bind",
    "erase_person",
    "export_person",
    "guide_by_code",
    "guide_of",
    "guides_of",
    "hand_over",
    "handovers_of",
    "leave",
    "my_regulars",
    "opt_in",
    "regulars_of",
    "set_guide_rate",
    "welcome",
]

identity.privacy("regulars", export=export_person, erase=erase_person)
