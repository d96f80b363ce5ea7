// SPDX-License-Identifier: Apache-2.0
// The program clotho-bench-openblas: OpenBLAS as a contender of the suite algo, in a process of its own as it
// reads OPENBLAS_CORETYPE when it is loaded. What it answers is written in algo_process.hpp.
#include <cblas.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct request {
  std::string kind;
  std::size_t n = 0, batch = 0;
  std::string folder;
  [[nodiscard]] int size() const { return static_cast<int>(n); }
};

template <class T> std::vector<T> read_array(const request& of, const char* name, std::size_t n) {
  std::vector<T> values(n);
  std::ifstream(of.folder + "/" + name, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(n * sizeof(T)));
  return values;
}

template <class T> void write_result(const request& of, const std::vector<T>& values) {
  std::ofstream(of.folder + "/result", std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

using work = std::function<void()>;

// Runs it once, and writes what came out.
template <class State, class Run> work started(const request& of, State state, Run run) {
  run(state);
  write_result(of, state.out);
  return [state = std::move(state), run]() mutable { run(state); };
}

template <class T> struct product { std::vector<T> a, b, out; };
template <class T, class Gemm> work gemm(const request& of, Gemm call) {
  const std::size_t elements = of.n * of.n;
  return started(of,
                 product<T>{read_array<T>(of, "0", elements), read_array<T>(of, "1", elements),
                            std::vector<T>(elements)},
                 [call, n = of.size()](product<T>& on) {
                   call(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, on.a.data(), n, on.b.data(), n,
                        0, on.out.data(), n);
                 });
}

struct vectors {
  std::vector<float> in, out;
};
work saxpy(const request& of) {
  return started(of, vectors{read_array<float>(of, "0", of.n), read_array<float>(of, "1", of.n)},
                 [n = of.size()](vectors& on) { cblas_saxpy(n, 0.5f, on.in.data(), 1, on.out.data(), 1); });
}
work transpose(const request& of) {
  return started(of, vectors{read_array<float>(of, "0", of.n * of.n), std::vector<float>(of.n * of.n)},
                 [n = of.size()](vectors& on) {
                   cblas_somatcopy(CblasRowMajor, CblasTrans, n, n, 1, on.in.data(), n, on.out.data(), n);
                 });
}

work prepare(const request& what) {
  if (what.kind == "saxpy") return saxpy(what);
  if (what.kind == "sgemm") return gemm<float>(what, cblas_sgemm);
  if (what.kind == "dgemm") return gemm<double>(what, cblas_dgemm);
  if (what.kind == "transpose") return transpose(what);
  return {};
}

bool can(const std::string& kind) {
  return kind == "saxpy" || kind == "sgemm" || kind == "dgemm" || kind == "transpose";
}

double seconds_a_run(const work& run, unsigned times) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < times; ++i) run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / times;
}

// "OpenBLAS 0.3.21 SkylakeX": the first two words of its configuration, and the kernels it uses.
std::string version() {
  std::istringstream words(openblas_get_config());
  std::string library, number;
  words >> library >> number;
  return library + " " + number + " " + openblas_get_corename();
}

} // namespace

int main() {
  std::cout << "ready " << version() << std::endl;
  work current;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "can") {
      std::string kind;
      words >> kind;
      std::cout << (can(kind) ? "yes" : "no") << std::endl;
    } else if (verb == "prepare") {
      request what;
      words >> what.kind >> what.n >> what.batch >> what.folder;
      current = prepare(what);
      std::cout << (current ? "ready" : "cannot") << std::endl;
    } else if (verb == "run") {
      unsigned times = 1;
      words >> times;
      std::cout.precision(17);
      std::cout << seconds_a_run(current, times) << std::endl;
    } else {
      current = {};
      std::cout << "dropped" << std::endl;
    }
  }
}
