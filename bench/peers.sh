#!/usr/bin/env bash
# Our rate beside that of our peers, in one run: --help says what it takes, bench/README.md how it is measured.
set -euo pipefail
cd "$(dirname "$0")/.."

# stale OUTPUT SOURCE...: the output is missing or older than a source
stale() { [[ ! -e $1 || -n $(find "${@:2}" -newer "$1" -type f -print -quit) ]]; }

classpath=bench/target/peers/classpath
sources=(pom.xml */pom.xml */src/main)
if stale $classpath "${sources[@]}" bench/src/peers; then
  mvn -q -B -Dstyle.color=never -Ppeers -pl bench -am process-classes
  touch $classpath
fi
if stale bench/target/benchmarks.jar "${sources[@]}"; then
  mvn -q -B -Dstyle.color=never -pl bench -am package -DskipTests
fi
exec java -cp "bench/target/peers/classes:$(<$classpath)" semigan.bench.peers.Peers "$@"
