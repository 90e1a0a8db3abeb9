// The simulator's model of the database against the statements it stands for.

#include <array>
#include <random>

#include "tests/simulation/store.hpp"
#include "vault/holding.hpp"
#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
using simulation::Mutation;

constexpr int kRuns = 60;
constexpr int kStepsPerRun = 60;

/// What one process knows, of both worlds.
struct Process {
  std::string owner;
  std::shared_ptr<Holding> real;
  simulation::Store::Row model;
  Lease lease;
  std::int64_t fence = 0;
  std::optional<Holder> seen;
};

class StoreModel : public VaultTest {
 protected:
  Store store_of(const std::string& owner) {
    const auto inherits = [this](std::string_view, std::string_view) { return heir_; };
    return {vault_.apps(), vault_.connections(), Leases(owner, inherits)};
  }
  template <class F>
  auto transact(F work) {
    return must(store_.write(std::move(work)));
  }

  void load(Process& process, const simulation::Store& model, const Connection& connection) {
    process.real = transact([&](db::Transaction& tx) -> Result<std::shared_ptr<Holding>> {
      WL_TRY(auto held, store_of(process.owner).load(tx, home_, connection.id));
      return std::make_shared<Holding>(std::move(held));
    });
    process.model = model.row();
  }

  void claim(Process& process, simulation::Store& model) {
    heir_ = chance_.below(8) == 0;
    const Attempt::Claim step{chance_.below(3) == 0 ? process.seen : std::nullopt,
                              chance_.below(4) == 0};
    const auto real = transact([&](db::Transaction& tx) {
      return store_of(process.owner).claim(tx, *process.real, step, store_.clock.now());
    });
    const auto modelled =
        model.claim(process.owner, process.model, step.over, heir_, step.have_answer);
    if (const auto* holder = std::get_if<Holder>(&real)) {
      process.seen = *holder;
      ASSERT_TRUE(std::holds_alternative<Holder>(modelled.outcome)) << story_;
      EXPECT_EQ(std::get<Holder>(modelled.outcome), *holder) << story_;
    } else if (const auto* grant = std::get_if<Leases::Grant>(&real)) {
      ASSERT_TRUE(std::holds_alternative<Attempt::Claimed>(modelled.outcome)) << story_;
      EXPECT_EQ(std::get<Attempt::Claimed>(modelled.outcome).doubt, grant->doubt) << story_;
      EXPECT_EQ(modelled.fence, grant->lease.fence) << story_;
      process.lease = grant->lease;
      process.fence = modelled.fence;
    } else {
      ASSERT_TRUE(std::holds_alternative<Attempt::Moved>(modelled.outcome)) << story_;
    }
  }

  void beat(Process& process, simulation::Store& model) {
    const bool ours = transact([&](db::Transaction& tx) {
      return store_of(process.owner).leases.beat(tx, process.lease);
    });
    EXPECT_EQ(model.beat(process.owner, process.fence),
              ours ? Attempt::Written::Done : Attempt::Written::Fenced)
        << story_;
  }

  void commit(Process& process, simulation::Store& model) {
    const int token = ++issued_;
    const bool contested = chance_.below(4) == 0;
    TokenUpdate update;
    update.tokens.access_token = secret("access");
    update.tokens.refresh_token = secret("refresh-" + std::to_string(token - 1));
    const auto real = transact([&](db::Transaction& tx) {
      return store_of(process.owner)
          .commit_refresh(
              tx, *process.real, process.lease, {update, {}, contested}, store_.clock.now());
    });
    EXPECT_EQ(model.commit(process.owner, process.fence, process.model, token, {}, contested),
              real.written)
        << story_;
  }

  void settle(Process& process, simulation::Store& model) {
    constexpr std::array all{Attempt::Settlement::Unspent,
                             Attempt::Settlement::Doubtful,
                             Attempt::Settlement::Unknown,
                             Attempt::Settlement::Condemn};
    const auto as = all.at(chance_.below(all.size()));
    std::optional<Store::Finding> finding;
    if (as == Attempt::Settlement::Unknown) {
      finding = {State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}};
    }
    if (as == Attempt::Settlement::Condemn) finding = {State::NeedsReauthorization, "r", {}};
    Leases::Release release;
    release.doubtful = as == Attempt::Settlement::Doubtful;
    const auto real = transact([&](db::Transaction& tx) {
      return store_of(process.owner)
          .settle(tx, *process.real, process.lease, release, finding, store_.clock.now());
    });
    EXPECT_EQ(model.settle(process.owner, process.fence, process.model, as), real.written)
        << story_;
  }

  void overtaken(Process& process, simulation::Store& model) {
    must(store_.write([&](db::Transaction& tx) {
      return store_of(process.owner).doubt_overtaker(tx, process.lease, store_.clock.now());
    }));
    model.overtaken(process.fence);
  }

  void expect_same_rows(const simulation::Store& model) {
    const auto now = stored(rotating_);
    EXPECT_EQ(model.row().version, now.version) << story_;
    EXPECT_EQ(model.row().state, now.state) << story_;
    EXPECT_EQ("refresh-" + std::to_string(model.row().token - 1), stored_tokens(rotating_).second)
        << story_;
    const auto owner = store_.rows("SELECT owner FROM refresh_work")[0][0].optional_text();
    EXPECT_EQ(model.owner(), owner) << story_;
  }

  bool heir_ = false;
  int issued_ = 1;
  SeededRandom chance_{0};
  std::string story_;
};

TEST_F(StoreModel, SaysWhatTheDatabaseSays) {
  const std::uint64_t seed = static_cast<std::uint64_t>(std::random_device{}());
  for (int round = 0; round < kRuns; ++round) {
    chance_ = SeededRandom(seed + static_cast<std::uint64_t>(round));
    story_ = "seed " + std::to_string(seed) + " round " + std::to_string(round) + ":";
    if (round > 0) must(run(vault_.disconnect(home_, stored(rotating_).id)));
    const auto connection = connect(rotating_);
    simulation::Store model(true, Mutation::None);
    issued_ = 1;
    std::array<Process, 2> processes;
    processes[0].owner = "a";
    processes[1].owner = "b";
    for (auto& process : processes) {
      load(process, model, connection);
      process.lease.connection = connection.id;
    }
    for (int step = 0; step < kStepsPerRun && !HasFailure(); ++step) {
      Process& process = processes.at(chance_.below(2));
      const auto what = chance_.below(12);
      story_ += " " + process.owner + std::to_string(what);
      if (what < 4) {
        load(process, model, connection);
      } else if (what < 8) {
        claim(process, model);
      } else if (what == 8) {
        beat(process, model);
      } else if (what == 9) {
        commit(process, model);
      } else if (what == 10) {
        settle(process, model);
      } else {
        overtaken(process, model);
      }
      expect_same_rows(model);
    }
  }
}

}  // namespace
}  // namespace wayleave::vault
