# Sourced by scripts/bench-ota: two real roots of Debian trixie for arm64, packed as our images are.
# shellcheck shell=bash

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
bench_packages=(linux-image-arm64 openssh-server ca-certificates curl)

# private_apt FOLDER ARCHITECTURE SUITE...: an apt of its own that knows these suites, from the mirrors this machine uses.
private_apt() {
  local folder=$1 architecture=$2 mirror security
  mkdir -p "$folder"/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial}
  : > "$folder/status"
  mirror=${TALOS_DEBIAN_MIRROR:-$(apt-get update --print-uris | sed -n "s#^'\(.*/debian/\)dists/.*#\1#p" | head -n 1)}
  security=$(apt-get update --print-uris | sed -n "s#^'\(.*/debian-security/\)dists/.*#\1#p" | head -n 1)
  [[ -n $mirror ]] || fail "this machine's apt names no Debian mirror: set TALOS_DEBIAN_MIRROR to the address of one"
  for suite in "${@:3}"; do
    [[ $suite != *-security ]] || mirror=$security
    echo "deb [arch=$architecture signed-by=$keyring] $mirror $suite main"
  done > "$folder/etc/sources.list"
  { printf 'Dir "%s";\nDir::Etc "%s/etc";\nDir::Etc::sourcelist "%s/etc/sources.list";\nDir::Etc::sourceparts "/dev/null";\n' "$folder" "$folder" "$folder"
    printf 'Dir::State "%s";\nDir::State::lists "%s/lists";\nDir::State::status "%s/status";\nDir::Cache "%s";\n' "$folder" "$folder" "$folder" "$folder"
    printf 'APT::Architecture "%s";\nAPT::Sandbox::User "root";\nAcquire::Languages "none";\n' "$architecture"
    apt-config dump | grep -E '^Acquire::(http|Check-)'; } > "$folder/apt.conf"
  APT_CONFIG=$folder/apt.conf apt-get -qq update
}

# unpack_root FOLDER SUITE...: essential packages and the kernel, unpacked; modules uncompressed.
unpack_root() {
  local folder=$1 essential
  private_apt "$folder.apt" arm64 "${@:2}"
  export APT_CONFIG=$folder.apt/apt.conf
  essential=$(apt-cache dumpavail | awk '/^Package:/{p=$2} /^Priority: (required|important)/{w=1} /^Essential: yes/{w=1} /^$/{if (w) print p; w=0}' | sort -u)
  # shellcheck disable=SC2086
  apt-get install -qq -y --download-only --no-install-recommends $essential "${bench_packages[@]}"
  unset APT_CONFIG
  mkdir -p "$folder"
  find "$folder.apt/archives" -name '*.deb' | sort | while read -r deb; do dpkg-deb -x "$deb" "$folder"; done
  find "$folder" -name '*.ko.xz' -print0 | xargs -0 xz -d
}

# fetch_mksquashfs FOLDER: trixie's mksquashfs with its own loader, for zstd 1.5.7.
fetch_mksquashfs() {
  local folder=$1
  private_apt "$folder.apt" amd64 trixie trixie-security
  APT_CONFIG=$folder.apt/apt.conf apt-get install -qq -y --download-only --no-install-recommends squashfs-tools libxxhash0
  find "$folder.apt/archives" -name '*.deb' | while read -r deb; do dpkg-deb -x "$deb" "$folder"; done
}

# pack_root TOOLS FOLDER IMAGE
pack_root() {
  local libraries=$1/usr/lib/x86_64-linux-gnu
  "$libraries/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$libraries" "$1/usr/bin/mksquashfs" "$2" "$3" -noappend -comp zstd \
    -Xcompression-level 6 -b 131072 -all-root -no-xattrs -all-time 0 -mkfs-time 0 -quiet -no-progress
}

# ext4_root FOLDER IMAGE: the same files as the peers like them: uncompressed blocks of 4096, in the same places when run again.
ext4_root() {
  local id=00000000-0000-4000-8000-000000000001
  mkfs.ext4 -q -F -b 4096 -O ^has_journal -U "$id" -E "hash_seed=$id,lazy_itable_init=0" -d "$1" "$2" 768M
}
