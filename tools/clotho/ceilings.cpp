// SPDX-License-Identifier: Apache-2.0
#include "ceilings.hpp"

#include <algorithm>
#include <chrono>

#include <clotho/job/run.hpp>

#include "kernels/ceilings.hpp"

namespace clotho::tool {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t least_copied = 64 << 10;
constexpr std::size_t tile = 256; // TILE of ceilings.cl
constexpr auto time_for_each = 200ms;
constexpr std::size_t least_launches = 5, most_launches = 1000;

void keep_faster(ceiling& best, double per_second, const char* kernel) {
  if (per_second <= best.per_second) return;
  best.per_second = per_second;
  best.kernel = kernel;
}

// What one item of multiply_add_cpu and multiply_add_gpu calculates in a round: two steps of eight chains.
constexpr double operations_per_round = 2.0 * 2 * 8;

} // namespace

const loaded_program& ceiling_meter::program(scalar type) {
  const auto found = programs_.find(type);
  if (found != programs_.end()) return found->second;
  build_options options;
  options.defines = {{"T", type == scalar::f64 ? "double" : "float"}};
  if (type == scalar::f64) options.defines.emplace_back("T_IS_DOUBLE", "1");
  return programs_.emplace(type, rt_.build(kernels::ceilings, options)).first->second;
}

template <class Launch> double ceiling_meter::best_seconds(const Launch& launch) {
  const clock::time_point begin = clock::now();
  std::chrono::nanoseconds best = std::chrono::nanoseconds::max();
  for (std::size_t i = 0; i < most_launches; ++i) {
    if (stop_.load(std::memory_order_relaxed)) throw job::interrupted();
    launch_timing timing;
    launch(timing);
    best = std::min(best, std::max(timing.run(), 1ns));
    if (i + 1 >= least_launches && clock::now() - begin > time_for_each) break;
  }
  return std::chrono::duration<double>(best).count();
}

const ceiling& ceiling_meter::copy(std::uint64_t bytes) {
  const device_info& device = rt_.devices()[0].info();
  std::uint64_t half = std::max(bytes, least_copied) / 2;
  if (device.max_allocation_bytes != 0) half = std::min(half, device.max_allocation_bytes);
  if (device.global_memory_bytes != 0) half = std::min(half, device.global_memory_bytes / 4);
  half -= half % 64;
  const auto [place, is_new] = copies_.try_emplace(2 * half);
  ceiling& best = place->second;
  if (!is_new) return best;
  best.bytes = 2 * half;
  const std::size_t count = static_cast<std::size_t>(half / 4);
  const buffer<float> from(rt_, count), to(rt_, count);
  rt_.fill(from, 1.0f);
  const auto measure_shape = [&](const char* name, const nd_range& range, std::size_t vectors) {
    const loaded_kernel kernel = program(scalar::f32).kernel(name);
    const double seconds = best_seconds([&](launch_timing& timing) {
      rt_.launch(kernel, range, from, to, static_cast<std::uint64_t>(vectors), measure(timing)).get();
    });
    keep_faster(best, static_cast<double>(best.bytes) / seconds, name);
  };
  const std::size_t wide = count / 16, narrow = count / 4;
  measure_shape("copy_cpu", nd_range((wide + tile - 1) / tile).local(1), wide);
  measure_shape("copy_streaming", nd_range((wide + tile - 1) / tile).local(1), wide);
  measure_shape("copy_gpu", nd_range(narrow), narrow);
  return best;
}

// As many rounds as make a launch long beside what launching costs.
template <class T> ceiling ceiling_meter::measure_multiply_add() {
  ceiling best;
  const std::size_t units = std::max<std::size_t>(1, rt_.devices()[0].info().compute_units);
  const auto measure_shape = [&](const char* name, const nd_range& range, double width) {
    const loaded_kernel kernel = program(scalar_of<T>).kernel(name);
    const buffer<T> out(rt_, range.global()[0]);
    for (std::uint32_t rounds = 64;; rounds *= 4) {
      const double seconds = best_seconds([&](launch_timing& timing) {
        rt_.launch(kernel, range, out, rounds, T(0.5), T(0.25), measure(timing)).get();
      });
      const double items = static_cast<double>(range.global()[0]);
      keep_faster(best, operations_per_round * width * items * rounds / seconds, name);
      if (seconds > 2e-3 || rounds >= 1u << 20) break;
    }
  };
  measure_shape("multiply_add_cpu", nd_range(64 * units).local(1), 16);
  measure_shape("multiply_add_gpu", nd_range(2048 * units).preferred_local(256), 1);
  return best;
}

const ceiling& ceiling_meter::multiply_add(scalar type) {
  const auto found = multiply_adds_.find(type);
  if (found != multiply_adds_.end()) return found->second;
  return multiply_adds_
      .emplace(type, type == scalar::f64 ? measure_multiply_add<double>() : measure_multiply_add<float>())
      .first->second;
}

} // namespace clotho::tool
