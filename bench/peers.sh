#!/usr/bin/env bash
# Our rate beside libtorch's, in one run: two processes do the same work in turns, a window each, and the medians are compared.
# How it is measured, and libtorch's settings: bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'EOF'
usage: bench/peers.sh [--floor] [--windows N] [--steps N] ["TASK MODE BATCH HxWxC [FILTERS]"]...

  TASK     train-step or generate
  MODE     f32 or bf16
  FILTERS  filters next to the image, 64 where it is left out
  --floor  libtorch against itself: how far from 1.00 this machine's noise alone takes a ratio

example: bench/peers.sh "train-step f32 64 32x32x1" "generate f32 256 32x32x1"
EOF
}

windows=9 steps=10 floor=false
rows=()
while (($#)); do
  case $1 in
    --windows) windows=$2; shift ;;
    --steps) steps=$2; shift ;;
    --floor) floor=true ;;
    -h | --help) usage; exit ;;
    -*) usage >&2; exit 2 ;;
    *) rows+=("$1") ;;
  esac
  shift
done
((${#rows[@]})) || rows=("train-step f32 64 32x32x1")

jar=bench/target/benchmarks.jar
classpath=bench/target/peers/classpath
answers=bench/target/peers/windows.jsonl

fail() { echo "peers: $*" >&2; exit 1; }

# stale OUTPUT SOURCE...: the output is missing or older than a source
stale() { [[ ! -e $1 || -n $(find "${@:2}" -newer "$1" -type f -print -quit) ]]; }

sources=(pom.xml */pom.xml */src/main)
if stale $classpath "${sources[@]}" bench/src/peers; then
  mvn -q -B -Dstyle.color=never -Ppeers -pl bench -am process-classes
  touch $classpath
fi
if ! $floor && stale $jar "${sources[@]}"; then
  mvn -q -B -Dstyle.color=never -pl bench -am package -DskipTests
fi

# libtorch at its best (bench/README.md): threads that spin between its loops, and an allocator that keeps what it has.
libtorch=(env OMP_WAIT_POLICY=ACTIVE GLIBC_TUNABLES=glibc.malloc.hugetlb=1
  MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456
  java -Dorg.bytedeco.openblas.load=mkl -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0
  -cp "bench/target/peers/classes:$(<$classpath)" semigan.bench.peers.LibtorchDcgan)
ours=(java -cp $jar semigan.bench.StepLoop)
if $floor; then ours=("${libtorch[@]}"); fi

pipes=$(mktemp -d)
declare -A pid to from
trap 'stop_all; rm -rf "$pipes"' EXIT

stop_all() {
  for p in "${pid[@]}"; do kill -KILL "$p"; wait "$p"; done 2>/dev/null || true
  pid=()
}

# start NAME COMMAND...
start() {
  local name=$1 in out
  mkfifo "$pipes/$name.in" "$pipes/$name.out"
  "${@:2}" <"$pipes/$name.in" >"$pipes/$name.out" &
  pid[$name]=$!
  exec {in}>"$pipes/$name.in" {out}<"$pipes/$name.out"
  to[$name]=$in from[$name]=$out
  rm "$pipes/$name".*
}

# window NAME: wakes the process, has it run one window, and freezes it again, so that no thread of it, spinning or collecting
# garbage, takes time from the other. Sets rate.
window() {
  local name=$1 line
  kill -CONT "${pid[$name]}" 2>/dev/null || fail "$name has ended: see its message above"
  echo >&"${to[$name]}"
  read -r -t 600 -u "${from[$name]}" line || fail "$name did not answer: see its message above"
  kill -STOP "${pid[$name]}"
  echo "$line" >>$answers
  rate=${line##*\"images_per_s\":}
  rate=${rate%\}}
}

# summary RATE...: median, least and greatest, without decimals
summary() { printf '%s\n' "$@" | sort -g | awk '{ r[NR] = $1 } END { printf "%.0f %.0f %.0f", (r[int((NR+1)/2)] + r[int(NR/2)+1]) / 2, r[1], r[NR] }'; }

compare() {
  local task mode batch image filters size channels
  read -r task mode batch image filters <<<"$1"
  [[ $image =~ ^([0-9]+)x([0-9]+)x([0-9]+)$ && ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]] ||
    fail "row '$1': image is '$image', expected HxWxC with H = W, such as 32x32x1"
  size=${BASH_REMATCH[1]} channels=${BASH_REMATCH[3]}
  local options=(--batch "$batch" --channels "$channels" --width "${filters:-64}"
    --size "$size" --steps "$steps")
  [[ $task == train-step ]] || options+=(--task "$task")
  [[ $mode == f32 ]] || options+=(--mode "$mode")
  start ours "${ours[@]}" "${options[@]}"
  window ours # the first window of each is warm-up
  start libtorch "${libtorch[@]}" "${options[@]}"
  window libtorch
  local a=() b=()
  for ((i = 0; i < windows; i++)); do
    window ours; a+=("$rate")
    window libtorch; b+=("$rate")
  done
  stop_all
  local am amin amax bm bmin bmax
  read -r am amin amax < <(summary "${a[@]}"; echo)
  read -r bm bmin bmax < <(summary "${b[@]}"; echo)
  echo "$task $mode batch $batch $image: ours $am images/s, libtorch $bm images/s, ratio $(awk "BEGIN { printf \"%.2f\", $am / $bm }")"
  echo "  range over $windows windows of $steps steps: ours $amin-$amax, libtorch $bmin-$bmax"
}

for row in "${rows[@]}"; do compare "$row"; done
