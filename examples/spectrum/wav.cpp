// SPDX-License-Identifier: Apache-2.0
#include "wav.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// The bytes of a file, in chunks of four letters, a size, and so many bytes; numbers begin with their lowest
// byte.
class chunk_reader {
 public:
  explicit chunk_reader(const std::filesystem::path& file) : name_(file.string()) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + name_);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    if (bytes_.size() < 12 || word(0) != "RIFF" || word(8) != "WAVE") fail("no WAV file");
  }

  // Where the content of a chunk begins, and how long it is.
  struct chunk {
    std::size_t begin, size;
  };
  [[nodiscard]] chunk find(std::string_view letters) const {
    for (std::size_t at = 12; at + 8 <= bytes_.size();) {
      const std::size_t size = number(at + 4, 4);
      if (size > bytes_.size() - at - 8) fail("it ends within a chunk");
      if (word(at) == letters) return {at + 8, size};
      at += 8 + size + size % 2;
    }
    fail("it has no chunk '" + std::string(letters) + "'");
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t count) const {
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }
  [[noreturn]] void fail(const std::string& why) const { throw std::runtime_error(name_ + ": " + why); }

 private:
  [[nodiscard]] std::string_view word(std::size_t at) const { return std::string_view(bytes_).substr(at, 4); }

  std::string name_, bytes_;
};

void put(std::string& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

std::int16_t rounded(float sample) {
  return static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767.0f));
}

} // namespace

sound read_wav(const std::filesystem::path& file) {
  const chunk_reader wav(file);
  const auto format = wav.find("fmt "), data = wav.find("data");
  if (format.size < 16) wav.fail("its format is cut off");
  if (wav.number(format.begin, 2) != 1 || wav.number(format.begin + 14, 2) != 16)
    wav.fail("only plain samples of 16 bits can be read");
  const std::size_t channels = wav.number(format.begin + 2, 2), frame = 2 * channels;
  const std::uint32_t rate = wav.number(format.begin + 4, 4);
  if (channels == 0 || rate == 0) wav.fail("it has no channels, or no rate");
  sound read{rate, {}};
  for (std::size_t at = 0; at + frame <= data.size; at += frame) {
    float sum = 0;
    for (std::size_t channel = 0; channel < channels; ++channel)
      sum += static_cast<float>(static_cast<std::int16_t>(wav.number(data.begin + at + 2 * channel, 2)));
    read.samples.push_back(sum / (32767.0f * static_cast<float>(channels)));
  }
  return read;
}

void write_wav(const std::filesystem::path& file, const sound& what) {
  const auto size = static_cast<std::uint32_t>(2 * what.samples.size());
  std::string bytes = "RIFF";
  put(bytes, 36 + size, 4);
  bytes += "WAVEfmt ";
  put(bytes, 16, 4);
  put(bytes, 1, 2);
  put(bytes, 1, 2);
  put(bytes, what.rate, 4);
  put(bytes, 2 * what.rate, 4);
  put(bytes, 2, 2);
  put(bytes, 16, 2);
  bytes += "data";
  put(bytes, size, 4);
  for (const float sample : what.samples) put(bytes, static_cast<std::uint16_t>(rounded(sample)), 2);
  std::ofstream out(file, std::ios::binary);
  if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
    throw std::runtime_error("cannot write " + file.string());
}
