-- Escalations climb: what was tried on the way, until when it waits, and what settled it. Null where a server of the
-- version before wrote the row.
alter table escalations
    add column attempts jsonb,
    add column impact text,
    add column respond_by timestamptz,
    add column reminded integer,
    add column answer text,
    add column answered_by text,
    add column revision bigint;
