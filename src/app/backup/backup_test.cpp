#include "app/backup/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "app/core.hpp"
#include "crypto/digest.hpp"
#include "db/table_copy.hpp"
#include "db/temporary_database.hpp"
#include "tests/support/temp_dir.hpp"

namespace wayleave::app {
namespace {

namespace fs = std::filesystem;

void silent(std::int64_t, std::int64_t) {}

/// A store with its data folder and database.
struct House {
  explicit House(db::DatabaseKind kind = db::kind_of_tests()) : place(kind) {
    config.data = (dir.path() / "data").string();
    config.database = place.url();
  }
  Result<std::unique_ptr<Core>> open() { return Core::open(config, none, "http://127.0.0.1", log); }
  [[nodiscard]] std::string key_path() const { return config.data + "/root.key"; }
  void take_key_of(const House& other) {
    fs::create_directories(config.data);
    ::chmod(config.data.c_str(), 0700);
    fs::copy_file(other.key_path(), key_path(), fs::copy_options::overwrite_existing);
  }

  support::TempDir dir;
  db::TemporaryPlace place;
  Config config;
  Log log{Log::Level::Off};
  const Environment none = [](const std::string&) { return std::optional<std::string>(); };
};

std::string dump(db::Database& database, const std::set<std::string>& except) {
  const auto text = database.read_blocking([&](db::Transaction& tx) -> Result<std::string> {
    std::string all;
    WL_TRY(const auto tables, db::tables_in_order(tx));
    for (const db::Table& table : tables) {
      if (except.contains(table.name)) continue;
      WL_TRY(const auto rows, db::rows_after(tx, table, nullptr, 10'000));
      all += "\n" + table.name;
      for (const auto& row : rows) {
        all += "\n";
        for (const auto& value : row) {
          all +=
              value.is_null() ? "-" : std::to_string(value.integer()) + value.text() + value.blob();
          all += "|";
        }
      }
    }
    return all;
  });
  return text ? *text : text.error().operator_detail;
}

class Backup : public testing::Test {
 protected:
  Backup() {
    auto core = *from_.open();
    const std::string sealed = core->keys().seal("a secret", kPlace);
    const auto filled = core->database().write_blocking([&](db::Transaction& tx) -> Result<> {
      for (int i = 0; i < 450; ++i) {
        WL_CHECK(
            tx.execute("INSERT INTO idempotency (workspace, caller, idempotency_key, request,"
                       " created_at) VALUES ('w', 'c', $1, $2, $3)",
                       {"k" + std::to_string(i),
                        db::Blob{core->keys().seal(
                            "x", {"w", "idempotency", "c/k" + std::to_string(i), "request", 0})},
                        i}));
      }
      return db::note_change(tx, "app", "x", {});
    });
    EXPECT_TRUE(filled);
  }
  Result<BackupReport> back_up() {
    return make_backup(from_.config, from_.none, file_, silent, from_.log);
  }
  Result<RestoreReport> restore(House& to) {
    return restore_backup(to.config, to.none, file_, silent, to.log);
  }
  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void set_bytes(const std::string& bytes) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes;
  }
  static constexpr crypto::Place kPlace{"w", "t", "r", "c", 1};
  const std::set<std::string> kOfItsOwn = {
      "schema_migration", "change_counter", "change_log", "key_holder", "audit", "audit_counter"};

  House from_;
  const std::string file_ = (from_.dir.path() / "a.backup").string();
};

// VT-11: everything is there, on another machine.
TEST_F(Backup, HoldsEverything) {
  const auto made = back_up();
  ASSERT_TRUE(made) << made.error().detail << made.error().operator_detail;
  EXPECT_TRUE(made->unaudited.empty()) << made->unaudited;
  struct stat info{};
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_FALSE(fs::exists(file_ + ".partial"));
  House to;
  to.take_key_of(from_);
  const auto done = restore(to);
  ASSERT_TRUE(done) << done.error().detail << done.error().operator_detail;
  EXPECT_EQ(done->rows, made->rows);
  EXPECT_EQ(done->checked, 450);
  EXPECT_TRUE(done->damaged.empty());
  auto before = *from_.open();
  auto after = to.open();
  ASSERT_TRUE(after) << after.error().detail;
  EXPECT_EQ(dump((*after)->database(), kOfItsOwn), dump(before->database(), kOfItsOwn));
  const auto audit = (*after)->database().read_blocking([](db::Transaction& tx) {
    return tx.query("SELECT action FROM audit ORDER BY sequence DESC LIMIT 1");
  });
  EXPECT_EQ((*audit)[0][0].text(), "backup.restored");
}

// Onto another kind of database and back again; with the run of the tests that has both.
TEST_F(Backup, MovesFromOneKindOfDatabaseToAnother) {
  if (db::kind_of_tests() == db::DatabaseKind::Sqlite) GTEST_SKIP() << "needs PostgreSQL";
  ASSERT_TRUE(back_up());
  House there(db::DatabaseKind::Sqlite);
  there.take_key_of(from_);
  const auto done = restore(there);
  ASSERT_TRUE(done) << done.error().detail << done.error().operator_detail;
  fs::remove(file_);
  ASSERT_TRUE(make_backup(there.config, there.none, file_, silent, there.log));
  House back(db::DatabaseKind::Postgres);
  back.take_key_of(from_);
  const auto again = restore(back);
  ASSERT_TRUE(again) << again.error().detail << again.error().operator_detail;
  EXPECT_EQ(again->checked, 450);
  auto first = *from_.open();
  auto last = *back.open();
  EXPECT_EQ(dump(last->database(), kOfItsOwn), dump(first->database(), kOfItsOwn));
}

TEST_F(Backup, HoldsNoSecretInPlain) {  // VT-02
  ASSERT_TRUE(back_up());
  std::ifstream key(from_.key_path());
  std::string text;
  key >> text;
  ASSERT_EQ(text.size(), 44U);
  EXPECT_EQ(bytes().find(text), std::string::npos);
}

// Caches of whoever knew another database hear that everything has changed.
TEST_F(Backup, RaisesTheChangeCounter) {
  ASSERT_TRUE(back_up());
  House to;
  to.take_key_of(from_);
  ASSERT_TRUE(restore(to));
  const auto last = [](House& house) {
    auto core = *house.open();
    return *core->database().read_blocking([](db::Transaction& tx) { return db::last_change(tx); });
  };
  EXPECT_GT(last(to), last(from_) + 1'000'000);
}

TEST_F(Backup, IsNotWrittenOverAFile) {
  ASSERT_TRUE(back_up());
  const std::string first = bytes();
  const auto again = back_up();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().field, "file");
  EXPECT_EQ(bytes(), first);
}

TEST_F(Backup, NeedsItsRootKey) {
  ASSERT_TRUE(back_up());
  House to;
  EXPECT_EQ(restore(to).error().code, "root_key_missing");
  EXPECT_FALSE(fs::exists(to.key_path()));  // none is made
  House other;
  {
    auto core = *other.open();
  }
  to.take_key_of(other);
  const auto wrong = restore(to);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "root_key_wrong");
  to.take_key_of(from_);
  EXPECT_TRUE(restore(to));
}

TEST_F(Backup, FillsNoDatabaseThatIsInUse) {
  ASSERT_TRUE(back_up());
  House to;
  to.take_key_of(from_);
  {
    auto core = *to.open();
  }
  auto before = *to.open();
  const std::string held = dump(before->database(), {});
  const auto refused = restore(to);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "conflict");
  EXPECT_EQ(dump(before->database(), {}), held);
}

