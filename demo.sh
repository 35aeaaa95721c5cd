#!/usr/bin/env bash
# Sets up everything, then runs the reference host with simulated facilities on http://127.0.0.1:5080 until Ctrl-C.
# ./demo.sh --help lists the options; --once polls every facility once, prints a table and exits.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/ensure-postgres.sh"

ensure_dotnet
ensure_postgres
log=$(mktemp)
if ! dotnet build "$root/samples/ReferenceHost" -c Release -v quiet --nologo >"$log" 2>&1; then
  cat "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
host=(dotnet "$root/samples/ReferenceHost/bin/Release/net10.0/ReferenceHost.dll" "$@")

# A container that was started for this run must outlive the host: then the shell stays to stop it.
if [ -n "${postgres_container:-}" ]; then "${host[@]}"; else exec "${host[@]}"; fi
