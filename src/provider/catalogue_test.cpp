#include "provider/catalogue.hpp"

#include <gtest/gtest.h>

namespace wayleave::provider {
namespace {

TEST(Catalogue, ShippedFilesLoad) {
  const auto catalogue = Catalogue::load(Catalogue::embedded(), {});
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().detail;
  EXPECT_EQ(catalogue->all().size(), Catalogue::embedded().size());
}

}  // namespace
}  // namespace wayleave::provider
