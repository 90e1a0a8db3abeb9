#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "vault/key_rotation.hpp"

namespace wayleave::app {

/// What a running server does about changes of its keys (VT-06): takes up data keys as they are
/// announced and put in use, tells the others that it has, and seals older values anew when whoever
/// began a rotation has died. Works on a thread of its own. What it is given outlives it.
class KeyKeeper {
 public:
  struct Parts {
    db::Database& database;
    const crypto::KeyRing& keys;
    std::vector<vault::SealedTable> tables;
    /// The root key as the next start would find it; may block.
    std::function<Result<crypto::RootKey>()> root_key;
    const Clock& clock;
    Random& random;
    Log& log;
    /// A rotation that nobody has worked at for so long is gone on with.
    Millis abandoned_after{30'000};
    /// A data key that sealed so many values is changed (VT-08).
    std::int64_t seals_max = vault::kSealsMax;
  };
  explicit KeyKeeper(Parts parts);
  ~KeyKeeper();
  KeyKeeper(const KeyKeeper&) = delete;
  KeyKeeper& operator=(const KeyKeeper&) = delete;

  void start();
  /// For a subscriber of the change feed; any thread.
  void hear(std::string_view topic);
  /// Ends after the present batch and takes this server off the list. May be called twice.
  void stop();

 private:
  void loop();
  /// False when it was time to stop.
  [[nodiscard]] bool wait(Millis limit);
  /// Takes up keys and tells of it; how the rotation stands.
  [[nodiscard]] Result<vault::RotationState> look();
  [[nodiscard]] Result<> take_up();
  [[nodiscard]] Result<> take_up_with_new_root();
  void follow_root_key();
  [[nodiscard]] Result<> go_on_with(const vault::RotationState& state);
  [[nodiscard]] Result<> put_in_use(std::uint32_t key);
  [[nodiscard]] Result<> reseal(const vault::RotationState& state);
  [[nodiscard]] Result<> begin_when_worn(const vault::RotationState& state);
  void note_outcome(const Result<>& outcome);

  Parts parts_;
  const std::string id_;
  bool failing_ = false;
  vault::KeyHolder told_;
  bool asked_ = true;          // to tell, even if nothing is new
  bool hurry_ = false;         // there was news while a batch was under way
  std::uint32_t left_at_ = 0;  // the key whose rotation this server can bring no further by itself
  int outdated_looks_ = 0;     // how often the root key was found to be another than ours

  std::mutex mutex_;
  std::condition_variable wake_;
  bool called_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wayleave::app
