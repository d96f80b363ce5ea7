// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/core/range_use.hpp>
#include <clotho/core/signature.hpp>

using namespace clotho;
using enum range_query;

namespace {

range_use use_of(const std::string& program, const macro_list& macros = {}) {
  CAPTURE(program);
  const auto kernels = parse_signatures(program, macros);
  REQUIRE_FALSE(kernels.empty());
  return kernels.back().range;
}

/// Of a kernel with this body.
range_use in_body(const std::string& body) {
  return use_of("kernel void k(global int* y, int n) {" + body + "}");
}

range_use asking(std::initializer_list<std::pair<range_query, unsigned>> queries) {
  range_use use = range_use::nothing();
  for (const auto& [query, dimension] : queries) use.add(query, dimension);
  return use;
}

range_use asking_all(range_query query) {
  range_use use = range_use::nothing();
  use.add(query);
  return use;
}

} // namespace

TEST_CASE("what a kernel asks about its place") {
  CHECK(in_body("y[0] = 1;") == range_use::nothing());
  CHECK(in_body("y[get_global_id(0)] = get_global_size(1);") == asking({{global_id, 0}, {global_size, 1}}));
  CHECK(in_body("size_t a = get_group_id(2), b[2] = {get_num_groups(1), 0};")
        == asking({{group_id, 2}, {num_groups, 1}}));
  CHECK(in_body("for (int i = get_local_id(0); i < n; i += get_local_size(0)) y[i] = 0;")
        == asking({{local_id, 0}, {local_size, 0}}));
  CHECK(in_body("if (n) { y[0] = get_global_offset ( 1 ); }") == asking({{global_offset, 1}}));
  CHECK(in_body("y[0] = get_enqueued_local_size(0);") == asking({{enqueued_local_size, 0}}));
  CHECK(in_body("y[get_global_linear_id()] = get_local_linear_id();").asks(global_linear_id, 1));
  CHECK(in_body("y[0] = get_work_dim();") == asking_all(work_dim));
  CHECK(in_body("barrier(1);") == asking_all(group_function));
  CHECK(in_body("y[0] = work_group_reduce_add(n) + sub_group_all(n);") == asking_all(group_function));
  CHECK(in_body("local int shared[4];") == asking_all(group_function));
  CHECK(use_of("kernel void k(__local int* t) {}") == asking_all(group_function));
}

TEST_CASE("dimensions") {
  SUBCASE("plain numbers in any clothes") {
    for (const char* one : {"1", "1u", "0x1", "01", "(1)", "((1))", "(uint)1", "(unsigned int)(1)", "2-1",
                            "1 ? 1 : 2", "/* 0 */ 1", "\n1\n", "'\\0' + 1", "(size_t) 1UL"}) {
      CAPTURE(one);
      CHECK(in_body(std::string("y[0] = get_group_id(") + one + ");") == asking({{group_id, 1}}));
    }
  }
  SUBCASE("anything else stands for all of them") {
    for (const char* other :
         {"n", "n - n", "d", "3", "-1", "0.0", "1, 0", "(1, 0)", "", "N", "sizeof(int) - 4",
          "get_work_dim() - 1", "(uchar)256", "\"0\"", "f(0)", "y[0]"}) {
      CAPTURE(other);
      CHECK(
          use_of(std::string("enum { N = 1 };\nkernel void k(global int* y, int n) { const int d = 0; y[0] = "
                             "get_group_id(")
                 + other + "); }")
              .asks(group_id, 2));
    }
  }
  SUBCASE("a constant may be hidden by a variable") {
    CHECK(in_body("enum { D = 0 }; int D = 1; y[0] = get_num_groups(D);").asks(num_groups, 1));
  }
  SUBCASE("a name that is not called where it stands asks for all") {
    CHECK(in_body("y[0] = (get_group_id)(0);") == asking_all(group_id));
    CHECK(in_body("size_t (*f)(uint) = get_group_id; y[0] = f(0);") == asking_all(group_id));
  }
}

