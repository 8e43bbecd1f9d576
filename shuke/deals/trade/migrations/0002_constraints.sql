-- A constraint is read and planned anew by every statement that writes its table. So each table says in as few as it can what
-- must be true of its amounts; which words a column holds, our types say. Lines and adjustments have no foreign key to their
-- order: one statement writes all of them, nothing deletes, and a proof finds a stray.
alter table trade.orders
    drop constraint orders_status_check,
    drop constraint orders_delivery_mode_check,
    drop constraint orders_goods_check,
    drop constraint orders_freight_check,
    drop constraint orders_check,
    drop constraint orders_total_check,
    add constraint orders_total_check check (total = goods - discount + freight and discount between 0 and goods and freight >= 0);

alter table trade.lines
    drop constraint lines_home_order_id_fkey,
    drop constraint lines_quantity_check,
    drop constraint lines_unit_price_check,
    drop constraint lines_list_price_check,
    drop constraint lines_discount_check,
    add constraint lines_discount_check check (
        discount between 0 and quantity * unit_price and quantity > 0 and unit_price >= 0 and list_price >= 0);

alter table trade.adjustments drop constraint adjustments_home_order_id_fkey;
