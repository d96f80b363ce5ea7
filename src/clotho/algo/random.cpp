// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/random.hpp>

#include <array>
#include <cmath>
#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/random.hpp>
#include <clotho/core/error.hpp>

namespace clotho {

random_stream random_stream::substream(std::uint64_t number) const noexcept {
  random_stream other(seed_, engine_, more_);
  other.substream_ = number;
  return other;
}

void random_stream::seek(std::uint64_t block) noexcept { block_ = block, word_ = 0; }

void random_stream::skip(std::uint64_t words) noexcept {
  const unsigned at = word_ + static_cast<unsigned>(words % 4);
  block_ += words / 4 + at / 4;
  word_ = at % 4;
}

void random_stream::align(unsigned multiple) noexcept { skip((multiple - word_ % multiple) % multiple); }

namespace detail {

namespace {

enum class distribution { bits, uniform, normal, range }; // MAKE of cl/random.cl

// What is the same for all elements of a fill.
template <class T> struct recipe {
  distribution make;
  T a{}, b{}, limit{};
};

template <class F> future<void> visit_integer(scalar type, const F& f) {
  switch (type) {
  case scalar::i32: return f(std::int32_t{});
  case scalar::u32: return f(std::uint32_t{});
  case scalar::i64: return f(std::int64_t{});
  default: return f(std::uint64_t{});
  }
}

template <class T> unsigned words_of(distribution make) noexcept {
  return static_cast<unsigned>(sizeof(T) / (make == distribution::range ? 2 : 4));
}

std::array<std::uint32_t, 2> halves(std::uint64_t value) noexcept {
  return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
}

std::array<std::uint32_t, 4> key_of(const random_stream& stream) noexcept {
  const auto seed = halves(stream.seed()), more = halves(stream.more());
  return {seed[0], seed[1], more[0], more[1]};
}

template <class T>
const primitive& program_for(const placement& where, random_engine engine, distribution make) {
  const std::uint64_t variant = static_cast<std::uint64_t>(engine) | static_cast<std::uint64_t>(make) << 8
                                | static_cast<std::uint64_t>(scalar_of<T>) << 16;
  return primitive_for(where, {kernels::random, variant}, "random", scalar_of<T>,
                       [&](const parameters& tuning) {
                         const bool cpu = tuning.shape() == shape::cpu;
                         macro_list macros = type_macros(where, scalar_of<T>, "random numbers");
                         macros.insert(macros.end(), {{"ENGINE", std::to_string(static_cast<int>(engine))},
                                                      {"MAKE", std::to_string(static_cast<int>(make))},
                                                      {"LANES", cpu ? "16" : "4"},
                                                      {"CHUNKS", std::to_string(tuning["chunks"])},
                                                      {"WG", std::to_string(tuning["group"])}});
                         return primitive_request{std::move(macros), {cpu ? "random_cpu" : "random_gpu"}};
                       });
}

template <class T>
future<void> fill(const placement& where, const flat& y, random_stream& stream, const recipe<T>& how) {
  const std::uint64_t n = y.size();
  const unsigned words = words_of<T>(how.make);
  const primitive& p = program_for<T>(where, stream.engine(), how.make);
  stream.align(words);
  if (n == 0) return nothing_to_do(where);
  const std::uint64_t first =
      stream.block() / 16 * 16; // where counters of 16 blocks begin that carry nothing
  const auto lead = static_cast<std::uint32_t>(((stream.block() - first) * 4 + stream.word()) / words);
  const std::size_t blocks = divide_up(lead + n, 4 / words);
  const std::size_t group = p.tuning["group"], chunk = std::size_t{16} * p.tuning["chunks"];
  const nd_range range = p.shape == shape::cpu ? one_by_one(divide_up(blocks, chunk))
                                               : groups_of(group, divide_up(blocks, group));
  const writable target(where, y);
  future<void> done =
      where.owner().launch(p.kernels[0], range, n, first, lead, halves(stream.substream()), key_of(stream),
                           how.a, how.b, how.limit, out(target.memory().bytes));
  stream.skip(n * words);
  return target.finish(std::move(done));
}

template <class T>
future<void> fill_uniform_as(const placement& where, const flat& y, random_stream& stream, double low,
                             double high) {
  const T from = static_cast<T>(low), to = static_cast<T>(high);
  if (!(from < to) || !std::isfinite(to - from))
    throw argument_error("fill_uniform: from " + std::to_string(low) + " to " + std::to_string(high)
                         + " is no range: low must be less than high, and their difference finite");
  return fill<T>(where, y, stream, {distribution::uniform, to - from, from, std::nextafter(to, from)});
}

template <class T>
future<void> fill_normal_as(const placement& where, const flat& y, random_stream& stream, double mean,
                            double deviation) {
  const T a = static_cast<T>(deviation), b = static_cast<T>(mean);
  if (!(a >= 0) || !std::isfinite(a) || !std::isfinite(b))
    throw argument_error("fill_normal: mean " + std::to_string(mean) + " and deviation "
                         + std::to_string(deviation) + ": both must be finite, the deviation not negative");
  return fill<T>(where, y, stream, {distribution::normal, a, b});
}

} // namespace

future<void> fill_bits(const placement& where, const flat& y, random_stream& stream) {
  return visit_integer(y.type, [&]<class T>(T) { return fill<T>(where, y, stream, {distribution::bits}); });
}

future<void> fill_uniform(const placement& where, const flat& y, random_stream& stream, double low,
                          double high) {
  return y.type == scalar::f32 ? fill_uniform_as<float>(where, y, stream, low, high)
                               : fill_uniform_as<double>(where, y, stream, low, high);
}

future<void> fill_normal(const placement& where, const flat& y, random_stream& stream, double mean,
                         double deviation) {
  return y.type == scalar::f32 ? fill_normal_as<float>(where, y, stream, mean, deviation)
                               : fill_normal_as<double>(where, y, stream, mean, deviation);
}

future<void> fill_range(const placement& where, const flat& y, random_stream& stream, std::uint64_t low,
                        std::uint64_t count) {
  return visit_integer(y.type, [&]<class T>(T) {
    return fill<T>(where, y, stream, {distribution::range, static_cast<T>(count), static_cast<T>(low)});
  });
}

void refuse_random_range() { throw argument_error("fill_integers: low is more than high"); }

} // namespace detail

} // namespace clotho
