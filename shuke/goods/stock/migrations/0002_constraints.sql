-- A constraint is read and planned anew by every statement that writes its table: as few as say what must be true.
alter table stock.supplies
    drop constraint supplies_reserved_check,
    drop constraint supplies_sold_check,
    add constraint supplies_taken_check check (reserved >= 0 and sold >= 0);
alter table stock.reservations drop constraint reservations_status_check;
