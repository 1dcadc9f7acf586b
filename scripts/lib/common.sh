# Sourced by the scripts: places, progress, failures, and whether something has to be made again.
# shellcheck shell=bash
set -euo pipefail

name=$(basename "$0")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${TALOS_OUT:-$root/out}
logs=$out/logs
# The compiler server makes a build of fifty projects three times as fast.
export DEBIAN_FRONTEND=noninteractive DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=true
export TALOS_CACHE=${TALOS_CACHE:-${HOME:-/root}/.cache/talos}
cd "$root"
mkdir -p "$logs"

# step TEXT: one line of progress with the seconds since the start.
step() { printf '%s [%4d s] %s\n' "$name" "$SECONDS" "$*" >&2; }

# fail TEXT: one line, and the end.
fail() { printf '%s: %s\n' "$name" "$*" >&2; exit 1; }

# logged LOG COMMAND...: runs a command with its output in out/logs/LOG; a failure shows the lines that matter.
logged() {
  local log=$logs/$1
  shift
  if "$@" > "$log" 2>&1; then return; fi
  { grep -E '(: error |^error|^E: |^[a-z]+: )' "$log" | sort -u || true; } | tail -n 5 >&2
  fail "failed: $* (all of its output: ${log#"$root"/})"
}

# key PATH...: a checksum of the files below these paths, build results left out.
key() {
  find "$@" -type d \( -name bin -o -name obj -o -name out \) -prune -o -type f -print0 | LC_ALL=C sort -z \
    | xargs -0 sha256sum | sha256sum | cut -c 1-16
}

# made STAMP KEY: whether STAMP was last made from KEY.  mark STAMP KEY: from now on it was.
made() { [[ -r $1 && $(< "$1") == "$2" ]]; }
mark() { mkdir -p "$(dirname "$1")"; printf '%s\n' "$2" > "$1"; }
