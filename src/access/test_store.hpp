#pragma once

#include <memory>
#include <vector>

#include "access/api_key.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::access {

/// A database of its own for one test, with the tables of this room.
struct TestStore {
  db::TemporaryPlace place;
  std::unique_ptr<db::Database> database;

  TestStore() {
    auto opened = db::open(place.url());
    if (!opened) throw std::runtime_error(opened.error().operator_detail);
    database = std::move(*opened);
    auto all = db::migrations();
    for (const auto& migration : migrations()) all.push_back(migration);
    if (auto done = database->migrate(all); !done) {
      throw std::runtime_error(done.error().operator_detail);
    }
  }
  [[nodiscard]] std::string stored_bytes() const { return place.stored_bytes(); }
  template <class F>
  auto write(F work) {
    return database->write_blocking(std::move(work));
  }
};

}  // namespace wayleave::access
