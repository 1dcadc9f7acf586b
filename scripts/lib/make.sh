# Sourced by the scripts: builds our programs and the image, each when what it is made from changed.
# shellcheck shell=bash

rules=(Directory.Build.props Directory.Build.targets Directory.Packages.props global.json nuget.config)

# restore: fetches the packages the lock files name, once a run; a build server takes no others.
restored=''
restore() {
  [[ -z $restored ]] || return 0
  step "fetching NuGet packages"
  logged restore dotnet restore Talos.sln -v q ${CI:+--locked-mode}
  restored=1
}

# publish NAME PROJECT OUTPUT PATHS OPTIONS...: publishes a project unless it is there, made from the same files below PATHS.
publish() {
  local stamp=$out/stamps/$1 project=$2 target=$3 made_from
  # shellcheck disable=SC2086
  made_from="$(key "${rules[@]}" "$project" $4) ${*:5}"
  if [[ -d $target ]] && made "$stamp" "$made_from"; then return; fi
  restore
  step "publishing $(basename "$project") (${*:5})"
  # What was interrupted is never taken for what is whole.
  rm -rf "$target" "$target.part" "$stamp"
  logged "publish-$1" dotnet publish "$project" -c Release -o "$target.part" -v q --no-restore "${@:5}"
  mv "$target.part" "$target"
  mark "$stamp" "$made_from"
}

# make_talosctl: out/bin/talosctl for this machine.
make_talosctl() {
  local runtime=linux-x64
  [[ $(uname -m) != aarch64 ]] || runtime=linux-arm64
  publish talosctl os/host/Talosctl "$out/bin" "os/base os/api ota fleet-agent" -r "$runtime"
  [[ -x $out/bin/talosctl ]] || fail "os/host/Talosctl gave no $out/bin/talosctl"
}

make_imager() { publish imager firmware/Talos.Imager "$out/imager" "boards os/base/Talos.Disks os/base/Talos.Pki ota/Talos.Ota.Bundle ota/Talos.Ota.Slots" --no-self-contained; }

make_node() {
  publish machined os/daemons/Talos.Machined "$out/node" "os ota fleet-agent boards" -r linux-arm64
  publish stage1 firmware/Talos.Stage1 "$out/stage1" "os/base" -r linux-arm64
}

# The kubelet of an image when the options name none. scripts/run and the tests need no address but the Debian mirror's; scripts/image sets "",
# which is the supported release that firmware/components.lock chooses.
default_kubelet=debian-source

# kubelet_options OPTIONS...: sets "kubelet" to the --kubelet option of an image, empty for the lock's choice or when the options hold one.
kubelet_options() {
  kubelet=()
  [[ -z $default_kubelet || " $* " =~ \ --kubelet[\ =] ]] || kubelet=(--kubelet "$default_kubelet")
}

# imager LOG ARGUMENTS...: runs it with its lines as steps.
imager() { timed "$1" "$out/imager/imager" "${@:2}" 2>&1 > "$logs/sizes-$1" | progress; }

# make_images OPTIONS...: out/images with the container images of a build; of the options of `imager build` those that choose components.
make_images() { imager images images --workload --output "$out/images" "$@"; }

# make_parts OPTIONS...: all that an image is made from, in two lanes: the node's programs (and talosctl, when this script needs it),
# which keep the processors busy, and downloads with what is built from them. With options of `imager build`.
make_parts() {
  local locks=() kubelet=() lane lanes=()
  while (($# > 0)); do
    case $1 in
      --locked | --lock=*) locks+=("$1") ;;
      --lock) locks+=("$1" "$2"); shift ;;
      --kubelet) kubelet=("$1" "$2"); shift ;;
      --kubelet=*) kubelet=("$1") ;;
    esac
    shift
  done
  make_imager
  if [[ -d $out/node && -d $out/images ]]; then
    # Nothing takes long: one thing after another reads better.
    make_programs
    make_images "${locks[@]}"
    return
  fi

  restore
  make_programs & lanes+=($!)
  (imager components components fetch "${locks[@]}" "${kubelet[@]}" && make_images "${locks[@]}") & lanes+=($!)
  for lane in "${lanes[@]}"; do
    if ! wait "$lane"; then
      kill "${lanes[@]}" 2> /dev/null || true
      fail "the image's parts could not be made: see above"
    fi
  done
}

