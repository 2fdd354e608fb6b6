-- Forgets that a migration was applied, once it has been undone.
--   $1 its version
delete from torque.migrations
where version = $1::int
