# Sourced by scripts/bench-ota: RAUC and SWUpdate as Debian has them, a web server that counts, and one measure for all.
# shellcheck shell=bash disable=SC2154

peer_packages=(rauc swupdate zchunk dbus-daemon nginx time)

# fetch_peers FOLDER SUITE: the peers with their libraries, unpacked: stable's lack modes, and this machine's own stay as they are.
fetch_peers() {
  private_apt "$1.apt" amd64 "$2"
  APT_CONFIG=$1.apt/apt.conf apt-get install -qq -y --download-only --no-install-recommends "${peer_packages[@]}"
  mkdir -p "$1"
  find "$1.apt/archives" -name '*.deb' | sort | while read -r deb; do dpkg-deb -x "$deb" "$1"; done
}

# peer PROGRAM ARGUMENTS...: runs one of them with its own libraries.
peer() { "${loader[@]}" "$(find "$peers/usr/bin" "$peers/usr/sbin" -name "$1" | head -n 1)" "${@:2}"; }

# start_server: serves the work folder; every answer is a line with its bytes.
start_server() {
  mkdir -p "$work/server"
  cat > "$work/server/nginx.conf" << END
daemon on; worker_processes 1; user root; pid $work/server/pid; error_log $work/server/error.log;
events { worker_connections 64; }
http {
  log_format bytes '\$bytes_sent'; access_log $work/server/access.log bytes; sendfile on;
  client_body_temp_path $work/server/1; proxy_temp_path $work/server/2; fastcgi_temp_path $work/server/3;
  uwsgi_temp_path $work/server/4; scgi_temp_path $work/server/5;
  server { listen 127.0.0.1:$port; root $work; }
}
END
  peer nginx -e "$work/server/error.log" -c "$work/server/nginx.conf"
}

# start_bus: a private system bus, which RAUC's service needs.
start_bus() {
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/server/bus
  rm -f "$work/server/bus"
  cat > "$work/server/bus.conf" << END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>$DBUS_SYSTEM_BUS_ADDRESS</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>
END
  peer dbus-daemon --config-file="$work/server/bus.conf" --nofork > "$logs/bench-bus" 2>&1 &
  bus=$!
  while [[ ! -S $work/server/bus ]]; do sleep 0.1; done
}

# begin SLOT-A: loop devices: slot A with this content, slot B empty (zeros that are there, so that nothing is allocated while it is measured).
begin() {
  end_slots
  slot_a=$(losetup -f --show "$1")
  rm -f "$work/slot-b"
  head -c "$(stat -c %s "$1")" /dev/zero > "$work/slot-b"
  slot_b=$(losetup -f --show "$work/slot-b")
  sync "$work/slot-b"
}

end_slots() {
  [[ -z ${slot_a:-} ]] || losetup -d "$slot_a"
  [[ -z ${slot_b:-} ]] || losetup -d "$slot_b"
  slot_a='' slot_b=''
}

# bytes_to DEVICE: what was written to a block device so far.
bytes_to() { awk '{printf "%.0f", $7 * 512}' "/sys/block/$(basename "$1")/stat"; }

# measured NAME LOCAL COMMAND...: one row: bytes and requests at the server (or the file LOCAL), CPU, peak RSS, bytes that reached slot B.
measured() {
  local what=$1 file=$2 before fetched requests user system rss log
  log=$logs/bench-$(tr -c 'a-z0-9\n' - <<< "${1,,}")
  blockdev --flushbufs "$slot_b"
  : > "$work/server/access.log"
  before=$(bytes_to "$slot_b")
  peer time -q -o "$work/server/time" -f '%U %S %M' "${@:3}" > "$log" 2>&1 || { tail -n 3 "$log" >&2; fail "$what: it failed (all of its output: $log)"; }
  blockdev --flushbufs "$slot_b"
  read -r user system rss < <(tail -n 1 "$work/server/time")
  read -r requests fetched < <(awk '{b += $1} END {printf "%d %.0f\n", NR, b}' "$work/server/access.log")
  [[ -z $file ]] || fetched=$(stat -c %s "$file") requests=-
  row "$what" "$fetched" "$requests" "$(awk "BEGIN {print $user + $system}")" "$((rss / 1024))" "$(($(bytes_to "$slot_b") - before))"
}

