// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/hash.hpp>

using namespace clotho;

namespace {
std::string sum(std::string_view text) { return to_hex(sha256().update(text).finish()); }
} // namespace

TEST_CASE("SHA-256 gives the published digests") { // FIPS 180-4 examples
  CHECK(sum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sum(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("how the text is cut does not matter, where a field ends does") {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(to_hex(sha256().update(text.substr(0, cut)).update(text.substr(cut)).finish()) == sum(text));
  CHECK(sha256().field("ab").field("c").finish() != sha256().field("a").field("bc").finish());
}
