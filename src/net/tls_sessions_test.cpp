#include "net/tls_sessions.hpp"

#include <gtest/gtest.h>

#include "net/worker/test_tls.hpp"

namespace wayleave::net {
namespace {

/// Connects once; whether the session was resumed. Empty: refused.
std::optional<bool> connect(const TlsContext& client, TlsSessions& sessions, SSL_CTX* server) {
  test::TlsPair pair(client.new_connection("localhost", sessions), server);
  if (!pair.handshake()) return std::nullopt;
  pair.greet();
  const bool resumed = SSL_session_reused(pair.client->ssl) == 1;
  EXPECT_EQ(resumed, SSL_session_reused(pair.server->ssl) == 1);
  pair.client->io.close();
  return resumed;
}

TEST(TlsSessions, TheSecondConnectionIsResumed) {
  const test::TestTls tls;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto server = test::make_server(tls.leaf, version);
    TlsSessions sessions;
    EXPECT_EQ(connect(tls.client, sessions, server.get()), false) << version;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(connect(tls.client, sessions, server.get()), true);
  }
}

TEST(TlsSessions, ASessionOfTls13IsUsedOnce) {
  const test::TestTls tls;
  const auto server = test::make_server(tls.leaf);
  SSL_CTX_set_num_tickets(server.get(), 1);
  TlsSessions sessions;
  EXPECT_EQ(connect(tls.client, sessions, server.get()), false);
  EXPECT_EQ(sessions.size(), 1U);
  const auto first = tls.client.new_connection("localhost", sessions);
  EXPECT_EQ(sessions.size(), 0U);
  const auto second = tls.client.new_connection("localhost", sessions);
  EXPECT_EQ(SSL_get0_session(second.get()), nullptr);
}

TEST(TlsSessions, AServerThatRefusesThemWorks) {
  const test::TestTls tls;
  const auto first = test::make_server(tls.leaf);
  const auto restarted = test::make_server(tls.leaf);  // knows no ticket of the first
  TlsSessions sessions;
  EXPECT_EQ(connect(tls.client, sessions, first.get()), false);
  EXPECT_EQ(connect(tls.client, sessions, restarted.get()), false);
  SSL_CTX_set_num_tickets(restarted.get(), 0);
  EXPECT_EQ(connect(tls.client, sessions, restarted.get()), true);
  sessions.clear();
  EXPECT_EQ(connect(tls.client, sessions, restarted.get()), false);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST(TlsSessions, OneVerificationDoesNotServeAnother) {  // OA-15
  const test::TestTls tls;
  const auto server = test::make_server(tls.leaf);
  TlsSessions sessions;
  EXPECT_EQ(connect(tls.client, sessions, server.get()), false);
  const auto elsewhere = tls.client.new_connection("other.example", sessions);
  EXPECT_EQ(SSL_get0_session(elsewhere.get()), nullptr);
  EXPECT_EQ(sessions.size(), 0U);
  EXPECT_EQ(connect(tls.client, sessions, server.get()), false);
  const TlsContext distrusting = TlsContext::create({}).value();
  EXPECT_EQ(connect(distrusting, sessions, server.get()), std::nullopt);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST(TlsSessions, EndWithTheCertificateThatWasVerified) {  // OA-15
  const test::TestTls tls;
  const auto brief = testing::make_certificate({.ends_s = 2}, &tls.authority);
  const auto server = test::make_server(brief);
  TlsSessions sessions;
  ASSERT_EQ(connect(tls.client, sessions, server.get()), false);
  ASSERT_GT(sessions.size(), 0U);
  while (X509_cmp_current_time(X509_get0_notAfter(brief.x509.get())) > 0) {
  }
  EXPECT_EQ(connect(tls.client, sessions, server.get()), std::nullopt);
}

TEST(TlsSessions, AreBounded) {
  const test::TestTls tls;
  const auto server = test::make_server(tls.leaf);
  SSL_CTX_set_num_tickets(server.get(), 3 * TlsSessions::kKept);
  TlsSessions sessions;
  EXPECT_EQ(connect(tls.client, sessions, server.get()), false);
  EXPECT_EQ(sessions.size(), TlsSessions::kKept);
}

}  // namespace
}  // namespace wayleave::net
