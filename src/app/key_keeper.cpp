#include "app/key_keeper.hpp"

#include <utility>

#include "base/process.hpp"
#include "base/thread.hpp"

namespace wayleave::app {
namespace {

// News comes through the change feed; this is for a rotation that was left alone.
constexpr Millis kLookEvery{10'000};
// Room for the refreshes that share the database with a rotation in the background.
constexpr Millis kPause{5};

const access::Actor kSystem{"system", {}, {}};

}  // namespace

KeyKeeper::KeyKeeper(Parts parts)
    : parts_(std::move(parts)), id_(process_name() + " " + random_id(parts_.random, "srv")) {}

KeyKeeper::~KeyKeeper() { stop(); }

void KeyKeeper::start() {
  thread_ = std::thread([this] { loop(); });
}

void KeyKeeper::hear(std::string_view topic) {
  if (topic != vault::kDataKeyTopic && topic != "*") return;
  {
    const std::lock_guard lock(mutex_);
    called_ = true;
  }
  wake_.notify_all();
}

void KeyKeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  // If this fails, whoever rotates next waits a little for a server that is gone.
  const auto forget = [this](db::Transaction& tx) { return vault::forget_key_holder(tx, id_); };
  if (auto forgotten = parts_.database.write_blocking(forget); !forgotten) {
    parts_.log.warn("keys.not_signed_off", {{"detail", forgotten.error().operator_detail}});
  }
}

void KeyKeeper::loop() {
  name_background_thread("keys");
  do {
    const auto state = look();
    follow_root_key();
    hurry_ = false;
    note_outcome(state ? go_on_with(*state) : std::unexpected(state.error()));
  } while (wait(hurry_ ? Millis{0} : kLookEvery));
}

bool KeyKeeper::wait(Millis limit) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, limit, [this] { return called_ || stopping_; });
  if (called_) {
    asked_ = true;
    left_at_ = 0;
  }
  called_ = false;
  return !stopping_;
}

Result<vault::RotationState> KeyKeeper::look() {
  // What cannot be opened is told to the others as well: they must not use such a key.
  const Result<> taken = take_up();
  auto read = [](db::Transaction& tx) { return vault::rotation_state(tx); };
  WL_TRY(auto state, parts_.database.read_blocking(std::move(read)));
  const vault::KeyHolder now{.id = id_,
                             .root_fingerprint = parts_.keys.root_fingerprint(),
                             .heard_key = state.newest,
                             .held_key = parts_.keys.newest_held(),
                             .sealing_key = parts_.keys.newest(),
                             .seen_at = parts_.clock.now()};
  if (asked_ || !vault::says_the_same(now, told_)) {
    auto tell = [&now](db::Transaction& tx) { return vault::note_key_holder(tx, now); };
    WL_CHECK(parts_.database.write_blocking(std::move(tell)));
    told_ = now;
    asked_ = false;
  }
  WL_CHECK(taken);
  return state;
}

Result<> KeyKeeper::take_up() {
  auto work = [this](db::Transaction& tx) { return vault::take_up_keys(tx, parts_.keys); };
  auto taken = parts_.database.read_blocking(std::move(work));
  if (taken || taken.error().code != "root_key_wrong") return taken;
  return take_up_with_new_root();
}

/// The root key was changed while this server ran, which goes on with the data keys it has. The
/// new one may not be in its place yet; when it does not come, the operator is told.
void KeyKeeper::follow_root_key() {
  auto work = [](db::Transaction& tx) { return vault::stored_keys(tx); };
  const auto stored = parts_.database.read_blocking(std::move(work));
  if (!stored || stored->empty()) return;
  const std::string& present = stored->back().wrapped.root_fingerprint;
  if (present == parts_.keys.root_fingerprint()) {
    outdated_looks_ = 0;
    return;
  }
  if (take_up_with_new_root() || ++outdated_looks_ != 2) return;
  parts_.log.warn("root_key.outdated",
                  {{"present", present},
                   {"do",
                    "the root key was changed: start this server again with the new one, at the "
                    "latest before the data key is rotated"}});
}

