-- Away with the database that a backup was proved in.
--   {name} its name, quoted
drop database if exists {name} with (force)
