# Sourced by the scripts: builds our programs and the image, each when what it is made from changed.
# shellcheck shell=bash

rules=(Directory.Build.props Directory.Build.targets Directory.Packages.props global.json nuget.config)
sources=("${rules[@]}" os ota fleet-agent boards firmware/Talos.Stage1)

# publish STAMP PROJECT OUTPUT OPTIONS...: publishes a project unless it is there from the same sources.
publish() {
  local stamp=$out/stamps/$1 project=$2 target=$3
  shift 3
  if [[ -d $target ]] && made "$stamp" "$(key "${sources[@]}" "$project") $*"; then return; fi
  step "publishing $(basename "$project") ($*)"
  rm -rf "$target"
  logged "publish-$(basename "$stamp")" dotnet publish "$project" -c Release -o "$target" -v q "$@"
  mark "$stamp" "$(key "${sources[@]}" "$project") $*"
}

# make_talosctl: out/bin/talosctl for this machine.
make_talosctl() {
  local runtime=linux-x64
  [[ $(uname -m) != aarch64 ]] || runtime=linux-arm64
  publish talosctl os/host/Talosctl "$out/bin" -r "$runtime"
  [[ -x $out/bin/talosctl ]] || fail "os/host/Talosctl gave no $out/bin/talosctl"
}

make_imager() { publish imager firmware/Talos.Imager "$out/imager" --no-self-contained; }

make_node() {
  publish machined os/daemons/Talos.Machined "$out/node" -r linux-arm64
  publish stage1 firmware/Talos.Stage1 "$out/stage1" -r linux-arm64
}

# make_image BOARD OPTIONS...: out/BOARD with the image; the example workload is preloaded.
make_image() {
  local board=$1 stamp=$out/stamps/image-$1 made_from
  shift
  make_imager
  make_node
  made_from="$(key "${rules[@]}" boards firmware scripts/kubelet "$out/node" "$out/stage1") $*"
  if [[ -e $(image_of "$board") ]] && made "$stamp" "$made_from"; then return; fi
  step "container images"
  "$out/imager/imager" images --workload --output "$out/images" 2>&1 | progress
  step "image for $board"
  "$out/imager/imager" build --board "$board" --output "$out/$board" --image "$out/images" \
    --machined "$out/node/machined" --stage1 "$(stage1_of)" "$@" 2>&1 | progress
  mark "$stamp" "$made_from"
}

image_of() { printf '%s/%s/talos-%s-arm64.raw' "$out" "$1" "$1"; }

stage1_of() { find "$out/stage1" -maxdepth 1 -type f -perm -u+x ! -name '*.dbg' | head -n 1; }

# progress: shows a program's lines as steps.
progress() { while IFS= read -r line; do step "${line#imager: }"; done; }
