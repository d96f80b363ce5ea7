// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>
#include <string>

#include <clotho/core/signature.hpp>

using namespace clotho;

namespace {

kernel_signature only(std::string_view text, const macro_list& macros = {}) {
  const auto kernels = parse_signatures(text, macros);
  CAPTURE(text);
  REQUIRE(kernels.size() == 1);
  return kernels[0];
}

/// The only argument of the only kernel.
kernel_argument argument(const std::string& text, const macro_list& macros = {}) {
  const kernel_signature kernel = only(text, macros);
  REQUIRE(kernel.arguments.size() == 1);
  return kernel.arguments[0];
}

/// The argument that `declaration` makes.
kernel_argument declared(const std::string& declaration) {
  return argument("kernel void k(" + declaration + ") {}");
}

/// The size of `type` in a program that begins with `text`.
std::size_t size_of(const std::string& text, const std::string& type) {
  return argument(text + "\nkernel void k(global " + type + "* x) {}").size_bytes;
}

std::size_t private_bytes(const std::string& body) {
  return only("kernel void k() {" + body + "}").private_bytes;
}

std::string shown(const std::string& text, const macro_list& macros = {}) {
  return to_string(only(text, macros));
}

constexpr element_type f32{scalar::f32, 1};

} // namespace

TEST_CASE("a kernel's signature") {
  const kernel_signature kernel =
      only("\n__kernel void saxpy(const float a, __global const float* restrict x,\n"
           "                    __global float* y) { }\n");
  CHECK(kernel.name == "saxpy");
  CHECK(kernel.where.line == 2);
  CHECK(to_string(kernel) == "kernel void saxpy(float a, global const float* restrict x, global float* y)");
  REQUIRE(kernel.arguments.size() == 3);
  CHECK(
      kernel.arguments[0]
      == kernel_argument{.name = "a", .type = "float", .spelled = "float", .element = f32, .size_bytes = 4});
  CHECK(kernel.arguments[1]
        == kernel_argument{.name = "x",
                           .type = "float*",
                           .spelled = "float*",
                           .kind = argument_kind::buffer,
                           .space = address_space::global,
                           .is_const = true,
                           .is_restrict = true,
                           .element = f32,
                           .size_bytes = 4});
  CHECK_FALSE(kernel.arguments[2].is_const);
}

TEST_CASE("what is a kernel") {
  CHECK(parse_signatures("").empty());
  CHECK(parse_signatures("void f(int x) {} int y; kernel void prototype(int x);").empty());
  CHECK(parse_signatures("// kernel void a() {}\n/* kernel void b() {} */ char* s = \"kernel void c() {}\";")
            .empty());
  CHECK(only("void kernel k(void) {}").arguments.empty());
  CHECK(only("extern \"C\" { kernel void k() {} }").name == "k");
  CHECK(only("template<class T> T f(T x) { return x; }\nkernel void k() {}").name == "k");
  CHECK(only("FOO(a, b) struct x { int y; }\n; @ kernel void k() {}").name == "k");
  SUBCASE("they come in order") {
    const auto kernels = parse_signatures("kernel void b() {} kernel void a() {}");
    REQUIRE(kernels.size() == 2);
    CHECK(kernels[0].name == "b");
  }
}

TEST_CASE("where a kernel is, #line has the last word") {
  CHECK(only("#line 1 \"a.cl\"\n#line 7 \"b \\\"x\\\".h\"\n\nkernel void k() {}").where
        == source_location{"b \"x\".h", 8, 0});
  CHECK(only("/* two\nlines */ kernel\nvoid k() {}").where.line == 3);
  CHECK(only("int a; \\\n\nkernel void k() {}").where.line == 3);
}

