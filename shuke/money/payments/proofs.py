"""What must always be true of payments."""

from shuke.kit.proofs import prove
from shuke.money.payments import sql

prove("payments.parts", "a payment is the sum of its parts", sql.PARTS_ADD_UP)
prove("payments.refunds", "what a part gave back is the sum of its refunds, and no more than the part", sql.REFUNDS_ADD_UP)
