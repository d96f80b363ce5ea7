#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <filesystem>
#include <vector>

/// One channel of sound, from -1 to 1.
struct sound {
  std::uint32_t rate = 44100; ///< samples a second
  std::vector<float> samples;
};

/// Reads a WAV file with 16 bits a sample; of several channels it is their mean. Throws std::runtime_error
/// that says what is wrong with the file.
[[nodiscard]] sound read_wav(const std::filesystem::path& file);
/// Writes one. Throws std::runtime_error.
void write_wav(const std::filesystem::path& file, const sound& what);