/// The root key was changed while this server ran. Its file or command may tell the new one.
Result<> KeyKeeper::take_up_with_new_root() {
  WL_TRY(const auto root, parts_.root_key());
  auto work = [&](db::Transaction& tx) { return vault::take_up_keys(tx, parts_.keys, root); };
  WL_CHECK(parts_.database.read_blocking(std::move(work)));
  parts_.log.info("root_key.taken_up", {{"fingerprint", root.fingerprint()}});
  return {};
}

Result<> KeyKeeper::go_on_with(const vault::RotationState& state) {
  if (state.stage == vault::RotationStage::Done) return begin_when_worn(state);
  if (state.newest == left_at_) return {};  // until there is news: each look reads every table
  const Instant worked_at = state.resealing_at.value_or(state.began);
  if (parts_.clock.now() < worked_at + parts_.abandoned_after) return {};
  return state.stage == vault::RotationStage::Resealing ? reseal(state) : put_in_use(state.newest);
}

/// Whoever announced the key has died, or was this server. Those that have not heard of it by now
/// will look for it when they meet it.
Result<> KeyKeeper::put_in_use(std::uint32_t key) {
  auto work = [&](db::Transaction& tx) -> Result<> {
    WL_TRY(const auto holders, vault::key_holders(tx));
    for (const vault::KeyHolder& holder : holders) {
      if (holder.heard_key < key || holder.held_key >= key) continue;
      return fail(ErrorKind::Conflict,
                  "conflict",
                  "server " + holder.id +
                      " runs with an older root key and cannot open the new"
                      " data key");
    }
    return vault::put_key_in_use(tx, key, kSystem, parts_.clock.now());
  };
  return parts_.database.write_blocking(std::move(work));
}

/// VT-08: the count is noted now and then, and the key changed when it has sealed enough.
Result<> KeyKeeper::begin_when_worn(const vault::RotationState& state) {
  const std::uint64_t seals = parts_.keys.take_seals(state.newest);
  if (seals == 0) return {};
  auto work = [&](db::Transaction& tx) -> Result<bool> {
    WL_TRY(const auto all, vault::note_seals(tx, state.newest, seals));
    if (all < parts_.seals_max) return false;
    WL_CHECK(vault::announce_key(tx, parts_.keys, parts_.random, kSystem, parts_.clock.now()));
    return true;
  };
  WL_TRY(const bool begun, parts_.database.write_blocking(std::move(work)));
  if (begun) parts_.log.info("data_key.worn", {{"key", static_cast<int>(state.newest)}});
  return {};
}

Result<> KeyKeeper::reseal(const vault::RotationState& state) {
  parts_.log.info("data_key.resealing", {{"key", static_cast<int>(state.newest)}});
  vault::Resealer resealer(parts_.database, parts_.keys, parts_.tables, parts_.clock);
  bool more = true;
  while (more) {
    WL_TRY(more, resealer.step());
    if (!wait(kPause)) return {};
    hurry_ = asked_;
    if (hurry_) return {};  // news of a key comes first; this is gone on with later
  }
  WL_TRY(const auto needed,
         vault::retire_unused_keys(parts_.database, parts_.tables, kSystem, parts_.clock.now()));
  // What is still needed now is damaged, or was sealed by a server that has not heard.
  if (!needed.empty()) left_at_ = state.newest;
  parts_.log.info("data_key.resealed",
                  {{"values", resealer.resealed()},
                   {"damaged", resealer.damaged()},
                   {"old_keys_needed", static_cast<int>(needed.size())}});
  return {};
}

void KeyKeeper::note_outcome(const Result<>& outcome) {
  if (!outcome && !failing_) {
    const Error& error = outcome.error();
    const bool root = error.code == "root_key_wrong";
    parts_.log.error(
        "data_key.trouble",
        {{"code", error.code},
         {"detail", error.detail + " " + error.operator_detail},
         {"do",
          root ? "start this server again with the present root key" : "see wayleave doctor"}});
  }
  failing_ = !outcome;
}

}  // namespace wayleave::app
