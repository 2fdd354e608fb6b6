-- Notes which logic the database has, and from which release.
--   $1 the digest of sql/logic   $2 the release
update torque.installation
set logic_digest = $1::text,
    release = $2::text
