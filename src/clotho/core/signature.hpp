#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/diagnostic.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/range_use.hpp>

namespace clotho {

enum class address_space { private_memory, global, constant, local };
enum class access_qualifier { none, read_only, write_only, read_write };

/// What a kernel argument is bound to.
enum class argument_kind {
  value,    ///< a scalar, vector or struct passed by value
  buffer,   ///< a pointer to __global or __constant memory
  local,    ///< a pointer to __local memory: the call states its size
  image,    ///< image1d_t ... image3d_t
  sampler,
  other     ///< pipe, queue_t, event: passed through unchecked
};

[[nodiscard]] const char* to_string(address_space space) noexcept;       ///< "private", "global", ...
[[nodiscard]] const char* to_string(access_qualifier access) noexcept;   ///< "none", "read_only", ...
[[nodiscard]] const char* to_string(argument_kind kind) noexcept;        ///< "value", "buffer", ...

/// One argument of a kernel.
struct kernel_argument {
  std::string name;
  std::string type;      ///< resolved through typedefs and macros: "float*", "uint4", "struct ray", "image2d_t"
  std::string spelled;   ///< as the kernel writes it after macro expansion: "DATA_TYPE*"
  argument_kind kind = argument_kind::value;
  address_space space = address_space::private_memory;
  access_qualifier access = access_qualifier::none;
  bool is_const = false;     ///< the pointee is const: the kernel only reads it
  bool is_restrict = false;
  bool is_volatile = false;
  std::optional<element_type> element;  ///< of the value or the pointee; empty for structs, void and unknown types
  std::size_t size_bytes = 0;           ///< of the value or of one pointee; 0 when unknown

  friend bool operator==(const kernel_argument&, const kernel_argument&) = default;
};

/// What the source says of one kernel.
struct kernel_signature {
  std::string name;
  std::vector<kernel_argument> arguments;
  std::array<std::size_t, 3> required_local{};  ///< reqd_work_group_size; zeros when there is none
  source_location where;
  std::size_t private_bytes = 0;      ///< constant-size private arrays in the kernel and the functions of the program
                                      ///< it may call: a lower bound of what one work-item keeps on a CPU's stack
  bool unsized_private_array = false; ///< there is a private array whose size is not a plain constant expression
  bool uses_printf = false;           ///< the kernel, or a function of the program, calls printf
  range_use range;                    ///< what work-items ask about their place in the launch
};

/// Macros the compiler predefines or the options define: name and replacement ("NAME(a,b)" defines a function-like one).
using macro_list = std::vector<std::pair<std::string, std::string>>;

/// The kernels of a flattened program, in order, as the device's compiler will see them: conditional blocks are
/// decided, macros expanded, typedefs followed, structs and unions measured (natural alignment, packed and aligned
/// attributes honoured, vectors of 3 as 4).
///
/// Never throws on odd source: what cannot be understood stays unresolved (empty `element`, size 0) and a kernel
/// whose parameter list cannot be read at all is left out; the compiler is the judge of the source.
[[nodiscard]] std::vector<kernel_signature> parse_signatures(std::string_view text, const macro_list& macros = {});

/// "kernel void saxpy(float a, global const float* x, global float* y)".
[[nodiscard]] std::string to_string(const kernel_signature& signature);

}  // namespace clotho