TEST_CASE("address spaces, const, restrict and volatile in any place") {
  for (const char* text : {"global const float* x", "const global float* x", "__global float const* x",
                           "float const __global *x", "const float global* x", "global const float x[]",
                           "global const float x[16]", "global __const float *x"}) {
    const kernel_argument x = declared(text);
    CAPTURE(text);
    CHECK(x.type == "float*");
    CHECK(x.kind == argument_kind::buffer);
    CHECK(x.space == address_space::global);
    CHECK(x.is_const);
    CHECK(x.element == f32);
  }
  CHECK(declared("local float* x").kind == argument_kind::local);
  CHECK(declared("__local float* x").space == address_space::local);
  CHECK(declared("constant float* x").kind == argument_kind::buffer);
  CHECK(declared("constant float* x").is_const);
  CHECK_FALSE(declared("global float* const x").is_const);
  for (const char* word : {"restrict", "__restrict", "__restrict__"})
    CHECK(declared("global float* " + std::string(word) + " x").is_restrict);
  CHECK(declared("volatile global int* x").is_volatile);
  CHECK(declared("__attribute__((aligned(4))) global float* x").type == "float*");
  CHECK(declared("global float* x __attribute__((unused))").name == "x");
}

TEST_CASE("number types have one name however they are written") {
  CHECK(declared("unsigned int x").type == "uint");
  CHECK(declared("unsigned int x").spelled == "unsigned int");
  CHECK(declared("unsigned x").type == "uint");
  CHECK(declared("long unsigned int x").type == "ulong");
  CHECK(declared("short int x").type == "short");
  CHECK(declared("signed char x").type == "char");
  CHECK(declared("global unsigned const char* x").type == "uchar*");
  CHECK(declared("half x").size_bytes == 2);
  CHECK(declared("double16 x").element == element_type{scalar::f64, 16});
  CHECK(declared("float3 x").size_bytes == 16);
  CHECK(declared("global atomic_int* x").element == element_type{scalar::i32, 1});
}

TEST_CASE("images, samplers, pipes") {
  CHECK(declared("read_only image2d_t x").kind == argument_kind::image);
  CHECK(declared("image2d_t x").access == access_qualifier::read_only);
  CHECK(declared("__write_only image3d_t x").access == access_qualifier::write_only);
  CHECK(declared("read_write image1d_buffer_t x").access == access_qualifier::read_write);
  CHECK(declared("sampler_t x").kind == argument_kind::sampler);
  CHECK(declared("read_only pipe int x").kind == argument_kind::other);
  CHECK(declared("queue_t x").kind == argument_kind::other);
  CHECK(shown("kernel void k(read_only image2d_t i, local int* l, sampler_t s) {}")
        == "kernel void k(read_only image2d_t i, local int* l, sampler_t s)");
}

TEST_CASE("what no kernel may take is read without harm") {
  CHECK(declared("size_t x").size_bytes == 0);
  CHECK(declared("bool x").size_bytes == 1);
  CHECK(declared("global void* x").element == std::nullopt);
  CHECK(declared("global float** x").kind == argument_kind::other);
  CHECK(declared("float* x").kind == argument_kind::other);
  CHECK(declared("global float (*x)[2][3]").type == "float[2][3]*");
  CHECK(declared("global float x[2][3]").type == "float[3]*");
  CHECK(declared("global mystery* x").kind == argument_kind::buffer);
  CHECK(declared("global mystery* x").size_bytes == 0);
  CHECK(declared("mystery<int> x").name == "x");
}

TEST_CASE("typedefs are followed, the spelling is kept") {
  const std::string text = "typedef unsigned int u32; typedef u32 word; typedef __global const word* words;";
  const kernel_argument x = argument(text + "kernel void k(words restrict x) {}");
  CHECK(x.type == "uint*");
  CHECK(x.spelled == "words");
  CHECK(x.kind == argument_kind::buffer);
  CHECK(x.is_const);
  CHECK(x.is_restrict);
  CHECK(argument("typedef float v4 __attribute__((ext_vector_type(4))); kernel void k(v4 x) {}").type
        == "float4");
  CHECK(argument("typedef struct { int a; } pair; kernel void k(pair x) {}").type == "pair");
  CHECK(argument("typedef struct ray { int a; } ray_t; kernel void k(global ray_t* x) {}").type
        == "struct ray*");
  CHECK(argument("typedef struct ray { int a; } ray_t; kernel void k(global ray_t* x) {}").spelled
        == "ray_t*");
}

