// SPDX-License-Identifier: Apache-2.0
// Bodies under gravity on two devices, half of them each. Every step needs all positions, and each device
// makes half of them: it writes its part of a buffer, and the next step, by reading the whole, brings the
// other's part over.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

namespace {

struct alignas(16) body { // the kernel's float4; the mass of a velocity is 0
  float x, y, z, mass;
};

constexpr float time_step = 0.01f, softening2 = 0.01f;

struct options {
  std::size_t bodies = 1024, steps = 100;
  bool check = false;
  std::string devices;
};

std::array<float, 3> in_unit_ball(std::mt19937& random) {
  std::uniform_real_distribution<float> side(-1.0f, 1.0f);
  for (;;) {
    const std::array<float, 3> p{side(random), side(random), side(random)};
    if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] <= 1.0f) return p;
  }
}

struct cluster {
  std::vector<body> bodies, velocities;
};

// A ball of mass 1 that neither collapses nor flies apart at once: the velocities balance gravity.
cluster ball(std::size_t n) {
  std::mt19937 random(3); // the same for everyone
  cluster made;
  for (std::size_t i = 0; i < n; ++i) {
    const auto p = in_unit_ball(random), v = in_unit_ball(random);
    made.bodies.push_back({p[0], p[1], p[2], 1.0f / static_cast<float>(n)});
    made.velocities.push_back({v[0], v[1], v[2], 0.0f});
  }
  return made;
}

double energy(const cluster& all) {
  const std::vector<body>& bodies = all.bodies;
  double sum = 0;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const body &a = bodies[i], &v = all.velocities[i];
    sum += 0.5 * double{a.mass} * double{v.x * v.x + v.y * v.y + v.z * v.z};
    for (std::size_t j = 0; j < i; ++j) {
      const body& b = bodies[j];
      const float dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      sum -= double{a.mass} * double{b.mass} / std::sqrt(double{dx * dx + dy * dy + dz * dz + softening2});
    }
  }
  return sum;
}

// The kernel, for all bodies.
void leap(cluster& all, float kick, float drift) {
  const std::vector<body> before = all.bodies;
  for (std::size_t i = 0; i < before.size(); ++i) {
    std::array<float, 3> pull{};
    for (const body& other : before) {
      const std::array<float, 3> apart{other.x - before[i].x, other.y - before[i].y, other.z - before[i].z};
      const float near =
          1.0f / std::sqrt(apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2] + softening2);
      for (std::size_t d = 0; d < 3; ++d) pull[d] += other.mass * near * near * near * apart[d];
    }
    body &p = all.bodies[i], &v = all.velocities[i];
    v.x += kick * pull[0], v.y += kick * pull[1], v.z += kick * pull[2];
    p.x += drift * v.x, p.y += drift * v.y, p.z += drift * v.z;
  }
}

// Leapfrog: velocities are half a step ahead of positions, except at the beginning and the end.
template <class Leap> void run(std::size_t steps, Leap&& leap) {
  leap(time_step / 2, time_step);
  for (std::size_t i = 1; i < steps; ++i) leap(time_step, time_step);
  leap(time_step / 2, 0.0f);
}

// Where the second share begins: near the middle, where a device can begin a part of a buffer.
std::size_t middle(const clotho::runtime& rt, std::size_t n) {
  std::size_t align = 1;
  for (const clotho::device& one : rt.devices())
    align = std::max(align, one.info().base_address_align_bytes / sizeof(body));
  return n / 2 / align * align;
}

float farthest_apart(const std::vector<body>& a, const std::vector<body>& b) {
  float farthest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    farthest =
        std::max({farthest, std::abs(a[i].x - b[i].x), std::abs(a[i].y - b[i].y), std::abs(a[i].z - b[i].z)});
  return farthest;
}

// What one device works on. Its velocities never leave it.
struct share {
  std::size_t device, first;
  clotho::buffer<body> velocities;
};

std::vector<share> shares_of(const clotho::runtime& rt, const std::vector<body>& velocities) {
  const std::span<const body> all(velocities);
  const std::size_t half = middle(rt, all.size()), second = rt.devices().size() > 1 ? 1 : 0;
  std::vector<share> shares;
  if (half > 0) shares.push_back({0, 0, {rt, all.first(half)}});
  shares.push_back({second, half, {rt, all.subspan(half)}});
  return shares;
}

bool n_body(const options& o) {
  const cluster start = ball(o.bodies);
  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel kernel = rt.load(KERNELS "/n_body/n_body.cl").kernel("n_body");
  const std::vector<share> shares = shares_of(rt, start.velocities);
  clotho::buffer<body> bodies(rt, start.bodies), moved(rt, o.bodies);

  run(o.steps, [&](float kick, float drift) {
    for (const auto& [device, first, velocities] : shares) {
      const std::size_t count = velocities.size();
      rt.launch(kernel.on(device), count, o.bodies, first, kick, drift, softening2, bodies, velocities,
                out(moved.slice(first, count)));
    }
    std::swap(bodies, moved);
  });

  cluster last{rt.read(bodies).get(), {}};
  for (const share& one : shares) {
    const std::vector<body> some = rt.read(one.velocities).get();
    last.velocities.insert(last.velocities.end(), some.begin(), some.end());
    std::printf("%zu bodies on %s\n", some.size(), rt.devices()[one.device].name().c_str());
  }
  const double before = energy(start), drift = std::abs(energy(last) / before - 1);
  std::printf("%zu steps: energy %.6f drifted by %.1e\n", o.steps, before, drift);

  if (!o.check) return true;
  const bool steady = drift < 1e-3;
  std::printf("check: energy %s\n", steady ? "is kept" : "is NOT kept");
  if (o.steps > 200) return steady; // such systems are chaotic: by then roundings have become visible
  cluster expected = start;
  run(o.steps, [&](float kick, float move) { leap(expected, kick, move); });
  const float apart = farthest_apart(last.bodies, expected.bodies);
  std::printf("check: positions %.1e off plain loops%s\n", double{apart}, apart < 1e-3f ? "" : " (too much)");
  return steady && apart < 1e-3f;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line(
      "n_body", "Bodies under gravity, half of them on each of two devices.\n"
                "With one device it gets both halves; '--devices all' takes every one there is.");
  line.number("--bodies", o.bodies, 2, 65536, "bodies");
  line.number("--steps", o.steps, 1, 1'000'000, "time steps");
  line.flag("--check", o.check, "check the energy, and up to 200 steps the positions with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return n_body(o); });
}
