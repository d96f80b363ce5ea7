// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/tuning_space.hpp>

#include <algorithm>
#include <span>

#include <clotho/runtime/selector.hpp>

namespace clotho {

namespace {

using choices = std::vector<std::uint32_t>;

constexpr std::uint32_t K = 1024, M = K * K;

tuning_number for_cpu(std::string_view name, choices tried, std::uint32_t least, std::uint32_t most,
                      std::uint32_t unit, std::string_view meaning) {
  return {name, shape::cpu, std::move(tried), least, most, unit, false, meaning};
}
tuning_number for_gpu(std::string_view name, choices tried, std::uint32_t least, std::uint32_t most,
                      std::string_view meaning) {
  return {name, shape::gpu, std::move(tried), least, most, 1, true, meaning};
}
tuning_number group(choices tried = {32, 64, 128, 256}) {
  return for_gpu("group", std::move(tried), 1, 4 * K, "work-items of a group");
}
tuning_number tile(choices tried) {
  return for_cpu("tile", std::move(tried), 16, M, 16, "elements of a work-item");
}

tuning_number stream_bytes(std::string_view what) {
  return for_cpu("stream_bytes", {M, 4 * M, 16 * M, 64 * M}, 0, UINT32_MAX, 1, what);
}

std::vector<tunable> all_primitives() {
  constexpr std::string_view results = "results of more are written past the caches";
  const choices elements{K, 2 * K, 4 * K, 8 * K, 16 * K, 32 * K}, columns{256, 512, K, 2 * K, 4 * K};
  return {
      {"array", {tile(elements), stream_bytes(results), group()}},
      {"array_reduce", {tile(elements), group()}},
      {"bounds", {}},
      {"compact", {}},
      {"convolution", {tile(columns), group()}},
      {"count", {}},
      {"elementwise", {tile(elements), group()}},
      {"extremum", {}},
      {"fft", {}},
      {"gather", {tile(elements), group()}},
      {"gemm",
       {for_cpu("rows", {6, 8, 10, 12, 14}, 1, 32, 1, "rows of C in registers"),
        for_cpu("vectors", {1, 2, 3}, 1, 8, 1, "vectors of each of them"),
        for_cpu("depth", {128, 192, 256, 384, 512}, 16, 8 * K, 16, "rows of B that are packed at once"),
        for_cpu("block", {4, 8, 16, 32}, 1, K, 1, "panels of A for a work-item"),
        for_gpu("group", {8, 16}, 1, 64, "work-items of a group along each side"),
        for_gpu("each", {2, 4, 8}, 1, 16, "elements of C along each side for a work-item")}},
      {"gemv", {group()}},
      {"histogram",
       {for_cpu("tile", {16 * K, 32 * K, 64 * K, 128 * K, 256 * K}, 8, 64 * M, 8,
                "elements of a work-item, which has its own counts")}},
      {"merge", {}},
      {"moments", {}},
      {"n_body", {for_cpu("blocks", {1, 2, 3, 4}, 1, 16, 1, "vectors of bodies for a work-item"), group()}},
      {"random",
       {for_cpu("chunks", {16, 32, 64, 128, 256}, 1, 64 * K, 1, "times 16 blocks for a work-item"), group()}},
      {"reduce", {}},
      {"reduction", {}},
      {"scan",
       {for_cpu("tile_bytes", {32 * K, 64 * K, 128 * K, 256 * K, 512 * K, M}, 64, 64 * M, 64,
                "bytes of a work-item"),
        stream_bytes(results),
        for_cpu("single_pass", {0, 1}, 0, 1, 1,
                "1: work-items wait for those before them, which must have begun: PoCL")}},
      {"sort",
       {for_cpu("small", {4 * K, 16 * K, 64 * K}, 0, M, 1, "so many keys are sorted by one work-item"),
        for_cpu("tile", {8 * K, 16 * K, 32 * K, 64 * K, 128 * K}, 64, 16 * M, 64, "keys of a work-item"),
        for_cpu("stream_tile", {64 * K, 128 * K, 256 * K, 512 * K, M}, 64, 64 * M, 64,
                "the same where they are written past the caches"),
        stream_bytes("keys and values of more are written past the caches"),
        for_cpu("bucket", {64, 256, K}, 0, M, 1,
                "keys in each of 256 buckets, or more, that buckets pay for"),
        for_cpu("bucket_bytes", {M / 2, M, 2 * M}, 0, 64 * M, 1, "keys and values of a bucket at most"),
        group(), for_gpu("items", {4, 8, 16}, 1, 64, "keys of a work-item")}},
      {"spmv", {tile({K, 2 * K, 4 * K, 8 * K, 16 * K, 32 * K}), group()}},
      {"stencil", {tile(columns), group()}},
      {"top_k", {for_cpu("small", {K, 4 * K, 16 * K}, 0, M, 1, "so many elements are sorted instead")}},
      {"transpose",
       {for_cpu("block", {32, 64, 128, 256, 512}, 16, 4 * K, 16, "side of what a work-item takes"),
        for_gpu("tile", {8, 16, 32}, 1, 64, "side of what a group takes")}},
      {"vector", {}},
  };
}

bool matches(const device_info& on, std::string_view selector) {
  try {
    (void)select(selector, std::span(&on, 1));
    return true;
  } catch (const selection_error&) {
    return false;
  }
}

// What a group of the GPU shape takes of a device.
struct group_needs {
  std::uint64_t work_items = 0, local_bytes = 0;
};

group_needs needs_of(std::string_view primitive, scalar type, const parameters& numbers) {
  const std::uint64_t bytes = size_bytes(type), group = numbers.find("group").value_or(0);
  if (primitive == "gemm") { // two layers of 16 rows
    const std::uint64_t side = group * numbers["each"];
    return {group * group, 2 * 16 * (side + 1) * std::max<std::uint64_t>(bytes, 4)};
  }
  if (primitive == "transpose") { // elements of 16 bytes are tuned as those of 8
    const std::uint64_t side = numbers["tile"];
    return {side * side, 2 * side * (side + 1) * (bytes == 8 ? 16 : bytes)};
  }
  if (primitive == "sort") return {group, group * (4 * numbers["items"] + 4 + 32) + 512};
  if (primitive == "n_body") return {group, 4 * group * bytes};
  return {group, group * std::max<std::uint64_t>(bytes, 4)};
}

std::string refusal_of_driver(const device_info& on, std::string_view primitive, const parameters& numbers) {
  const bool is_cpu_shape = numbers.shape() == shape::cpu;
  if (is_cpu_shape && (primitive == "fft" || primitive == "sort") && matches(on, "rusticl"))
    return "rusticl's compiler takes minutes for it, or miscompiles it";
  if (is_cpu_shape && numbers.find("single_pass").value_or(0) != 0 && !matches(on, "pocl"))
    return "single_pass=1 needs work-items that begin in order, as PoCL's do";
  return {};
}

} // namespace

bool tuning_number::allows(std::uint32_t value) const noexcept {
  return value >= least && value <= most && value % unit == 0 && (!is_power || (value & (value - 1)) == 0);
}

const tuning_number* tunable::find(std::string_view number) const noexcept {
  const auto found =
      std::find_if(numbers.begin(), numbers.end(), [&](const auto& one) { return one.name == number; });
  return found == numbers.end() ? nullptr : &*found;
}

const std::vector<tunable>& tunable_primitives() {
  static const std::vector<tunable>& all = *new std::vector<tunable>(all_primitives()); // never destroyed
  return all;
}

const tunable* find_tunable(std::string_view name) noexcept {
  for (const tunable& one : tunable_primitives())
    if (one.name == name) return &one;
  return nullptr;
}

std::string allowed_text(const tuning_number& number) {
  std::string text = std::to_string(number.least) + " to " + std::to_string(number.most);
  if (number.is_power) text += ", a power of two";
  if (number.unit != 1) text += ", a multiple of " + std::to_string(number.unit);
  return text;
}

std::string tuning_refusal(const device_info& on, std::string_view primitive, scalar type,
                           const parameters& numbers) {
  if (std::string why = refusal_of_driver(on, primitive, numbers); !why.empty()) return why;
  if (numbers.shape() == shape::cpu) return {};
  const group_needs needs = needs_of(primitive, type, numbers);
  if (needs.work_items > on.max_work_group_size)
    return "groups of " + std::to_string(needs.work_items) + " work-items, and the device has "
           + std::to_string(on.max_work_group_size) + " at most";
  if (needs.local_bytes > on.local_memory_bytes)
    return "groups need " + std::to_string(needs.local_bytes) + " bytes of local memory, and the device has "
           + std::to_string(on.local_memory_bytes);
  if (primitive == "sort" && numbers["group"] * numbers["items"] > 32768)
    return "a group sorts 32768 keys at most";
  return {};
}

} // namespace clotho