TEST_CASE("structs and unions are measured") {
  CHECK(size_of("struct s { char a; int b; };", "struct s") == 8);
  CHECK(size_of("struct s { char a; double b; char c; };", "struct s") == 24);
  CHECK(size_of("struct s { float3 a; float b; };", "struct s") == 32);
  CHECK(size_of("struct s { char a[3]; short b[2][3]; };", "struct s") == 16);
  CHECK(size_of("union u { double d; char c[9]; };", "union u") == 16);
  CHECK(size_of("struct in { char a; int b; }; struct s { char c; struct in i[2]; };", "struct s") == 20);
  CHECK(size_of("struct s { char c; struct { short a, b; } in; union { int x; char y; }; };", "struct s")
        == 12);
  CHECK(size_of("typedef enum { A, B } e; struct s { char c; e x; };", "struct s") == 8);
  SUBCASE("packed and aligned") {
    CHECK(size_of("struct __attribute__((packed)) s { char a; int b; };", "struct s") == 5);
    CHECK(size_of("struct s { char a; int b; } __attribute__((__packed__));", "struct s") == 5);
    CHECK(size_of("struct s { char a; int b __attribute__((packed)); };", "struct s") == 5);
    CHECK(size_of("struct s { char a; int b __attribute__((aligned(32))); };", "struct s") == 64);
    CHECK(size_of("struct s { char a; } __attribute__((packed, aligned(8)));", "struct s") == 8);
    CHECK(size_of("#pragma pack(push, 2)\nstruct s { char a; int b; double c; };\n#pragma pack(pop)\n",
                  "struct s")
          == 14);
  }
  SUBCASE("sizes no one can know are 0") {
    CHECK(size_of("struct s { int a : 3; };", "struct s") == 0);
    CHECK(size_of("struct s;", "struct s") == 0);
    CHECK(size_of("struct s { mystery m; };", "struct s") == 0);
    CHECK(size_of("struct s { size_t n; };", "struct s") == 0);
    CHECK(size_of("struct s { global int* p; };", "struct s") == 0);
  }
}

TEST_CASE("conditions are decided as the compiler will") {
  const std::string text = "#if defined(cl_khr_fp64) && LEVEL >= 2\ntypedef double T;\n#elif defined TWO\n"
                           "typedef float2 T;\n#else\ntypedef float T;\n#endif\nkernel void k(T x) {}";
  CHECK(argument(text).type == "float");
  CHECK(argument(text, {{"TWO", "1"}}).type == "float2");
  CHECK(argument(text, {{"cl_khr_fp64", "1"}, {"LEVEL", "2"}}).type == "double");
  for (const char* truth :
       {"1 ? 1 : 0", "(3 << 2) == 12 && !0", "-1 < 0", "0xFFFFFFFFFFFFFFFF > 0", "-1 > 0u", "'a' == 97",
        "010 == 8", "1 || 1 / 0", "~0 == -1", "7 % 4 == 3", "!UNKNOWN", "!defined X && !defined ( X )",
        "!__has_builtin(x)", "2 - 1 - 1 == 0"}) {
    CAPTURE(truth);
    CHECK(parse_signatures("#if " + std::string(truth) + "\nkernel void k() {}\n#endif").size() == 1);
    CHECK(parse_signatures("#if !(" + std::string(truth) + ")\nkernel void k() {}\n#endif").empty());
  }
  CHECK(parse_signatures("#if 0\n#if 1\n#else\nkernel void a() {}\n#endif\nkernel void b() {}\n#endif")
            .empty());
  CHECK(only("#ifdef A\n#elif 1\nkernel void k() {}\n#elif 1\nkernel void l() {}\n#else\nkernel void m() "
             "{}\n#endif")
            .name
        == "k");
}

