#!/bin/sh
# Builds the simulator's libraries: build.sh OUT. Without a g++ it says so and builds nothing.
set -eu
[ $# -eq 1 ] || { echo "usage: build.sh OUT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cxx=${CXX:-g++}
if ! command -v "$cxx" > /dev/null; then
  echo "simulator: not built, since there is no $cxx: install g++ to test the CUDA backend on a machine without a GPU"
  exit 0
fi

cd "$here"
build=$(cat ./*.cpp ./*.h build.sh stubs/*.txt | cksum | tr -d ' ' | cut -c1-20)
if [ -f "$out/built" ] && [ "$(cat "$out/built")" = "$build" ]; then
  exit 0
fi
rm -f "$out/built"
flags="-std=c++17 -O2 -fPIC -fvisibility=hidden -Wall -Wextra ${CXXFLAGS:-}"
objects="$out/objects"
mkdir -p "$objects"

compile() {  # compile FILES...: a FILE.cpp to an object, two at a time, if it or a header is newer
  for name; do
    object="$objects/$name.o"
    if [ ! -f "$object" ] || [ "$name.cpp" -nt "$object" ] || [ -n "$(find . -maxdepth 1 -newer "$object" \( -name '*.h' -o -name build.sh \))" ]; then
      echo "$name"
    fi
  done | xargs -r -P 2 -I NAME "$cxx" $flags -DSIM_SOURCES="\"$here\"" -c NAME.cpp -o "$objects/NAME.o"
}

identify() {  # identify FILES...: those that must know which build they are
  for name; do
    "$cxx" $flags -DSIM_SOURCES="\"$here\"" -DSIM_BUILD="\"$build\"" -c "$name.cpp" -o "$objects/$name.o"
  done
}

# link LIBRARY STUBS NODE STATUS FILES...: everything in stubs/STUBS.txt that the files lack answers STATUS.
# NODE is the version of its symbols, - for none.
link() {
  library=$1 list=$2 node=$3 status=$4
  shift 4
  files=""
  for name; do files="$files $objects/$name.o"; done
  nm --defined-only $files | awk '{print $3}' | sort -u > "$objects/$list.defined"
  {
    echo '#include <stdio.h>'
    sort -u "stubs/$list.txt" | comm -23 - "$objects/$list.defined" | sed "s/.*/STUB(&)/" | {
      printf '%s\n' "#define STUB(name) int name(void) { static int said; if (!said) { said = 1; fprintf(stderr, \"simulator: \" #name \" is not supported\\n\"); } return $status; }"
      cat
    }
  } > "$objects/$list.stubs.c"
  "$cxx" -x c -O1 -fPIC -w -c "$objects/$list.stubs.c" -o "$objects/$list.stubs.o"
  version=""
  if [ "$node" != - ]; then
    echo "$node { global: *; };" > "$objects/$list.map"
    version="-Wl,--version-script=$objects/$list.map"
  fi
  needs=""
  [ "$library" = libcuda.so.1 ] || needs="$out/libcuda.so.1"
  "$cxx" -shared -Wl,-soname,"$library" $version -Wl,-rpath,'$ORIGIN' $files "$objects/$list.stubs.o" $needs -ldl -lpthread -o "$out/$library.new"
  mv "$out/$library.new" "$out/$library"
}

CORE="state memory stream event graph guard copy launch device grid warp fiber race"
compile $CORE source nvrtc
identify module compile
link libcuda.so.1 cuda - 801 $CORE module
link libnvrtc.so.12 nvrtc libnvrtc.so.12 11 nvrtc compile source
if [ -f cublas.cpp ]; then
  compile cublas
  link libcublas.so.12 cublas libcublas.so.12 15 cublas
fi
if [ -f cudnn.cpp ]; then
  compile cudnn
  link libcudnn.so.9 cudnn libcudnn.so.9 3000 cudnn
fi
echo "$build" > "$out/built"
