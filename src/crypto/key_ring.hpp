#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace wayleave::crypto {

/// Where a sealed value lives. It is bound to the ciphertext, so that a value moved to another row,
/// column, workspace or version does not open (VT-03).
struct Place {
  std::string_view workspace;
  std::string_view table;
  std::string_view row;
  std::string_view column;
  std::int64_t version = 0;
};

/// The key above all others: wraps data keys and seals nothing else. Exactly 32 bytes, not all
/// equal (VT-05).
class RootKey {
 public:
  [[nodiscard]] static Result<RootKey> from_base64(const SecretString& text);
  [[nodiscard]] static RootKey generate(Random& random);
  [[nodiscard]] SecretString to_base64() const;
  /// A short public fingerprint, to tell which root key wrapped a data key.
  [[nodiscard]] std::string fingerprint() const;
  /// A deliberate second owner of the same key.
  [[nodiscard]] RootKey clone() const { return RootKey(raw_.clone()); }
  /// A code that only this key's holder could have made for these bytes; `purpose` keeps codes of
  /// different uses apart.
  [[nodiscard]] std::string authenticate(std::string_view purpose, std::string_view bytes) const;

 private:
  friend class KeyRing;
  explicit RootKey(SecretString raw) : raw_(std::move(raw)) {}
  SecretString raw_;
};

/// A data key as it is stored: wrapped by the root key, useless without it.
struct WrappedKey {
  std::uint32_t id = 0;
  std::string root_fingerprint;
  std::string wrapped;  ///< binary
  /// Announced but not yet in use: values sealed with it are opened, none is sealed.
  bool announced = false;
};

/// Opened data keys. Seals with the newest in use, opens with the one whose id stands in the value,
/// never by trial. XChaCha20-Poly1305 with a random 24-byte nonce (VT-01). A sealed value is
/// `version(1) key_id(4, big-endian) nonce(24) ciphertext+tag`. What it holds is taken up anew
/// while others seal and open (VT-06); const members: any thread.
class KeyRing {
 public:
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;
  ~KeyRing();

  /// Makes a new data key with that id, wrapped.
  [[nodiscard]] static WrappedKey make_key(const RootKey& root, std::uint32_t id, Random& random);
  /// The same with the root key that is held.
  [[nodiscard]] WrappedKey make_key(std::uint32_t id, Random& random) const;
  /// The same data key under another root key (VT-07).
  [[nodiscard]] static Result<WrappedKey> rewrap(const RootKey& from,
                                                 const RootKey& to,
                                                 const WrappedKey& key,
                                                 Random& random);
  /// Opens every stored key; an error (code `root_key_wrong`) when the root key does not fit.
  [[nodiscard]] static Result<KeyRing> open(const RootKey& root,
                                            const std::vector<WrappedKey>& keys);

  /// Takes up what is stored, in addition to what is held; the sealing key never goes back. Keys
  /// that are held already are not opened again, so that a root key that was changed meanwhile only
  /// matters (`root_key_wrong`) when there is a new data key; then nothing changes.
  [[nodiscard]] Result<> take_up(const std::vector<WrappedKey>& keys) const;
  /// The same with another root key, which is kept for later.
  [[nodiscard]] Result<> take_up(const RootKey& root, const std::vector<WrappedKey>& keys) const;

  [[nodiscard]] std::string seal(const SecretString& plain, const Place& place) const;
  [[nodiscard]] std::string seal(std::string_view plain, const Place& place) const;
  /// Fails with code `sealed_value_damaged` on any changed bit or other place, and names neither.
  [[nodiscard]] Result<SecretString> open(std::string_view sealed, const Place& place) const;
  /// Whether the key is here that this value names.
  [[nodiscard]] bool has_key_of(std::string_view sealed) const;
  /// What every value begins with that is sealed with this key: format version and key id.
  [[nodiscard]] static std::string prefix_of(std::uint32_t id);
  /// The key that such a beginning names; nullopt when it is none.
  [[nodiscard]] static std::optional<std::uint32_t> key_of(std::string_view prefix);
  /// The key that seals.
  [[nodiscard]] std::uint32_t newest() const;
  /// How many values were sealed with a key since this was last asked for it (VT-08).
  [[nodiscard]] std::uint64_t take_seals(std::uint32_t id) const;
  /// The highest key that is held, in use or only announced.
  [[nodiscard]] std::uint32_t newest_held() const;
  /// Fingerprint of the root key it would open a new data key with.
  [[nodiscard]] std::string root_fingerprint() const;

 private:
  struct Impl;
  explicit KeyRing(std::unique_ptr<Impl> impl);
  void hold_root(const RootKey& root) const;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::crypto
