#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include <clotho/core/os/environment.hpp>

namespace clotho::test {

/// The fault layer as the test sees it: the library that the OpenCL loader has loaded into this process. The
/// loader passes over a layer that it cannot load without a word, so check that calls() counts.
class fault_layer {
 public:
  /// Throws when the layer of OPENCL_LAYERS is not there. Call OpenCL first: that is when layers are loaded.
  fault_layer() : library_(open()) {
    find("clotho_fault_arm", arm_);
    find("clotho_fault_refuse", refuse_);
    find("clotho_fault_memories", memories_);
    find("clotho_fault_doom", doom_);
    find("clotho_fault_lose", lose_);
    find("clotho_fault_doomed_calls", doomed_calls_);
    find("clotho_fault_calls", calls_);
    find("clotho_fault_injected", injected_);
    find("clotho_fault_live", live_);
    find("clotho_fault_entry", entry_);
  }
  fault_layer(const fault_layer&) = delete;
  fault_layer& operator=(const fault_layer&) = delete;
  ~fault_layer() { ::dlclose(library_); }

  /// Makes the `nth` fallible call from now, counted from 1, fail with `code`, and if `lasting` all after it.
  void arm(long nth, int code, bool lasting) const { arm_(nth, code, lasting); }
  /// The next so many calls of `entry` fail with `code`. What `entry` points to must last.
  void refuse(const char* entry, long times, int code) const { refuse_(entry, times, code); }
  /// Memory objects made so far.
  [[nodiscard]] long memories() const { return memories_(); }
  /// The `which`-th context made from now, counted from 1, belongs to a device that is lost after so many calls about it:
  /// then all fail with `code`, but retains and releases.
  void doom(long which, long after, int code) const { doom_(which, after, code); }
  /// It is lost after so many calls about it, counted from doom; now.
  void lose_after(long calls) const { lose_(calls); }
  void lose() const { lose_(0); }
  /// Calls about that context.
  [[nodiscard]] long doomed_calls() const { return doomed_calls_(); }
  /// From now on nothing fails.
  void disarm() const { arm_(0, 0, 0); }

  /// Since the layer was last armed or disarmed.
  [[nodiscard]] long calls() const { return calls_(); }
  [[nodiscard]] long injected() const { return injected_(); }
  /// The entry point that failed last.
  [[nodiscard]] std::string entry() const { return entry_(); }
  /// References to OpenCL objects that are held now.
  [[nodiscard]] long live() const { return live_(); }

 private:
  static void* open() {
    const std::string path = os::environment("OPENCL_LAYERS").value_or("");
    if (path.empty()) throw std::runtime_error("OPENCL_LAYERS does not name the fault layer: use ctest");
    if (void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD)) return library;
    throw std::runtime_error("the OpenCL loader has not loaded " + path);
  }

  template <class Function> void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (!function) throw std::runtime_error(std::string("the layer has no ") + name);
  }

  void* library_;
  void (*arm_)(long, int, int) = nullptr;
  void (*refuse_)(const char*, long, int) = nullptr;
  long (*memories_)() = nullptr;
  void (*doom_)(long, long, int) = nullptr;
  void (*lose_)(long) = nullptr;
  long (*doomed_calls_)() = nullptr;
  long (*calls_)() = nullptr;
  long (*injected_)() = nullptr;
  long (*live_)() = nullptr;
  const char* (*entry_)() = nullptr;
};

} // namespace clotho::test
