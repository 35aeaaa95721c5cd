#!/usr/bin/env bash
# Sets up everything, builds with warnings as errors, runs every test and the short forms of the benchmarks and load tests.
# The last line is 'N passed, N failed' (', N skipped' may follow).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/ensure-postgres.sh"
. "$root/eng/ensure-chromium.sh"
cd "$root"

ensure_dotnet
ensure_postgres
ensure_pgbouncer
ensure_chromium
ensure_prometheus

# Programs that live for seconds pay for profiles of their code and never use them; for compiling again what was called a few times only; for changing the
# protection of memory at each method that is compiled; and for threads that wait for work busily, which takes the processor from the other programs.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=200 DOTNET_EnableWriteXorExecute=0 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

# One compiler for all projects, also where the environment says otherwise: started anew for each of them it takes twice as long. It is the compiler of this build and ends with it.
build() {
  local compiler="claims-tests-$$" status=0 sdk
  dotnet build Claims.sln -c Release -v quiet --nologo -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" || status=$?
  sdk=$(dotnet --info | sed -n 's/^ *Base Path: *//p')
  dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" -pipename:"$compiler" -shutdown || true
  return "$status"
}
build

logs=$(mktemp -d)
memory=
finish() {
  # The servers of a program stop when it has ended, and then remove their folders.
  for _ in $(seq 100); do compgen -G "$memory/claims-pg-*" >/dev/null || break; sleep 0.1; done
  rm -rf "$logs" ${memory:+"$memory"} || true
  [ -z "${postgres_container:-}" ] || docker stop "$postgres_container" >/dev/null
}
trap finish EXIT

# Servers and databases come and go by the hundred, and the file system of a disk may take longer to make and remove their files than they take to work.
# So the temporary files lie in memory, where there is enough of it and programs can be run from it.
free_kilobytes() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo && df -Pk /dev/shm | awk 'NR == 2 { print $4 }'; }
if free=$(free_kilobytes 2>/dev/null | sort -n | head -n 1) && [ "${free:-0}" -gt 8000000 ]; then
  memory=$(mktemp -d /dev/shm/claims-tests.XXXXXX)
  chmod 1777 "$memory"
  if cp "$(command -v sh)" "$memory/program" && "$memory/program" -c true 2>/dev/null; then export TMPDIR="$memory"; fi
fi

# Runs one program; its log is printed whole when it has ended.
run() {
  local name=${1##*/} status=0 log options="--progress off"
  log="$logs/$name"
  [ "${1%%/*}" != benchmarks ] || options=--smoke
  # shellcheck disable=SC2086 -- the options are words
  dotnet "$1/bin/Release/net10.0/$name.dll" $options >"$log.raw" 2>&1 || status=$?
  { echo "== $name"; sed 's/\x1b\[[0-9;]*m//g' "$log.raw"; } >"$log.log"
  echo "$status" >"$log.status"
  until mkdir "$logs/printing" 2>/dev/null; do sleep 0.1; done
  cat "$log.log"
  rmdir "$logs/printing"
}
export -f run
export logs

# Three at a time, the longest first: the programs share nothing but the machine, and most of their time is waiting. Benchmarks run in their short form.
programs=$({ printf '%s\n' tests/ReferenceHost.Tests tests/Claims.Ingestion.Postgres.Tests tests/Claims.Ingestion.Postgres.Local.Tests tests/Deploy.Tests tests/Claims.Ingestion.Dashboard.Tests benchmarks/Claims.LoadTests tests/*.Tests benchmarks/Claims.Benchmarks; } | awk '!seen[$0]++')
xargs -P 3 -I '{}' bash -c 'run "$1"' run '{}' <<<"$programs"

passed=0 failed=0 skipped=0
for program in $programs; do
  log="$logs/${program##*/}"
  status=$(cat "$log.status")

  # The exit code of a benchmark is its result.
  if [ "${program%%/*}" = benchmarks ]; then
    if [ "$status" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    continue
  fi

  count() { grep -oE "^ *$1: [0-9]+" "$log.log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
  these=$(count failed)
  passed=$((passed + $(count succeeded)))
  skipped=$((skipped + $(count skipped)))

  # A test program that fails without a failed test, or that counts none, has crashed.
  if [ "$these" = 0 ] && { [ "$status" != 0 ] || [ "$(count total)" = 0 ]; }; then these=1; fi
  failed=$((failed + these))
done

if [ "$skipped" != 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" = 0 ]
