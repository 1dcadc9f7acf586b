# Sourced by scripts/test: the suites. Each writes lines "PASSED FAILED" into $counts.
# shellcheck shell=bash

counts=$out/test-counts

# count_xunit LOG: adds what an xunit run printed; a run without a summary is one failure.
count_xunit() {
  local summary
  summary=$(grep -E 'Total: [0-9]+, Errors:' "$1" | tail -n 1 || true)
  if [[ $summary =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+),\ Not\ Run:\ ([0-9]+) ]]; then
    local failed=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
    echo "$((BASH_REMATCH[1] - BASH_REMATCH[3] - BASH_REMATCH[4] - BASH_REMATCH[5])) $failed" >> "$counts"
    if ((failed == 0)); then return; fi
  else
    echo "0 1" >> "$counts"
  fi
  step "FAILED: $(basename "$1" .log)"
  grep -A 12 -E '\[FAIL\]|Unhandled exception|Catastrophic' "$1" | head -n 60 >&2 || tail -n 5 "$1" >&2
  return 0
}

# xunit NAME LIMIT EXECUTABLE ARGUMENTS...: runs one test executable.
xunit() {
  local log=$logs/$1.log limit=$2
  shift 2
  timeout -k 10 "$limit" "$@" -noColor -noLogo > "$log" 2>&1 || true
  count_xunit "$log"
}

assemblies() { find tests -mindepth 5 -maxdepth 5 -path '*/bin/Debug/net10.0/*.Tests' -type f -perm -u+x | sort; }

build_tests() {
  step "building Talos.sln"
  restore
  logged build dotnet build Talos.sln -v q --no-restore
}

# Two assemblies at a time; `wait -n` keeps both places busy.
unit() {
  build_tests
  step "unit tests"
  local assembly
  for assembly in $(assemblies); do
    while (($(jobs -rp | wc -l) >= 2)); do wait -n || true; done
    xunit "unit-$(basename "$assembly")" 120 "$assembly" -trait- Category=Integration &
  done
  wait
}

integration() {
  build_tests
  install_npm_packages
  step "integration tests"
  local assembly
  for assembly in $(assemblies); do
    if "$assembly" -list traits -trait Category=Integration 2> /dev/null | grep -q Integration; then
      step "$(basename "$assembly")"
      xunit "integration-$(basename "$assembly")" 600 "$assembly" -trait Category=Integration
    fi
  done
}

# The real executables, published without a warning, and started where this machine can.
aot() {
  local passed=0 failed=0 check
  for check in make_node make_talosctl "grep -q Client <($out/bin/talosctl version --client)"; do
    if (eval "$check"); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
  echo "$passed $failed" >> "$counts"
}

# How far components.lock is behind the mirror: a warning, never a failure.
lag() {
  make_imager
  if ! imager lag components lag; then
    step "warning: how far the lock is behind is not known: see above"
  elif grep -q 'all .* are the newest' "$logs/sizes-lag"; then step "$(tail -n 1 "$logs/sizes-lag")"; else sed 's/^/warning: /' "$logs/sizes-lag" >&2; fi
  echo "1 0" >> "$counts"
}

# What is pinned of NuGet and npm, fetched from the registries as on a machine that has none of it, with the checksums of the lock files.
pins() {
  local fresh folder
  fresh=$(mktemp -d)
  step "fetching every NuGet package anew"
  if NUGET_PACKAGES=$fresh/nuget NUGET_HTTP_CACHE_PATH=$fresh/http logged pins-nuget dotnet restore Talos.sln -v q --locked-mode --force; then echo "1 0"; else echo "0 1"; fi >> "$counts"
  install_npm
  for folder in tests/sparkplug tests/oidc; do
    step "fetching what $folder pins anew"
    mkdir -p "$fresh/$folder"
    cp "$folder"/package.json "$folder"/package-lock.json "$fresh/$folder/"
    if (cd "$fresh/$folder" && logged "pins-npm-$(basename "$folder")" npm ci --ignore-scripts --cache "$fresh/npm"); then echo "1 0"; else echo "0 1"; fi >> "$counts"
  done
  rm -rf "$fresh"
}

# The emulated node that many tests share.
e2e() { booted e2e -trait- Category=Bench -trait- Category=Endurance -trait- Category=Upgrade -trait- Category=Kills -trait- Category=Fleet -trait- Category=Security -trait- Category=Kubelet -trait- Category=Starts; }

# What takes its own boots: killed services, reboot and reset, 512 MiB, a corrupted root, power cuts.
endurance() { booted endurance -trait Category=Endurance; }

