#include "net/tls_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "net/testing/certificate.hpp"

namespace wayleave::net {
namespace {

using testing::Certificate;
using ::testing::HasSubstr;
using testing::make_certificate;
using testing::TemporaryFile;

Error error_of(const std::string& certificate, const std::string& key) {
  const auto loaded = TlsIdentity::load({certificate, key});
  EXPECT_FALSE(loaded);
  return loaded ? Error{} : loaded.error();
}

class TlsIdentityTest : public ::testing::Test {
 protected:
  Certificate authority_ =
      make_certificate({.common_name = "CA", .alt_names = "", .authority = true});
  Certificate leaf_ =
      make_certificate({.alt_names = "DNS:gw.example,DNS:*.gw.example,IP:10.0.0.1"}, &authority_);
  TemporaryFile chain_{leaf_.pem() + authority_.pem()};
  TemporaryFile key_{leaf_.key_pem()};
};

TEST_F(TlsIdentityTest, KnowsItsTimesAndNames) {
  const auto identity = TlsIdentity::load({chain_.path(), key_.path()});
  ASSERT_TRUE(identity) << identity.error().detail;
  const Instant now = SystemClock().now();
  EXPECT_LT(identity->begins(), now);
  EXPECT_GT(identity->ends(), now + Millis{3'500'000});
  EXPECT_LT(identity->ends(), now + Millis{3'700'000});
  EXPECT_TRUE(identity->covers("gw.example"));
  EXPECT_TRUE(identity->covers("a.gw.example"));
  EXPECT_TRUE(identity->covers("10.0.0.1"));
  EXPECT_FALSE(identity->covers("gw.example.org"));
  EXPECT_FALSE(identity->covers("10.0.0.2"));
}

TEST_F(TlsIdentityTest, TakesOneThatHasExpired) {  // its operator is told, its clients refuse it
  const Certificate old = make_certificate({.begins_s = -7200, .ends_s = -60});
  const TemporaryFile certificate(old.pem());
  const TemporaryFile key(old.key_pem());
  const auto identity = TlsIdentity::load({certificate.path(), key.path()});
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_LT(identity->ends(), SystemClock().now());
}

TEST_F(TlsIdentityTest, SaysWhichOptionIsWrongAndHowToMendIt) {
  const TemporaryFile junk("no pem");
  const TemporaryFile broken(leaf_.pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n");
  const TemporaryFile other(make_certificate({}).key_pem());
  const TemporaryFile locked(leaf_.key_pem("secret words"));

  const std::string missing = ::testing::TempDir() + "no-such-file.pem";
  Error error = error_of(missing, key_.path());
  EXPECT_EQ(error.field, "tls-cert");
  EXPECT_THAT(error.detail, HasSubstr("--tls-cert: cannot read " + missing + ": No such file"));
  EXPECT_EQ(error_of(::testing::TempDir(), key_.path()).field, "tls-cert");
  EXPECT_THAT(error_of(junk.path(), key_.path()).detail, HasSubstr("no readable certificate"));
  EXPECT_THAT(error_of(broken.path(), key_.path()).detail, HasSubstr("broken certificate"));
  EXPECT_EQ(error_of(chain_.path(), missing).field, "tls-key");
  EXPECT_THAT(error_of(chain_.path(), junk.path()).detail, HasSubstr("no readable private key"));
  error = error_of(chain_.path(), other.path());
  EXPECT_EQ(error.field, "tls-key");
  EXPECT_THAT(error.detail, HasSubstr("issued together"));
  EXPECT_THAT(error_of(chain_.path(), locked.path()).detail, HasSubstr("passphrase"));
}

TEST_F(TlsIdentityTest, RefusesAWeakKey) {  // OP-08
  const Certificate weak = make_certificate({.rsa_bits = 1024});
  const TemporaryFile certificate(weak.pem());
  const TemporaryFile key(weak.key_pem());
  const Error error = error_of(certificate.path(), key.path());
  EXPECT_EQ(error.field, "tls-cert");
  EXPECT_THAT(error.detail, HasSubstr("2048"));
}

}  // namespace
}  // namespace wayleave::net
