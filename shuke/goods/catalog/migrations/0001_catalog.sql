create table catalog.categories (
    id uuid not null primary key,
    slug text not null unique,
    parent_id uuid references catalog.categories (id),
    name_zh text not null,
    name_en text not null,
    is_sensitive boolean not null default false,
    is_perishable boolean not null default false,
    is_made_to_order boolean not null default false,
    position integer not null default 0,
    check (parent_id <> id)
);
comment on table catalog.categories is 'reference: the tree of what is sold';

create table catalog.category_rates (
    category_id uuid not null references catalog.categories (id),
    version integer not null check (version > 0),
    rate_bps integer not null check (rate_bps between 200 and 1000),
    effective_at timestamptz not null,
    set_by uuid,
    set_at timestamptz not null,
    primary key (category_id, version)
);
comment on table catalog.category_rates is 'reference: what the platform takes, every version; the highest one in effect counts';

create table catalog.products (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    title text not null check (length(title) between 1 and 255),
    description text not null default '',
    category_id uuid,
    state text not null check (state in ('draft', 'in_review', 'listed', 'held', 'rejected')),
    images text[] not null default '{}' check (cardinality(images) <= 20),
    options text[] not null default '{}' check (cardinality(options) <= 5),
    commission_bps integer[] not null default '{}',
    is_virtual boolean not null default false,
    source_handle text,
    created_at timestamptz not null,
    revised_at timestamptz not null,
    listed_at timestamptz,
    primary key (home, id),
    constraint products_source_handle_key unique (home, source_handle),
    constraint products_commission_check check (
        cardinality(commission_bps) <= 2 and 0 <= all (commission_bps) and 10000 >= all (commission_bps)),
    check (state <> 'listed' or listed_at is not null)
);
comment on table catalog.products is 'home: the shop; what it sells';
create index products_category on catalog.products (category_id) where category_id is not null;
create index products_state on catalog.products (state, revised_at, id) where state in ('in_review', 'held');

create table catalog.skus (
    home bigint not null,
    id uuid not null,
    product_id uuid not null,
    code text not null check (length(code) between 1 and 64),
    options jsonb not null default '{}',
    price bigint not null check (price between 0 and 1000000000000),
    currency text not null,
    weight_g integer not null default 0 check (weight_g >= 0),
    position integer not null,
    source_code text,
    created_at timestamptz not null,
    retired_at timestamptz,
    primary key (home, id),
    foreign key (home, product_id) references catalog.products (home, id),
    constraint skus_code_key unique (home, product_id, code),
    constraint skus_source_code_key unique (home, source_code)
);
comment on table catalog.skus is 'home: the shop; what is counted, priced and ordered; an imported code stands once in a shop';

create table catalog.price_history (
    home bigint not null,
    id uuid not null,
    sku_id uuid not null,
    old_price bigint not null,
    price bigint not null,
    currency text not null,
    changed_by uuid,
    changed_at timestamptz not null,
    primary key (home, id),
    foreign key (home, sku_id) references catalog.skus (home, id)
);
comment on table catalog.price_history is 'home: the shop; every change of a price';
create index price_history_sku on catalog.price_history (home, sku_id, changed_at desc);

create table catalog.state_changes (
    home bigint not null,
    id uuid not null,
    product_id uuid not null,
    state text not null,
    reason text not null default '',
    is_appeal boolean not null default false,
    changed_by uuid not null,
    changed_at timestamptz not null,
    primary key (home, id),
    foreign key (home, product_id) references catalog.products (home, id)
);
comment on table catalog.state_changes is 'home: the shop; who set a product''s state or appealed, when and why';
create index state_changes_product on catalog.state_changes (home, product_id, changed_at desc);

create table catalog.reports (
    home bigint not null,
    product_id uuid not null,
    reporter_id uuid not null,
    id uuid not null,
    reason text not null,
    words text not null default '',
    reported_at timestamptz not null,
    closed_at timestamptz,
    primary key (home, product_id, reporter_id),
    foreign key (home, product_id) references catalog.products (home, id)
);
comment on table catalog.reports is 'home: the shop; what persons find wrong with a product, once each';
create index reports_reporter on catalog.reports (reporter_id);
create index reports_open on catalog.reports (reported_at, id) where closed_at is null;

create table catalog.cards (
    home bigint not null,
    product_id uuid not null,
    shop_id uuid not null,
    category_id uuid,
    state text not null,
    is_shop_open boolean not null,
    is_shown boolean generated always as (state = 'listed' and is_shop_open) stored,
    price bigint not null,
    sold bigint not null default 0,
    listed_at timestamptz,
    revised_at timestamptz not null,
    card json not null,
    primary key (home, product_id)
) with (fillfactor = 85);
comment on table catalog.cards is 'home: the shop; products as lists show them, ready JSON, written with the product';
create index cards_new on catalog.cards (listed_at desc, product_id desc) where is_shown;
create index cards_sold on catalog.cards (sold desc, product_id desc) where is_shown;
create index cards_price on catalog.cards (price, product_id) where is_shown;
create index cards_shop on catalog.cards (home, revised_at desc, product_id desc);
create index cards_category on catalog.cards (category_id, listed_at desc, product_id desc) where is_shown;

create table catalog.pages (
    home bigint not null,
    product_id uuid not null,
    page json not null,
    sku_ids uuid[] not null,
    sku_parts text[] not null,
    primary key (home, product_id)
);
comment on table catalog.pages is 'home: the shop; products as their pages show them, ready JSON, written with the product';

-- A search looks at thousands of rows to order them, and at the words of none, because the index answers for them. So rows are
-- kept short and words out of line, sixty rows a page instead of seven. PostgreSQL moves values out only of rows longer than
-- 2 kB: the ballast, which compresses to nothing, makes them so. Sales change no indexed column, so the index stays as it is.
create table catalog.words (
    home bigint not null,
    product_id uuid not null,
    category_id uuid,
    is_listed boolean not null,
    is_shop_open boolean not null,
    is_shown boolean generated always as (is_listed and is_shop_open) stored,
    price bigint not null,
    sold bigint not null default 0,
    listed_at timestamptz,
    words tsvector not null,
    ballast text not null default repeat(' ', 2100),
    primary key (home, product_id)
) with (fillfactor = 90, toast_tuple_target = 128);
alter table catalog.words alter column words set storage external;
comment on table catalog.words is 'home: the shop; the words each product is found by';
create index words_words on catalog.words using gin (words) with (fastupdate = on);

create table catalog.sales (
    home bigint not null,
    id bigint generated always as identity,
    product_id uuid not null,
    quantity bigint not null,
    primary key (home, id)
);
comment on table catalog.sales is 'home: the shop; what was sold since the cards were last told';
