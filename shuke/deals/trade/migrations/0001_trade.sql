create table trade.orders (
    home bigint not null,
    id uuid not null,
    number text not null,
    shop_id uuid not null,
    buyer_id uuid not null,
    receiver_id uuid,
    payment_id uuid not null,
    channel text not null,
    status text not null check (status in
        ('placed', 'held', 'paid', 'partly_shipped', 'shipped', 'completed', 'cancelled', 'closed')),
    held_for text,
    currency text not null,
    goods bigint not null check (goods >= 0),
    discount bigint not null check (discount between 0 and goods),
    freight bigint not null check (freight >= 0),
    total bigint not null,
    refunded bigint not null default 0,
    delivery_mode text not null check (delivery_mode in ('express', 'pickup', 'instant', 'none')),
    location_id uuid not null,
    region text[] not null,
    country text not null,
    address_sealed bytea,
    note text not null default '',
    offer_id uuid,
    attribution jsonb not null,
    origin text not null,
    external_number text,
    reason text,
    placed_at timestamptz not null,
    pay_by timestamptz not null,
    paid_at timestamptz,
    shipped_at timestamptz,
    completed_at timestamptz,
    cancelled_at timestamptz,
    closed_at timestamptz,
    primary key (home, id),
    constraint orders_total_check check (total = goods - discount + freight),
    constraint orders_refunded_check check (refunded between 0 and total)
) with (fillfactor = 80);
comment on table trade.orders is 'home: the shop; one order per shop, with everything that was agreed frozen in it';
create unique index orders_number on trade.orders (home, number);
create unique index orders_external on trade.orders (home, origin, external_number) where external_number is not null;
create index orders_of_shop on trade.orders (home, shop_id, placed_at desc, id desc);

create table trade.lines (
    home bigint not null,
    order_id uuid not null,
    line smallint not null,
    sku_id uuid not null,
    product_id uuid not null,
    code text not null,
    title text not null,
    options jsonb not null,
    cover text,
    quantity bigint not null check (quantity > 0),
    unit_price bigint not null check (unit_price >= 0),
    list_price bigint not null check (list_price >= 0),
    discount bigint not null default 0,
    currency text not null,
    category_id uuid,
    rate_bps int not null,
    rate_version int not null,
    commission_bps int[] not null,
    is_virtual boolean not null,
    shipped bigint not null default 0,
    primary key (home, order_id, line),
    foreign key (home, order_id) references trade.orders (home, id),
    constraint lines_discount_check check (discount between 0 and quantity * unit_price),
    constraint lines_shipped_check check (shipped between 0 and quantity)
) with (fillfactor = 80);
comment on table trade.lines is 'home: the shop; what was bought, at the price and the rates of that moment';

create table trade.adjustments (
    home bigint not null,
    order_id uuid not null,
    place smallint not null,
    kind text not null,
    amount bigint not null,
    currency text not null,
    funded_by text not null,
    lines smallint[] not null,
    primary key (home, order_id, place),
    foreign key (home, order_id) references trade.orders (home, id)
);
comment on table trade.adjustments is 'home: the shop; why an order costs less than its list prices, and who pays for that';

create table trade.purchases (
    home bigint not null,
    buyer_id uuid not null,
    order_id uuid not null,
    shop_id uuid not null,
    placed_at timestamptz not null,
    primary key (home, order_id)
);
comment on table trade.purchases is 'home: the buyer; which orders are theirs';
create index purchases_of_buyer on trade.purchases (home, buyer_id, placed_at desc, order_id desc);

create table trade.carts (
    home bigint not null,
    person_id uuid not null,
    sku_id uuid not null,
    quantity bigint not null check (quantity between 1 and 9999),
    place smallint not null check (place between 1 and 200),
    put_at timestamptz not null,
    primary key (home, person_id, sku_id),
    unique (home, person_id, place)
);
comment on table trade.carts is 'home: the person; at most 200 different SKUs, one in each place';

create table trade.offers (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    sku_id uuid,
    person_id uuid,
    price bigint not null check (price >= 0),
    currency text not null,
    max_quantity bigint not null check (max_quantity > 0),
    redeemed bigint not null default 0,
    expires_at timestamptz not null,
    hold text not null check (hold in ('none', 'until_released')),
    origin text not null,
    origin_id uuid,
    made_at timestamptz not null,
    ended_at timestamptz,
    primary key (home, id),
    constraint offers_redeemed_check check (redeemed between 0 and max_quantity)
) with (fillfactor = 70);
comment on table trade.offers is 'home: the shop; special prices that a play or the shop promised to somebody';

create table trade.redemptions (
    home bigint not null,
    offer_id uuid not null,
    order_id uuid not null,
    quantity bigint not null,
    restored_at timestamptz,
    primary key (home, offer_id, order_id),
    foreign key (home, offer_id) references trade.offers (home, id)
);
comment on table trade.redemptions is 'home: the shop; what each order took of an offer';

create table trade.price_changes (
    home bigint not null,
    order_id uuid not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    before bigint not null,
    after bigint not null,
    currency text not null,
    reason text not null,
    primary key (home, order_id, changed_at),
    foreign key (home, order_id) references trade.orders (home, id)
);
comment on table trade.price_changes is 'home: the shop; who changed the price of an unpaid order, and why';
