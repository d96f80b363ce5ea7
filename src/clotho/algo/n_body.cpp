// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/n_body.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/n_body.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr const char* names[] = {"x", "y", "z", "m", "ax", "ay", "az"};

void check(const std::array<flat, 4>& bodies, const std::array<flat, 3>& result, double softening) {
  for (std::size_t i = 1; i < 4; ++i) check_same_count("accelerations", "x", bodies[0], names[i], bodies[i]);
  for (std::size_t i = 0; i < 3; ++i) {
    check_same_count("accelerations", "x", bodies[0], names[4 + i], result[i]);
    for (std::size_t k = 0; k < 4 + i; ++k)
      check_apart(std::string("accelerations: ") + names[k] + " and " + names[4 + i],
                  k < 4 ? bodies[k] : result[k - 4], result[i]);
  }
  if (!(softening >= 0) || !std::isfinite(softening))
    throw argument_error("accelerations: a softening of " + std::to_string(softening)
                         + " makes no sense; it is a length");
}

const primitive& program_for(const placement& where, scalar type) {
  return primitive_for(where, {kernels::n_body, static_cast<std::uint64_t>(type)}, "n_body", type,
                       [&](const parameters& tuning) {
                         macro_list macros = type_macros(where, type, "accelerations");
                         macros.emplace_back("BLOCKS", std::to_string(tuning["blocks"]));
                         macros.emplace_back("WG", std::to_string(tuning["group"]));
                         return primitive_request{
                             std::move(macros), {tuning.shape() == shape::cpu ? "n_body_cpu" : "n_body_gpu"}};
                       });
}

nd_range range_for(const primitive& p, scalar type, std::size_t n) {
  if (p.shape == shape::gpu) return groups_of(p.tuning["group"], divide_up(n, p.tuning["group"]));
  return one_by_one(divide_up(n, 64 / size_bytes(type) * p.tuning["blocks"]));
}

template <class T>
future<void> launch(const placement& where, const primitive& p, const nd_range& range, std::uint64_t n,
                    double softening, const std::vector<flat>& from, const std::vector<writable>& to) {
  const double least = sizeof(T) == 4 ? 1e-9 : 1e-90, length = std::max(softening, least);
  return where.owner().launch(p.kernels[0], range, n, static_cast<T>(length * length), in(from[0].bytes),
                              in(from[1].bytes), in(from[2].bytes), in(from[3].bytes),
                              out(to[0].memory().bytes), out(to[1].memory().bytes),
                              out(to[2].memory().bytes));
}

// What ends when all results are where they are meant to be.
future<void> finish(const placement& where, const std::vector<writable>& to, future<void> done) {
  for (const writable& one : to)
    if (const future<void> copied = one.finish({}); copied.valid())
      done = where.owner().host([] {}, after(done), after(copied));
  return done;
}

} // namespace

future<void> accelerations(const placement& where, const std::array<flat, 4>& bodies,
                           const std::array<flat, 3>& result, double softening) {
  check(bodies, result, softening);
  const scalar type = bodies[0].type;
  const std::size_t n = bodies[0].size();
  const primitive& p = program_for(where, type);
  if (n == 0) return nothing_to_do(where);
  std::vector<flat> from;
  for (const flat& one : bodies) from.push_back(readable(where, one));
  std::vector<writable> to;
  for (const flat& one : result) to.emplace_back(where, one);
  const nd_range range = range_for(p, type, n);
  future<void> done = type == scalar::f32 ? launch<float>(where, p, range, n, softening, from, to)
                                          : launch<double>(where, p, range, n, softening, from, to);
  return finish(where, to, std::move(done));
}

} // namespace clotho::detail
