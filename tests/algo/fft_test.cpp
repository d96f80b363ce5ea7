// SPDX-License-Identifier: Apache-2.0
// Transforms are what the definition says, in both shapes of the kernels, whatever the lengths.
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include <clotho/algo/detail/fft_passes.hpp>
#include <clotho/algo/fft.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

using exact = std::complex<double>;
using shape_list = std::vector<std::size_t>;

constexpr double float_error = 1e-6, double_error = 1e-14;

exact root(std::size_t k, std::size_t n) {
  const double angle = -2 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

std::size_t least_prime_of(std::size_t n) {
  for (std::size_t p = 2; p * p <= n; ++p)
    if (n % p == 0) return p;
  return n;
}

// Both shapes; rusticl only has one of them, as it takes minutes to compile the other.
template <class Body> void for_each_fft_shape(const Body& body) {
  const runtime rt({.threads = 2});
  if (rt.devices()[0].info().platform_name != "rusticl") return test::for_each_shape(body);
  test::note_skip("the CPU shape of fft: rusticl takes minutes to compile it");
  body(rt);
}

// The definition, for a prime length or when it is said so; else in parts, each the definition.
std::vector<exact> expected(const std::vector<exact>& x, bool by_definition = false) {
  const std::size_t n = x.size(), p = by_definition ? n : least_prime_of(n), m = n / p;
  std::vector<std::vector<exact>> parts(p);
  if (m > 1)
    for (std::size_t j = 0; j < p; ++j) {
      std::vector<exact> part;
      for (std::size_t i = j; i < n; i += p) part.push_back(x[i]);
      parts[j] = expected(part);
    }
  std::vector<exact> roots(n), y(n);
  for (std::size_t k = 0; k < n; ++k) roots[k] = root(k, n);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < p; ++j) y[k] += roots[j * k % n] * (m > 1 ? parts[j][k % m] : x[j]);
  return y;
}

// The same along all axes of each array of a batch.
std::vector<exact> expected(std::vector<exact> x, const shape_list& shape) {
  std::size_t inner = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; inner *= shape[axis]) {
    const std::size_t n = shape[axis];
    for (std::size_t first = 0; first < x.size(); ++first) {
      if (first / inner % n != 0) continue;
      std::vector<exact> line(n);
      for (std::size_t i = 0; i < n; ++i) line[i] = x[first + i * inner];
      line = expected(line, n <= 64);
      for (std::size_t i = 0; i < n; ++i) x[first + i * inner] = line[i];
    }
  }
  return x;
}

std::size_t volume(const shape_list& shape) {
  std::size_t product = 1;
  for (const std::size_t length : shape) product *= length;
  return product;
}

template <class T> std::vector<std::complex<T>> noise(std::size_t count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<T> normal;
  std::vector<std::complex<T>> numbers(count);
  for (auto& number : numbers) number = {normal(random), normal(random)};
  return numbers;
}

template <class T> std::vector<exact> widened(const std::vector<T>& numbers) {
  return {numbers.begin(), numbers.end()};
}

// Relative, in the sense of squares.
template <class A, class B> double error_of(const std::vector<A>& got, const std::vector<B>& wanted) {
  double difference = 0, all = 0;
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    difference += std::norm(exact(got[i]) - exact(wanted[i]));
    all += std::norm(exact(wanted[i]));
  }
  return all == 0 ? std::sqrt(difference) : std::sqrt(difference / all);
}

// Forward as the definition says, and back to what it was, aside and in place.
template <class T>
void check_complex(const runtime& rt, const shape_list& shape, std::size_t batch, double bound) {
  CAPTURE(shape);
  CAPTURE(batch);
  const fft_plan<T> plan(rt, shape, batch);
  const auto numbers = noise<T>(volume(shape) * batch);
  const buffer<std::complex<T>> x(rt, numbers), y(rt, plan.spectrum_size()), z(rt, plan.size());
  plan.forward(x, y);
  plan.inverse(y, z);
  CHECK(error_of(rt.read(y).get(), expected(widened(numbers), shape)) < bound);
  CHECK(error_of(rt.read(z).get(), numbers) < bound);
  plan.forward(x, x);
  CHECK(rt.read(x).get() == rt.read(y).get());
  plan.inverse(x, x);
  CHECK(rt.read(x).get() == rt.read(z).get());
}

template <class T>
void check_real(const runtime& rt, const shape_list& shape, std::size_t batch, double bound) {
  CAPTURE(shape);
  CAPTURE(batch);
  const fft_plan<T> plan(rt, shape, batch, fft_kind::real);
  std::vector<T> numbers;
  for (const auto& number : noise<T>(volume(shape) * batch)) numbers.push_back(number.real());
  const buffer<T> x(rt, numbers), z(rt, plan.size());
  const buffer<std::complex<T>> y(rt, plan.spectrum_size());
  plan.forward(x, y);
  plan.inverse(y, z);

  const std::vector<exact> whole = expected(widened(numbers), shape);
  const std::size_t row = shape.back(), half = row / 2 + 1;
  std::vector<exact> wanted;
  for (std::size_t i = 0; i < whole.size(); ++i)
    if (i % row < half) wanted.push_back(whole[i]);
  CHECK(error_of(rt.read(y).get(), wanted) < bound);
  CHECK(error_of(rt.read(z).get(), numbers) < bound);
}

} // namespace

