// The handles and descriptors that a stand-in gave out and did not get back.
#pragma once
#include <cstdio>
#include <mutex>
#include <unordered_set>

#include "sim.h"

/** All of one kind. One that was destroyed is never freed, so that no later one has its address. */
template <typename T>
class Living {
 public:
  /** @param counter of those that live */
  explicit Living(const char *counter) : counter(counter) {}

  T *add() {
    std::lock_guard<std::mutex> lock(mutex);
    T *made = new T();
    all.insert(made);
    sim::count(counter);
    return made;
  }

  /** False if it was not there. */
  bool remove(const T *made) {
    if (!has(made)) {
      return false;
    }
    std::lock_guard<std::mutex> lock(mutex);
    all.erase(made);
    sim::count(counter, -1);
    return true;
  }

  bool has(const T *made) {
    std::lock_guard<std::mutex> lock(mutex);
    bool there = all.count(made) != 0;
    if (!there && made) {
      fprintf(stderr, "simulator: %p is none of the %s that live\n", static_cast<const void *>(made), counter);
    }
    return there;
  }

 private:
  const char *counter;
  std::mutex mutex;
  std::unordered_set<const T *> all;
};
