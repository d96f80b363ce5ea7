// SPDX-License-Identifier: Apache-2.0
// The numbers that clotho comes with. What holds for many devices stands before what holds for few.
#include <clotho/algo/tuning.hpp>

namespace clotho {

namespace {

constexpr std::string_view text = R"(# clotho tuning 1
*        *            *  shape=gpu
cpu      *            *  shape=cpu
*        array        *  tile=4K stream_bytes=16M group=128
*        array_reduce *  tile=4K group=128
*        convolution  *  tile=1K group=64
*        elementwise  *  tile=4K group=128
*        gather       *  tile=4K group=128
*        gemm         *  rows=12 vectors=2 depth=256 block=8 group=16 each=4
*        gemv         *  group=64
*        histogram    *  tile=64K
*        n_body       *  blocks=2 group=64
*        random       *  chunks=64 group=64
*        scan         *  tile_bytes=256K stream_bytes=16M single_pass=0
*        sort         *  small=64K tile=32K stream_tile=256K stream_bytes=4M bucket=256 bucket_bytes=1M group=128 items=8
*        spmv         *  tile=4K group=64
*        stencil      *  tile=1K group=64
*        top_k        *  small=4K
*        transpose    *  block=256 tile=16
gpu      sort         *  group=256 items=8
pocl     scan         *  single_pass=1
# Its compiler takes minutes for vectors of 16 in arrays; long loops of a work-item go wrong.
rusticl  fft          *  shape=gpu
rusticl  histogram    *  shape=gpu
rusticl  sort         *  shape=gpu group=32
)";

} // namespace

const tuning_table& tuning_table::shipped() {
  static const tuning_table& table =
      *new tuning_table(parse(text, "shipped tuning")); // never destroyed: others may end later
  return table;
}

} // namespace clotho
