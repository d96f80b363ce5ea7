// SPDX-License-Identifier: Apache-2.0
// Arrays to and from files, and what NumPy makes of the same expressions.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <clotho/algo/array_reduce.hpp>
#include <clotho/core/error.hpp>
#include <clotho/job/array_npy.hpp>

#include "numpy.hpp"
#include "support/contains.hpp"
#include "support/refusal.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using test::contains;
using test::refusal;

TEST_CASE("arrays are saved and loaded") {
  const test::temporary_folder folder;
  const runtime rt({.threads = 1});
  const array<float> x = arange<float>(rt, 12).reshaped(3, 4);
  save_npy(folder / "x.npy", x.transposed());
  const array<float> y = load_npy<float>(rt, folder / "x.npy");
  CHECK(y.shape() == extents{4, 3});
  CHECK(y.to_vector() == x.transposed().to_vector());
  CHECK(contains(refusal([&] { (void)load_npy<int>(rt, folder / "x.npy"); }), "f32"));
}

TEST_CASE("expressions, views and repeated shapes are what NumPy makes of them") {
  if (!test::numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const test::temporary_folder folder;
  test::run_numpy(folder, R"(
r = np.random.default_rng(7)
a = r.normal(size=(6, 5, 33)).astype(np.float32); b = r.normal(size=(5, 1)).astype(np.float32); i = r.integers(-100, 100, (6, 5, 33), np.int32)
u = r.integers(0, 255, (6, 5, 33), np.uint8)
np.save("a.npy", a); np.save("b.npy", b); np.save("i.npy", i); np.save("u.npy", u)
)");
  const runtime rt({.threads = 2});
  const array<float> a = load_npy<float>(rt, folder / "a.npy"), b = load_npy<float>(rt, folder / "b.npy");
  const array<int> i = load_npy<int>(rt, folder / "i.npy");
  const array<std::uint8_t> u = load_npy<std::uint8_t>(rt, folder / "u.npy");

  save_npy(folder / "0.npy", array<float>(a * b + sin(a) / (2 + abs(b))));
  save_npy(folder / "1.npy", array<float>(where(a > b, a, 3 * b) - a(slice({}, {}, -1))));
  save_npy(folder / "2.npy", array<int>(i(slice(), slice(1, 4), slice(2, -1, 3)) * 2
                                        + i(slice(), slice(0, 3), slice(-1, 2, -3))));
  save_npy(folder / "3.npy", array<std::uint8_t>(u + 200));
  save_npy(folder / "4.npy", array<float>(a.transposed(2, 0, 1).reshaped(33, 30)(slice(5, 30, 2))));
  save_npy(folder / "5.npy", sum(i, axis(1)));
  save_npy(folder / "6.npy", max(a * b, axis(0)));
  save_npy(folder / "7.npy", array<std::uint8_t>((i > 0 && a < 0.5) || u == 7));
  array<float> c = a.copy();
  c(slice(1), slice(), slice(1)) += c(slice({}, -1), slice(), slice({}, -1)) * 0.5; // overlaps itself
  save_npy(folder / "8.npy", c);
  save_npy(folder / "9.npy",
           array<std::int64_t>(array<std::int64_t>(
               rt, std::vector<std::int64_t>{sum(i).get(), sum(i * i).get(),
                                             static_cast<std::int64_t>(sum(u > 9).get())})));
  test::run_numpy(folder, R"(
a, b, i, u = (np.load(f"{n}.npy") for n in "abiu")
c = a.copy(); c[1:, :, 1:] += c[:-1, :, :-1] * np.float32(0.5)
expected = [a * b + np.sin(a) / (2 + np.abs(b)), np.where(a > b, a, 3 * b) - a[::-1], i[:, 1:4, 2:-1:3] * 2 + i[:, 0:3, -1:2:-3],
  u + np.uint8(200), a.transpose(2, 0, 1).reshape(33, 30)[5:30:2], i.sum(1), (a * b).max(0), ((i > 0) & (a < 0.5) | (u == 7)).astype(np.uint8),
  c, np.array([i.sum(), (i.astype(np.int64) * i).sum(), (u > 9).sum()])]
for n, e in enumerate(expected):
    got = np.load(f"{n}.npy")
    assert got.shape == e.shape, (n, got.shape, e.shape)
    assert np.allclose(got, e, rtol=1e-5, atol=1e-6), (n, got, e)
)");
}
