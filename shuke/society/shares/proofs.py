"""What must always be true of a share tree."""

from shuke.kit.proofs import prove
from shuke.society.shares import levels_sql

prove("shares.trees", "a link stands one level below its parent, in its tree, for its target", levels_sql.TREES)
prove("shares.skips", "a link knows the link 64 levels above, when there is one", levels_sql.SKIPS)
prove("shares.counters", "shares, orders and GMV of each level below each link equal a recount", levels_sql.COUNTERS)
prove("shares.visitors", "visitors of each link, and of each level of each tree, equal a recount", levels_sql.VISITORS)
