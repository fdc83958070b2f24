# shellcheck shell=bash disable=SC2154 # folder and port are set in process.sh
# A private PostgreSQL, quick and forgetful: nothing is flushed to disk. Sourced after process.sh.

# Where Debian keeps the server's programs, out of the search path.
PATH+=:$(printf '%s:' /usr/lib/postgresql/*/bin)

# PostgreSQL refuses to run as root. Sets `as` to the words before a command that let another user run it.
postgres_user() {
  local user
  as=()
  if ((EUID == 0)); then
    user=$(id -un postgres 2>/dev/null || echo nobody)
    as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups
      --pdeathsig QUIT) # once more, since changing the user forgets it
    chown "$user" "$1"
  fi
}

postgres_on_port() {
  serve QUIT "$folder/postgres.log" "${as[@]}" postgres -D "$folder/postgres/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 -c shared_buffers=128MB \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0
  await grep -q 'database system is ready to accept connections' "$folder/postgres.log"
}

# Starts the server and sets TEST_DATABASE_URL; its user may create schemas and databases.
start_postgres() {
  local as
  mkdir "$folder/postgres"
  postgres_user "$folder/postgres"
  (cd "$folder/postgres" && "${as[@]}" initdb -D data -U huilian -A trust -E UTF8 --no-locale --no-sync) \
    >"$folder/initdb.log" 2>&1 || { tail -n 20 "$folder/initdb.log" >&2; return 1; }
  try "$folder/postgres.log" postgres_on_port
  export TEST_DATABASE_URL="postgres://huilian@127.0.0.1:$port/postgres"
}
