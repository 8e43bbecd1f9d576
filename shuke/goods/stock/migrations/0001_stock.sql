create table stock.supplies (
    home bigint not null,
    sku_id uuid not null,
    location_id uuid not null,
    supplied bigint not null default 0,
    reserved bigint not null default 0 check (reserved >= 0),
    sold bigint not null default 0 check (sold >= 0),
    available bigint generated always as (supplied - reserved - sold) stored,
    primary key (home, sku_id, location_id),
    constraint supplies_available_check check (available >= 0)
) with (fillfactor = 50);
comment on table stock.supplies is 'home: the shop; what a location was supplied with, and where it went';

create table stock.reservations (
    home bigint not null,
    order_id uuid not null,
    sku_id uuid not null,
    location_id uuid not null,
    quantity bigint not null check (quantity > 0),
    returned bigint not null default 0 check (returned between 0 and quantity),
    status text not null check (status in ('reserved', 'sold', 'released')),
    made_at timestamptz not null,
    primary key (home, order_id, sku_id)
) with (fillfactor = 80);
comment on table stock.reservations is 'home: the shop; what each order holds of each SKU';
create index reservations_sku on stock.reservations (home, sku_id);
