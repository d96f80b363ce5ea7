// SPDX-License-Identifier: Apache-2.0
// Primitives of vectors.
#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>

#include <clotho/algo/array.hpp>
#include <clotho/algo/array_reduce.hpp>
#include <clotho/algo/elementwise.hpp>
#include <clotho/algo/histogram.hpp>
#include <clotho/algo/map.hpp>
#include <clotho/algo/random.hpp>
#include <clotho/algo/scan.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/algo/top_k.hpp>

#include "primitive_data.hpp"

namespace clotho::tool {
namespace {

template <class T> struct scan_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n);
    std::vector<T> sums(n);
    std::partial_sum(x.begin(), x.end(), sums.begin());
    const buffer<T> in(rt, x), out(rt, n);
    return std::make_unique<array_work<T>>(
        rt, out, [&rt, in, out] { return inclusive_scan(rt, in, out); }, std::move(sums));
  }
};

template <class T> struct sort_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    std::vector<T> keys(n);
    for (std::size_t i = 0; i < n; ++i) keys[i] = static_cast<T>(mixed(i));
    std::vector<T> sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    const buffer<T> out(rt, n);
    auto made = std::make_unique<array_work<T>>(
        rt, out, [&rt, out] { return sort(rt, out); }, std::move(sorted));
    made->begin_with(std::move(keys));
    return made;
  }
};

template <class T> struct random_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const buffer<T> out(rt, n);
    const auto call = [&rt, out] {
      random_stream stream(1);
      if constexpr (std::is_floating_point_v<T>)
        return fill_uniform(rt, out, stream);
      else
        return fill_bits(rt, out, stream);
    };
    return std::make_unique<array_work<T>>(rt, out, call, std::nullopt);
  }
};

template <class T> struct gather_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n);
    std::vector<std::uint32_t> places(n);
    std::vector<T> expected(n);
    for (std::size_t i = 0; i < n; ++i) {
      places[i] = static_cast<std::uint32_t>(mixed(i) % n);
      expected[i] = x[places[i]];
    }
    const buffer<T> in(rt, x), out(rt, n);
    const buffer<std::uint32_t> from(rt, places);
    return std::make_unique<array_work<T>>(
        rt, out, [&rt, in, from, out] { return gather(rt, in, from, out); }, std::move(expected));
  }
};

template <class T> std::vector<T> twice_and(const std::vector<T>& x, const std::vector<T>& y) {
  std::vector<T> made(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) made[i] = static_cast<T>(T(2) * x[i] + y[i]);
  return made;
}

template <class T> struct elementwise_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n), y = made_up<T>(n, 1);
    const buffer<T> a(rt, x), b(rt, y), out(rt, n);
    // Made in the call: it is built as it is tuned then.
    const auto call = [&rt, a, b, out] {
      return elementwise(rt, "const float* x, const float* y, float* z", "z[i] = 2 * x[i] + y[i]")(a, b, out);
    };
    return std::make_unique<array_work<T>>(rt, out, call, twice_and(x, y));
  }
};

template <class T> array<T> in_a_row(const runtime& rt, const buffer<T>& of) {
  const buffer_slice<T> all = of;
  return array<T>(rt, all, layout(extents(all.size())));
}

template <class T> struct array_expression_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n), y = made_up<T>(n, 1);
    const buffer<T> a(rt, x), b(rt, y), out(rt, n);
    const auto call = [p = in_a_row(rt, a), q = in_a_row(rt, b), to = in_a_row(rt, out)]() mutable {
      return to.assign(p + p + q);
    };
    return std::make_unique<array_work<T>>(rt, out, call, twice_and(x, y));
  }
};

template <class T> struct array_sum_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n), y = made_up<T>(n, 1);
    T expected = 0;
    for (std::size_t i = 0; i < n; ++i) expected += x[i] * y[i];
    const buffer<T> a(rt, x), b(rt, y), result(rt, 1);
    const auto call = [&rt, p = in_a_row(rt, a), q = in_a_row(rt, b), result] {
      const T total = sum(p * q).get();
      return rt.host([total](std::span<T> to) { to[0] = total; }, out(result));
    };
    return std::make_unique<array_work<T>>(rt, result, call, std::vector<T>{expected});
  }
};

template <class T> struct histogram_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n);
    std::vector<std::uint32_t> expected(256);
    for (const T byte : x) ++expected[byte];
    const buffer<T> in(rt, x);
    const buffer<std::uint32_t> out(rt, expected.size());
    return std::make_unique<array_work<std::uint32_t>>(
        rt, out, [&rt, in, out] { return histogram(rt, in, out); }, std::move(expected));
  }
};

template <class T> struct top_k_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    std::vector<T> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<T>(mixed(i));
    std::vector<T> expected(std::min<std::size_t>(n, 10));
    std::partial_sort_copy(x.begin(), x.end(), expected.begin(), expected.end(), std::greater<>());
    const buffer<T> in(rt, x), out(rt, expected.size());
    return std::make_unique<array_work<T>>(
        rt, out, [&rt, in, out] { return top_k(rt, in, out); }, std::move(expected));
  }
};

} // namespace

std::vector<primitive_work_kind> vector_work_kinds() {
  using enum scalar;
  constexpr std::size_t many = std::size_t{1} << 22;
  return {
      {"array", {f32, f64}, many, make_for<array_expression_work, float, double>},
      {"array_reduce", {f32, f64}, many, make_for<array_sum_work, float, double>},
      {"elementwise", {f32}, many, make_for<elementwise_work, float>},
      {"gather", {f32, f64}, many, make_for<gather_work, float, double>},
      {"histogram", {u8}, many, make_for<histogram_work, std::uint8_t>},
      {"random", {f32, f64, u32}, many, make_for<random_work, float, double, std::uint32_t>},
      {"scan", {u32, f32, f64, u64}, many, make_for<scan_work, std::uint32_t, float, double, std::uint64_t>},
      {"sort", {u32, f32, u64, f64}, many, make_for<sort_work, std::uint32_t, float, std::uint64_t, double>},
      {"top_k", {u32, f32}, many, make_for<top_k_work, std::uint32_t, float>},
  };
}

} // namespace clotho::tool
