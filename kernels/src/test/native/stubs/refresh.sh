#!/bin/sh
# Lists what the JCuda natives import, a file a library: refresh.sh FOLDER, which holds libJCuda*.so and the others.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list() {  # list NAME PREFIX LIBRARIES...
  name=$1 prefix=$2
  shift 2
  nm -D --undefined-only "$@" | sed -n "s/^.* U \($prefix[A-Za-z0-9_]*\).*/\1/p" | sort -u > "$here/$name.txt"
}
list cuda 'cu[A-Z]' "$1"/libJCudaDriver-*.so
list nvrtc nvrtc "$1"/libJNvrtc-*.so
list cublas cublas "$1"/libJCublas2-*.so
list cudnn cudnn "$1"/libJCudnn-*.so
