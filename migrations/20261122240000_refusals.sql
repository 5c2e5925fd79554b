-- What models wanted and did not get. Without a prompt or a whole answer, so that it outlasts the calls' own trimming.
create table refusals (
    id uuid primary key,
    org uuid not null,
    lane text not null,
    task uuid,
    persona text not null,
    wanted jsonb not null,
    reason text not null,
    at timestamptz not null
);
create index refusals_at on refusals (org, at, id);
