-- Settings that may change while servers run, with their defaults.
--
-- Seeded here and documented by their own rows; a value that someone changed
-- is kept. Servers notice a change through the directory; the database reads
-- them where it needs them.

insert into torque.system_config (key, value, description) values
  ('feed.step_retention_minutes', '60',
   'How long steps of sequencers and of matching are kept, in minutes. They are for people who look into a delay.'),
  ('feed.cursor_retention_hours', '168',
   'How far back a client may resume the change feed, in hours; an older cursor is answered with resync.'),
  ('feed.batch_rows', 'null',
   'How many changes a sequencer gives positions in one step, at most; null: as the server was started.'),
  ('logging.level', 'null',
   'What servers write to their logs: error, warn, info, debug, trace, or a filter by module; null: as the server was started.'),
  ('history.retention_days', 'null',
   'How long changes are kept as history and audit, in days; null keeps them. An application''s config history_retention_days goes before it.'),
  ('history.partitions', '"month"',
   'Whether changes and histories are partitioned by "month" or "year". An application''s config partitions goes before it.'),
  ('idempotency.retention_hours', '24',
   'How long a write may be sent again with the same idempotency key, in hours.'),
  ('trigger.firing_retention_days', '90',
   'How long it is remembered that a trigger has fired, in days. Longer than any replay or catch-up.'),
  ('trigger.max_depth', '8',
   'How many executions may cause one another in a row before the next is blocked.'),
  ('trigger.max_per_root', '10',
   'How many executions of one xflow on one entity a single cause may start before the next is blocked.'),
  ('metrics.retention_days', '90',
   'How long performance metrics are kept, in days.'),
  ('audit.retention_days', '400',
   'How long audited calls are kept, in days.')
on conflict (key) do update set description = excluded.description
where system_config.description <> excluded.description;

create or replace function torque.setting(key text, fallback text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (select c.value #>> '{}' from torque.system_config c where c.key = setting.key),
    setting.fallback)
$$;

comment on function torque.setting(text, text) is 'The value of a setting as text.';
