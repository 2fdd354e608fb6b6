-- The settings of the feed's loops that may change while they run; null: as the server was started.
select (torque.setting('feed.batch_rows', null))::integer as batch_rows
