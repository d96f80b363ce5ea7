// SPDX-License-Identifier: Apache-2.0
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#define VIENNACL_WITH_OPENCL
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
#include <viennacl/compressed_matrix.hpp>
#include <viennacl/linalg/prod.hpp>
#include <viennacl/linalg/sum.hpp>
#include <viennacl/linalg/vector_operations.hpp>
#include <viennacl/matrix.hpp>
#include <viennacl/ocl/backend.hpp>
#include <viennacl/vector.hpp>
#include <viennacl/version.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <map>

#include <clotho/runtime/native.hpp>

#include "algo_on_device.hpp"

namespace clotho::bench {
namespace {

// Its contexts are numbered for the whole process.
long context_number_for(cl_device_id on) {
  static std::map<cl_device_id, long> known;
  const auto [found, is_new] = known.try_emplace(on, static_cast<long>(known.size()));
  if (is_new) viennacl::ocl::setup_context(found->second, viennacl::ocl::device(on));
  return found->second;
}

class viennacl_peer final : public algo_peer {
 public:
  viennacl_peer(const device& on, const std::string& suffix)
      : name_("ViennaCL" + suffix), number_(context_number_for(native::handle(on))) {}

  std::string name() const override { return name_; }
  std::string version() const override { return "ViennaCL 1.7.1"; }

  algo_sampler prepare(const algo_case& what) override {
    viennacl::ocl::switch_context(number_);
    switch (what.what) {
    case algo::saxpy: return saxpy(what.n);
    case algo::fused: return fused(what.n);
    case algo::reduce: return reduce(what.n);
    case algo::scan: return scan(what.n);
    case algo::sgemm: return gemm<float>(what.n);
    case algo::dgemm: return gemm<double>(what.n);
    case algo::transpose: return transpose(what.n);
    case algo::spmv_banded:
    case algo::spmv_random: return spmv(what);
    default: return {};
    }
  }

 private:
  template <class T> using vectors = std::vector<viennacl::vector<T>>;
  template <class T> using matrices = std::vector<viennacl::matrix<T>>;

  viennacl::context context() const { return {viennacl::ocl::get_context(number_)}; }
  template <class T> viennacl::vector<T> vector_with(const array_of<T>& content) const {
    viennacl::vector<T> made(content.size(), context());
    viennacl::copy(content.begin(), content.end(), made.begin());
    return made;
  }
  template <class T> static array_of<T> content(const viennacl::vector<T>& of) {
    array_of<T> read(of.size());
    viennacl::copy(of.begin(), of.end(), read.begin());
    return read;
  }
  template <class T> viennacl::matrix<T> matrix_with(std::size_t n, const array_of<T>& content) const {
    viennacl::matrix<T> made(n, n, context());
    std::vector<std::vector<T>> rows(n);
    for (std::size_t i = 0; i < n; ++i) rows[i].assign(&content[i * n], &content[i * n] + n);
    viennacl::copy(rows, made);
    return made;
  }
  template <class T> static array_of<T> content(const viennacl::matrix<T>& of) {
    std::vector<std::vector<T>> rows(of.size1(), std::vector<T>(of.size2()));
    viennacl::copy(of, rows);
    array_of<T> read;
    for (const auto& row : rows) read.insert(read.end(), row.begin(), row.end());
    return read;
  }

  // Whichever context was used last, the next call is for this one.
  template <class State, class Run> algo_sampler here(std::shared_ptr<State> state, const Run& run) const {
    return [number = number_, inner = timed(std::move(state), run)](unsigned times) {
      viennacl::ocl::switch_context(number);
      return inner(times);
    };
  }
  void finish() const { viennacl::ocl::get_context(number_).get_queue().finish(); }

  algo_sampler saxpy(std::size_t n) {
    const auto state = std::make_shared<vectors<float>>();
    for (unsigned i = 0; i < 2; ++i) state->push_back(vector_with(eighths<float>(n, i)));
    const auto run = [this](vectors<float>& on) { on[1] += saxpy_factor * on[0], finish(); };
    run(*state);
    check_saxpy(content((*state)[1]));
    return here(state, run);
  }

  algo_sampler fused(std::size_t n) {
    const auto state = std::make_shared<vectors<float>>();
    for (unsigned i = 0; i < 6; ++i) state->push_back(vector_with(eighths<float>(n, i)));
    const auto run = [this](vectors<float>& on) {
      on[5] = viennacl::linalg::element_prod(on[0] + on[1], on[2] - on[3]);
      on[5] += 0.5f * on[4];
      finish();
    };
    run(*state);
    check_fused(content((*state)[5]));
    return here(state, run);
  }

  algo_sampler reduce(std::size_t n) {
    const auto state = std::make_shared<viennacl::vector<float>>(vector_with(eighths<float>(n, 0)));
    const auto run = [](const viennacl::vector<float>& on) {
      const float sum = viennacl::linalg::sum(on);
      return sum;
    };
    check_reduce(n, run(*state));
    return here(state, run);
  }

  algo_sampler scan(std::size_t n) {
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = std::make_shared<vectors<unsigned>>();
    state->push_back(vector_with(input)), state->push_back(vector_with(input));
    const auto run = [this](vectors<unsigned>& on) {
      viennacl::linalg::exclusive_scan(on[0], on[1]), finish();
    };
    run(*state);
    check_scan(input, content((*state)[1]));
    return here(state, run);
  }

  template <class T> algo_sampler gemm(std::size_t n) {
    const auto state = std::make_shared<matrices<T>>();
    for (unsigned i = 0; i < 2; ++i) state->push_back(matrix_with(n, eighths<T>(n * n, i)));
    state->emplace_back(n, n, context());
    const auto run = [this](matrices<T>& on) { on[2] = viennacl::linalg::prod(on[0], on[1]), finish(); };
    run(*state);
    check_gemm<T>(n, content((*state)[2]));
    return here(state, run);
  }

  algo_sampler transpose(std::size_t n) {
    const auto state = std::make_shared<matrices<float>>();
    state->push_back(matrix_with(n, eighths<float>(n * n, 0)));
    state->emplace_back(n, n, context());
    const auto run = [this](matrices<float>& on) { on[1] = viennacl::trans(on[0]), finish(); };
    run(*state);
    check_transpose(n, content((*state)[1]));
    return here(state, run);
  }

  algo_sampler spmv(const algo_case& what) {
    struct product {
      viennacl::compressed_matrix<float> matrix;
      viennacl::vector<float> x, y;
    };
    const sparse_matrix from = matrix_of(what);
    const auto x = eighths<float>(what.n, 1);
    const auto state = std::make_shared<product>(
        product{viennacl::compressed_matrix<float>(what.n, what.n, from.values.size(), context()),
                vector_with(x), vector_with(array_of<float>(what.n))});
    state->matrix.set(from.row_starts.data(), from.columns.data(), from.values.data(), what.n, what.n,
                      from.values.size());
    const auto run = [this](product& on) { on.y = viennacl::linalg::prod(on.matrix, on.x), finish(); };
    run(*state);
    check_spmv(from, x, content(state->y));
    return here(state, run);
  }

  std::string name_;
  long number_;
};

} // namespace

algo_peer_pointer make_viennacl_algo(const device& on, const std::string& suffix) {
  return std::make_unique<viennacl_peer>(on, suffix);
}

} // namespace clotho::bench
