// SPDX-License-Identifier: Apache-2.0
// The tones in a WAV file: a kernel cuts it into frames, a plan transforms all of them at once, and their
// powers are added up on the host. Without a file it is a chord, of which is known what must be found.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <clotho/algo/fft.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

#include "wav.hpp"

namespace {

using spectrum = std::vector<double>; // power for each frequency, equally far apart

struct options {
  std::size_t size = 4096, peaks = 3;
  std::string input, save, devices;
  bool check = false;
};

struct tone {
  double frequency, loudness;
};

constexpr tone chord[] = {{440, 0.4}, {554.37, 0.3}, {659.26, 0.2}}; // A major, in order of loudness

sound play_chord(std::size_t count) {
  sound made;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (const tone& one : chord)
      sum +=
          one.loudness * std::sin(2 * std::numbers::pi * one.frequency * static_cast<double>(i) / made.rate);
    made.samples.push_back(static_cast<float>(sum));
  }
  return made;
}

double turn_of(std::size_t size) { return 2 * std::numbers::pi / static_cast<double>(size); }

spectrum sum_of(std::span<const std::complex<float>> all, std::size_t width) {
  spectrum power(width);
  for (std::size_t i = 0; i < all.size(); ++i) power[i % width] += std::norm(std::complex<double>(all[i]));
  return power;
}

spectrum transformed(const options& o, const sound& heard, std::size_t count) {
  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel cut_frames = rt.load(KERNELS "/spectrum/spectrum.cl").kernel("cut_frames");
  const clotho::fft_plan<float> plan(rt, {o.size}, count, clotho::fft_kind::real);
  const clotho::buffer<float> samples(rt, heard.samples), frames(rt, plan.size());
  const clotho::buffer<std::complex<float>> spectra(rt, plan.spectrum_size());

  rt.launch(cut_frames, {o.size, count}, o.size, static_cast<float>(turn_of(o.size)), samples, out(frames));
  plan.forward(frames, spectra);
  const std::size_t width = o.size / 2 + 1;
  return rt
      .host([width](std::span<const std::complex<float>> all) { return sum_of(all, width); }, in(spectra))
      .get();
}

// The same by the definition.
spectrum plain_loops(const options& o, const sound& heard, std::size_t count) {
  spectrum power(o.size / 2 + 1);
  for (std::size_t frame = 0; frame < count; ++frame)
    for (std::size_t k = 0; k < power.size(); ++k) {
      std::complex<double> sum = 0;
      for (std::size_t i = 0; i < o.size; ++i) {
        const double fade = 0.5 - 0.5 * std::cos(turn_of(o.size) * static_cast<double>(i));
        sum += std::polar(fade * double{heard.samples[frame * (o.size / 2) + i]},
                          -turn_of(o.size) * static_cast<double>(i * k % o.size));
      }
      power[k] += std::norm(sum);
    }
  return power;
}

double relative_difference(const spectrum& a, const spectrum& b) {
  double difference = 0, all = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(a[i] - b[i], 2);
    all += std::pow(b[i], 2);
  }
  return std::sqrt(difference / all);
}

// The loudest places that are louder than their neighbours. Between the points of a spectrum the logarithm of
// a Hann window's peak is about a parabola.
std::vector<tone> loudest(const spectrum& power, std::size_t count, double step) {
  std::vector<tone> found;
  for (std::size_t i = 1; i + 1 < power.size(); ++i) {
    if (power[i] <= power[i - 1] || power[i] < power[i + 1] || power[i - 1] <= 0 || power[i + 1] <= 0)
      continue;
    const double before = std::log(power[i - 1]), here = std::log(power[i]), after = std::log(power[i + 1]);
    const double aside = (before - after) / (2 * (before - 2 * here + after));
    found.push_back({(static_cast<double>(i) + aside) * step, power[i]});
  }
  std::sort(found.begin(), found.end(), [](const tone& a, const tone& b) { return a.loudness > b.loudness; });
  found.resize(std::min(count, found.size()));
  return found;
}

// Each tone of the chord is among them, at most a tenth of a step off.
bool finds_chord(const std::vector<tone>& found, double step) {
  return std::all_of(std::begin(chord), std::end(chord), [&](const tone& played) {
    return std::any_of(found.begin(), found.end(), [&](const tone& one) {
      return std::abs(one.frequency - played.frequency) < step / 10;
    });
  });
}

bool show_spectrum(const options& o) {
  const sound heard = o.input.empty() ? play_chord(4 * o.size) : read_wav(o.input);
  if (!o.save.empty()) write_wav(o.save, heard);
  if (heard.samples.size() < o.size)
    throw example::usage_error("--size: the sound has only " + std::to_string(heard.samples.size())
                               + " samples");
  const std::size_t count = (heard.samples.size() - o.size) / (o.size / 2) + 1;
  const double step = static_cast<double>(heard.rate) / static_cast<double>(o.size);
  const spectrum power = transformed(o, heard, count);
  const std::vector<tone> found = loudest(power, o.peaks, step);

  std::printf("%zu samples, %u a second: %zu frames of %zu\n", heard.samples.size(), heard.rate, count,
              o.size);
  for (const tone& one : found)
    std::printf("%8.1f Hz  %6.1f dB\n", one.frequency,
                10 * std::log10(one.loudness / found.front().loudness));
  if (!o.check) return true;
  const double difference = relative_difference(power, plain_loops(o, heard, count));
  const bool same = difference < 1e-5; // powers: twice the error of the transform, and of a cosine in float
  const bool known = !o.input.empty() || o.peaks < std::size(chord) || finds_chord(found, step);
  std::printf("check: %.1e off plain loops%s%s\n", difference, same ? "" : " (too much)",
              known ? "" : ", and the chord is not found");
  return same && known;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("spectrum", "The loudest tones in a WAV file; without one, in a chord.");
  line.text("--input", o.input, "FILE", "a WAV file with 16 bits a sample");
  line.text("--save", o.save, "FILE", "write what is heard as a WAV file with one channel");
  line.number("--size", o.size, 8, 1 << 20, "samples of a frame");
  line.number("--peaks", o.peaks, 1, 1000, "how many tones to show");
  line.flag("--check", o.check, "compare with plain loops, and with the chord");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return show_spectrum(o); });
}
