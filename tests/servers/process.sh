# shellcheck shell=bash
# Processes of a script: whatever it starts has ended, and its folder is gone, when the script ends, however it ends.
# Sourced, not run. Every process gets a session of its own, so that it can be stopped with all its children, and a
# signal from the kernel should this script be killed before it can clean up.

# Others than the owner may pass, not look: PostgreSQL runs as another user and owns a folder inside.
folder=$(mktemp -d "${TMPDIR:-/tmp}/huilian.XXXXXX")
chmod 711 "$folder"
started=()

say() { printf '%s\n' "$*" >&2; }

# stop SIGNAL PID: ends the process and its children, the hard way after ten seconds.
stop() {
  local tenth
  kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null || return 0
  for ((tenth = 0; tenth < 100; tenth++)); do
    kill -0 -- "-$2" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$2" 2>/dev/null || :
}

stop_all() {
  local index signal process
  trap '' HUP INT TERM
  for ((index = ${#started[@]} - 1; index >= 0; index--)); do
    read -r signal process <<<"${started[index]}"
    stop "$signal" "$process"
  done
  rm -rf "$folder"
}

trap stop_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# job COMMAND…: runs a command to its end. Unlike a plain call it can be interrupted at any moment.
job() {
  local process status=0
  setsid setpriv --pdeathsig TERM "$@" </dev/null &
  process=$!
  started+=("TERM $process")
  wait "$process" || status=$?
  stop TERM "$process"
  unset 'started[-1]'
  return "$status"
}

# serve SIGNAL LOG COMMAND…: starts a server and sets `server` to its process; the signal is the one it stops best by.
serve() {
  local signal=$1 log=$2
  shift 2
  setsid setpriv --pdeathsig "$signal" "$@" >"$log" 2>&1 </dev/null &
  server=$!
  started+=("$signal $server")
}

# await COMMAND…: waits until the command succeeds; fails when the server last started ends first, or after a minute.
await() {
  local twentieth
  for ((twentieth = 0; twentieth < 1200; twentieth++)); do
    kill -0 "$server" 2>/dev/null || return 1
    if "$@" 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  return 1
}

# Sets `port` to one where nobody listens. It stays below the ports that outgoing connections take, and so does the
# one 10000 above, which a node of a Redis cluster needs as well. Somebody may be quicker: servers try several.
free_port() {
  port=$((11000 + RANDOM % 11000))
  if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then free_port; fi
}

# try LOG FUNCTION…: calls a function that starts a server until one finds its port free, and shows the log otherwise.
try() {
  local log=$1 attempt
  shift
  for attempt in 1 2 3 4 5; do
    free_port
    if "$@"; then return 0; fi
    stop KILL "$server"
    unset 'started[-1]'
  done
  say "No server after $attempt attempts ($*). Its last words:"
  tail -n 20 "$log" >&2
  return 1
}
