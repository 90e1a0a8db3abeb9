#include "net/egress.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace wayleave::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;

Egress::Permit permit(std::string_view text) { return Egress::Permit::parse(text).value(); }

TEST(IsPublic, RefusesBothEndsOfEverySpecialRange) {  // PX-06
  for (const auto* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.0",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.0.0",
                           "169.254.169.254",
                           "169.254.255.255",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.0",
                           "192.0.0.255",
                           "192.0.2.0",
                           "192.0.2.255",
                           "192.88.99.1",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.255",
                           "224.0.0.0",
                           "239.255.255.255",
                           "240.0.0.0",
                           "255.255.255.255",
                           // IPv6
                           "::",
                           "::1",
                           "fc00::",
                           "fdff::1",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff00::",
                           "ff02::1",
                           "ffff::",
                           "100::1",
                           "100:0:0:1::",
                           "64:ff9b:1::1",
                           "5f00::1",
                           "4000::1",
                           "1fff::1",
                           "2001::1",
                           "2001:1::1",
                           "2001:2::1",
                           "2001:10::1",
                           "2001:20::1",
                           "2001:1ff::1",
                           "2001:db8::1",
                           "2001:db8:ffff::1",
                           "3fff::1",
                           "3fff:fff::1",
                           // IPv4 inside IPv6
                           "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254",
                           "::ffff:10.0.0.1",
                           "::ffff:0.0.0.0",
                           "::127.0.0.1",
                           "::8.8.8.8",
                           "::ffff:0:8.8.8.8",
                           "64:ff9b::127.0.0.1",
                           "64:ff9b::10.1.2.3",
                           "64:ff9b::1:8.8.8.8",
                           "2002:7f00:1::",
                           "2002:a00:1::1",
                           "2002:c0a8:101::",
                           "2002:a9fe:a9fe::"}) {
    EXPECT_FALSE(is_public(make_address(text))) << text;
  }
  EXPECT_FALSE(is_public(make_address("fe80::1%1")));
}

TEST(IsPublic, TakesTheNeighboursOfTheSpecialRanges) {
  for (const auto* text : {"1.0.0.0",          "8.8.8.8",
                           "9.255.255.255",    "11.0.0.0",
                           "100.63.255.255",   "100.128.0.0",
                           "126.255.255.255",  "128.0.0.0",
                           "169.253.255.255",  "169.255.0.0",
                           "172.15.255.255",   "172.32.0.0",
                           "191.255.255.255",  "192.0.1.0",
                           "192.0.3.0",        "192.167.255.255",
                           "192.169.0.0",      "198.17.255.255",
                           "198.20.0.0",       "198.51.99.255",
                           "203.0.112.1",      "203.0.114.1",
                           "223.255.255.255",  "2000::1",
                           "2001:200::1",      "2001:4860:4860::8888",
                           "2001:db7::1",      "2001:db9::1",
                           "2606:4700::1111",  "3ffe::1",
                           "3fff:1000::1",     "::ffff:8.8.8.8",
                           "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public(make_address(text))) << text;
  }
}

TEST(Permit, IsHostAndPort) {
  EXPECT_EQ(permit("LocalHost:8080"), (Egress::Permit{"localhost", 8080}));
  EXPECT_EQ(permit("127.0.0.1:80"), (Egress::Permit{"127.0.0.1", 80}));
  EXPECT_EQ(permit("[0:0::1]:443"), (Egress::Permit{"::1", 443}));
  for (const auto* text : {"",
                           ":",
                           ":80",
                           "localhost",
                           "localhost:",
                           "localhost:0",
                           "localhost:65536",
                           "localhost:x",
                           "http://localhost:80",
                           "a:80/",
                           "a:80/x:1",
                           "u@a:80",
                           "[::1]",
                           "::1:80",
                           "a b:80",
                           "*:80",
                           "a.:80",
                           "127.1:80",
                           "a:80?x",
                           "a?:80"}) {
    EXPECT_FALSE(Egress::Permit::parse(text)) << text;
  }
}

TEST(Egress, RefusesPlainHttpAndLocalLiterals) {  // OA-15, PX-06
  const Egress egress;
  EXPECT_TRUE(egress.check_origin({true, "api.hubapi.com", 443}));
  EXPECT_TRUE(egress.check_origin({true, "8.8.8.8", 443}));
  EXPECT_TRUE(egress.check_origin({true, "localhost", 443})) << "a name is judged by its addresses";
  for (const Origin& origin : {Origin{false, "api.hubapi.com", 80},
                               Origin{false, "api.hubapi.com", 443},
                               Origin{true, "127.0.0.1", 443},
                               Origin{true, "::1", 443},
                               Origin{true, "::ffff:169.254.169.254", 443},
                               Origin{true, "0.0.0.0", 443}}) {
    const auto verdict = egress.check_origin(origin);
    ASSERT_FALSE(verdict) << origin.str();
    EXPECT_EQ(verdict.error().code, "host_not_allowed");
    EXPECT_EQ(verdict.error().kind, ErrorKind::Reject);
  }
}

TEST(Egress, APermitIsForOneHostAndPort) {
  const Egress egress({permit("localhost:8080"), permit("10.1.2.3:443")});
  EXPECT_TRUE(egress.check_origin({false, "localhost", 8080}));
  EXPECT_TRUE(egress.check_origin({true, "localhost", 8080}));
  EXPECT_TRUE(egress.check_origin({true, "10.1.2.3", 443}));
  EXPECT_FALSE(egress.check_origin({false, "localhost", 8081}));
  EXPECT_FALSE(egress.check_origin({true, "10.1.2.3", 444}));
  EXPECT_FALSE(egress.check_origin({true, "127.0.0.1", 8080})) << "same address, other name";
  EXPECT_TRUE(egress.admit({false, "localhost", 8080}, {make_address("127.0.0.1")}));
  EXPECT_FALSE(egress.admit({true, "localhost", 443}, {make_address("127.0.0.1")}));
}

TEST(Egress, AdmitsOnlyPublicAddresses) {  // PX-05
  const Egress egress;
  const Origin origin{true, "api.example.com", 8443};
  const auto mixed = egress.admit(origin,
                                  {make_address("127.0.0.1"),
                                   make_address("8.8.8.8"),
                                   make_address("10.0.0.1"),
                                   make_address("::1"),
                                   make_address("2606:4700::1111"),
                                   make_address("::ffff:1.1.1.1")});
  ASSERT_TRUE(mixed);
  ASSERT_EQ(mixed->size(), 3U);
  EXPECT_EQ((*mixed)[0].str(), "8.8.8.8:8443");
  EXPECT_EQ((*mixed)[1].str(), "[2606:4700::1111]:8443");
  EXPECT_EQ((*mixed)[2].str(), "1.1.1.1:8443");
  for (const std::vector<address>& resolved :
       {std::vector<address>{}, {make_address("127.0.0.1")}, {make_address("::ffff:10.0.0.1")}}) {
    const auto verdict = egress.admit(origin, resolved);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, "host_not_allowed");
  }
  EXPECT_FALSE(egress.admit({false, "api.example.com", 80}, {make_address("8.8.8.8")}));
}

}  // namespace
}  // namespace wayleave::net