TEST_CASE("every length to 64, of one array and of more than a vector has lanes") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t step = test::is_slow_device(rt) ? 13 : 1;
    for (std::size_t n = 1; n <= 64; n += step)
      check_complex<float>(rt, {n}, n % 3 == 1 ? 19 : 1, float_error);
    for (const std::size_t n : {3u, 5u, 8u, 14u}) check_complex<float>(rt, {n}, 35, float_error);
  });
}

TEST_CASE("longer: powers, mixed radices, primes") {
  for_each_fft_shape([](const runtime& rt) {
    shape_list lengths{37, 288};
    if (!test::is_slow_device(rt))
      lengths.insert(lengths.end(), {65, 128, 243, 256, 512, 625, 1000, 1009, 1155, 2048, 2187, 4099, 9261,
                                     15360, 32768, 65536});
    for (const std::size_t n : lengths) check_complex<float>(rt, {n}, 1, float_error);
  });
}

TEST_CASE("batches of long rows") {
  for_each_fft_shape([](const runtime& rt) {
    if (test::is_slow_device(rt)) return;
    check_complex<float>(rt, {272}, 5, float_error);
    for (const std::size_t n : {500u, 1024u, 1331u, 4096u}) check_complex<float>(rt, {n}, 21, float_error);
    check_complex<float>(rt, {128}, 40, float_error);
  });
}

TEST_CASE("several dimensions") {
  for_each_fft_shape([](const runtime& rt) {
    for (const shape_list& shape : std::vector<shape_list>{
             {1, 1}, {2, 9}, {5, 1, 3}, {11, 4}, {4, 6, 10}, {3, 13, 2}, {2, 3, 2, 3}, {17, 16}})
      check_complex<float>(rt, shape, 2, float_error);
    if (test::is_slow_device(rt)) return;
    for (const shape_list& shape : std::vector<shape_list>{
             {17, 16}, {3, 13, 2}, {300, 37}, {512, 64}, {20, 30, 40}, {64, 512}, {1024, 3}})
      check_complex<float>(rt, shape, 1, float_error);
  });
}

TEST_CASE("real numbers") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t step = test::is_slow_device(rt) ? 13 : 1;
    for (std::size_t n = 1; n <= 40; n += step) check_real<float>(rt, {n}, n % 5 + 1, float_error);
    for (const shape_list& shape : std::vector<shape_list>{{3, 8}, {4, 7}, {11, 2}, {3, 4, 6}, {2, 1}})
      check_real<float>(rt, shape, 2, float_error);
    if (test::is_slow_device(rt)) return;
    for (const shape_list& shape :
         std::vector<shape_list>{{1024}, {1022}, {999}, {4096}, {64, 66}, {12, 20, 30}})
      check_real<float>(rt, shape, 3, float_error);
  });
}

TEST_CASE("double") {
  for_each_fft_shape([](const runtime& rt) {
    if (!rt.devices()[0].info().fp64) CLOTHO_SKIP("no double on the device");
    for (const std::size_t n : {7u, 22u, 60u}) check_complex<double>(rt, {n}, 9, double_error);
    check_real<double>(rt, {6, 14}, 2, double_error);
    check_real<double>(rt, {15}, 2, double_error);
    if (test::is_slow_device(rt)) return;
    for (const std::size_t n : {256u, 1024u, 5000u, 1009u, 16384u})
      check_complex<double>(rt, {n}, 2, double_error);
    check_complex<double>(rt, {48, 50}, 2, double_error);
  });
}

TEST_CASE("parts of buffers that begin anywhere, and what lies around them") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t n = 24;
    const fft_plan<float> plan(rt, {n});
    const auto numbers = noise<float>(n + 10);
    const buffer<std::complex<float>> x(rt, numbers), y(rt, numbers);
    plan.forward(x.slice(3, n), y.slice(5, n));
    auto wanted = widened(numbers);
    const std::vector<exact> part(wanted.begin() + 3, wanted.begin() + 3 + n);
    const std::vector<exact> spectrum = expected(part, true);
    std::copy(spectrum.begin(), spectrum.end(), wanted.begin() + 5);
    CHECK(error_of(rt.read(y).get(), wanted) < float_error);
    plan.inverse(y.slice(5, n), y.slice(5, n)).get();
    CHECK(error_of(rt.read(y.slice(5, n)).get(), part) < float_error);
  });
}

