"""What must always be true between persons."""

from shuke.kit.proofs import prove
from shuke.society.social import groups_sql, sql

prove("social.friendships", "a friendship stands at both sides since the same instant", sql.BOTH_SIDES)
prove("social.circles", "how many friends somebody has is what is counted, 5,000 at most", sql.CIRCLES)
prove("social.blocks", "nobody is a friend of somebody they blocked", sql.NOT_BLOCKED)
prove("social.follows", "a follow stands at the follower and at the profile", sql.FOLLOWS_AGREE)
prove("social.groups", "a group's members are counted, know it, and one of them owns it", groups_sql.MEMBERS_AGREE)