row() { printf '| %s | %.1f MB | %s | %.1f | %s MB | %.1f MB |\n' "$1" "$(awk "BEGIN {print $2 / 1e6}")" "$3" "$4" "$5" "$(awk "BEGIN {print $6 / 1e6}")" | tee -a "$work/table.md"; }

# check_slot IMAGE: slot B begins with exactly this.
check_slot() { cmp -n "$(stat -c %s "$1")" "$1" "$slot_b" || fail "slot B does not hold $1"; }

keys() {
  [[ -s $work/key.pem ]] || openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -subj /CN=bench -days 3650 2> /dev/null
  openssl rsa -in "$work/key.pem" -pubout -out "$work/public.pem" 2> /dev/null
}

# swu FILE PAYLOAD FIELDS: a signed SWUpdate file with one payload for slot B.
swu() {
  (
    cd "$(dirname "$2")"
    printf 'software = { version = "2"; hardware-compatibility: [ "1.0" ]; images: ( { filename = "%s"; device = "%s"; sha256 = "%s"; %s } ); }\n' \
      "$(basename "$2")" "$slot_b" "$(sha256sum "$2" | cut -d ' ' -f 1)" "$3" > sw-description
    openssl dgst -sha256 -sign "$work/key.pem" -out sw-description.sig sw-description
    printf '%s\n' sw-description sw-description.sig "$(basename "$2")" | cpio -o -H crc > "$1" 2> /dev/null
  )
}

swupdate() { measured "$1" "$2" "${loader[@]}" "$peers/usr/bin/swupdate" -H bench:1.0 -l 2 -M -m -k "$work/public.pem" -i "$3"; }

# rauc_bundle FILE IMAGE: of format plain.
rauc_bundle() {
  local content=$work/rauc-content
  rm -rf "$content" "$1"
  mkdir -p "$content"
  cp --reflink=auto "$2" "$content/root.img"
  printf '[update]\ncompatible=bench\nversion=2\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=root.img\n' > "$content/manifest.raucm"
  peer rauc bundle --cert="$work/cert.pem" --key="$work/key.pem" --mksquashfs-args="-comp zstd -Xcompression-level 9" "$content" "$1"
  rm -rf "$content"
}

# rauc_install FILE: starts the service, installs, and ends the service, whose CPU and memory are what is measured.
rauc_install() {
  mkdir -p "$work/mnt"
  cat > "$work/system.conf" << END
[system]
compatible=bench
bootloader=noop
bundle-formats=plain
statusfile=$work/server/rauc.status
mountprefix=$work/mnt
[keyring]
path=$work/cert.pem
[slot.rootfs.0]
device=$slot_a
type=raw
bootname=A
[slot.rootfs.1]
device=$slot_b
type=raw
bootname=B
END
  cat > "$work/server/rauc" << END
#!/usr/bin/env bash
${loader[*]} $peers/usr/bin/rauc --conf=$work/system.conf --override-boot-slot=A service &
service=\$!
for _ in {1..50}; do ${loader[*]} $peers/usr/bin/rauc status > /dev/null 2>&1 && break; sleep 0.2; done
${loader[*]} $peers/usr/bin/rauc install $1 || exit 1
kill \$service
wait \$service
exit 0
END
  chmod +x "$work/server/rauc"
  measured "RAUC, plain" "$1" "$work/server/rauc"
}

# why_not_streaming: what RAUC's streaming and adaptive modes miss here; empty when nothing.
why_not_streaming() {
  local missing=()
  [[ -d /sys/module/nbd || -b /dev/nbd0 ]] || modprobe -q nbd 2> /dev/null || missing+=("the network block device (nbd)")
  [[ -d /sys/module/dm_verity ]] || modprobe -q dm-verity 2> /dev/null || missing+=("dm-verity")
  (IFS=,; printf '%s' "${missing[*]}")
}
