# Sourced by scripts/test: the suite that tries each script on a machine with nothing on it but Debian 12 and the .NET SDK.
# shellcheck shell=bash

empty_at=$out/empty
# What is tried: a name, and the command in a fresh clone.
empty_parts=(
  'run TALOS_API_PORT=50100 TALOS_WEB_PORT=8180 scripts/run && scripts/run stop'
  'unit scripts/test unit'
  'build scripts/build'
  'image scripts/image qemu-virt'
  'lint scripts/lint'
  'lag scripts/test lag'
  'pins scripts/test pins'
  'integration scripts/test integration'
  'bench scripts/bench'
  'bench-ota scripts/bench-ota'
  'fleet TALOS_API_PORT=50100 TALOS_WEB_PORT=8180 scripts/run fleet 5 && scripts/run stop'
)

# empty: each part in a root of its own; a part that passed for this commit is not run again. TALOS_EMPTY names some of them.
empty() {
  [[ $(id -u) == 0 ]] || fail "run it as root: it makes roots and goes into them"
  local commit part what command start
  commit=$(git -C "$root" rev-parse HEAD)
  mkdir -p "$empty_at"
  empty_base
  for part in "${empty_parts[@]}"; do
    what=${part%% *} command=${part#* }
    [[ -z ${TALOS_EMPTY:-} || " $TALOS_EMPTY " == *" $what "* ]] || continue
    if made "$empty_at/$what.passed" "$commit"; then
      step "on an empty machine: $what passed before"
      echo "1 0" >> "$counts"
      continue
    fi
    step "on an empty machine: $command"
    start=$SECONDS
    if in_empty "$what" "$command" > "$logs/empty-$what.log" 2>&1; then
      mark "$empty_at/$what.passed" "$commit"
      step "on an empty machine: $what passed in $((SECONDS - start)) s"
      rm -rf "${empty_at:?}/$what"
      echo "1 0" >> "$counts"
    else
      step "FAILED on an empty machine: $what after $((SECONDS - start)) s: $(tail -n 1 "$logs/empty-$what.log") (${logs#"$root"/}/empty-$what.log; its root is ${empty_at#"$root"/}/$what)"
      echo "0 1" >> "$counts"
    fi
  done
}

# machine_mirrors: the Debian archives of this machine's apt: main, then security.
machine_mirrors() {
  apt-get update --print-uris | sed -n "s#^'\(.*/debian/\)dists/.*#\1#p" | head -n 1
  apt-get update --print-uris | sed -n "s#^'\(.*/debian-security/\)dists/.*#\1#p" | head -n 1
}

# empty_base: Debian 12 as debootstrap leaves it, once, with this machine's way into the network.
empty_base() {
  local base=$empty_at/base mirrors
  [[ ! -e $base/ready ]] || return 0
  mapfile -t mirrors < <(machine_mirrors)
  [[ -n ${mirrors[0]:-} ]] || fail "this machine's apt names no Debian mirror"
  step "unpacking Debian 12"
  rm -rf "$base"
  logged debootstrap debootstrap --variant=minbase bookworm "$base" "${mirrors[0]}"
  { echo "deb ${mirrors[0]} bookworm main"
    echo "deb ${mirrors[0]} bookworm-updates main"
    [[ -z ${mirrors[1]:-} ]] || echo "deb ${mirrors[1]} bookworm-security main"; } > "$base/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(http|Check-)' > "$base/etc/apt/apt.conf.d/90machine" || true
  # Authorities that this machine trusts: they come into use with the package ca-certificates.
  mkdir -p "$base/usr/local/share/ca-certificates" "$base/usr/share/dotnet"
  cp -r /usr/local/share/ca-certificates/. "$base/usr/local/share/ca-certificates/" 2> /dev/null || true
  cp /etc/resolv.conf "$base/etc/resolv.conf"
  touch "$base/ready"
}

# in_empty NAME COMMAND: a fresh root and clone; mounts and processes of its own, which end with the command.
in_empty() {
  local place=$empty_at/$1 sdk
  sdk=$(dotnet --list-sdks | sed -n 's#.*\[\(.*\)/sdk\]$#\1#p' | tail -n 1)
  if [[ ! -e $place/ready-for-it ]]; then
    rm -rf "$place"
    cp -a "$empty_at/base" "$place"
    git clone -q --no-hardlinks "$root" "$place/src"
    ln -s /usr/share/dotnet/dotnet "$place/usr/bin/dotnet"
    touch "$place/ready-for-it"
  fi
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -euc '
    mount --make-rprivate /
    mount --bind "$1" "$2/usr/share/dotnet"
    mount -o remount,bind,ro "$2/usr/share/dotnet"
    mount -t proc proc "$2/proc"
    mount --rbind /sys "$2/sys"
    mount --rbind /dev "$2/dev"
    exec chroot "$2" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${NUGET_CERT_REVOCATION_MODE:+NUGET_CERT_REVOCATION_MODE=$NUGET_CERT_REVOCATION_MODE} ${http_proxy:+http_proxy=$http_proxy} ${https_proxy:+https_proxy=$https_proxy} \
      /bin/bash -c "cd /src && $3"' empty "$sdk" "$place" "$2"
}
