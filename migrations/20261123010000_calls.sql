-- Prompts and what they are made of are the largest values there are, and each is written once and hardly ever read again:
-- the quicker compression is the better one. A Postgres that was built without it keeps its own.
do $$
begin
    alter table calls
        alter column spec set compression lz4,
        alter column prompt set compression lz4,
        alter column answer set compression lz4;
exception
    when feature_not_supported then
        null;
end
$$;

-- The attempt that stored the prompt and the reservation: whoever is not told whether that was kept can see it.
alter table calls add column prepared integer;
