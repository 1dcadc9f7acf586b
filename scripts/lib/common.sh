# Sourced by the scripts: places, progress, failures, and whether something has to be made again.
# shellcheck shell=bash
set -euo pipefail

name=$(basename "$0")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${TALOS_OUT:-$root/out}
logs=$out/logs
# The compiler server makes a build of fifty projects three times as fast.
export DEBIAN_FRONTEND=noninteractive DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=true
# The SDK needs no tables of languages: a machine without ICU will do.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
export TALOS_CACHE=${TALOS_CACHE:-${HOME:-/root}/.cache/talos}
cd "$root"
mkdir -p "$logs"

# step TEXT: one line of progress with the seconds since the start.
step() { printf '%s [%4d s] %s\n' "$name" "$SECONDS" "$*" >&2; }

# fail TEXT: one line, and the end.
fail() { printf '%s: %s\n' "$name" "$*" >&2; exit 1; }

# logged LOG COMMAND...: runs a command with its output in out/logs/LOG; a failure shows the lines that matter, and one that takes long says that it goes on.
logged() {
  local what=$1 log=$logs/$1 status=0 beat
  shift
  beats "$what" & beat=$!
  disown "$beat"
  timed "$what" "$@" > "$log" 2>&1 || status=$?
  kill "$beat" 2> /dev/null || true
  ((status != 0)) || return 0
  { grep -E '(: error |^error|^E: |^[a-z]+: )' "$log" | sort -u || true; } | tail -n 5 >&2
  fail "failed: $* (all of its output: ${log#"$root"/})"
}

# beats NAME: a line every half minute, as long as the caller lives.
beats() {
  local start=$SECONDS
  while sleep 30 > /dev/null 2>&1 && kill -0 $$ 2> /dev/null; do step "$1: $((SECONDS - start)) s so far"; done
}

# timed NAME COMMAND...: keeps the wall and CPU seconds of a command and its children in out/logs/times.
timed() {
  local what=$1 status=0 TIMEFORMAT='%R %U %S'
  shift
  { time "$@" 2>&3 3>&-; } 3>&2 2> "$logs/.time.$BASHPID" || status=$?
  awk -v name="$what" 'END { printf "%s %.1f %.1f\n", name, $1, $2 + $3 }' "$logs/.time.$BASHPID" >> "$times"
  rm -f "$logs/.time.$BASHPID"
  return "$status"
}

# show_times: what each step cost, and the processors of this machine altogether (a compiler that serves several steps is in the sum only).
show_times() {
  [[ -s $times ]] || return 0
  { awk '{ printf "%-24s %8.1f s %8.1f s CPU\n", $1, $2, $3 }' "$times"
    printf '%-24s %8d s %8.1f s CPU on %d processors\n' 'all of it' "$SECONDS" "$(awk "BEGIN { print ($(machine_ticks) - $ticks_before) / $(getconf CLK_TCK) }")" "$(nproc)"; } | tee "$logs/times.txt"
}

# machine_ticks: what the processors did since the machine started, idle time and waiting left out.
machine_ticks() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat; }

# key PATH...: a checksum of the files below these paths, build results left out.
key() {
  find "$@" -type d \( -name bin -o -name obj -o -name out \) -prune -o -type f -print0 | LC_ALL=C sort -z \
    | xargs -0 sha256sum | sha256sum | cut -c 1-16
}

# made STAMP KEY: whether STAMP was last made from KEY.  mark STAMP KEY: from now on it was.
made() { [[ -r $1 && $(< "$1") == "$2" ]]; }
mark() { mkdir -p "$(dirname "$1")"; printf '%s\n' "$2" > "$1"; }

times=$logs/times
: > "$times"
ticks_before=$(machine_ticks)
