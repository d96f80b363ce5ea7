// SPDX-License-Identifier: Apache-2.0
// Conway's game of life: one kernel, and two buffers that change places after every generation.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <clotho/job/png.hpp>
#include <support/command_line.hpp>

namespace {

using cells = std::vector<std::uint8_t>;

struct options {
  std::size_t width = 16, height = 10, generations = 12, every = 4;
  bool soup = false, check = false;
  std::string frames, devices;
};

cells glider(const options& o) {
  cells world(o.width * o.height, 0);
  for (const auto& [x, y] : {std::pair<std::size_t, std::size_t>{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}})
    world[y * o.width + x] = 1;
  return world;
}

cells soup(const options& o) {
  cells world(o.width * o.height);
  std::mt19937 random(1); // the same for everyone
  for (std::uint8_t& cell : world) cell = random() % 3 == 0;
  return world;
}

cells after_one_generation(const options& o, const cells& now) {
  const std::size_t w = o.width, h = o.height;
  cells next(now.size());
  for (std::size_t y = 0; y < h; ++y)
    for (std::size_t x = 0; x < w; ++x) {
      int neighbours = 0;
      for (const std::size_t dy : {h - 1, std::size_t{0}, std::size_t{1}})
        for (const std::size_t dx : {w - 1, std::size_t{0}, std::size_t{1}})
          if (dx != 0 || dy != 0) neighbours += now[(y + dy) % h * w + (x + dx) % w];
      next[y * w + x] = neighbours == 3 || (neighbours == 2 && now[y * w + x] != 0);
    }
  return next;
}

void print(const options& o, std::size_t generation, const cells& world) {
  std::printf("generation %zu\n", generation);
  for (std::size_t y = 0; y < o.height; ++y) {
    for (std::size_t x = 0; x < o.width; ++x) std::putchar(world[y * o.width + x] != 0 ? '#' : '.');
    std::putchar('\n');
  }
}

// Eight pixels a cell, black on white.
void draw(const options& o, const std::filesystem::path& file, std::span<const std::uint8_t> world) {
  constexpr std::size_t zoom = 8;
  clotho::host_array picture = clotho::make_array(clotho::scalar::u8, {o.height * zoom, o.width * zoom});
  const std::span<std::uint8_t> pixels = picture.values<std::uint8_t>();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::size_t x = i % (o.width * zoom) / zoom, y = i / (o.width * zoom) / zoom;
    pixels[i] = world[y * o.width + x] != 0 ? 0 : 255;
  }
  clotho::write_png(file, picture);
}

std::filesystem::path frame_name(std::size_t generation) {
  char name[32];
  std::snprintf(name, sizeof name, "%06zu.png", generation);
  return name;
}

bool life(const options& o) {
  const cells first = o.soup ? soup(o) : glider(o);
  if (!o.frames.empty()) std::filesystem::create_directories(o.frames);

  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel kernel = rt.load(KERNELS "/life/life.cl").kernel("life");
  clotho::buffer<std::uint8_t> now(rt, first), next(rt, first.size());
  std::vector<clotho::future<void>> frames;

  const auto show = [&](std::size_t generation) {
    if (generation % o.every != 0) return;
    if (o.frames.empty()) return print(o, generation, rt.read(now).get());
    // Written in the background: the next generation only reads the same cells, and the one after it waits
    // for this.
    frames.push_back(rt.host(
        [&o, generation](std::span<const std::uint8_t> world) {
          draw(o, std::filesystem::path(o.frames) / frame_name(generation), world);
        },
        in(now)));
  };

  show(0);
  for (std::size_t generation = 1; generation <= o.generations; ++generation) {
    rt.launch(kernel, {o.width, o.height}, o.width, o.height, now, out(next)); // out: all of it is written
    std::swap(now, next);
    show(generation);
  }
  for (auto& frame : frames) frame.get(); // throws when a file could not be written
  const cells last = rt.read(now).get();
  std::printf("%zu x %zu cells, %zu generations: %td alive\n", o.width, o.height, o.generations,
              std::count(last.begin(), last.end(), std::uint8_t{1}));

  if (!o.check) return true;
  cells expected = first;
  for (std::size_t i = 0; i < o.generations; ++i) expected = after_one_generation(o, expected);
  std::puts(last == expected ? "check: the same as plain loops" : "check: NOT the same as plain loops");
  return last == expected;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("life", "Conway's game of life on a torus: a glider on its way.");
  line.number("--width", o.width, 5, 16384, "cells in a row");
  line.number("--height", o.height, 5, 16384, "rows");
  line.number("--generations", o.generations, 0, 1'000'000, "how long it lives");
  line.number("--every", o.every, 1, 1'000'000, "show each N-th generation");
  line.text("--frames", o.frames, "FOLDER", "write PNG files instead of text");
  line.flag("--soup", o.soup, "begin with random cells instead of a glider");
  line.flag("--check", o.check, "compare with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return life(o); });
}
