#include "access/address_list.hpp"

#include <gtest/gtest.h>

namespace wayleave::access {
namespace {

AddressList list(const std::vector<std::string>& networks) {
  return AddressList::parse(networks).value();
}

TEST(AddressListTest, AnEmptyListAllowsEveryAddress) {
  EXPECT_TRUE(AddressList{}.allows("203.0.113.7"));
  EXPECT_TRUE(AddressList{}.allows("anything"));
}

TEST(AddressListTest, HoldsWhatLiesInItsNetworks) {  // AK-05
  const auto inside = list({"10.0.0.0/8", "203.0.113.7", "2001:db8::/33", "::1"});
  for (const char* address : {"10.0.0.0",
                              "10.255.255.255",
                              "::ffff:10.1.2.3",
                              "203.0.113.7",
                              "2001:db8:7fff::1",
                              "::1",
                              "::1%lo"}) {
    EXPECT_TRUE(inside.allows(address)) << address;
  }
  for (const char* address : {"11.0.0.0",
                              "9.255.255.255",
                              "::ffff:11.0.0.0",
                              "::10.0.0.1",
                              "203.0.113.6",
                              "2001:db8:8000::1",
                              "::2",
                              "",
                              "10.0.0",
                              "localhost"}) {
    EXPECT_FALSE(inside.allows(address)) << address;
  }
}

TEST(AddressListTest, WholeKindsDoNotHoldEachOther) {
  EXPECT_TRUE(list({"0.0.0.0/0"}).allows("198.51.100.1"));
  EXPECT_FALSE(list({"0.0.0.0/0"}).allows("2001:db8::1"));
  EXPECT_TRUE(list({"::/0"}).allows("2001:db8::1"));
  EXPECT_FALSE(list({"::/0"}).allows("198.51.100.1"));
  EXPECT_FALSE(list({"::/0"}).allows("::ffff:198.51.100.1"));
}

TEST(AddressListTest, IsStoredInOneSpelling) {
  const auto given = list({"10.1.2.3", "::ffff:10.0.0.0/104", "2001:DB8:0:0::/32", "0.0.0.0/0"});
  EXPECT_EQ(given.texts(),
            (std::vector<std::string>{"10.1.2.3/32", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"}));
  EXPECT_EQ(AddressList::from_stored(given.stored()).texts(), given.texts());
  EXPECT_TRUE(AddressList::from_stored("").empty());
}

TEST(AddressListTest, ADamagedListAllowsNothing) {
  const auto none = AddressList::from_stored("10.0.0.0/8,nonsense");
  for (const char* address : {"10.0.0.1", "::1", "0.0.0.0", "::ffff:0.0.0.0", "::ffff:0:0"}) {
    EXPECT_FALSE(none.allows(address)) << address;
  }
}

TEST(AddressListTest, RefusesWhatIsNoNetwork) {
  for (const char* text : {"",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/-1",
                           "10.0.0.0/8/8",
                           "::/129",
                           "::ffff:0.0.0.0/95",
                           "10.0.0",
                           "fe80::1%eth0",
                           "example.com",
                           "10.0.0.1/8",
                           "2001:db8::1/32",
                           "10.0.0.0 /8"}) {
    const auto parsed = AddressList::parse({text});
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().field, "allowedAddresses");
  }
  EXPECT_NE(AddressList::parse({"10.1.2.3/8"}).error().detail.find("10.0.0.0/8"),
            std::string::npos);
  EXPECT_FALSE(AddressList::parse(std::vector<std::string>(101, "::1")));
}

}  // namespace
}  // namespace wayleave::access
