// SPDX-License-Identifier: Apache-2.0
#include "algo_case.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "algo_work.hpp"

namespace clotho::bench {
namespace {

constexpr std::size_t k16 = std::size_t{1} << 14, m1 = std::size_t{1} << 20, m10 = 10'000'000,
                      m30 = 30'000'000;

struct kind {
  algo what;
  std::string_view name;
  std::vector<std::size_t> sizes;
  std::size_t tiny; // more than a tile, and no multiple of anything where that is allowed
};

const std::vector<kind>& kinds() {
  static const std::vector<kind> all = {{algo::saxpy, "saxpy", {k16, m1, m10, m30}, 5003},
                                        {algo::fused, "fused", {m1, m10}, 5003},
                                        {algo::reduce, "reduce", {k16, m1, m10, m30}, 5003},
                                        {algo::scan, "scan", {k16, m1, m10, m30}, 5003},
                                        {algo::sort_u32, "sort u32", {k16, m1, m10}, 5003},
                                        {algo::sort_f32, "sort f32", {m1, m10}, 5003},
                                        {algo::sort_u64, "sort u64", {m1, m10}, 5003},
                                        {algo::sort_pairs, "sort pairs", {m1, m10}, 5003},
                                        {algo::sgemm, "sgemm", {256, 512, 1024, 2048}, 64},
                                        {algo::dgemm, "dgemm", {1024}, 64},
                                        {algo::histogram, "histogram", {m1, m10, m30}, 5003},
                                        {algo::transpose, "transpose", {1024, 4000, 4096}, 65},
                                        {algo::stencil, "stencil", {1024, 4096}, 65},
                                        {algo::n_body, "n-body", {4096, 16384}, 256},
                                        {algo::philox, "philox", {m10}, 50000},
                                        {algo::uniform, "uniform", {m10}, 50000},
                                        {algo::normal, "normal", {m10}, 50000},
                                        {algo::fft, "fft", {1024, 1000, 65536, m1, 4 * m1}, 64},
                                        {algo::spmv_banded, "spmv banded", {m1}, 1003},
                                        {algo::spmv_random, "spmv random", {500'000}, 1003}};
  return all;
}

const kind& kind_of(algo what) {
  return *std::find_if(kinds().begin(), kinds().end(), [&](const kind& one) { return one.what == what; });
}

// Only the short transforms come in a batch.
std::size_t batch_of(algo what, std::size_t n) { return what == algo::fft && n <= 1024 ? n : 1; }

bool counts_elements(algo what) {
  switch (what) {
  case algo::sgemm:
  case algo::dgemm:
  case algo::transpose:
  case algo::stencil:
  case algo::n_body: return false;
  default: return true;
  }
}

std::string short_number(std::size_t n) {
  struct scale {
    std::size_t size;
    const char* unit;
  };
  for (const scale& one :
       {scale{m1, "M"}, scale{1'000'000, "M"}, scale{std::size_t{1} << 10, "k"}, scale{1000, "k"}})
    if (n >= one.size && n % one.size == 0) return std::to_string(n / one.size) + one.unit;
  return std::to_string(n);
}

bool begins_with_words(std::string_view name, std::string_view words) {
  return name.starts_with(words) && (name.size() == words.size() || name[words.size()] == ' ');
}

} // namespace

std::string_view name_of(algo what) { return kind_of(what).name; }

std::optional<algo> algo_named(std::string_view name) {
  for (const kind& one : kinds())
    if (one.name == name) return one.what;
  return {};
}

std::string algo_case::name() const {
  const std::string kind(name_of(what));
  if (batch > 1) return kind + " " + std::to_string(n) + " x " + std::to_string(batch);
  return kind + " " + (counts_elements(what) ? short_number(n) : std::to_string(n));
}

algo_work algo_case::work() const {
  const auto size = static_cast<double>(n);
  switch (what) {
  case algo::saxpy: return {12 * size, "GB/s"};
  case algo::fused: return {24 * size, "GB/s"};
  case algo::reduce: return {4 * size, "GB/s"};
  case algo::scan: return {8 * size, "GB/s"};
  case algo::sgemm:
  case algo::dgemm: return {2 * size * size * size, "GFLOP/s"};
  case algo::transpose:
  case algo::stencil: return {8 * size * size, "GB/s"};
  case algo::n_body: return {size * size, "Gpair/s"};
  case algo::fft: return {5 * size * std::log2(size) * static_cast<double>(batch), "GFLOP/s"};
  case algo::spmv_banded:
  case algo::spmv_random: return {2 * static_cast<double>(nonzeros(*this)), "GFLOP/s"};
  default: return {size, "Gel/s"};
  }
}

std::vector<algo_case> algo_cases(bool tiny) {
  std::vector<algo_case> all;
  for (const kind& one : kinds())
    for (const std::size_t n : tiny ? std::vector{one.tiny} : one.sizes)
      all.push_back({one.what, n, batch_of(one.what, n)});
  return all;
}

std::vector<algo_case> chosen_cases(const std::vector<algo_case>& from,
                                    const std::vector<std::string>& words) {
  if (words.empty()) return from;
  const auto chosen = [&](const algo_case& one, const std::string& word) {
    return begins_with_words(one.name(), word);
  };
  for (const std::string& word : words)
    if (std::none_of(from.begin(), from.end(), [&](const algo_case& one) { return chosen(one, word); })) {
      std::vector<std::string> names;
      for (const kind& one : kinds()) names.emplace_back(one.name);
      const auto near = did_you_mean(word, names);
      throw argument_error("there is no case '" + printable(word) + "'"
                           + (near ? "; did you mean '" + *near + "'?" : "; there are " + join(names, ", ")));
    }
  std::vector<algo_case> kept;
  std::copy_if(from.begin(), from.end(), std::back_inserter(kept), [&](const algo_case& one) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return chosen(one, word); });
  });
  return kept;
}

} // namespace clotho::bench
