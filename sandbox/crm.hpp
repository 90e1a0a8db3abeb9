#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/associations.hpp"
#include "sandbox/forms.hpp"
#include "sandbox/pipelines.hpp"
#include "sandbox/property.hpp"
#include "sandbox/records.hpp"

namespace wayleave::sandbox {

struct Account;

/// A user that may own records.
struct Owner {
  std::uint64_t id = 0;
  std::uint64_t user_id = 0;
  std::string email;
  std::string first_name;
  std::string last_name;
  Instant created;
  bool archived = false;
};

/// All records of one account and what describes them.
struct Crm {
  Crm(const Account& account, Instant born);

  std::uint64_t portal_id;
  std::string ui_domain;
  std::array<Records, kKinds> records;
  std::array<PropertyTable, kKinds> properties;
  std::array<std::vector<Pipeline>, kKinds> pipelines;
  Associations associations;
  Forms forms;
  std::vector<Owner> owners;

  [[nodiscard]] Records& of(Kind kind) { return records[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Records& of(Kind kind) const {
    return records[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] PropertyTable& table(Kind kind) {
    return properties[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] const PropertyTable& table(Kind kind) const {
    return properties[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::vector<Pipeline>& pipelines_of(Kind kind) {
    return pipelines[static_cast<std::size_t>(kind)];
  }
  /// Ids look like the real ones: long, rising, with gaps.
  [[nodiscard]] std::uint64_t take_id();

 private:
  std::uint64_t last_id_;
};

}  // namespace wayleave::sandbox