make_programs() {
  make_node
  [[ -z $with_talosctl ]] || make_talosctl
}
with_talosctl=''

# make_image BOARD OPTIONS...: out/BOARD with the image, the example workload preloaded; the imager sees whether anything changed.
make_image() {
  local board=$1 kubelet
  shift
  kubelet_options "$@"
  make_parts "${kubelet[@]}" "$@"
  step "image of $board"
  imager "image-$board" build --board "$board" --output "$out/$board" --image "$out/images" \
    --machined "$out/node/machined" --stage1 "$(stage1_of)" "${kubelet[@]}" "$@"
  cp "$logs/sizes-image-$board" "$logs/sizes"
}

# make_upgrades: out/upgrade with an image of v0.1.0 and bundles of later versions, a good one and each fault of tests/e2e/faults.
make_upgrades() {
  local common=(--board qemu-virt --image "$out/images" --stage1 "$(stage1_of)" --kubelet debian-source)
  local hang=$out/upgrade/hang.elf
  make_update_pair
  logged hang clang --target=aarch64-linux-gnu -nostdlib -static -fuse-ld=lld -O1 -o "$hang" tests/e2e/faults/hang.c
  lock_with_containerd_1 > "$out/upgrade/containerd-1.lock"
  upgrade_image containerd-1 v0.0.9 3 --machined "$out/node/machined" --lock "$out/upgrade/containerd-1.lock"
  upgrade_image third v0.6.0 1 --machined "$out/node/machined"
  upgrade_image fourth v0.7.0 5 --machined "$out/node/machined"
  upgrade_image panic v0.3.0 3 --machined "$out/node/machined" --kernel-arg rdinit=/nonexistent
  upgrade_image hang v0.4.0 3 --machined "$hang"
  upgrade_image no-kubelet v0.5.0 3 --machined "$out/node/machined" --without kubelet
}

# lock_with_containerd_1: the lock with containerd 1.7 of the lock's own suite: what nodes had before; when that version is gone, the newest there.
lock_with_containerd_1() {
  sed '/^  - name: containerd$/,/^    licence:/ {
    /^    suite:/d
    /^    path:/d
    s/^    version: .*/    version: 1.7.24~ds1-6+deb13u1/
    s/^    sha256: .*/    sha256: 4af6b5a85498cc590eaf48d34c5c6c952ddabadae0afd6a9d2931d6a05782bc9/
  }' firmware/components.lock
}

# make_update_pair: out/upgrade with the image of v0.1.0 and the bundle of a good version after it.
make_update_pair() {
  local common=(--board qemu-virt --image "$out/images" --stage1 "$(stage1_of)" --kubelet debian-source)
  mkdir -p "$out/upgrade"
  upgrade_image base v0.1.0 3 --machined "$out/node/machined"
  upgrade_image good v0.2.0 3 --machined "$out/node/machined"
}

# make_starts: out/upgrade with that pair, and images whose boot stands still on purpose (tests/e2e/faults).
make_starts() {
  local common=(--board qemu-virt --image "$out/images" --stage1 "$(stage1_of)") stall
  make_update_pair
  for stall in collector sequence; do
    upgrade_image "stall-$stall" v0.8.0 3 --machined "$out/node/machined" --kernel-arg "talos.test.stall=$stall"
  done
}

# upgrade_image NAME VERSION LEVEL OPTIONS...: out/upgrade/NAME, its root packed at LEVEL; "common" holds the options of all.
upgrade_image() {
  step "version $2 ($1)"
  imager "upgrade-$1" build --output "$out/upgrade/$1" --release "$2" --root-level "$3" "${common[@]}" "${@:4}"
}

image_of() { printf '%s/%s/talos-%s-arm64.raw' "$out" "$1" "$1"; }

stage1_of() { find "$out/stage1" -maxdepth 1 -type f -perm -u+x ! -name '*.dbg' | head -n 1; }

# progress: shows a program's lines as steps.
progress() { while IFS= read -r line; do step "${line#imager: }"; done; }
