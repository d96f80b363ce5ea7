// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/operator_macros.hpp>

#include <string>

namespace clotho::detail {

namespace {

// As OpenCL C knows them; there is no unsigned minimum but 0.
std::string limit_of(scalar type, bool largest) {
  const std::string bits = std::to_string(8 * size_bytes(type));
  if (!is_signed(type)) return largest ? "((" + opencl_name({type, 1}) + ")-1)" : "0";
  const char* const name = bits == "8" ? "CHAR" : bits == "16" ? "SHRT" : bits == "32" ? "INT" : "LONG";
  return std::string(name) + (largest ? "_MAX" : "_MIN");
}

struct text {
  const char* op;
  std::string neutral;
};

text integer_text(operation op, scalar type) {
  switch (op) {
  case operation::plus: return {"((a) + (b))", "0"};
  case operation::multiplies: return {"((a) * (b))", "1"};
  case operation::minimum: return {"min(a, b)", limit_of(type, true)};
  case operation::maximum: return {"max(a, b)", limit_of(type, false)};
  case operation::bit_and: return {"((a) & (b))", "-1"};
  case operation::bit_xor: return {"((a) ^ (b))", "0"};
  case operation::logical_and: return {"((a) & (b))", "1"};
  case operation::bit_or:
  case operation::logical_or: break;
  }
  return {"((a) | (b))", "0"};
}

text floating_text(operation op) {
  switch (op) {
  case operation::plus: return {"((a) + (b))", "0"};
  case operation::multiplies: return {"((a) * (b))", "1"};
  case operation::minimum: return {"fmin(a, b)", "NAN"};
  case operation::maximum: return {"fmax(a, b)", "NAN"};
  case operation::logical_and: return {"fmin(a, b)", "1"};
  default: break;
  }
  return {"fmax(a, b)", "0"};
}

bool is_logical(operation op) { return op == operation::logical_and || op == operation::logical_or; }

} // namespace

macro_list operator_macros(operation op, scalar type) {
  const text found = is_floating(type) ? floating_text(op) : integer_text(op, type);
  return {{"OP(a, b)", found.op},
          {"NEUTRAL", "((T)" + found.neutral + ")"},
          {"IS_LOGICAL", is_logical(op) ? "1" : "0"}};
}

} // namespace clotho::detail
