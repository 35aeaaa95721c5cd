#!/usr/bin/env bash
# Adds what is new in the public API of the packages to their PublicAPI.Unshipped.txt. Review the diff before you commit it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for project in src/*/; do
  dotnet build "$project" --no-incremental -v quiet --nologo -p:TreatWarningsAsErrors=false 2>&1 |
    { grep -F "/$(basename "$project").csproj]" || true; } |
    sed -nE "s/.*warning RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" |
    LC_ALL=C sort -u - <(tail -n +2 "$project/PublicAPI.Unshipped.txt") >"$project/PublicAPI.new"
  { echo '#nullable enable'; cat "$project/PublicAPI.new"; } >"$project/PublicAPI.Unshipped.txt"
  rm "$project/PublicAPI.new"
done
