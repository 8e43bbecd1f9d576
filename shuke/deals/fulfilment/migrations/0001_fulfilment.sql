create table fulfilment.parcels (
    home bigint not null,
    id uuid not null,
    order_id uuid not null,
    carrier text not null,
    tracking_number text not null,
    shipped_at timestamptz not null,
    delivered_at timestamptz,
    primary key (home, id)
);
comment on table fulfilment.parcels is 'home: the shop; what was sent for an order, in one or several parcels';
create index parcels_of_order on fulfilment.parcels (home, order_id);
create unique index parcels_tracking on fulfilment.parcels (home, order_id, carrier, tracking_number);

create table fulfilment.parcel_lines (
    home bigint not null,
    parcel_id uuid not null,
    line smallint not null,
    quantity bigint not null check (quantity > 0),
    primary key (home, parcel_id, line),
    foreign key (home, parcel_id) references fulfilment.parcels (home, id)
);
comment on table fulfilment.parcel_lines is 'home: the shop; which lines of the order a parcel holds';

create table fulfilment.tracking (
    home bigint not null,
    parcel_id uuid not null,
    at timestamptz not null,
    kind text not null check (kind in ('shipped', 'in_transit', 'out_for_delivery', 'delivered', 'ready', 'problem')),
    place text not null,
    text text not null,
    primary key (home, parcel_id, at, kind),
    foreign key (home, parcel_id) references fulfilment.parcels (home, id)
);
comment on table fulfilment.tracking is 'home: the shop; where a parcel was, and when';
