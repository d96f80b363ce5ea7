// SPDX-License-Identifier: Apache-2.0
// A stream of pictures: read by the host, filtered on the device, written by the host. First one after the
// other, then as a stream: the same submissions without waiting. Each frame uses the buffers of a slot, and
// waits for the frame that had them before, so that there are never more frames under way than slots.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/os/cpu.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

#include "frames.hpp"

namespace {

namespace fs = std::filesystem;
using example::frame;
using example::frame_size;

struct options {
  std::size_t frames = 32, width = 640, height = 480, in_flight = 8;
  bool check = false;
  std::string input, output = "stream", devices;
};

struct slot {
  slot(const clotho::runtime& rt, frame_size size)
      : rgb(rt, 3 * size.width * size.height), soft(rt, size.width * size.height),
        drawn(rt, size.width * size.height) {}
  clotho::buffer<std::uint8_t> rgb, soft, drawn;
};

// The three stages of a frame. Each submits its work and returns at once.
class stages {
 public:
  stages(const clotho::runtime& rt, frame_size size)
      : rt_(rt), size_(size), program_(rt.load(KERNELS "/image_stream/edges.cl")) {}

  clotho::future<void> read(const fs::path& file, const slot& where) const {
    const auto decode = [file, size = size_](std::span<std::uint8_t> rgb) { example::decode(file, size, rgb); };
    return rt_.host(clotho::named("read", decode), out(where.rgb));
  }
  clotho::future<void> filter(const slot& where) const {
    rt_.launch(blur_, {size_.width, size_.height}, size_.width, size_.height, where.rgb, out(where.soft));
    return rt_.launch(edges_, {size_.width, size_.height}, size_.width, size_.height, where.soft,
                      out(where.drawn));
  }
  clotho::future<void> write(const fs::path& file, const slot& where) const {
    const auto encode = [file, size = size_](std::span<const std::uint8_t> gray) { example::encode(file, size, gray); };
    return rt_.host(clotho::named("write", encode), in(where.drawn));
  }

 private:
  const clotho::runtime& rt_;
  frame_size size_;
  clotho::loaded_program program_;
  clotho::loaded_kernel blur_ = program_.kernel("blur"), edges_ = program_.kernel("edges");
};

class stopwatch {
 public:
  /// Seconds since the last call, or since the beginning.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct cost { // seconds, of all frames together
  double read = 0, filter = 0, write = 0;
  double processor = 0; // of all threads: what the work costs however many cores it is spread over
  [[nodiscard]] double wall() const { return read + filter + write; }
};

cost one_after_the_other(const stages& work, const std::vector<frame>& frames, const slot& where) {
  cost sum;
  const std::clock_t begin = std::clock();
  stopwatch time;
  for (const auto& [from, to] : frames) {
    work.read(from, where).get(), sum.read += time.lap();
    work.filter(where).get(), sum.filter += time.lap();
    work.write(to, where).get(), sum.write += time.lap();
  }
  sum.processor = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return sum;
}

double as_a_stream(const stages& work, const std::vector<frame>& frames, const std::vector<slot>& slots) {
  std::vector<clotho::future<void>> written;
  stopwatch time;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const slot& where = slots[i % slots.size()];
    work.read(frames[i].from, where);
    work.filter(where);
    written.push_back(work.write(frames[i].to, where));
  }
  for (auto& one : written) one.get(); // throws what went wrong on the way to it
  return time.lap();
}

// No order of the work is faster: all cores are busy all the time, or the device is, if it has cores of its
// own.
double ideal(const cost& sum, const clotho::device& where) {
  const double cores = clotho::os::available_cores();
  return std::max(sum.processor / cores, where.info().type == clotho::device_type::cpu ? 0.0 : sum.filter);
}

std::vector<frame> input_of(const options& o, const clotho::runtime& rt) {
  if (!o.input.empty()) return example::list_frames(o.input, o.output);
  const fs::path drawn = fs::path(o.output) / "drawn";
  fs::create_directories(drawn);
  std::vector<frame> frames;
  std::vector<clotho::future<void>> done;
  for (std::size_t i = 0; i < o.frames; ++i) {
    const std::string name = std::to_string(100'000 + i) + ".png";
    frames.push_back({drawn / name, fs::path(o.output) / name});
    done.push_back(rt.host([&o, i, to = frames.back().from] {
      example::draw_frame(to, {o.width, o.height}, i, o.frames);
    }));
  }
  for (auto& one : done) one.get();
  return frames;
}

bool image_stream(const options& o) {
  const clotho::runtime rt(o.devices);
  fs::create_directories(o.output);
  if (!o.input.empty() && fs::equivalent(o.input, o.output))
    throw example::usage_error("--output: '" + o.output
                               + "' is the input, too; its pictures would be overwritten");
  const std::vector<frame> frames = input_of(o, rt);
  const frame_size size = example::size_of(frames[0].from);
  const stages work(rt, size);
  std::vector<slot> slots;
  for (std::size_t i = 0; i < std::min(o.in_flight, frames.size()); ++i) slots.emplace_back(rt, size);

  // The first launch waits for the compiler, which is not what is measured.
  (void)one_after_the_other(work, {frames[0]}, slots[0]);
  const cost alone = one_after_the_other(work, frames, slots[0]);
  const double streamed = as_a_stream(work, frames, slots);
  const double count = static_cast<double>(frames.size());
  std::printf("%zu frames of %zu x %zu on %s\n", frames.size(), size.width, size.height,
              rt.devices()[0].name().c_str());
  std::printf("one after the other %7.1f frames/s: read %.2f s, filter %.2f s, write %.2f s\n",
              count / alone.wall(), alone.read, alone.filter, alone.write);
  std::printf("as a stream         %7.1f frames/s, at most %zu at once; overlap %.2f of the ideal\n",
              count / streamed, slots.size(), ideal(alone, rt.devices()[0]) / streamed);

  if (!o.check) return true;
  const auto wrong = std::find_if_not(frames.begin(), frames.end(),
                                      [&](const frame& one) { return same_as_plain_loops(one, size); });
  if (wrong == frames.end())
    std::puts("check: the same as plain loops");
  else
    std::printf("check: %s is NOT the same as plain loops\n", wrong->to.string().c_str());
  return wrong == frames.end();
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line(
      "image_stream", "Draws the edges of a stream of pictures, and tells how well host and device overlap.");
  line.text("--input", o.input, "FOLDER", "PNG files of one size; without it pictures are drawn");
  line.text("--output", o.output, "FOLDER", "where the results go, by the same names");
  line.number("--frames", o.frames, 1, 100'000, "how many to draw");
  line.number("--width", o.width, 1, 16384, "pixels in a row of these");
  line.number("--height", o.height, 1, 16384, "rows");
  line.number("--in-flight", o.in_flight, 1, 1024, "frames under way at once, at most");
  line.flag("--check", o.check, "compare with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return image_stream(o); });
}
