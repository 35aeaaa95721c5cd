# Sourced by test.sh after ensure-postgres.sh: makes sure that there is a Chromium, which the tests of the dashboard look at its pages with.

chromium_path() {
  local path
  for path in "${CLAIMS_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome /opt/homebrew/bin/chromium "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$path" ] && [ -x "$path" ]; then
      echo "$path"
      return 0
    fi
  done
  return 1
}

ensure_chromium() {
  chromium_path >/dev/null && return 0
  echo "No Chromium found; getting one." >&2
  { install_with_package_manager chromium chromium chromium chromium >&2 && chromium_path >/dev/null; } && return 0
  cat >&2 <<'TEXT'
Chromium was not found and could not be installed; tests need it. Do one of these, then run this script again:
  Debian           sudo apt-get install chromium
  Fedora           sudo dnf install chromium
  RHEL             sudo dnf install chromium, from EPEL
  Alpine           sudo apk add chromium
  macOS            brew install --cask google-chrome
  another browser  export CLAIMS_CHROMIUM=/path/of/a/chromium
TEXT
  return 1
}
