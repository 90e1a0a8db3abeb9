#include "net/tls_acceptor.hpp"

#include <gtest/gtest.h>

#include "net/worker/test_tls.hpp"

namespace wayleave::net {
namespace {

using testing::Certificate;
using testing::TemporaryFile;

TlsIdentity identity_of(const Certificate& certificate) {
  const TemporaryFile chain(certificate.pem());
  const TemporaryFile key(certificate.key_pem());
  return TlsIdentity::load({chain.path(), key.path()}).value();
}

class TlsAcceptorTest : public ::testing::Test {
 protected:
  /// Connects with what `set` makes of a client; whether both sides agreed.
  bool connect(const std::function<void(SSL*)>& set) {
    test::TlsPair pair(tls_.client.new_connection("localhost"), acceptor_->new_connection(now_));
    set(pair.client->ssl);
    const bool agreed = pair.handshake();
    seen_version_ = SSL_version(pair.client->ssl);
    seen_cipher_ = SSL_get_cipher_name(pair.client->ssl);
    return agreed;
  }
  bool resumes(TlsSessions& sessions) {
    test::TlsPair pair(tls_.client.new_connection("localhost", sessions),
                       acceptor_->new_connection(now_));
    EXPECT_TRUE(pair.handshake());
    pair.greet();
    return SSL_session_reused(pair.client->ssl) == 1;
  }

  test::TestTls tls_;
  Tick now_{};
  std::unique_ptr<TlsAcceptor> acceptor_ =
      TlsAcceptor::create(identity_of(tls_.leaf), now_).value();
  int seen_version_ = 0;
  std::string seen_cipher_;
};

TEST_F(TlsAcceptorTest, SpeaksTls12And13Only) {  // OP-08
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_TRUE(connect([&](SSL* ssl) { SSL_set_max_proto_version(ssl, version); }));
    EXPECT_EQ(seen_version_, version);
  }
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_FALSE(connect([&](SSL* ssl) {
      SSL_set_security_level(ssl, 0);
      SSL_set_cipher_list(ssl, "ALL:@SECLEVEL=0");
      SSL_set_min_proto_version(ssl, version);
      SSL_set_max_proto_version(ssl, version);
    }));
  }
}

TEST_F(TlsAcceptorTest, HasForwardSecrecyAndAuthenticatedEncryptionOnly) {  // OP-08
  const auto only = [](const char* ciphers) {
    return [ciphers](SSL* ssl) {
      SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
      SSL_set_cipher_list(ssl, ciphers);
    };
  };
  EXPECT_TRUE(connect(only("ECDHE-ECDSA-AES128-GCM-SHA256")));
  EXPECT_TRUE(connect(only("ECDHE-ECDSA-CHACHA20-POLY1305")));
  EXPECT_FALSE(connect(only("ECDHE-ECDSA-AES256-SHA384")));  // CBC
  EXPECT_FALSE(connect(only("ECDHE-ECDSA-AES128-SHA")));
}

TEST_F(TlsAcceptorTest, ChoosesHttp11AndNothingElse) {
  const auto offer = [](const char* protocols) {
    return [protocols](SSL* ssl) {
      SSL_set_alpn_protos(ssl,
                          reinterpret_cast<const unsigned char*>(protocols),
                          static_cast<unsigned>(std::strlen(protocols)));
    };
  };
  EXPECT_TRUE(connect(offer("\x08http/1.1")));
  EXPECT_TRUE(connect(offer("\x02h2\x08http/1.1")));
  EXPECT_TRUE(connect([](SSL* ssl) { SSL_set_alpn_protos(ssl, nullptr, 0); })) << "no ALPN at all";
  EXPECT_FALSE(connect(offer("\x02h2")));
  EXPECT_FALSE(connect(offer("\x08http/1.0")));
}

TEST_F(TlsAcceptorTest, RefusesToRenegotiate) {  // OP-08
  test::TlsPair pair(tls_.client.new_connection("localhost"), acceptor_->new_connection(now_));
  SSL_set_max_proto_version(pair.client->ssl, TLS1_2_VERSION);
  SSL_clear_options(pair.client->ssl, SSL_OP_NO_RENEGOTIATION);
  ASSERT_TRUE(pair.handshake());
  ASSERT_EQ(SSL_renegotiate(pair.client->ssl), 1);
  (void)pair.client->io.handshake();
  pair.server->tell();
  pair.server->read_all();
  pair.client->tell();
  EXPECT_EQ(pair.client->io.handshake(), Transport::State::Failed);  // a no_renegotiation alert
}

TEST_F(TlsAcceptorTest, ResumesSessionsWhileTheirKeyLives) {
  TlsSessions sessions;
  EXPECT_FALSE(resumes(sessions));
  EXPECT_TRUE(resumes(sessions));
  now_ += TlsAcceptor::kTicketKeyLife;
  EXPECT_FALSE(resumes(sessions)) << "the key of the old tickets is gone";
  EXPECT_TRUE(resumes(sessions));
}

TEST_F(TlsAcceptorTest, ShowsTheNewIdentityToNewConnectionsOnly) {
  test::TlsPair before(tls_.client.new_connection("localhost"), acceptor_->new_connection(now_));
  ASSERT_TRUE(before.handshake());
  const Certificate renewed = testing::make_certificate({}, &tls_.authority);
  ASSERT_TRUE(acceptor_->replace(identity_of(renewed), now_));
  test::TlsPair after(tls_.client.new_connection("localhost"), acceptor_->new_connection(now_));
  ASSERT_TRUE(after.handshake());
  const auto shown = [](const test::TlsPair& pair) {
    return SSL_get0_peer_certificate(pair.client->ssl);
  };
  EXPECT_EQ(X509_cmp(shown(before), tls_.leaf.x509.get()), 0);
  EXPECT_EQ(X509_cmp(shown(after), renewed.x509.get()), 0);
  before.greet();
}

}  // namespace
}  // namespace wayleave::net