TEST_CASE("what looks like a question and is none") {
  CHECK(in_body("// get_group_id(0)\n/* get_group_id(0) */ printf(\"get_group_id(0)\"); char c = 'g';")
        == range_use::nothing());
  CHECK(in_body("int get_group_id_0 = 1, my_get_group_id = get_group_id_0; y[0] = my_get_group_id;")
        == range_use::nothing());
  CHECK(use_of("int xget_group_id(int d) { return d; } int get_group_id2(int d) { return d; }\n"
               "kernel void k(global int* y) { y[0] = xget_group_id(0) + get_group_id2(0); }")
        == range_use::nothing());
  CHECK(use_of("int get_value(int i) { return i; } kernel void k(global int* y) { y[0] = get_value(0); }")
        == range_use::nothing());
  CHECK(in_body("y[0] = get_image_width(n) + get_image_dim(n).x;") == range_use::nothing());
  CHECK(use_of("#if 0\nint f() { return get_group_id(0); }\n#endif\nkernel void k() {}")
        == range_use::nothing());
}

TEST_CASE("macros are seen through") {
  CHECK(use_of("#define GID(d) get_group_id(d)\n#define D 1\nkernel void k() { int x = GID(D); }")
        == asking({{group_id, 1}}));
  CHECK(use_of("#define CAT(a, b) a##b\nkernel void k() { int x = CAT(get_group_, id)(2); }")
        == asking({{group_id, 2}}));
  CHECK(use_of("#define get_group_id(d) 0\nkernel void k() { int x = get_group_id(0); }")
        == range_use::nothing());
  CHECK(use_of("#define WIDTH get_glo\\\nbal_size(0)\nkernel void k() { int x = WIDTH; }")
        == asking({{global_size, 0}}));
  CHECK(use_of("kernel void k() { int x = get_group_id(D); }", {{"D", "0"}}) == asking({{group_id, 0}}));
  CHECK(use_of("kernel void k() { int x = ID; }", {{"ID", "get_group_id(1)"}}) == asking({{group_id, 1}}));
  CHECK(use_of("#define UNUSED get_group_id(0)\nkernel void k() {}") == range_use::nothing());
}

TEST_CASE("functions of the program are followed") {
  const std::string helpers = "size_t deepest(uint d) { return get_group_id(1); }\n"
                              "size_t deeper(uint d) { return deepest(d); }\n"
                              "size_t other(uint d) { return get_num_groups(0); }\n";
  CHECK(use_of(helpers + "kernel void k() { size_t x = deeper(0); }") == asking({{group_id, 1}}));
  CHECK(use_of(helpers + "kernel void k() { size_t x[1] = {other(0)}; }") == asking({{num_groups, 0}}));
  CHECK(use_of(helpers + "kernel void k() { size_t x = (other)(0); }") == asking({{num_groups, 0}}));
  CHECK(use_of(helpers + "kernel void k() {}") == range_use::nothing());
  CHECK(use_of("size_t id(uint d) { return get_group_id(d); } kernel void k() { size_t x = id(0); }")
        == asking_all(group_id));
  CHECK(use_of("kernel void a() { size_t x = get_group_id(0); } kernel void k() { a(); }")
        == asking({{group_id, 0}}));
  CHECK(use_of("void f(int); void g(int x) { f(x); get_local_id(0); } void f(int x) { g(x); }\n"
               "kernel void k() { f(1); }")
        == asking({{local_id, 0}}));
  SUBCASE("its own version of a function counts as the language's") {
    CHECK(use_of("size_t get_group_id(uint d) { return 0; } kernel void k() { size_t x = get_group_id(1); }")
              .asks(group_id, 1));
  }
}

TEST_CASE("what cannot be known counts as asked") {
  SUBCASE("without source") {
    CHECK(range_use{}.asks(work_dim, 0));
    CHECK_FALSE(range_use{}.may_widen());
    CHECK(range_use{}.why_not_cut(0) == "its source is not known");
    CHECK(range_use{}.why_no_tail(0) == "its source is not known");
  }
  SUBCASE("functions that only the compiler knows") {
    CHECK(in_body("y[0] = get_global_moon(0);") == asking_all(unknown));
    CHECK(in_body("__asm__(\"nop\");") == asking_all(unknown));
  }
  SUBCASE("code that this parser cannot read") {
    CHECK(use_of("template <class T> T odd(T x) [[clang::x]] -> T { return get_group_id(0); }\n"
                 "kernel void k(global int* y) { y[0] = odd(1); }")
              .asks(group_id, 0));
  }
  SUBCASE("code that only the compiler can tell to be there") {
    const std::string asks = "size_t f() { return get_group_id(0); }\n",
                      not_so = "size_t f() { return 0; }\n", k = "kernel void k() { size_t x = f(); }";
    CHECK(use_of("#ifdef __SPIR__\n" + asks + "#else\n" + not_so + "#endif\n" + k).asks(group_id, 0));
    CHECK(use_of("#if !defined(__SPIR__) && 1\n" + not_so + "#else\n" + asks + "#endif\n" + k)
              .asks(group_id, 0));
    CHECK(use_of("#if 0\n#elif __has_builtin(x)\n#define G get_group_id(0)\n#else\n#define G 0\n#endif\n"
                 "kernel void k() { size_t x = G; }")
              .asks(group_id, 0));
    CHECK(use_of("#ifdef SPIR\n" + asks + "#else\n" + not_so + "#endif\n" + k) == range_use::nothing());
    CHECK(use_of("#ifndef _GUARD_H\n#define _GUARD_H\n#ifdef SPIR\n" + asks + "#else\n" + not_so
                 + "#endif\n#endif\n" + k)
          == range_use::nothing());
  }
  SUBCASE("a text that asks for too much work") {
    std::string bomb = "kernel void k() {}\n#define A0 x x\n";
    for (int i = 1; i < 40; ++i)
      bomb += "#define A" + std::to_string(i) + " A" + std::to_string(i - 1) + " A" + std::to_string(i - 1)
              + "\n";
    CHECK(use_of(bomb + "A39\n") == range_use{});
  }
}

