-- The directory's version: what servers keep in memory is current while it stands still.
select version from torque.directory
