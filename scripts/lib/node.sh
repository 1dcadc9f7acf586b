# Sourced by scripts/run: one emulated node in out/run.
# shellcheck shell=bash

run=$out/run
api_port=${TALOS_API_PORT:-50000}
web_port=${TALOS_WEB_PORT:-8080}
page=http://127.0.0.1:$web_port/

talosctl() { "$out/bin/talosctl" --talosconfig "$run/talosconfig" --nodes 127.0.0.1 --endpoints "127.0.0.1:$api_port" "$@"; }
insecure() { "$out/bin/talosctl" "$@" --insecure --nodes "127.0.0.1:$api_port"; }

node_is_up() { [[ -r $run/qemu.pid ]] && kill -0 "$(< "$run/qemu.pid")" 2> /dev/null; }

stop_node() {
  node_is_up || return 0
  local pid
  pid=$(< "$run/qemu.pid")
  kill "$pid"
  while kill -0 "$pid" 2> /dev/null; do sleep 0.2; done
  rm -f "$run/qemu.pid"
}

# start_node: boots the image; the disk of an earlier run is kept as long as the image is the same.
start_node() {
  local image made_from port
  image=$(image_of qemu-virt)
  made_from="$(stat -c '%Y %s' "$image") $(key scripts/lib/web-pod.yaml)"
  if ! made "$run/disk.stamp" "$made_from" || [[ ! -r $run/configured ]]; then rm -rf "$run"; fi
  mkdir -p "$run"
  for port in "$api_port" "$web_port"; do
    ! (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || fail "port $port is in use; TALOS_API_PORT and TALOS_WEB_PORT choose others"
  done
  scripts/qemu "$image" --disk "$run/disk.raw" --memory "${TALOS_MEMORY:-2048}" --console "$run/console.log" --pid "$run/qemu.pid" \
    --forward "$api_port:50000" --forward "$web_port:8080"
  mark "$run/disk.stamp" "$made_from"
}

# wait_for SECONDS WHAT COMMAND...: tries until the command succeeds; its last error is shown when it never does.
wait_for() {
  local limit=$((SECONDS + $1)) what=$2 error
  shift 2
  until error=$("$@" 2>&1); do
    node_is_up || fail "the node switched itself off; see ${run#"$root"/}/console.log: $(tail -n 1 "$run/console.log" | tr -d '\r')"
    ((SECONDS < limit)) || fail "$what: not within the time: $(tail -n 1 <<< "$error") (console: ${run#"$root"/}/console.log)"
    sleep 1
  done
  step "$what"
}

pod_is_listed() { talosctl containers --kubernetes | grep localhost/web:1; }

# configure_node: makes a config with the example pod and hands it to the maintenance API.
configure_node() {
  "$out/bin/talosctl" gen config edge https://127.0.0.1:6443 --additional-sans 127.0.0.1 --output "$run" --force --config-patch "@scripts/lib/web-pod.yaml" > "$logs/gen-config" 2>&1 \
    || fail "talosctl gen config: $(tail -n 1 "$logs/gen-config")"
  wait_for "${TALOS_BOOT_LIMIT:-240}" "the node is in maintenance mode" insecure version
  insecure apply-config --file "$run/controlplane.yaml" > "$logs/apply-config" 2>&1 || fail "talosctl apply-config: $(tail -n 1 "$logs/apply-config")"
  step "the config is applied"
  touch "$run/configured"
}
