// SPDX-License-Identifier: Apache-2.0
// What NumPy makes of random data, and what the primitives make of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <complex>
#include <cstdio>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <clotho/clotho.hpp>
#include <clotho/job/npy.hpp>

#include "numpy.hpp"
#include "support/shapes.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;

namespace {

// Sizes are as random as the elements. What has duplicates, infinities and NaN says so; products are scaled to be near 1.
constexpr const char* inputs = R"(
n = int(r.integers(1, 150000)); rows, inner, columns = (int(x) for x in r.integers(1, 160, 3))
def save(name, x): np.save(name + ".npy", x)
x = r.normal(size=n).astype(np.float32); save("x", x); save("x2", r.normal(size=n).astype(np.float32))
odd = x.copy(); odd[r.integers(0, n, 1 + n // 50)] = np.nan; odd[r.integers(0, n, 1 + n // 50)] = np.inf; odd[r.integers(0, n, 1 + n // 50)] = -np.inf
save("odd", odd)
save("i", r.integers(-1000, 1000, n, np.int32)); save("few", np.sort(r.integers(0, 1 + n // 7, n, np.uint32)))
save("u", r.integers(0, 2**64, n, np.uint64)); save("bytes", r.integers(0, 256, n, np.uint8))
save("edges", np.sort(r.normal(size=int(r.integers(2, 300)))).astype(np.float32))
save("needles", r.integers(0, 2 + n // 7, int(r.integers(1, 5000)), np.uint32))
save("a", r.normal(size=(rows, inner)).astype(np.float32)); save("b", (r.normal(size=(inner, columns)) / inner ** 0.5).astype(np.float32))
save("filter", r.normal(size=min(n, int(r.integers(1, 40)))).astype(np.float32))
save("z", r.normal(size=(int(r.integers(1, 6000)), 2)).astype(np.float32))
)";

// In one place, as it says what is what: got(NAME) is what clotho has made.
constexpr const char* comparisons = R"(
x, x2, odd, i, few, u, bytes, edges, needles, a, b, filter, z = (np.load(f"{n}.npy") for n in
  ["x", "x2", "odd", "i", "few", "u", "bytes", "edges", "needles", "a", "b", "filter", "z"])
n = len(x); exact = np.float64; eps = np.finfo(np.float32).eps
def got(name): return np.load(f"{name}.npy")
def same(name, expected):
    assert got(name).tobytes() == np.ascontiguousarray(expected).tobytes(), (name, got(name), expected)
def near(name, expected, error):
    off = np.abs(got(name).astype(exact) - expected)
    assert np.all(off <= error), (name, got(name), expected, np.max(off - error))
size = np.abs(x.astype(exact)).sum()
near("sum", x.astype(exact).sum(), n * eps * size); same("total", np.array([i.sum()], np.int32))
same("extremes", np.array([x.min(), x.max()], np.float32)); same("places", np.array([x.argmin(), x.argmax()], np.uint64))
near("dot", (x.astype(exact) * x2).sum(), n * eps * (np.abs(x) * np.abs(x2)).astype(exact).sum())
near("moments", np.array([x.astype(exact).mean(), x.astype(exact).var()]), 1e-6)
near("norm", np.linalg.norm(x.astype(exact)), n * eps * np.linalg.norm(x.astype(exact)))
same("running", np.cumsum(i, dtype=np.int32)); same("before", np.cumsum(i, dtype=np.int32) - i)
same("sorted", np.concatenate([np.sort(odd[~np.isnan(odd)]), odd[np.isnan(odd)]]))
same("sorted_u", np.sort(u)); same("order", np.argsort(i, kind="stable").astype(np.uint32)); same("descending", np.sort(u)[::-1])
same("largest", np.sort(x)[::-1][:len(got("largest"))]); same("merged", np.sort(np.concatenate([u, few.astype(np.uint64)])))
same("lower", np.searchsorted(few, needles, "left").astype(np.uint32)); same("upper", np.searchsorted(few, needles, "right").astype(np.uint32))
same("positive", x[x > 0]); same("unique", np.unique(few)); same("per_key", np.add.reduceat(i, np.unique(few, return_index=True)[1]).astype(np.int32))
same("bytes_count", np.bincount(bytes, minlength=256).astype(np.uint32))
same("in_bins", np.array([((x >= lo) & (x < hi)).sum() for lo, hi in zip(edges, edges[1:])], np.uint32))
same("transposed", a.T)
size = np.abs(a).astype(exact) @ np.abs(b); near("product", a.astype(exact) @ b, (a.shape[1] + 2) * eps * size)
near("vector", a.astype(exact) @ b[:, 0], (a.shape[1] + 2) * eps * size[:, 0])
size = np.convolve(np.abs(x).astype(exact), np.abs(filter), "same"); near("convolved", np.convolve(x.astype(exact), filter, "same"), len(filter) * eps * size)
spectrum = np.fft.fft(z[:, 0] + 1j * z[:, 1].astype(exact)); made = got("spectrum").astype(exact)
assert np.linalg.norm(made[:, 0] + 1j * made[:, 1] - spectrum) <= 1e-6 * np.linalg.norm(spectrum), len(z)
spectrum = np.fft.rfft(z[:, 0].astype(exact)); made = got("half_spectrum").astype(exact)
assert np.linalg.norm(made[:, 0] + 1j * made[:, 1] - spectrum) <= 1e-6 * np.linalg.norm(spectrum), len(z)
)";

// Buffers from and to files of a folder.
class shelf {
 public:
  shelf(const runtime& rt, std::filesystem::path folder) : rt_(rt), folder_(std::move(folder)) {}

  template <class T> std::vector<T> load(const std::string& name) const {
    const host_array content = read_npy(folder_ / (name + ".npy"));
    const auto all = content.values<T>();
    return {all.begin(), all.end()};
  }
  template <class T> buffer<T> get(const std::string& name) const { return buffer<T>(rt_, load<T>(name)); }
  [[nodiscard]] std::size_t extent(const std::string& name, std::size_t axis) const {
    return read_npy(folder_ / (name + ".npy")).shape.at(axis);
  }
  template <class T> void put(const std::string& name, const std::vector<T>& what, std::vector<std::size_t> shape = {}) const {
    if (shape.empty()) shape = {what.size()};
    host_array content = make_array(scalar_of<T>, shape);
    std::copy(what.begin(), what.end(), content.values<T>().begin());
    write_npy(folder_ / (name + ".npy"), content);
  }
  template <class T> void put(const std::string& name, const buffer<T>& what, std::vector<std::size_t> shape = {}) const {
    put(name, rt_.read(what).get(), std::move(shape));
  }
  void put(const std::string& name, const buffer<std::complex<float>>& what) const {
    std::vector<float> parts;
    for (const std::complex<float>& one : rt_.read(what).get()) parts.insert(parts.end(), {one.real(), one.imag()});
    put(name, parts, {parts.size() / 2, 2});
  }

 private:
  const runtime& rt_;
  std::filesystem::path folder_;
};

void fold_all(const runtime& rt, const shelf& files) {
  const auto x = files.get<float>("x"), other = files.get<float>("x2");
  files.put("sum", std::vector<float>{reduce(rt, x).get()});
  files.put("total", std::vector<int>{reduce(rt, files.get<int>("i")).get()});
  files.put("extremes", std::vector<float>{minimum_of(rt, x).get(), maximum_of(rt, x).get()});
  files.put("places", std::vector<std::uint64_t>{argmin(rt, x).get(), argmax(rt, x).get()});
  files.put("dot", std::vector<float>{dot(rt, x, other).get()});
  files.put("moments", std::vector<double>{mean(rt, x).get(), variance(rt, x).get()});
  files.put("norm", std::vector<float>{norm2(rt, x).get()});
}

void scan_and_sort(const runtime& rt, const shelf& files) {
  const auto i = files.get<int>("i");
  const buffer<int> running(rt, i.size());
  inclusive_scan(rt, i, running);
  files.put("running", running);
  exclusive_scan(rt, i, running);
  files.put("before", running);

  const auto odd = files.get<float>("odd");
  const auto u = files.get<std::uint64_t>("u");
  sort(rt, odd);
  files.put("sorted", odd);
  sort(rt, u, {.descending = true});
  files.put("descending", u);
  sort(rt, u);
  files.put("sorted_u", u);
  const buffer<std::uint32_t> order(rt, i.size());
  argsort(rt, i, order);
  files.put("order", order);

  const auto x = files.get<float>("x");
  const buffer<float> largest(rt, 1 + x.size() / 300);
  top_k(rt, x, largest);
  files.put("largest", largest);

  const auto few = files.load<std::uint32_t>("few");
  const buffer<std::uint64_t> wide(rt, std::vector<std::uint64_t>(few.begin(), few.end())), merged(rt, u.size() + few.size());
  merge(rt, u, wide, merged);
  files.put("merged", merged);
}

void select_and_count(const runtime& rt, const shelf& files) {
  const auto few = files.get<std::uint32_t>("few"), needles = files.get<std::uint32_t>("needles");
  const buffer<std::uint32_t> places(rt, needles.size()), keys(rt, few.size());
  lower_bound(rt, few, needles, places);
  files.put("lower", places);
  upper_bound(rt, few, needles, places);
  files.put("upper", places);
  files.put("unique", rt.read(keys.slice(0, unique(rt, few, keys).get())).get());

  const buffer<int> sums(rt, few.size());
  const std::size_t runs = reduce_by_key(rt, few, files.get<int>("i"), keys, sums).get();
  files.put("per_key", rt.read(sums.slice(0, runs)).get());

  const auto x = files.get<float>("x"), edges = files.get<float>("edges");
  const buffer<float> positive(rt, x.size());
  files.put("positive", rt.read(positive.slice(0, copy_if(rt, x, "x > 0", positive).get())).get());
  const buffer<std::uint32_t> of_bytes(rt, 256), in_bins(rt, edges.size() - 1);
  histogram(rt, files.get<std::uint8_t>("bytes"), of_bytes);
  files.put("bytes_count", of_bytes);
  histogram(rt, x, edges, in_bins);
  files.put("in_bins", in_bins);
}

void multiply_and_transform(const runtime& rt, const shelf& files) {
  const auto a = files.get<float>("a"), b = files.get<float>("b");
  const std::size_t m = files.extent("a", 0), k = files.extent("a", 1), n = files.extent("b", 1);
  const buffer<float> transposed(rt, m * k), product(rt, m * n), vector(rt, m);
  transpose(rt, m, k, a, transposed);
  files.put("transposed", transposed);
  constexpr auto plain = matrix_op::none;
  gemm(rt, plain, plain, m, n, k, 1, a, k, b, n, 0, product, n);
  files.put("product", product, {m, n});
  gemv(rt, plain, m, k, 1, a, k, b, static_cast<std::ptrdiff_t>(n), 0, vector, 1);
  files.put("vector", vector);

  const auto x = files.get<float>("x");
  const buffer<float> convolved(rt, x.size());
  convolve_1d(rt, x, files.get<float>("filter"), convolved);
  files.put("convolved", convolved);

  const std::vector<float> parts = files.load<float>("z");
  std::vector<std::complex<float>> z;
  std::vector<float> real;
  for (std::size_t at = 0; at < parts.size(); at += 2) {
    z.emplace_back(parts[at], parts[at + 1]);
    real.push_back(parts[at]);
  }
  const buffer<std::complex<float>> spectrum(rt, z);
  fft_plan<float>(rt, {z.size()}).forward(spectrum, spectrum);
  files.put("spectrum", spectrum);
  const fft_plan<float> half(rt, {z.size()}, 1, fft_kind::real);
  const buffer<std::complex<float>> half_spectrum(rt, half.spectrum_size());
  half.forward(buffer<float>(rt, real), half_spectrum);
  files.put("half_spectrum", half_spectrum);
}

} // namespace

TEST_CASE("primitives make of random data what NumPy makes of them") {
  if (!test::numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  for (unsigned round = 0; round < 4; ++round) {
    const test::temporary_folder folder;
    test::run_numpy(folder, "r = np.random.default_rng([" + std::to_string(seed) + ", " + std::to_string(round) + "])\n" + inputs);
    test::for_each_shape([&](const runtime& rt) {
      const shelf files(rt, folder.path());
      fold_all(rt, files);
      scan_and_sort(rt, files);
      select_and_count(rt, files);
      multiply_and_transform(rt, files);
      test::run_numpy(folder, comparisons);
    });
  }
}
