// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/algo/detail/snippet.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using detail::parse_snippet_signature;
using detail::snippet_argument;
using detail::snippet_signature;

namespace {

std::string refused(const std::string& arguments) {
  return test::refusal([&] { (void)parse_snippet_signature(arguments, {"i"}); });
}

} // namespace

TEST_CASE("arguments of a snippet: values, and pointers that are read or written") {
  const snippet_signature got =
      parse_snippet_signature("float a, const float* x,double const *y, uint * out");
  CHECK(got
        == snippet_signature{{"a", scalar::f32, false, false},
                             {"x", scalar::f32, true, true},
                             {"y", scalar::f64, true, true},
                             {"out", scalar::u32, true, false}});
  CHECK(detail::parameter_text(got)
        == "float a, __global const float* x, __global const double* y, __global uint* out");
  CHECK(detail::name_text(got) == "a, x, y, out");
}

TEST_CASE("arguments may say what kernels say") {
  const snippet_signature plain = parse_snippet_signature("const ushort* x, ulong n, const int k, half* h");
  CHECK(parse_snippet_signature("__global const unsigned short* restrict x,\n\tunsigned long n, int const k, "
                                "global half* const __restrict h")
        == plain);
  CHECK(detail::parameter_text({plain[2]}) == "const int k");
  CHECK(parse_snippet_signature("").empty());
  CHECK(parse_snippet_signature(" \n ").empty());
}

TEST_CASE("every scalar by its OpenCL and its short name") {
  for (const scalar type : {scalar::i8, scalar::u8, scalar::i16, scalar::u16, scalar::i32, scalar::u32,
                            scalar::i64, scalar::u64, scalar::f16, scalar::f32, scalar::f64}) {
    CHECK(parse_snippet_signature(opencl_name({type, 1}) + "* x")[0].type == type);
    CHECK(parse_snippet_signature(short_name(type) + std::string("* x"))[0].type == type);
  }
}

TEST_CASE("errors say what is wrong, and where") {
  CHECK(refused("float a, flaot* x")
        == "arguments \"float a, flaot* x\": at character 10: 'flaot' is no type that an argument can have: "
           "char, uchar, short, "
           "... double");
  CHECK(refused("float4* x")
        == "arguments \"float4* x\": at character 1: 'float4' is a vector: take a pointer to float");
  CHECK(refused("float") == "arguments \"float\": at character 6: the name of an argument is expected");
  CHECK(refused("float a,") == "arguments \"float a,\": at character 9: a type is expected");
  CHECK(refused("float a b") == "arguments \"float a b\": at character 9: a ',' is expected, not 'b'");
  CHECK(refused("float a[4]") == "arguments \"float a[4]\": at character 8: a ',' is expected, not '['");
  CHECK(refused("float** x")
        == "arguments \"float** x\": at character 7: the name of an argument is expected");
  CHECK(refused("local float* x")
        == "arguments \"local float* x\": at character 1: arguments are values or point to global memory, "
           "not local");
  CHECK(refused("global float x")
        == "arguments \"global float x\": at character 14: only what a pointer points to is in global "
           "memory: a '*' is expected");
  CHECK(refused("half h")
        == "arguments \"half h\": at character 6: no kernel takes a half by value; take a float");
}

TEST_CASE("names are new, and nobody else's") {
  CHECK(refused("float x, int x") == "arguments \"float x, int x\": at character 14: there is a 'x' already");
  CHECK(refused("float i")
        == "arguments \"float i\": at character 7: 'i' has a meaning of its own here: choose another name");
  CHECK(refused("float while")
        == "arguments \"float while\": at character 7: 'while' is a word of the language, not a name");
  CHECK(refused("float* global")
        == "arguments \"float* global\": at character 8: 'global' is a word of the language, not a name");
  CHECK(refused("float half4")
        == "arguments \"float half4\": at character 7: 'half4' is a word of the language, not a name");
}
