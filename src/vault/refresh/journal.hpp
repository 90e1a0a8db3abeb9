#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "vault/connection.hpp"

namespace wayleave::vault {

/// The emergency journal: what a provider granted and the database did not take, kept on the disk
/// apart from it, sealed with the vault's keys, until it can be stored (TK-06). One small file per
/// connection in the first folder that takes it, synced before `keep` returns. In the first folder
/// lies a reserve of space, given up when its disk is full; the others are there only while they
/// hold something. Const; any thread; blocks for as long as a sync takes.
class Journal {
 public:
  /// An answer and the refresh token it was given for.
  struct Entry {
    WorkspaceId workspace;
    ConnectionId connection;
    std::string fingerprint;  ///< of the refresh token that was sent
    std::int64_t fence = 0;   ///< of the lease under which it was sent
    TokenUpdate update;
  };

  /// Folders in order of preference, on different file systems at best. Construction does no I/O.
  Journal(std::vector<std::filesystem::path> folders, const crypto::KeyRing& keys)
      : folders_(std::move(folders)), keys_(keys) {}

  /// Makes the first folder (mode 0700) and its reserve if that can be done.
  void prepare() const;
  /// The same in the first folder, without waiting for the disk: it outlives this process and not
  /// the machine. False: it was not taken.
  [[nodiscard]] bool note(const Entry& entry) const;
  /// `journal_failed` when no folder took it.
  [[nodiscard]] Result<> keep(const Entry& entry) const;
  /// What is there, and how many files could not be read or opened, which stay where they are.
  struct Found {
    std::vector<Entry> entries;
    int unreadable = 0;
  };
  [[nodiscard]] Found read() const;
  /// `sync`: and not found again after a power cut.
  void forget(const ConnectionId& connection, bool sync = true) const;

 private:
  [[nodiscard]] std::string seal(const Entry& entry) const;

  std::vector<std::filesystem::path> folders_;
  const crypto::KeyRing& keys_;
};

/// How many answers lie in a folder of the journal; for an operator. No key is needed.
[[nodiscard]] int count_kept(const std::filesystem::path& folder);

}  // namespace wayleave::vault