TEST_CASE("where the factors go") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t n = 20;
    const auto numbers = noise<float>(n);
    const auto exactly = expected(widened(numbers), true);
    for (const auto& [scale, forward, back] : {std::tuple{fft_scale::inverse, 1.0, 1.0},
                                               {fft_scale::both, 1 / std::sqrt(20.0), 1.0},
                                               {fft_scale::none, 1.0, 20.0}}) {
      const fft_plan<float> plan(rt, {4, 5}, 1, fft_kind::complex, scale);
      const buffer<std::complex<float>> x(rt, numbers), y(rt, n), z(rt, n);
      plan.forward(x, y);
      plan.inverse(y, z);
      auto wanted = expected(widened(numbers), shape_list{4, 5}), again = widened(numbers);
      for (auto& number : wanted) number *= forward;
      for (auto& number : again) number *= back;
      CHECK(error_of(rt.read(y).get(), wanted) < float_error);
      CHECK(error_of(rt.read(z).get(), again) < float_error);
    }
  });
}

TEST_CASE("what is wrong with one array of a batch stays there") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t n = 12, batch = 20;
    const fft_plan<float> plan(rt, {n}, batch);
    auto numbers = noise<float>(n * batch);
    numbers[5 * n + 3] = std::numeric_limits<float>::quiet_NaN();
    const buffer<std::complex<float>> x(rt, numbers), y(rt, n * batch);
    plan.forward(x, y);
    const auto got = rt.read(y).get();
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK((std::isnan(got[i].real()) || std::isnan(got[i].imag())) == (i / n == 5));
  });
}

TEST_CASE("a plan outlives what it was made with, and is used by many at once") {
  for_each_fft_shape([](const runtime& rt) {
    const std::size_t n = 60;
    const auto numbers = noise<float>(n);
    std::vector<buffer<std::complex<float>>> results;
    {
      const fft_plan<float> plan(rt, {n});
      const fft_plan<float> copy = plan;
      const buffer<std::complex<float>> x(rt, numbers);
      for (int i = 0; i < 5; ++i) {
        results.emplace_back(rt, n);
        (i % 2 != 0 ? plan : copy).forward(x, results.back());
      }
    }
    for (const auto& result : results)
      CHECK(error_of(rt.read(result).get(), expected(widened(numbers), true)) < float_error);
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const auto plan_of = [&](const shape_list& shape, std::size_t batch = 1) {
    return refusal([&] { (void)fft_plan<float>(rt, shape, batch); });
  };
  CHECK(contains(plan_of({}), "fft_plan: the shape is empty"));
  CHECK(contains(plan_of({4, 0}), "fft_plan: shape {4, 0} has a length of 0"));
  CHECK(contains(plan_of({4}, 0), "fft_plan: a batch of 0 arrays"));
  CHECK(
      contains(plan_of({1u << 20, 1u << 20}), "fft_plan: shape {1048576, 1048576} has 2^31 points or more"));
  CHECK(contains(plan_of({4, 4}, std::size_t{1} << 62), "arrays of shape {4, 4} have 2^31 rows or more"));

  const fft_plan<float> plan(rt, {8}, 2), real(rt, {8}, 2, fft_kind::real);
  CHECK(plan.size() == 16);
  CHECK(real.size() == 16);
  CHECK(real.spectrum_size() == 10);
  const buffer<std::complex<float>> x(rt, 40);
  const buffer<float> r(rt, 16);
  CHECK(contains(refusal([&] { plan.forward(x, x.slice(0, 16)); }),
                 "forward: x has 40 elements; the plan is for 16"));
  CHECK(contains(refusal([&] { plan.inverse(x.slice(0, 16), x); }),
                 "inverse: x has 40 elements; the plan is for 16"));
  CHECK(contains(refusal([&] { plan.forward(x.slice(0, 16), x.slice(1, 16)); }), "x and y overlap"));
  CHECK(contains(refusal([&] { plan.forward(r, x.slice(0, 16)); }),
                 "x has real numbers; the plan takes complex ones there"));
  CHECK(contains(refusal([&] { real.forward(x.slice(0, 16), x.slice(0, 10)); }),
                 "x has complex numbers; the plan takes real ones"));
  CHECK(contains(refusal([&] { real.inverse(x.slice(0, 9), r); }),
                 "inverse: y has 9 elements; the plan is for 10"));
}

TEST_CASE("lengths of passes multiply to the length, and none is longer than kernels take") {
  for (const std::uint64_t n :
       {1u, 2u, 7u, 16u, 210u, 256u, 1024u, 1080u, 65536u, 823543u, 1048576u, 4194304u, 9765625u})
    for (const std::uint64_t inner : {1u, 5u, 64u}) {
      const detail::fft_axis axis{3, n, inner, n * inner, n * inner};
      std::uint64_t product = 1;
      for (const std::uint32_t length : detail::pass_lengths(axis, {})) {
        product *= length;
        CHECK(length <= 256);
        std::uint32_t of_radices = 1;
        for (const std::uint32_t radix : detail::small_radices(length)) of_radices *= radix;
        CHECK(of_radices == length);
      }
      CHECK(product == n);
    }
}
