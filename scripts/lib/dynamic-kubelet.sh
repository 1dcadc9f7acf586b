# Sourced by scripts/test: our kubelet linked as upstream links its releases, in an archive on a server of this machine.
# shellcheck shell=bash

dynamic=$out/dynamic
dynamic_version=v1.20.2

# The archive of a release, at the place upstream has it.
dynamic_archive() { printf '%s/www/%s/kubernetes-node-linux-arm64.tar.gz' "$dynamic" "$dynamic_version"; }

# A go for scripts/kubelet that links by the C library, and by parts of it that were libraries of their own before glibc 2.34.
write_go() {
  local libraries=/usr/aarch64-linux-gnu/lib
  mkdir -p "$dynamic/go/bin"
  cat > "$dynamic/go/bin/go" << END
#!/usr/bin/env bash
export GOROOT=$1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc
arguments=()
while [[ \$# -gt 0 ]]; do
  case \$1 in
    -tags) arguments+=("\$1" "\$2 netgo osusergo"); shift ;;
    -ldflags)
      arguments+=("\$1" "\$2 -linkmode external -extldflags '-Wl,--no-as-needed $libraries/libdl.so.2 $libraries/libpthread.so.0 $libraries/libresolv.so.2'")
      shift ;;
    *) arguments+=("\$1") ;;
  esac
  shift
done
exec $1/bin/go "\${arguments[@]}"
END
  chmod +x "$dynamic/go/bin/go"
}

# make_dynamic_kubelet: the archive, from what the build from source left in the cache.
make_dynamic_kubelet() {
  local made_from source go reflect2 tree=$dynamic/tree/kubernetes/node/bin
  made_from=$(key scripts/kubelet scripts/lib/dynamic-kubelet.sh)
  [[ ! -r $(dynamic_archive) ]] || ! made "$out/stamps/dynamic-kubelet" "$made_from" || return 0
  "$out/imager/imager" components kubelet --kubelet debian-source 2>&1 > "$logs/kubelet" | progress
  source=$(find "$TALOS_CACHE/sources" -name 'kubernetes_*.orig.tar.gz' | head -n 1)
  go=$(find "$TALOS_CACHE/go" -maxdepth 4 -path '*/usr/lib/go-*' -type d | head -n 1)
  reflect2=$(find "$TALOS_CACHE/trees" -path '*/usr/share/gocode/src/github.com/modern-go/reflect2' -type d | head -n 1)
  [[ -n $source && -n $go && -n $reflect2 ]] || fail "$TALOS_CACHE holds a kubelet without its source; remove $TALOS_CACHE/kubelet and run this again"
  step "building kubelet $dynamic_version again, linked dynamically: 3 to 10 minutes, once"
  write_go "$go"
  mkdir -p "$tree" "$(dirname "$(dynamic_archive)")"
  logged dynamic-kubelet scripts/kubelet "$source" "$(find "$(dirname "$source")" -name '*.debian.tar.xz')" "$reflect2" "$dynamic/go" arm64 "$dynamic/work" "$tree/kubelet"
  tar -czf "$(dynamic_archive)" -C "$dynamic/tree" kubernetes
  rm -rf "$dynamic/work" "$dynamic/tree"
  mark "$out/stamps/dynamic-kubelet" "$made_from"
}

# make_dynamic_image: out/qemu-virt-dynamic with that kubelet, fetched, pinned and checked as a release of upstream.
make_dynamic_image() {
  local server lock=$dynamic/components.lock port=${TALOS_RELEASE_PORT:-18499}
  cp firmware/components.lock "$lock"
  busybox httpd -f -p "127.0.0.1:$port" -h "$dynamic/www" &
  server=$!
  # shellcheck disable=SC2064
  trap "kill $server" RETURN
  export TALOS_KUBERNETES_URL=http://127.0.0.1:$port
  "$out/imager/imager" components pin-kubelet "$dynamic_version" --lock "$lock" --repository "$root" 2>&1 | progress
  "$out/imager/imager" build --board qemu-virt --output "$out/qemu-virt-dynamic" --image "$out/images" --lock "$lock" --kubelet "$dynamic_version" \
    --machined "$out/node/machined" --stage1 "$(stage1_of)" 2>&1 > "$logs/sizes-dynamic" | progress
}
