// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/radix_sorter.hpp>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include <clotho/algo/detail/key_order.hpp>
#include <clotho/algo/kernels/sort.hpp>

namespace clotho::detail {

namespace {

constexpr std::uint32_t digits = 256, digit_bits = 8, most_passes = 8;

// The kernels of a request, as their numbers. Those of a pass are had once for each pass, and each tiling:
// what is learnt of how long their work-items take, and how launches are cut by that, differs most between a
// digit that all keys share and others.
enum on_cpu : std::size_t { number_cpu, small_cpu, scan_cpu, finish_cpu, bucket_cpu, first_pass_cpu };
constexpr std::size_t kernels_of_pass = 2;
enum on_gpu : std::size_t { number_gpu, count_gpu, differ_gpu, sums_gpu, scan_gpu, scatter_gpu, finish_gpu };

std::vector<std::string> kernels_for(shape which) {
  if (which == shape::gpu)
    return {"sort_number_gpu", "sort_count_gpu",   "sort_differ_gpu", "sort_sums_gpu",
            "sort_scan_gpu",   "sort_scatter_gpu", "sort_finish_gpu"};
  std::vector<std::string> names{"sort_number_cpu", "sort_small_cpu", "sort_scan_cpu", "sort_finish_cpu",
                                 "sort_bucket_cpu"};
  for (std::uint32_t pass = 0; pass <= 2 * most_passes; ++pass) // the last: into buckets
    names.insert(names.end(), {"sort_count_cpu", "sort_scatter_cpu"});
  return names;
}

const primitive& sort_of(const placement& where, scalar type, std::size_t value_bytes, bool is_wide) {
  const std::uint64_t key_bytes = size_bytes(type);
  const std::uint64_t variant =
      key_bytes | value_bytes << 8 | std::uint64_t{is_floating(type)} << 16 | std::uint64_t{is_wide} << 17;
  return primitive_for(where, {kernels::sort, variant}, "sort", type, [&](const parameters& tuning) {
    primitive_request wanted{key_macros(type, value_bytes), kernels_for(tuning.shape())};
    wanted.defines.emplace_back("COUNT", is_wide ? "ulong" : "uint");
    wanted.defines.emplace_back("WG", std::to_string(tuning["group"]));
    wanted.defines.emplace_back("ITEMS", std::to_string(tuning["items"]));
    return wanted;
  });
}

flow_argument values_argument(const payload& values) {
  return values.element_bytes == 0 ? flow_argument(nullptr) : flow_argument(values.bytes);
}

flow_argument fresh_values(const placement& where, const payload& values, std::size_t count) {
  if (values.element_bytes == 0) return flow_argument(nullptr);
  return flow_argument(temporary(where, scalar::u8, values.element_bytes * count).bytes);
}

} // namespace

// How the keys are dealt to work-items. A tile has a fixed size, so that what is learnt of the time a
// work-item takes holds for any number of keys; in large arrays, which are written past the caches, larger
// tiles make for more whole lines.
struct radix_sorter::tiling {
  std::uint64_t tiles;
  std::uint32_t tile, streams;
};

radix_sorter::radix_sorter(const placement& where, const flat& keys, const payload& values,
                           const sort_options& how)
    : owner_(where.owner()), keys_(keys), size_(keys.size()), value_bytes_(values.element_bytes),
      what_(sort_of(where, keys.type, values.element_bytes, keys.size() > UINT32_MAX)), begin_(how.begin_bit),
      end_(std::min<std::uint32_t>(how.end_bit, static_cast<std::uint32_t>(8 * size_bytes(keys.type)))),
      flip_(order_of(keys.type, how).flip), a_(keys.bytes),
      b_(temporary(where, keys.type, keys.size()).bytes), a_values_(values_argument(values)),
      b_values_(fresh_values(where, values, keys.size())) {}

future<void> radix_sorter::sort() const {
  if (what_.shape == shape::gpu) return sort_on_gpu();
  return size_ <= parameter("small") ? sort_small() : sort_on_cpu();
}

future<void> radix_sorter::sort_small() const {
  return owner_.launch(what_.kernels[small_cpu], one_by_one(1), a_, out(b_), a_values_, b_values_,
                       static_cast<std::uint32_t>(size_), begin_, end_, flip_);
}

radix_sorter::tiling radix_sorter::tiling_on_cpu() const {
  const std::size_t element_bytes = size_bytes(keys_.type) + value_bytes_;
  const bool streams = size_ * element_bytes > parameter("stream_bytes");
  const std::uint32_t tile = parameter(streams ? "stream_tile" : "tile");
  return {divide_up(size_, tile), tile, streams ? 1u : 0u};
}

std::uint64_t radix_sorter::most_of_bucket() const {
  if (end_ - begin_ <= 2 * digit_bits || size_ < std::uint64_t{digits} * parameter("bucket")) return 0;
  const std::uint64_t most = parameter("bucket_bytes") / (size_bytes(keys_.type) + value_bytes_);
  return size_ / digits <= most ? most : 0;
}

future<void> radix_sorter::sort_on_cpu() const {
  const tiling by = tiling_on_cpu();
  const buffer<std::byte> counts = counts_for(by.tiles);
  const buffer<std::uint64_t> differ(owner_, by.tiles + 2);
  std::uint32_t is_first = 1;
  const auto pass = [&](std::size_t kernel, std::uint32_t begin, std::uint32_t shift, std::uint64_t most) {
    owner_.launch(what_.kernels[kernel], one_by_one(by.tiles), a_, b_, counts, differ, size_, by.tiles,
                  by.tile, begin, shift, end_, flip_, is_first);
    owner_.launch(what_.kernels[scan_cpu], one_by_one(1), counts, differ, by.tiles, shift, end_, is_first,
                  most);
    owner_.launch(what_.kernels[kernel + 1], one_by_one(by.tiles), a_, b_, a_values_, b_values_, counts,
                  differ, size_, by.tiles + (most > 0 ? 1 : 0), by.tile, begin, shift, end_, flip_,
                  by.streams);
    is_first = 0;
  };
  std::size_t kernel = first_pass_cpu + (by.streams != 0 ? kernels_of_pass * most_passes : 0);
  if (const std::uint64_t most = most_of_bucket(); most > 0) {
    const std::uint32_t top = end_ - digit_bits;
    pass(first_pass_cpu + kernels_of_pass * 2 * most_passes, top, top, most);
    owner_.launch(what_.kernels[bucket_cpu], one_by_one(digits), a_, b_, a_values_, b_values_, counts, differ,
                  size_, by.tiles + 1, begin_, top, flip_);
  }
  for (std::uint32_t shift = begin_; shift < end_; shift += digit_bits, kernel += kernels_of_pass)
    pass(kernel, begin_, shift, 0);
  return owner_.launch(what_.kernels[finish_cpu], one_by_one(by.tiles), a_, b_, a_values_, b_values_, differ,
                       size_, by.tiles, by.tile, begin_, end_);
}

future<void> radix_sorter::sort_on_gpu() const {
  const std::size_t group = parameter("group");
  const std::uint64_t tiles = divide_up(size_, group * parameter("items"));
  const std::uint64_t blocks = std::min<std::uint64_t>(tiles, group);
  const auto block = static_cast<std::uint32_t>(divide_up(tiles * digits, blocks));
  const buffer<std::byte> counts = counts_for(tiles), sums = counts_for(1);
  const buffer<std::uint64_t> differ(owner_, tiles + 1);
  const auto launch = [&](on_gpu which, std::size_t groups, const auto&... arguments) {
    return owner_.launch(what_.kernels[which], groups_of(group, groups), arguments...);
  };
  for (std::uint32_t shift = begin_; shift < end_; shift += digit_bits) {
    launch(count_gpu, tiles, a_, b_, counts, differ, size_, tiles, begin_, shift, end_, flip_);
    if (shift == begin_) launch(differ_gpu, 1, differ, tiles);
    launch(sums_gpu, blocks, counts, sums, differ, tiles, block, shift, end_);
    launch(scan_gpu, blocks, counts, sums, differ, tiles, block, shift, end_);
    launch(scatter_gpu, tiles, a_, b_, a_values_, b_values_, counts, differ, size_, tiles, begin_, shift,
           end_, flip_);
  }
  return launch(finish_gpu, divide_up(size_, group), a_, b_, a_values_, b_values_, differ, size_, tiles,
                begin_, end_);
}

buffer<std::byte> radix_sorter::counts_for(std::uint64_t tiles) const {
  return {owner_, tiles * digits * (size_ > UINT32_MAX ? sizeof(std::uint64_t) : sizeof(std::uint32_t))};
}

void radix_sorter::number(const flat& those) const {
  if (what_.shape == shape::gpu) {
    const std::size_t group = parameter("group");
    owner_.launch(what_.kernels[number_gpu], groups_of(group, divide_up(size_, group)), those.bytes, out(a_),
                  a_values_, size_);
    return;
  }
  const std::uint32_t tile = parameter("tile");
  owner_.launch(what_.kernels[number_cpu], one_by_one(divide_up(size_, tile)), those.bytes, out(a_),
                a_values_, size_, tile);
}

} // namespace clotho::detail