TEST_CASE("macros are expanded as the compiler will") {
  CHECK(shown("#define KERNEL(name) __kernel void name##_k(__global T* restrict x)\nKERNEL(scale) {}",
              {{"T", "float4"}})
        == "kernel void scale_k(global float4* restrict x)");
  CHECK(shown("#define ARG(t, n) global t* n\nkernel void k(ARG(float,\n a), ARG(int2, b)) {}")
        == "kernel void k(global float* a, global int2* b)");
  CHECK(shown("#define CAT_(a, b) a##b\n#define CAT(a, b) CAT_(a, b)\n#define W 4\nkernel void k(CAT(float, "
              "W) x) {}")
        == "kernel void k(float4 x)");
  CHECK(shown("#define ARGS(first, ...) first, ## __VA_ARGS__\nkernel void k(ARGS(int a)) {}")
        == "kernel void k(int a)");
  CHECK(shown("#define ARGS(first, rest...) first, rest\nkernel void k(ARGS(int a, int b, int c)) {}")
        == "kernel void k(int a, int b, int c)");
  CHECK(shown("#define f(x) x\n#define g f\nkernel void k(f(f(int)) f(g(x))) {}") == "kernel void k(int x)");
  CHECK(shown("#define foo foo_\n#define foo_ foo\nkernel void foo() {}") == "kernel void foo()");
  CHECK(shown("#define T int\n#undef T\n#define T float\nkernel void k(T x) {}") == "kernel void k(float x)");
  CHECK(shown("%:define T int\nkernel void k(T x) <% %>") == "kernel void k(int x)");
  CHECK(shown("kernel void k(P(int) x) {}", {{"P(t)", "global t*"}}) == "kernel void k(global int* x)");
  CHECK(shown("#define S(x) #x\nchar* s = S(a \"b\\n\" ')');\nkernel void k() {}") == "kernel void k()");
  CHECK(only("#define E\n#define D(a) a ## E\nkernel void D(x)() {}").name == "xE");
  CHECK(only("#define J(a, b) a ## b\nkernel void J(,y)() {}").name == "y");
}

TEST_CASE("reqd_work_group_size") {
  using size = std::array<std::size_t, 3>;
  CHECK(only("kernel void k() {}").required_local == size{0, 0, 0});
  CHECK(only("__attribute__((reqd_work_group_size(8, 4, 1))) kernel void k() {}").required_local
        == size{8, 4, 1});
  CHECK(only("kernel __attribute__((vec_type_hint(float4), reqd_work_group_size(W * 2, 1, 1))) void k() {}",
             {{"W", "16"}})
            .required_local
        == size{32, 1, 1});
  CHECK(only("kernel void __attribute__((work_group_size_hint(9, 9, 9))) k() {}").required_local
        == size{0, 0, 0});
  CHECK(only("kernel void k() __attribute__((reqd_work_group_size(2, 1, 1))); kernel void k() {}")
            .required_local
        == size{2, 1, 1});
}

TEST_CASE("private arrays are added up, over the functions that the kernel may call") {
  CHECK(private_bytes("int i; float4 v; float* p;") == 0);
  CHECK(private_bytes("int a[4]; float b[2][3], c, d[1];") == 16 + 24 + 4);
  CHECK(private_bytes("for (int a[2] = {0, 1}; a[0]; ) { const float b[] = {1, 2, 3,}; }") == 8 + 12);
  CHECK(private_bytes("struct { int a[4]; } s[2]; struct { int a; } t;") == 32);
  CHECK(private_bytes("local int a[4]; __constant int b[4] = {0}; static int c[4]; typedef int d[4];") == 0);
  CHECK(private_bytes("private int a[4]; global int* p[2];") == 16 + 16);
  CHECK(private_bytes("enum { N = 3 }; int a[N * 2]; char b[sizeof(int4)]; x = y * a[4]; return a[2];")
        == 24 + 16);
  const std::string program = "int deepest(int x) { int a[100]; return x; } int unused() { int a[1000]; }\n"
                              "int deeper(int x) { int y[2] = {deepest(x), 1}; return y[0]; }\n"
                              "kernel void k() { int z = deeper(1); }";
  CHECK(only(program).private_bytes == 408);
  CHECK(only("void a(int); void b(int x) { int y[1]; a(x); } void a(int x) { int y[2]; b(x); }\n"
             "kernel void k() { a(1); }")
            .private_bytes
        == 12);
  SUBCASE("an array of unknown size is noted") {
    CHECK_FALSE(only("kernel void k() { int a[2]; }").unsized_private_array);
    CHECK(only("kernel void k(int n) { int a[n]; }").unsized_private_array);
    CHECK(only("void f() { mystery a[3]; } kernel void k(int n) { f(); }").unsized_private_array);
  }
}

