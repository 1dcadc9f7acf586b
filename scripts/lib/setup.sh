# Sourced by the scripts: installs what is missing on this machine.
# shellcheck shell=bash

# packages_of GROUP...: what scripts/lib/packages lists in these groups.
packages_of() {
  awk -v groups=" $* " '/^\[/ { name = $1; gsub(/[][]/, "", name); on = index(groups, " " name " ") } on && /^[a-z0-9]/ { print $1 }' "$root/scripts/lib/packages" | sort -u
}

# install_packages GROUP...: what dpkg does not have of these groups, through apt; the mirror is asked once.
install_packages() {
  local missing as_root=()
  command -v dpkg-query > /dev/null || fail "this needs Debian 12 or later: there is no dpkg here; install by hand what scripts/lib/packages lists under $*"
  missing=$(comm -23 <(packages_of "$@") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
  [[ -n $missing ]] || return 0
  if [[ $(id -u) != 0 ]]; then
    command -v sudo > /dev/null || fail "as root, run: apt-get install $(xargs <<< "$missing")"
    as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
  fi
  step "installing $(xargs <<< "$missing")"
  # An installation that was interrupted is finished first.
  [[ -z $(dpkg --audit) ]] || logged apt-configure "${as_root[@]}" dpkg --configure -a
  logged apt-update "${as_root[@]}" apt-get -qq update
  # shellcheck disable=SC2086
  logged apt-install "${as_root[@]}" apt-get -qq install -y --no-install-recommends $missing
}

# check_dotnet: the SDK cannot come from Debian's archive, so it is only asked for.
check_dotnet() {
  command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  local version asked
  version=$(dotnet --version 2>&1) || fail "the .NET SDK that global.json asks for is missing: $(head -n 1 <<< "$version")"
  [[ $version == 10.* ]] || fail "the .NET SDK is $version; 10.0 is needed"
  asked=$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$root/global.json")
  [[ $version == "$asked" ]] || step "the .NET SDK is $version, global.json names $asked: our programs may differ in bytes from those of other builders"
}

# install_npm: npm from Debian, unless this machine has one from elsewhere, which Debian's would push out.
install_npm() {
  command -v npm > /dev/null && return
  local as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
  step "installing nodejs npm"
  logged apt-npm "${as_root[@]}" apt-get -qq install -y --no-install-recommends nodejs npm
}

# install_npm_packages: what the lock files of tests/sparkplug and tests/oidc pin, once for each lock file.
install_npm_packages() {
  local name folder
  for name in sparkplug oidc; do
    folder=$root/tests/$name
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && continue
    install_npm
    step "installing what tests/$name pins"
    (cd "$folder" && logged "npm-ci-$name" npm ci)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  done
}

# setup GROUP...: what a script needs before it begins.
setup() { install_packages base "$@"; check_dotnet; }
