// SPDX-License-Identifier: Apache-2.0
#include "algo_process.hpp"

#include <algorithm>
#include <fstream>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "algo_work.hpp"

namespace clotho::bench {
namespace {

constexpr std::chrono::minutes patience(5); // kernels are compiled, hundreds of megabytes are written

template <class T> void write_array(const std::filesystem::path& to, const array_of<T>& from) {
  std::ofstream file(to, std::ios::binary);
  file.write(reinterpret_cast<const char*>(from.data()),
             static_cast<std::streamsize>(from.size() * sizeof(T)));
  if (!file.flush()) throw io_error("cannot write '" + to.string() + "'", to.string());
}

template <class T> array_of<T> read_array(const std::filesystem::path& from) {
  array_of<T> values(std::filesystem::file_size(from) / sizeof(T));
  std::ifstream file(from, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()),
                 static_cast<std::streamsize>(values.size() * sizeof(T))))
    throw io_error("cannot read '" + from.string() + "'", from.string());
  return values;
}

class exchange {
 public:
  exchange(const algo_case& what, std::filesystem::path folder) : what_(what), folder_(std::move(folder)) {}

  void write_inputs() const {
    const std::size_t n = what_.n;
    switch (what_.what) {
    case algo::saxpy: return write_eighths<float>(n, 2);
    case algo::fused: return write_eighths<float>(n, 5);
    case algo::reduce: return write_eighths<float>(n, 1);
    case algo::scan:
    case algo::sort_u32: return write_array(folder_ / "0", random_bits<std::uint32_t>(n, 0));
    case algo::sgemm: return write_eighths<float>(n * n, 2);
    case algo::dgemm: return write_eighths<double>(n * n, 2);
    case algo::transpose: return write_eighths<float>(n * n, 1);
    default: return;
    }
  }

  void check() const {
    const std::filesystem::path result = folder_ / "result";
    const auto floats = [&] { return read_array<float>(result); };
    const auto words = [&] { return read_array<std::uint32_t>(result); };
    const auto given = [&] { return random_bits<std::uint32_t>(what_.n, 0); };
    switch (what_.what) {
    case algo::saxpy: return check_saxpy(floats());
    case algo::fused: return check_fused(floats());
    case algo::reduce: return check_reduce(what_.n, floats().at(0));
    case algo::scan: return check_scan(given(), words());
    case algo::sort_u32: return check_sorted<std::uint32_t>(given(), words());
    case algo::sgemm: return check_gemm<float>(what_.n, floats());
    case algo::dgemm: return check_gemm<double>(what_.n, read_array<double>(result));
    case algo::transpose: return check_transpose(what_.n, floats());
    case algo::uniform: return check_uniform(floats());
    case algo::normal: return check_normal(floats());
    default: throw error("there is no check for " + what_.name());
    }
  }

 private:
  template <class T> void write_eighths(std::size_t n, unsigned count) const {
    for (unsigned i = 0; i < count; ++i) write_array(folder_ / std::to_string(i), eighths<T>(n, i));
  }

  algo_case what_;
  std::filesystem::path folder_;
};

std::string word_for(algo what) {
  std::string word(name_of(what));
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

} // namespace

process_algo::process_algo(std::string name, const std::vector<std::string>& command)
    : name_(std::move(name)), process_(std::make_shared<conversation>(command)) {
  const std::string answer = process_->ask("");
  if (!answer.starts_with("ready ")) throw io_error(printable(answer), command.front());
  version_ = answer.substr(6);
}

bool process_algo::answers_ready(const algo_case& what, const temporary_folder& folder) {
  const std::string request = "prepare " + word_for(what.what) + " " + std::to_string(what.n) + " "
                              + std::to_string(what.batch) + " " + folder.path().string();
  const std::string answer = process_->ask(request, patience);
  if (answer != "ready" && answer != "cannot")
    throw io_error("it answered '" + printable(answer) + "'", name_);
  return answer == "ready";
}

algo_sampler process_algo::prepare(const algo_case& what) {
  // What it cannot do at all it says before arrays are written for it.
  if (process_->ask("can " + word_for(what.what)) != "yes") return {};
  const temporary_folder folder;
  const exchange files(what, folder.path());
  files.write_inputs();
  if (!answers_ready(what, folder)) return {};
  files.check();
  // Its memory is freed with the last copy of the sampler.
  const std::shared_ptr<void> memory(nullptr, [process = process_](void*) {
    try {
      (void)process->ask("drop");
    } catch (const error&) { // it has ended, and its memory with it
    }
  });
  return [this, memory](unsigned times) {
    const std::string answer = process_->ask("run " + std::to_string(times), patience);
    if (const auto seconds = parse_double(answer)) return *seconds;
    throw io_error("it answered '" + printable(answer) + "'", name_);
  };
}

} // namespace clotho::bench
