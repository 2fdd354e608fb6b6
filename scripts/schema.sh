#!/bin/sh
# Prints what a fresh database is: the schema torque, normalised, for sql/schema.sql.
#
#   scripts/schema.sh <connection string of a freshly installed database> > sql/schema.sql
#
# Left out: versions of tools, partitions by time (their names hold today), and role names of this database.
set -eu
prefix=$(psql -XAt -d "$1" -c 'select role_prefix from torque.installation')
pg_dump --schema-only --schema=torque --no-publications --no-subscriptions \
  --exclude-table='torque.*_20[0-9][0-9]*' --exclude-table='torque.migrations' -d "$1" |
  sed -e '/^-- Dumped/d' -e '/^\\\(un\)\{0,1\}restrict/d' -e '/^SET /d' -e '/^SELECT pg_catalog.set_config/d' \
    -e "s/\"\{0,1\}${prefix}_\(owner\|views\|server\|read\|write\)\"\{0,1\}/prefix_\1/g" |
  awk 'BEGIN { blank = 1 } /^(--)?$/ { if (!blank) print ""; blank = 1; next } { print; blank = 0 }'
