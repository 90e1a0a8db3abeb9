#include "connect/grants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wayleave::connect {
namespace {

using ::testing::ElementsAre;
using Kind = Permission::Kind;

provider::Scope scope(std::string name, std::string title, std::string grants) {
  provider::Scope made;
  made.name = std::move(name);
  made.title = std::move(title);
  made.grants = std::move(grants);
  return made;
}

TEST(Grants, AreWordedByTheProviderOnceEachWithTheOptionalOnesLast) {
  provider::Provider provider;
  provider.scopes = {scope("a.read", "Read A", "See your A"),
                     scope("a.list", "List A", "See your A"),
                     scope("b", "Title of B", ""),
                     scope("c", "", "")};
  const std::vector<std::string> required{"b", "a.read", "a.list", "c"};
  EXPECT_THAT(describe_scopes(provider, required, {"unknown", "b"}),
              ElementsAre(Permission{Kind::Other, "", "Title of B", false},
                          Permission{Kind::Read, "", "See your A", false},
                          Permission{Kind::Other, "", "c", false},
                          Permission{Kind::Other, "", "unknown", true}));
}

TEST(Grants, KnownNounsAreNamedInEveryLanguage) {
  const provider::Provider provider;
  const auto thing = [&](std::string name) {
    return describe_scopes(provider, {std::move(name)}, {}).front().thing;
  };
  EXPECT_EQ(thing("crm.objects.contacts.read"), "contacts");
  EXPECT_EQ(thing("crm.objects.contacts.write"), "contacts");
  EXPECT_EQ(thing("contacts:read"), "contacts");
  EXPECT_EQ(thing("https://api.example/auth/contacts.readonly"), "contacts");
  EXPECT_EQ(thing("tickets"), "tickets");
  // Two nouns are neither of them.
  EXPECT_EQ(thing("crm.schemas.contacts.read"), "");
  EXPECT_EQ(thing("crm.objects.contacts.sensitive.read"), "");
  EXPECT_EQ(thing("oauth"), "");
}

TEST(Grants, ReadingIsToldFromChanging) {
  const std::vector<std::pair<std::string, Kind>> rows{
      {"crm.objects.deals.read", Kind::Read},
      {"crm.objects.deals.sensitive.read.v2", Kind::Read},
      {"crm.objects.deals.write", Kind::Change},
      {"communication_preferences.read_write", Kind::Change},
      {"write:issues", Kind::Change},
      {"read:issues:write", Kind::Change},
      {"https://www.googleapis.com/auth/calendar.readonly", Kind::Read},
      {"https://write.example/auth/calendar", Kind::Other},
      {"conversations.visitor_identification.tokens.create", Kind::Change},
      {"oauth", Kind::Other},
      {"tickets", Kind::Other},
      {"readiness", Kind::Other},
      {"", Kind::Other}};
  for (const auto& [name, kind] : rows) EXPECT_EQ(kind_of_scope(name), kind) << name;
}

}  // namespace
}  // namespace wayleave::connect