TEST_CASE("printf is noted through calls") {
  CHECK(only("kernel void k() { printf(\"x\"); }").uses_printf);
  CHECK(only("void f() { if (1) printf(\"x\"); } kernel void k() { f(); }").uses_printf);
  CHECK_FALSE(only("void f() { printf(\"x\"); } kernel void k() { int printf; /* printf() */ }").uses_printf);
  CHECK(only("#define LOG(x) printf(x)\nkernel void k() { LOG(\"x\"); }").uses_printf);
}

TEST_CASE("a macro bomb, deep nesting and other garbage end soon") {
  std::string bomb = "kernel void before() {}\n#define A0 x x\n";
  for (int i = 1; i < 40; ++i)
    bomb +=
        "#define A" + std::to_string(i) + " A" + std::to_string(i - 1) + " A" + std::to_string(i - 1) + "\n";
  CHECK(parse_signatures(bomb + "A39\nkernel void after() {}").at(0).name == "before");

  std::string pasting = "#define C(a) a##a\n#define B0 y\n";
  for (int i = 0; i < 60; ++i) pasting += "#define P" + std::to_string(i) + "(x) x##x##x##x\n";
  std::string nested = "z";
  for (int i = 0; i < 60; ++i) nested = "P" + std::to_string(i) + "(" + nested + ")";
  CHECK(parse_signatures(pasting + nested).empty());

  for (const char* open :
       {"(", "[", "{", "int (*", "struct {", "sizeof(int[", "a(", "#if 1\n", "kernel ", "f(f(", "int x[",
        "__attribute__((aligned(", "enum {a=", "x ? y : ", "- ", "* ", "[1]", "kernel void f(", "\\\n"}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += open;
    CAPTURE(open);
    CHECK(parse_signatures("#define f(x) x x\n" + text).empty());
    CHECK(parse_signatures("#if " + text).empty());
    CHECK(parse_signatures("int x[" + text + "];").empty());
    CHECK(parse_signatures("int " + text + " x" + text + ";").empty());
  }
}

TEST_CASE("damaged programs are read without harm") {
  const std::string good =
      "#define K(n, ...) kernel void n(__VA_ARGS__)\n#if X > 2 || defined(Y)\n"
      "typedef struct __attribute__((packed)) s { char a; int b[3], c : 2; union { int d; }; } S;\n"
      "#endif\nenum e { A = 1, B = sizeof(int) << 2 };\n#pragma pack(push, 1)\n"
      "float f(const float3 x) { int a[B][2] = {{1}}; return x.s0 * a[1]; }\n"
      "__attribute__((reqd_work_group_size(8, 1, 1)))\nK(one, global S* restrict a, local int b[4]) "
      "{ for (int i[2]; ; ) printf(\"%d\", f(1)); }\n#line 9 \"x\"\n"
      "kernel void two(read_only image2d_t i, sampler_t s, void (*g)(int), pipe int p) { S t[2]; }\n";
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (auto change = random() % 8 + 1; change > 0; --change) {
      const std::size_t at = random() % text.size();
      const char byte = random() % 4 ? "(){}[]#,;*\n\\\"' :"[random() % 17] : static_cast<char>(random());
      if (random() % 3 == 0)
        text.erase(at, random() % 6 + 1);
      else if (random() % 2)
        text.insert(at, text, random() % text.size(), random() % 20);
      else
        text[at] = byte;
      text += ' ';
    }
    const auto kernels = parse_signatures(text, {{"X", "3"}});
    CHECK(kernels.size() < 10);
    for (const kernel_signature& kernel : kernels) CHECK_FALSE(to_string(kernel).empty());
  }
}
