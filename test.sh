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

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"; [ -z "${postgres_container:-}" ] || docker stop "$postgres_container" >/dev/null' EXIT

count() { grep -oE "^ *$1: [0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }

for project in tests/*.Tests; do
  name=$(basename "$project")
  echo "== $name"
  status=0
  dotnet "$project/bin/Release/net10.0/$name.dll" --progress off 2>&1 | sed 's/\x1b\[[0-9;]*m//g' >"$log" || status=$?
  cat "$log"
  these=$(count failed)
  passed=$((passed + $(count succeeded)))
  skipped=$((skipped + $(count skipped)))

  # A test program that fails without a failed test, or that counts none, has crashed.
  if [ "$these" = 0 ] && { [ "$status" != 0 ] || [ "$(count total)" = 0 ]; }; then these=1; fi
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
