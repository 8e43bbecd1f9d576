"""Statements on states, appeals and reports."""

from uuid import UUID

from shuke.goods.catalog.types import Report, StateChange
from shuke.kit.db import Query, Statement

TURN = Query(
    UUID,
    """
    update catalog.products
    set state = $3, revised_at = $5, listed_at = case when $3 = 'listed' then coalesce(listed_at, $5) else listed_at end
    where home = $1 and id = $2 and state = any($4)
    returning id""",
)

NOTE_STATE = Statement("""
    insert into catalog.state_changes (home, id, product_id, state, reason, is_appeal, changed_by, changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)""")

STATES_OF = Query(
    StateChange,
    """
    select {cols} from catalog.state_changes
    where home = $1 and product_id = $2
    order by changed_at desc, id desc limit 200""",
)

IN_STATE = Query(
    UUID,
    """
    select id from catalog.products
    where state = $1 and state in ('in_review', 'held')
      and ($2::timestamptz is null or (revised_at, id) > ($2, $3))
    order by revised_at, id limit $4""",
    fan_out="operators look at every shop",
)

SHOP_OF = Query(UUID, "select shop_id from catalog.products where home = $1 and id = $2")

REPORT = Query(
    Report,
    """
    insert into catalog.reports (home, product_id, reporter_id, id, reason, words, reported_at)
    select home, id, $3, $4, $5, $6, $7 from catalog.products where home = $1 and id = $2 and state = 'listed'
    on conflict (home, product_id, reporter_id) do nothing
    returning {cols}""",
)

CLOSE_REPORTS = Statement(
    "update catalog.reports set closed_at = $3 where home = $1 and product_id = $2 and closed_at is null",
)

OPEN_REPORTS = Query(
    Report,
    """
    select {cols} from catalog.reports
    where closed_at is null and ($1::timestamptz is null or (reported_at, id) > ($1, $2))
    order by reported_at, id limit $3""",
    fan_out="operators look at every shop",
)

REPORTS_OF_PERSON = Query(
    Report,
    "select {cols} from catalog.reports where reporter_id = $1 order by reported_at, id limit 10000",
    fan_out="a person has reported products of any shop",
)

FORGET_WORDS = Statement(
    "update catalog.reports set words = '' where reporter_id = $1",
    fan_out="a person has reported products of any shop",
)
