# Sourced by the other scripts: strict mode, the repository root, messages.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Node 22, pinned by tools/package.json: Debian 12 has only 18, which here runs nothing but npm.
node=tools/node_modules/.bin/node
npm=("$node" tools/node_modules/npm/bin/npm-cli.js)
