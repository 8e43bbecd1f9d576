-- A constraint is read and planned anew by every statement that writes its table: as few as say what must be true.
alter table payments.payments
    drop constraint payments_amount_check,
    drop constraint payments_currency_check,
    drop constraint payments_status_check,
    drop constraint payments_check,
    drop constraint payments_check1,
    add constraint payments_status_check check (
        amount >= 0 and (status = 'captured') = (captured_at is not null) and (status = 'closed') = (closed_at is not null));
alter table payments.parts drop constraint parts_amount_check;
