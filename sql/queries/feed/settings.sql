-- The settings of a server that may change while it runs, as text; null: as the server was started.
select torque.setting('feed.batch_rows', null) as batch_rows,
       torque.setting('logging.level', null) as logging_level
