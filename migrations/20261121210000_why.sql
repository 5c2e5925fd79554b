-- Why people were asked: the rules in force when they were, each with its file and line. Null where a server of the
-- version before wrote the row.
alter table approvals add column why text;