# Attacks: on the parts, natively, then on a booted node.
security() {
  build_tests
  step "attacks on the parts"
  local assembly
  for assembly in $(assemblies); do
    if "$assembly" -list traits -trait Category=Security 2> /dev/null | grep -q Security; then
      step "$(basename "$assembly")"
      xunit "security-$(basename "$assembly")" 600 "$assembly" -trait Category=Security
    fi
  done
  booted security-node -trait Category=Security
}

# A kubelet linked dynamically, fetched as a release of upstream from a server of this machine, on the emulated node.
kubelet() {
  build_tests
  make_talosctl
  make_imager
  make_node
  "$out/imager/imager" images --workload --output "$out/images" 2>&1 | progress
  make_dynamic_kubelet
  make_dynamic_image
  step "tests on an emulated node: kubelet"
  TALOS_E2E_IMAGE=$out/qemu-virt-dynamic/talos-qemu-virt-arm64.raw TALOS_E2E_TALOSCTL=$out/bin/talosctl \
    xunit kubelet 3000 tests/e2e/Talos.E2e.Tests/bin/Debug/net10.0/Talos.E2e.Tests -trait Category=Kubelet
}

# The same sources in another folder, published and packed again, give the same bytes.
reproducible() {
  make_image qemu-virt
  step "building the image again, from a copy in another folder"
  local copy first=$out/qemu-virt/SHA256SUMS
  copy=$(mktemp -d)
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
  mkdir -p "$copy/out"
  cp -r "$out/update-keys" "$copy/out/"
  (unset TALOS_OUT && logged reproducible "$copy/scripts/image" qemu-virt --kubelet debian-source --lock "$out/qemu-virt/talos-qemu-virt-arm64.lock")
  if diff "$first" "$copy/out/qemu-virt/SHA256SUMS" >&2; then echo "1 0"; else echo "0 1"; fi >> "$counts"
  rm -rf "$copy"
}

# Updates on the emulated node: a good one, a resumed one, refusals, and every fault that has to end in the old slot.
upgrade() { upgraded make_upgrades upgrade -trait Category=Upgrade; }

# The power is cut at 50 random moments of updates (TALOS_E2E_KILLS); takes more than an hour.
kills() { upgraded make_upgrades kills -trait Category=Kills; }

# Starts of a freshly written slot, two machines at once, until the tally in tests/e2e/starts holds 300 (TALOS_E2E_STARTS); hours.
# TALOS_E2E_STARTS_MINUTES ends a batch before; the next run goes on. And boots that stand still on purpose.
starts() { upgraded make_starts starts -trait Category=Starts; }

# A fleet: 1,000 simulated nodes whose hub is killed ten times in a rollout, and an emulated node that a rollout updates.
fleet() {
  make_hub
  local mode hub=$out/hub/talos-hub
  for mode in rollout full; do
    step "1,000 simulated nodes, the hub is killed ten times: $mode"
    if timeout -k 10 1800 "$out/simulator/fleet-simulator" "$mode" "$hub" "$out/fleet-$mode" 1000 10 > "$logs/fleet-$mode.log" 2>&1; then echo "1 0"; else echo "0 1"; fi >> "$counts"
    progress < "$logs/fleet-$mode.log"
  done
  rm -rf "$out/fleet-rollout" "$out/fleet-full"
  TALOS_E2E_HUB=$hub upgraded make_update_pair fleet -trait Category=Fleet
}

# upgraded VERSIONS SUITE OPTIONS...: VERSIONS makes the images that the tests need.
upgraded() {
  local versions=$1 suite=$2
  shift 2
  build_tests
  make_talosctl
  make_imager
  make_node
  make_images
  "$versions"
  step "tests on an emulated node: $suite"
  TALOS_E2E_UPGRADES=$out/upgrade TALOS_E2E_IMAGE=$out/upgrade/base/talos-qemu-virt-arm64.raw TALOS_E2E_TALOSCTL=$out/bin/talosctl \
    xunit "$suite" 10800 tests/e2e/Talos.E2e.Tests/bin/Debug/net10.0/Talos.E2e.Tests "$@"
}

booted() {
  local suite=$1
  shift
  build_tests
  make_talosctl
  make_image qemu-virt
  step "tests on an emulated node: $suite"
  TALOS_E2E_IMAGE=$(image_of qemu-virt) TALOS_E2E_TALOSCTL=$out/bin/talosctl \
    xunit "$suite" 3000 tests/e2e/Talos.E2e.Tests/bin/Debug/net10.0/Talos.E2e.Tests "$@"
}
