// SPDX-License-Identifier: Apache-2.0
// k-means: the device finds the nearest centre of each point, the host moves the centres, until they rest.
// Neither side waits for the other by hand: both steps name the buffers they use.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

namespace {

struct alignas(8) point { // the kernel's float2
  float x, y;
};

struct options {
  std::size_t points = 20'000, centres = 5, rounds = 100;
  bool check = false;
  std::string devices;
};

// Clouds around as many places on a circle as there are centres.
std::vector<point> clouds(const options& o) {
  std::mt19937 random(7); // the same for everyone
  std::normal_distribution<float> spread(0.0f, 0.3f);
  std::vector<point> made(o.points);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const float angle = 6.2831853f * static_cast<float>(i % o.centres) / static_cast<float>(o.centres);
    made[i] = {std::cos(angle) + spread(random), std::sin(angle) + spread(random)};
  }
  return made;
}

float distance2(point a, point b) { return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y); }

// Each centre to begin with is the point farthest from those before it: no cloud gets two.
std::vector<point> first_centres(const options& o, const std::vector<point>& points) {
  std::vector<point> centres{points[0]};
  std::vector<float> apart(points.size(), INFINITY);
  while (centres.size() < o.centres) {
    std::size_t farthest = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      apart[i] = std::fmin(apart[i], distance2(points[i], centres.back()));
      if (apart[i] > apart[farthest]) farthest = i;
    }
    centres.push_back(points[farthest]);
  }
  return centres;
}

struct sum {
  double x = 0, y = 0;
  std::size_t count = 0;
};

std::vector<sum> sums_of(std::span<const point> points, std::span<const std::uint32_t> nearest,
                         std::size_t centres) {
  std::vector<sum> sums(centres);
  for (std::size_t i = 0; i < points.size(); ++i) {
    sum& mine = sums[nearest[i]];
    mine.x += double{points[i].x}, mine.y += double{points[i].y}, ++mine.count;
  }
  return sums;
}

// Moves each centre to the mean of its points. Gives how far the one that moved most has gone.
float update(std::span<const point> points, std::span<const std::uint32_t> nearest,
             std::span<point> centres) {
  const std::vector<sum> sums = sums_of(points, nearest, centres.size());
  float farthest = 0;
  for (std::size_t c = 0; c < centres.size(); ++c) {
    if (sums[c].count == 0) continue; // nobody's centre stays
    const double count = static_cast<double>(sums[c].count);
    const point moved{static_cast<float>(sums[c].x / count), static_cast<float>(sums[c].y / count)};
    farthest = std::fmax(farthest, std::sqrt(distance2(moved, centres[c])));
    centres[c] = moved;
  }
  return farthest;
}

// What k-means ends with: no point has a nearer centre than its own, and each centre is the mean of its
// points. Both up to rounding, as devices may fuse multiplication and addition.
bool is_right(const std::vector<point>& points, const std::vector<std::uint32_t>& nearest,
              const std::vector<point>& centres) {
  for (std::size_t i = 0; i < points.size(); ++i)
    for (const point& other : centres)
      if (distance2(points[i], other) < distance2(points[i], centres[nearest[i]]) - 1e-5f) return false;
  std::vector<point> means = centres;
  return update(points, nearest, means) <= 1e-5f;
}

bool k_means(const options& o) {
  if (o.centres > o.points)
    throw example::usage_error("--centres: " + std::to_string(o.centres) + " are more than the "
                               + std::to_string(o.points) + " points");
  const std::vector<point> cloud = clouds(o);

  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel assign = rt.load(KERNELS "/k_means/k_means.cl").kernel("assign");
  const clotho::buffer<point> points(rt, cloud), centres(rt, first_centres(o, cloud));
  const clotho::buffer<std::uint32_t> nearest(rt, o.points);

  std::size_t rounds = 0;
  float moved = INFINITY;
  while (moved > 0 && rounds < o.rounds) {
    rt.launch(assign, o.points, o.points, o.centres, points, centres, out(nearest));
    moved = rt.host(update, in(points), in(nearest), inout(centres)).get(); // get: whether to go on
    ++rounds;
  }

  const std::vector<point> found = rt.read(centres).get();
  const std::vector<std::uint32_t> labels = rt.read(nearest).get();
  const std::vector<sum> sizes = sums_of(cloud, labels, o.centres);
  std::printf("%zu points, %zu rounds: the centres %s\n", o.points, rounds,
              moved > 0 ? "still move" : "rest");
  for (std::size_t c = 0; c < found.size(); ++c)
    std::printf("%8.3f %8.3f  %zu points\n", double{found[c].x}, double{found[c].y}, sizes[c].count);

  if (!o.check) return true;
  const bool right = moved == 0 && is_right(cloud, labels, found);
  std::puts(right ? "check: every point is with its nearest centre, every centre amid its points"
                  : "check: NOT what k-means ends with; --rounds may be too few");
  return right;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line(
      "k_means",
      "k-means: the device assigns points to centres, the host moves the centres, until they rest.");
  line.number("--points", o.points, 1, 100'000'000, "points, in clouds on a circle");
  line.number("--centres", o.centres, 1, 1024, "clouds, and centres to find");
  line.number("--rounds", o.rounds, 1, 100'000, "at most");
  line.flag("--check", o.check, "check the result with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return k_means(o); });
}