TEST_CASE("which launches may be widened to three dimensions") {
  for (const char* body :
       {"y[get_global_id(0) + get_global_id(1)] = 0;",
        "y[get_group_id(2)] = get_local_id(2) + get_num_groups(2);", "y[get_global_linear_id()] = 0;",
        "for (int d = 0; d < 3; ++d) y[get_local_id(d)] = get_global_size(d);"})
    CHECK_MESSAGE(in_body(body).may_widen(), body);
  for (const char* body :
       {"y[get_global_id(2)] = 0;", "y[get_global_offset(2)] = 0;", "y[0] = get_work_dim();",
        "for (int d = 0; d < 3; ++d) y[get_global_id(d)] = 0;", "y[get_global_moon()] = 0;"})
    CHECK_FALSE_MESSAGE(in_body(body).may_widen(), body);
}

TEST_CASE("which dimensions may be cut") {
  SUBCASE("global ids stay what they are") {
    const range_use use = in_body("for (int d = 0; d < 3; ++d) y[get_global_id(d)] = get_local_id(0);");
    for (unsigned d = 0; d < 3; ++d) CHECK(use.why_not_cut(d).empty());
  }
  SUBCASE("a width still allows cutting the height") {
    const range_use use = in_body("y[get_global_id(1) * get_global_size(0) + get_global_id(0)] = 0;");
    CHECK(use.why_not_cut(0) == "it asks for get_global_size(0)");
    CHECK(use.why_not_cut(1).empty());
  }
  SUBCASE("one argument that is no number blocks all") {
    const range_use use = in_body("y[0] = get_group_id(n);");
    for (unsigned d = 0; d < 3; ++d)
      CHECK(use.why_not_cut(d) == "it asks for get_group_id(" + std::to_string(d) + ")");
  }
  CHECK(in_body("y[0] = get_num_groups(0);").why_not_cut(0) == "it asks for get_num_groups(0)");
  CHECK(in_body("y[0] = get_global_offset(1);").why_not_cut(1) == "it asks for get_global_offset(1)");
  CHECK(in_body("y[0] = get_global_linear_id();").why_not_cut(2) == "it asks for get_global_linear_id()");
  CHECK(in_body("y[0] = get_global_moon(0);").why_not_cut(0)
        == "it may ask for its place in the range in a way that clotho does not know");
}

TEST_CASE("where a tail may have smaller groups") {
  CHECK(in_body("y[get_global_id(0)] = get_global_size(0);").why_no_tail(0).empty());
  CHECK(in_body("y[0] = get_local_size(0);").why_no_tail(0) == "it asks for get_local_size(0)");
  CHECK(in_body("y[0] = get_local_size(0);").why_no_tail(1).empty());
  CHECK(in_body("y[0] = get_enqueued_local_size(1);").why_no_tail(1)
        == "it asks for get_enqueued_local_size(1)");
  CHECK(in_body("y[0] = get_local_linear_id();").why_no_tail(0) == "it asks for get_local_linear_id()");
  CHECK(in_body("y[get_local_id(0)] = 0;").why_no_tail(0) == "it asks for get_local_id(0)");
  CHECK(in_body("barrier(CLK_LOCAL_MEM_FENCE);").why_no_tail(2)
        == "the work-items of its groups work together");
}