TEST_F(Backup, DamagedOneChangesNothing) {
  ASSERT_TRUE(back_up());
  const std::string whole = bytes();
  House to;
  to.take_key_of(from_);
  for (const std::size_t at :
       {whole.size() / 3, whole.size() / 2, whole.size() - 70, whole.size() - 1}) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    set_bytes(changed);
    const auto refused = restore(to);
    ASSERT_FALSE(refused) << at;
    EXPECT_EQ(refused.error().code, "backup_damaged");
    set_bytes(whole.substr(0, at));
    EXPECT_FALSE(restore(to)) << at;
  }
  EXPECT_EQ(to.place.stored_bytes(), House().place.stored_bytes());  // as new
  set_bytes(whole);
  EXPECT_TRUE(restore(to));
}

TEST_F(Backup, CanBeJudgedWithoutRestoring) {
  ASSERT_TRUE(back_up());
  const auto judged = check_backup(from_.config, from_.none, file_, silent);
  ASSERT_TRUE(judged);
  EXPECT_GT(judged->rows, 450);
  set_bytes(bytes() + "x");
  EXPECT_FALSE(check_backup(from_.config, from_.none, file_, silent));
}

// A restore that was killed has left empty tables at most.
TEST_F(Backup, CanBeRestoredAgainAfterAnInterruption) {
  ASSERT_TRUE(back_up());
  House to;
  to.take_key_of(from_);
  {
    auto database = *db::open(to.config.database);
    ASSERT_TRUE(database->migrate(all_migrations()));
  }
  const auto done = restore(to);
  EXPECT_TRUE(done) << done.error().detail;
}

TEST_F(Backup, OfAnOlderVersionIsBroughtUpToDate) {
  House old;
  old.take_key_of(from_);
  {
    auto migrations = all_migrations();
    std::erase_if(migrations, [](const db::Migration& it) { return it.room == "api"; });
    auto database = *db::open(old.config.database);
    ASSERT_TRUE(database->migrate(migrations));
  }
  ASSERT_TRUE(make_backup(old.config, old.none, file_, silent, old.log));
  House to;
  to.take_key_of(from_);
  const auto done = restore(to);
  ASSERT_TRUE(done) << done.error().detail << done.error().operator_detail;
  auto core = to.open();
  ASSERT_TRUE(core);
  const auto rows = (*core)->database().read_blocking(
      [](db::Transaction& tx) { return tx.query("SELECT 1 FROM idempotency"); });
  EXPECT_TRUE(rows);
}

TEST_F(Backup, OfANewerVersionIsRefused) {
  {
    auto core = *from_.open();
    const auto noted = core->database().write_blocking([](db::Transaction& tx) {
      return tx.execute(
          "INSERT INTO schema_migration (room, number, applied_at) VALUES ('vault', 999, 1)");
    });
    ASSERT_TRUE(noted);
  }
  ASSERT_TRUE(back_up());
  House to;
  to.take_key_of(from_);
  const auto refused = restore(to);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "schema_newer");
}

TEST_F(Backup, OfNothingIsRefused) {
  House to(db::DatabaseKind::Sqlite);
  to.take_key_of(from_);
  const auto refused = make_backup(to.config, to.none, file_, silent, to.log);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "database");
  EXPECT_FALSE(fs::exists(to.place.path()));
}

}  // namespace
}  // namespace wayleave::app
