// The files of tests/data/providers: every rule of a provider file has one that breaks it and says
// in its first line which problem must be reported. The same files are held against
// schema/provider.json by tests/integration/provider_schema.test.mjs.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "provider/catalogue.hpp"

namespace wayleave::provider {

void PrintTo(const Source& source, std::ostream* out) { *out << source.name; }

namespace {

std::vector<Source> read(const std::string& folder) {
  auto sources = Catalogue::read_directory(std::string(WAYLEAVE_TEST_DATA) + "/" + folder);
  EXPECT_TRUE(sources.has_value());
  return sources.value_or(std::vector<Source>{});
}

/// What stands behind `# problem: ` in the first line.
std::string expected_problem(const std::string& text) {
  constexpr std::string_view mark = "# problem: ";
  EXPECT_TRUE(text.starts_with(mark)) << text;
  return text.substr(mark.size(), text.find('\n') - mark.size());
}

class WrongFile : public testing::TestWithParam<Source> {};

TEST_P(WrongFile, IsRefusedWithFileAndReason) {
  const Source& source = GetParam();
  const auto catalogue = Catalogue::load({source}, {});
  ASSERT_FALSE(catalogue.has_value());
  const std::string& detail = catalogue.error().detail;
  EXPECT_NE(detail.find(expected_problem(source.text)), std::string::npos) << detail;
  EXPECT_TRUE(detail.starts_with(source.name + ":")) << detail;
  EXPECT_EQ(catalogue.error().code, "provider_invalid");
}

TEST_P(WrongFile, HasNoOtherFault) {
  const auto catalogue = Catalogue::load({GetParam()}, {});
  ASSERT_FALSE(catalogue.has_value());
  EXPECT_EQ(std::ranges::count(catalogue.error().detail, '\n'), 0) << catalogue.error().detail;
}

std::string test_name(const testing::TestParamInfo<Source>& info) {
  std::string name = info.param.name.substr(0, info.param.name.find('.'));
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Provider, WrongFile, testing::ValuesIn(read("wrong")), test_name);

TEST(RightFiles, LoadTogether) {
  const auto sources = read("right");
  EXPECT_GE(sources.size(), 6u);
  const auto catalogue = Catalogue::load(sources, {});
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().detail;
  EXPECT_EQ(catalogue->all().size(), sources.size());
}

}  // namespace
}  // namespace wayleave::provider
