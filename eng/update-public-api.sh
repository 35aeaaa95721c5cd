#!/usr/bin/env bash
# Writes what the packages make public, beyond what has shipped, to their PublicAPI.Unshipped.txt. Review the diff before you commit it.
# With names of packages it does so for those only, in the given order.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -gt 0 ] || set -- Claims.Ingestion Claims.Ingestion.Postgres.Local Claims.Ingestion.Postgres Claims.Ingestion.AspNetCore Claims.Ingestion.EClaimLink Claims.Ingestion.Dashboard
for name in "$@"; do
  project=src/$name
  echo '#nullable enable' >"$project/PublicAPI.Unshipped.txt"
  dotnet build "$project" --no-incremental -v quiet --nologo -p:TreatWarningsAsErrors=false 2>&1 |
    { grep -F "/$name.csproj]" || true; } |
    sed -nE "s/.*warning RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" |
    LC_ALL=C sort -u >>"$project/PublicAPI.Unshipped.txt"
done
