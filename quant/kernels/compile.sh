#!/usr/bin/env bash
# Compiles assembly/ to binary.ts: after every change there. AssemblyScript is installed beside, not among the project's packages: it takes 100 MB.
set -euo pipefail
cd "$(dirname "$0")"
tools=../../.snapgrid/assemblyscript
npm install --prefix "$tools" --ignore-scripts --no-audit --no-fund --save-exact assemblyscript@0.28.20
(cd assembly && node "../$tools/node_modules/assemblyscript/bin/asc.js" blocks.ts k-quants.ts matrices.ts --enable simd -O3 --converge --noAssert --runtime stub \
  --initialMemory 8 --disableWarning 112 --disableWarning 201 --outFile "../$tools/kernels.wasm")
cat > binary.ts <<EOF
/** What compile.sh makes of assembly/, in base64, and the SHA-256 of those sources. */
export const sources = '$(cat assembly/*.ts | sha256sum | cut -d' ' -f1)';
export const binary =
  '$(base64 -w0 "$tools/kernels.wasm")';
EOF
