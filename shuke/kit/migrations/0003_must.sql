-- A compare-and-set that goes with other writes as one statement: what it does not find undoes them all.
create function kit.must(happened boolean, what text) returns void language plpgsql as $$
begin
    if not happened then
        raise exception '%', what using errcode = 'SK001';
    end if;
end $$;
