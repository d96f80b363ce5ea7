// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/reduce_by_key.hpp>

namespace clotho::detail {

future<std::uint64_t> fold_runs(const placement& where, operation op, const flat& keys, const flat& values,
                                const flat& unique_keys, const flat& folded) {
  check_same_count("reduce_by_key", "keys", keys, "values", values);
  check_same_count("reduce_by_key", "keys", keys, "unique_keys", unique_keys);
  check_same_count("reduce_by_key", "keys", keys, "folded", folded);
  check_apart("reduce_by_key: keys and unique_keys", keys, unique_keys);
  check_apart("reduce_by_key: keys and folded", keys, folded);
  check_apart("reduce_by_key: values and unique_keys", values, unique_keys);
  check_apart("reduce_by_key: unique_keys and folded", unique_keys, folded);
  const flat running = temporary(where, values.type, values.size());
  segmented_fold(where, op, scan_form::inclusive, segment_heads::changes, values, keys, running);
  select_into(where, {selected::last_of_run}, running, keys, folded);
  return select_into(where, {selected::last_of_run}, keys, keys, unique_keys);
}

} // namespace clotho::detail
