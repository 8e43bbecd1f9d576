-- A constraint is read and planned anew by every statement that writes its table, and so is a generated column. How accounts
-- and currencies are spelled, the rules of the ledger say; what the table guards is that no account gives what it has not.
alter table ledger.entries drop constraint entries_kind_check, drop constraint entries_reference_check;
alter table ledger.balances
    drop constraint balances_account_check,
    drop constraint balances_currency_check,
    drop constraint balances_balance_check,
    drop column may_be_negative,
    add constraint balances_balance_check check (balance >= 0 or starts_with(account, 'clearing:'));
