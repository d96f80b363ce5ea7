// SPDX-License-Identifier: Apache-2.0
// Operators and functions of arrays against plain loops, in one launch each for several types.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <clotho/algo/array.hpp>
#include <clotho/core/error.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;

namespace {

constexpr std::size_t count = 45; // two vectors and a rest

template <class T> std::vector<T> randomly(double least, double most, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<T> all(count);
  for (T& one : all)
    one = static_cast<T>(least + (most - least) * static_cast<double>(random()) / 4294967296.0);
  return all;
}

// Within `ulps` units in the last place of the true value, or what is about nothing beside 1.
bool is_near(double got, double expected, double ulps) {
  if (std::isnan(expected)) return std::isnan(got);
  if (std::isinf(expected)) return got == expected;
  return std::abs(got - expected) <= ulps * 1.2e-7 * std::max(std::abs(expected), 1e-30)
         || std::abs(got - expected) <= 1e-7 * ulps;
}

// `make` of arrays, or of doubles.
template <class T, class Make>
void check_function(const runtime& rt, double least, double most, double ulps, Make make) {
  const std::vector<T> a = randomly<T>(least, most, 1), b = randomly<T>(least, most, 2);
  const array<T> x(rt, a), y(rt, b);
  const array<float> z = make(x, y);
  const std::vector<float> got = z.to_vector();
  for (std::size_t i = 0; i < count; ++i) {
    CAPTURE(static_cast<double>(a[i]));
    CAPTURE(static_cast<double>(b[i]));
    const auto expected = static_cast<double>(make(static_cast<double>(a[i]), static_cast<double>(b[i])));
    CHECK_MESSAGE(is_near(static_cast<double>(got[i]), expected, ulps), got[i], " instead of ", expected);
  }
}

double rsqrt(double x) { return 1 / std::sqrt(x); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
double where(bool c, double a, double b) { return c ? a : b; }
using std::min, std::max, std::clamp;
double fmod_of(double x, double y) { return std::fmod(x, y); }
auto fmod_of(const array<float>& x, const array<float>& y) { return x % y; }

template <class T> void check_integers(const runtime& rt) {
  using wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  std::vector<T> a, b;
  const T edges[] = {
      std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T(0), T(1), T(2), T(-1), T(77)};
  for (const T one : edges)
    for (const T other : edges) a.push_back(one), b.push_back(other);
  const array<T> x(rt, a), y(rt, b);
  const array<T> sums = x + y, differences = x - y, products = x * y, quotients = x / y, rests = x % y,
                 mixed = (x & y) ^ (~x | 3), least = min(x, y) + max(-x, abs(y)),
                 chosen = where(x < y && !(y == 0), x, y);
  const auto s = sums.to_vector(), d = differences.to_vector(), p = products.to_vector(),
             q = quotients.to_vector(), r = rests.to_vector(), m = mixed.to_vector(), l = least.to_vector(),
             c = chosen.to_vector();
  for (std::size_t i = 0; i < a.size(); ++i) {
    using u = std::uint64_t;
    CAPTURE(+a[i]);
    CAPTURE(+b[i]);
    CHECK(s[i] == static_cast<T>(static_cast<u>(a[i]) + static_cast<u>(b[i])));
    CHECK(d[i] == static_cast<T>(static_cast<u>(a[i]) - static_cast<u>(b[i])));
    CHECK(p[i] == static_cast<T>(static_cast<u>(a[i]) * static_cast<u>(b[i])));
    const bool overflows = std::is_signed_v<T> && b[i] == T(-1);
    CHECK(q[i]
          == (b[i] == 0   ? T(0)
              : overflows ? static_cast<T>(u{0} - static_cast<u>(a[i]))
                          : static_cast<T>(wide{a[i]} / wide{b[i]})));
    CHECK(r[i] == (b[i] == 0 || overflows ? T(0) : static_cast<T>(wide{a[i]} % wide{b[i]})));
    CHECK(m[i] == static_cast<T>((a[i] & b[i]) ^ (~a[i] | 3)));
    const T negated = static_cast<T>(u{0} - static_cast<u>(a[i]));
    const T absolute = b[i] < 0 ? static_cast<T>(u{0} - static_cast<u>(b[i])) : b[i];
    CHECK(l[i] == static_cast<T>(static_cast<u>(min(a[i], b[i])) + static_cast<u>(max(negated, absolute))));
    CHECK(c[i] == (a[i] < b[i] && b[i] != 0 ? a[i] : b[i]));
  }
}

} // namespace

// Vectors where compilers are quick, elements by themselves elsewhere: each of these takes seconds to
// compile.
TEST_CASE("functions of floats, within the bounds that OpenCL gives them") {
  const runtime rt({.threads = 2});
  tune(rt, tuning_table::parse(test::is_slow_device(rt) ? "* * * shape=gpu" : "* * * shape=cpu"));
  using namespace std;
  check_function<float>(rt, -3, 3, 16, [](const auto& x, const auto& y) { return sin(x) + cos(y) * 2; });
  check_function<float>(rt, -1, 1, 24,
                        [](const auto& x, const auto& y) { return asin(x) + atan(y) - tanh(x) * cosh(y); });
  check_function<float>(rt, 0.1, 9, 32, [](const auto& x, const auto& y) {
    return exp(x * 0.5) + log(y) - log10(x) + sqrt(y) + rsqrt(x);
  });
  check_function<float>(rt, -4, 4, 64,
                        [](const auto& x, const auto& y) { return exp2(x) + atan2(x, y) + fma(x, y, x); });
}

TEST_CASE("functions that are exact") {
  test::for_each_shape([](const runtime& rt) {
    using namespace std;
    check_function<float>(rt, -9, 9, 2, [](const auto& x, const auto& y) {
      return floor(x) + ceil(y) - round(x) + trunc(y) * 2 + rint(x);
    });
    check_function<float>(rt, -2, 2, 4, [](const auto& x, const auto& y) {
      return abs(x) + sign(y) + copysign(x, y) + min(x, y) * max(x, y);
    });
    check_function<float>(rt, -9, 9, 4, [](const auto& x, const auto& y) {
      return where(x < y, x * 2, y) + clamp(x, -1.0, 2.0);
    });
  });
}

TEST_CASE("all other functions") {
  const runtime rt({.threads = 2});
  if (test::is_slow_device(rt)) CLOTHO_SKIP("a compiler that takes less than minutes for them");
  tune(rt, tuning_table::parse("* * * shape=gpu"));
  using namespace std;
  check_function<float>(rt, 0.1, 0.9, 32, [](const auto& x, const auto& y) {
    return tan(x) + acos(y) + sinh(x) + asinh(y) + atanh(x) + acosh(y + 1);
  });
  check_function<float>(rt, 0.1, 9, 64, [](const auto& x, const auto& y) {
    return log2(x) + log1p(y) + expm1(x) + exp10(y * 0.1) + cbrt(x) + hypot(x, y) + pow(x, y * 0.2);
  });
  check_function<float>(rt, 0.5, 3, 64, [](const auto& x, const auto& y) {
    return erf(x) + erfc(y) + tgamma(x) + lgamma(y) + fdim(x, y) + fmod_of(x, y);
  });
}

TEST_CASE("integers wrap round, and dividing by 0 stops nobody") {
  test::for_each_shape([](const runtime& rt) {
    check_integers<std::int8_t>(rt);
    check_integers<std::uint16_t>(rt);
    check_integers<int>(rt);
    if (!test::is_slow_device(rt)) check_integers<std::uint64_t>(rt);
    const array<std::uint32_t> x(rt, std::vector<std::uint32_t>{1, 5, 1u << 31});
    CHECK(array<std::uint32_t>((x << 3) + (x >> 1)).to_vector()
          == std::vector<std::uint32_t>{8, 42, 1u << 30});
  });
}

TEST_CASE("types that meet in one expression") {
  test::for_each_shape([](const runtime& rt) {
    const array<std::uint8_t> bytes(rt, std::vector<std::uint8_t>{0, 3, 255});
    const array<std::int16_t> shorts(rt, std::vector<std::int16_t>{-5, 1000, 7});
    const array<float> floats(rt, std::vector<float>{0.5f, -2.5f, 300});
    CHECK(array<int>(bytes + shorts).to_vector() == std::vector<int>{-5, 1003, 262});
    CHECK(array<float>(bytes * floats).to_vector() == std::vector<float>{0, -7.5f, 76500});
    CHECK(array<std::uint8_t>(bytes + 1).to_vector() == std::vector<std::uint8_t>{1, 4, 0});
    CHECK(array<float>(bytes / 2.0f).to_vector() == std::vector<float>{0, 1.5f, 127.5f});
    CHECK(array<std::uint8_t>(floats > 0).to_vector() == std::vector<std::uint8_t>{1, 0, 1});
    CHECK(array<int>((floats > 0) * 10 + (shorts < 0)).to_vector() == std::vector<int>{11, 0, 10});
    CHECK(array<std::uint8_t>(isnan(floats) || bytes == 3).to_vector() == std::vector<std::uint8_t>{0, 1, 0});
    CHECK(array<int>(cast<int>(floats) - shorts).to_vector() == std::vector<int>{5, -1002, 293});
  });
}

TEST_CASE("halves are stored, and calculated with as floats") {
  test::for_each_shape([](const runtime& rt) {
    std::vector<half> content;
    for (int i = 0; i < 40; ++i) content.push_back(to_half(i * 0.25));
    const array<half> x(rt, content);
    const array<half> y = x * 2 + 1;
    const std::vector<half> got = y.to_vector();
    const std::vector<float> odd = array<float>(x(slice(1, {}, 2))).to_vector();
    for (std::size_t i = 0; i < 40; ++i) CHECK(to_double(got[i]) == static_cast<double>(i) * 0.5 + 1);
    for (std::size_t i = 0; i < 20; ++i) CHECK(odd[i] == static_cast<float>(2 * i + 1) * 0.25f);
  });
}

TEST_CASE("doubles where the device has them, else an error that names what is missing") {
  test::for_each_shape([](const runtime& rt) {
    const array<float> x(rt, std::vector<float>{1, 2, 3});
    if (!rt.devices()[0].info().fp64) {
      CHECK_THROWS_AS((void)array<double>(x * 2), capability_error);
      return;
    }
    const array<double> third = cast<double>(x) / 3;
    CHECK(third.to_vector() == std::vector<double>{1.0 / 3, 2.0 / 3, 1});
    const array<double> y = sqrt(third) + cast<float>(third);
    CHECK(y.to_vector()[1]
          == doctest::Approx(std::sqrt(2.0 / 3) + static_cast<double>(2.0f / 3)).epsilon(1e-12));
  });
}

TEST_CASE("NaN and infinity") {
  test::for_each_shape([](const runtime& rt) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    const array<float> x(rt, std::vector<float>{nan, 1, -inf, 0}),
        y(rt, std::vector<float>{2, nan, inf, -0.0f});
    CHECK(array<float>(min(x, y)).to_vector() == std::vector<float>{2, 1, -inf, 0});
    CHECK(array<float>(max(x, y)).to_vector() == std::vector<float>{2, 1, inf, 0});
    CHECK(array<std::uint8_t>(x == x).to_vector() == std::vector<std::uint8_t>{0, 1, 1, 1});
    CHECK(array<std::uint8_t>(isfinite(x + y)).to_vector() == std::vector<std::uint8_t>{0, 0, 0, 1});
    CHECK(array<std::uint8_t>(isinf(x)).to_vector() == std::vector<std::uint8_t>{0, 0, 1, 0});
  });
}
