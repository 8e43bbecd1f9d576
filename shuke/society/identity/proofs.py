"""What must always be true of identity."""

from shuke.kit.proofs import prove
from shuke.society.identity import privacy_sql

prove("identity.logins", "each login leads to a person who is neither merged nor erased", privacy_sql.LOGINS_LEAD_TO_PERSONS)
prove("identity.merges", "a merged person leads in one step to one who is not merged", privacy_sql.MERGED_IN_ONE_STEP)
