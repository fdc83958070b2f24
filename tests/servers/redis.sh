# shellcheck shell=bash disable=SC2154 # folder, port and server are set in process.sh
# Private Redis servers: one alone, and a cluster of three. They keep nothing. Sourced after process.sh.

# redis_on_port NAME OPTION…
redis_on_port() {
  local name=$1
  shift
  mkdir -p "$folder/$name"
  serve TERM "$folder/$name.log" redis-server --port "$port" --bind 127.0.0.1 --dir "$folder/$name" \
    --save '' --appendonly no "$@"
  await grep -q 'Ready to accept connections' "$folder/$name.log"
}

# Starts one server and sets TEST_REDIS_URL.
start_redis() {
  try "$folder/redis.log" redis_on_port redis
  export TEST_REDIS_URL="redis://127.0.0.1:$port"
}

# Starts three masters without replicas and sets TEST_REDIS_CLUSTER_URL.
start_redis_cluster() {
  local node nodes=() processes=()
  for node in 1 2 3; do
    try "$folder/node$node.log" redis_on_port "node$node" --cluster-enabled yes --cluster-announce-ip 127.0.0.1
    nodes+=("127.0.0.1:$port")
    processes+=("$server")
  done
  redis-cli --cluster create "${nodes[@]}" --cluster-yes >"$folder/cluster.log" 2>&1 ||
    { tail -n 20 "$folder/cluster.log" >&2; return 1; }
  for node in 1 2 3; do
    server=${processes[node - 1]}
    await grep -q 'Cluster state changed: ok' "$folder/node$node.log"
  done
  TEST_REDIS_CLUSTER_URL="redis-cluster://$(IFS=, && echo "${nodes[*]}")"
  export TEST_REDIS_CLUSTER_URL
}
