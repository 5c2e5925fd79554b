-- Decision records in a chain for each organisation, so that a later change shows; docs/audit.md tells what is hashed. Records
-- that are older than this have no number until the server starts and seals them.

alter table decisions
    add column number bigint,
    add column form smallint,
    add column salt text,
    add column digest text,
    add column link text,
    -- The number of the record that tells of the erasure of this one's texts.
    add column erased_in bigint,
    add constraint decisions_sealed check (num_nulls(number, form, digest, link) in (0, 4)),
    add constraint decisions_number unique (org, number);

create index decisions_task on decisions (org, task);

-- What a search looks into. Punctuation parts words, so that `publish` finds `publish.article`. Words are not reduced to
-- stems: records are in whatever language people speak.
create function decision_words(maker text, kind text, context text, decision text, reasoning text,
                               actions jsonb, chain jsonb, dissent jsonb)
    returns tsvector
    language sql immutable parallel safe
as
$$
    select to_tsvector('simple'::regconfig,
                       translate(maker || ' ' || kind || ' ' || context || ' ' || decision || ' ' || reasoning,
                                 './_@:-', '      '))
           || jsonb_to_tsvector('simple'::regconfig, actions || coalesce(chain, '[]') || dissent, '["string"]')
$$;

create index decisions_words on decisions
    using gin (decision_words(maker, kind, context, decision, reasoning, actions, chain, dissent))
    where erased_in is null;
