#!/usr/bin/env bash
# Tests and measures a GPU, and writes OUT/report.md and OUT/report.json. What is measured and how: bench/README.md.
set -euo pipefail

usage() {
  cat <<'END'
usage: bench/gpu.sh [--simulator] OUT [options of the report]

  --simulator  on the simulator of the tests, where there is no GPU: shows that all of it runs, and nothing about speed
  --quick      tiny sizes
  --only PART  of device, tests, trace, steps, kernels: runs these anew, OUT keeps the others
  --help       all options of the report

It runs gpu-report.jar where that lies beside it, and else builds it, with Maven, from this checkout.
END
}

simulator=false
arguments=()
for argument; do
  case $argument in
    --simulator) simulator=true ;;
    *) arguments+=("$argument") ;;
  esac
done
((${#arguments[@]})) || { usage >&2; exit 2; }

here=$(cd "$(dirname "$0")" && pwd)
jar=$here/gpu-report.jar
if [[ ! -f $jar ]]; then
  root=$(cd "$here/.." && pwd)
  jar=$here/target/gpu-report/gpu-report.jar
  sources=("$root"/pom.xml "$root"/*/pom.xml "$root"/*/src "$here"/peers)
  if [[ ! -f $jar || -n $(find "${sources[@]}" -newer "$jar" -type f -print -quit) ]]; then
    mvn -q -B -Dstyle.color=never -f "$root/pom.xml" -Pgpu-report -pl bench -am package -DskipTests
  fi
fi

options=(--enable-native-access=ALL-UNNAMED -Djava.awt.headless=true)
if $simulator; then
  libraries=$here/../kernels/target/cuda-sim
  bash "$here/../kernels/src/test/native/build.sh" "$libraries"
  options+=(-Dsemigan.cuda=sim "-Dsemigan.cuda.libraries=$libraries"
    "-Dsemigan.cuda.cache=$here/../kernels/target/cuda-cache")
fi
exec java "${options[@]}" -jar "$jar" "${arguments[@]}"
