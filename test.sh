#!/usr/bin/env bash
# Sets up everything, builds with warnings as errors, runs every test and the short forms of the benchmarks and load tests.
# The last line is 'N passed, N failed' (', N skipped' may follow).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/ensure-postgres.sh"
cd "$root"

ensure_dotnet
ensure_postgres
dotnet build Claims.sln -c Release -v quiet --nologo

logs=$(mktemp -d)
trap 'rm -rf "$logs"; [ -z "${postgres_container:-}" ] || docker stop "$postgres_container" >/dev/null' EXIT

# Runs one test program; its log is printed whole when it has ended.
run() {
  local name=${1##*/} status=0 log
  log="$logs/$name"
  dotnet "$1/bin/Release/net10.0/$name.dll" --progress off >"$log.raw" 2>&1 || status=$?
  { echo "== $name"; sed 's/\x1b\[[0-9;]*m//g' "$log.raw"; } >"$log.log"
  echo "$status" >"$log.status"
  until mkdir "$logs/printing" 2>/dev/null; do sleep 0.1; done
  cat "$log.log"
  rmdir "$logs/printing"
}
export -f run
export logs

# Two at a time, the longest first: the programs share nothing but the machine, and most of the longest one's time is waiting.
projects=$({ printf 'tests/%s\n' ReferenceHost.Tests Claims.Ingestion.Postgres.Tests Claims.Ingestion.Postgres.Local.Tests; printf '%s\n' tests/*.Tests; } | awk '!seen[$0]++')
xargs -P 2 -I '{}' bash -c 'run "$1"' run '{}' <<<"$projects"

passed=0 failed=0 skipped=0
for project in $projects; do
  log="$logs/${project##*/}"
  count() { grep -oE "^ *$1: [0-9]+" "$log.log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
  these=$(count failed)
  passed=$((passed + $(count succeeded)))
  skipped=$((skipped + $(count skipped)))

  # A test program that fails without a failed test, or that counts none, has crashed.
  if [ "$these" = 0 ] && { [ "$(cat "$log.status")" != 0 ] || [ "$(count total)" = 0 ]; }; then these=1; fi
  failed=$((failed + these))
done

# The short form of something that is no test program: its exit code is its result.
smoke() {
  echo "== $1"
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
smoke "benchmarks, short form" dotnet benchmarks/Claims.Benchmarks/bin/Release/net10.0/Claims.Benchmarks.dll --smoke
smoke "load tests, short form" dotnet benchmarks/Claims.LoadTests/bin/Release/net10.0/Claims.LoadTests.dll --smoke

if [ "$skipped" != 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" = 0 ]
