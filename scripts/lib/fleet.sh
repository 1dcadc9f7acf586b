# Sourced by scripts/run: a hub with its embedded broker, simulated nodes, and the emulated node as one of them.
# shellcheck shell=bash

fleet=$out/fleet
hub_port=${TALOS_HUB_PORT:-8443}
mqtt_port=${TALOS_MQTT_PORT:-8883}
bundle_port=${TALOS_BUNDLE_PORT:-8081}
# What the emulated node calls this machine.
host_of_node=10.0.2.2

in_fleet() {
  TALOS_HUB=https://127.0.0.1:$hub_port TALOS_HUB_CA=$fleet/hub/ca.pem TALOS_HUB_CERTIFICATE=$fleet/hub/admin.pem "$out/bin/talosctl" fleet "$@"
}

make_hub() {
  publish hub fleet-agent/Talos.Fleet.Hub "$out/hub" "fleet-agent os/base/Talos.Pki ota/Talos.Ota.Bundle" --no-self-contained
  publish simulator tests/bench/fleet "$out/simulator" "fleet-agent" --no-self-contained
}

is_running() { [[ -r $1 ]] && kill -0 "$(< "$1")" 2> /dev/null; }

# start_process NAME COMMAND...: runs in the background with its log and pid below $fleet.
start_process() {
  local name=$1
  shift
  setsid "$@" > "$fleet/$name.log" 2>&1 < /dev/null &
  echo $! > "$fleet/$name.pid"
}

stop_fleet() {
  local name
  for name in simulator hub; do
    if is_running "$fleet/$name.pid"; then
      kill "$(< "$fleet/$name.pid")"
      while is_running "$fleet/$name.pid"; do sleep 0.2; done
    fi
    rm -f "$fleet/$name.pid"
  done
}

# fleet_waits SECONDS NAME WHAT COMMAND...: tries until it succeeds, as long as the process lives.
fleet_waits() {
  local limit=$((SECONDS + $1)) process=$2 what=$3 error
  shift 3
  until error=$("$@" 2>&1); do
    is_running "$fleet/$process.pid" || fail "$process ended: $(tail -n 1 "$fleet/$process.log")"
    ((SECONDS < limit)) || fail "$what: not within the time: $(tail -n 1 <<< "$error")"
    sleep 1
  done
  step "$what"
}

start_hub() {
  mkdir -p "$fleet"
  if is_running "$fleet/hub.pid"; then return; fi
  start_process hub "$out/hub/talos-hub" --data "$fleet/hub" --listen 127.0.0.1 --https "$hub_port" --mqtt "$mqtt_port" --bundles-http "$bundle_port" \
    --names "$host_of_node,127.0.0.1,localhost" --advertise "mqtts://$host_of_node:$mqtt_port"
  fleet_waits 60 hub "the hub answers on https://127.0.0.1:$hub_port" in_fleet nodes
}

joined() { in_fleet nodes --presence online | tail -n +2 | grep -q "$@"; }
# Nodes of an earlier run may count as online still.
all_joined() { grep -q "^$1 of $1 simulated nodes are connected" "$fleet/simulator.log"; }

# The emulated node gets the document FleetConfig; its token is good for it alone.
enroll_node() {
  if joined '^edge-qemu '; then return; fi
  in_fleet enroll --node edge-qemu --address "https://$host_of_node:$hub_port" --telemetry-interval 30s --label site=here > "$fleet/node.yaml" 2> "$logs/enroll" \
    || fail "talosctl fleet enroll: $(tail -n 1 "$logs/enroll")"
  logged patch-fleet talosctl patch machineconfig --patch "@$fleet/node.yaml"
  wait_for 120 "the emulated node is online at the hub" joined '^edge-qemu '
}

# run_fleet SIMULATED: everything, then how to look at it.
run_fleet() {
  setup aot image board
  make_talosctl
  make_hub
  start_hub
  if (($1 > 0)) && ! is_running "$fleet/simulator.pid"; then
    start_process simulator "$out/simulator/fleet-simulator" join "$fleet/hub" "$hub_port" "$mqtt_port" "$1"
    fleet_waits 120 simulator "$1 simulated nodes are online" all_joined "$1"
  fi
  make_image qemu-virt
  node_is_up || start_node
  [[ -r $run/configured ]] || configure_node
  wait_for "${TALOS_BOOT_LIMIT:-240}" "the node answers with mutual TLS" talosctl version
  enroll_node
  make_update
  in_fleet nodes
  fleet_help
}

# make_update: a later version as a bundle at the hub, for a rollout.
make_update() {
  local common=(--board qemu-virt --image "$out/images" --stage1 "$(stage1_of)" --update-keys "$out/update-keys")
  if in_fleet bundle list | grep -q ' v0.2.0 '; then return; fi
  upgrade_image fleet v0.2.0 3 --machined "$out/node/machined"
  logged upload in_fleet bundle upload "$out/upgrade/fleet/talos-qemu-virt-arm64.bundle"
  step "version v0.2.0 is at the hub"
}

fleet_help() {
  cat << END

The fleet is up after $SECONDS s.

  page      make a file that the browser takes, import it there, open https://127.0.0.1:$hub_port/
            openssl pkcs12 -export -in $fleet/hub/admin.pem -out $fleet/admin.p12
  go on     export TALOS_HUB=https://127.0.0.1:$hub_port TALOS_HUB_CA=$fleet/hub/ca.pem TALOS_HUB_CERTIFICATE=$fleet/hub/admin.pem PATH=$out/bin:\$PATH
            talosctl fleet nodes; talosctl fleet node edge-qemu; talosctl fleet watch
  update    talosctl fleet rollout create --bundle v0.2.0 --node edge-qemu --watch
  logs      $fleet/hub.log $fleet/simulator.log
  stop      scripts/run stop
END
}
