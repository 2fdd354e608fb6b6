-- A database to prove a backup in.
--   {name} its name, quoted
create database {name} template template0
