#include "access/audit_chain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kHashBytes = 32;

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xff);
}

void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

}  // namespace

std::string chain_start() { return std::string(kHashBytes, '\0'); }

std::string chain_hash(std::string_view before, const AuditRecord& record) {
  std::string bytes = "wayleave audit 1";
  append_text(bytes, before);
  append_number(bytes, static_cast<std::uint64_t>(record.sequence));
  append_number(bytes, static_cast<std::uint64_t>(to_millis(record.at)));
  const Actor& actor = record.actor;
  for (const std::string* text : {&record.workspace.str(),
                                  &actor.kind,
                                  &actor.id,
                                  &actor.address,
                                  &actor.name,
                                  &record.action,
                                  &record.target,
                                  &record.detail}) {
    append_text(bytes, *text);
  }
  return std::string(as_text(crypto::sha256(bytes)));
}

TrailVerifier::TrailVerifier(TrailHead head, std::vector<TrailSeal> seals)
    : head_(std::move(head)),
      seals_(std::move(seals)),
      hash_(chain_start()),
      older_(chain_start()) {}

TrailVerifier::TrailVerifier(TrailHead head, const TrailSeal& from)
    : head_(std::move(head)),
      good_until_(from.sequence),
      sequence_(from.sequence),
      hash_(from.hash),
      older_(from.older) {
  verdict_.chained_from = from.chained_from;
  verdict_.sealed_up_to = from.sequence;
  verdict_.sealed_since = from.since;
}

bool TrailVerifier::broken(std::int64_t sequence, std::string fault) {
  verdict_.intact = false;
  verdict_.first_broken = sequence;
  verdict_.fault = std::move(fault);
  return false;
}

bool TrailVerifier::check_link(const AuditRecord& record) {
  if (record.hash.empty() && verdict_.chained_from) {
    return broken(record.sequence,
                  fmt::format("record {} has no hash, though the chain begins at {}",
                              record.sequence,
                              *verdict_.chained_from));
  }
  if (record.hash.empty()) {
    older_ = chain_hash(older_, record);
    return true;
  }
  if (!verdict_.chained_from) verdict_.chained_from = record.sequence;
  if (chain_hash(hash_, record) != record.hash) {
    return broken(record.sequence,
                  fmt::format("record {} is not what was written, or the one before it was "
                              "exchanged",
                              record.sequence));
  }
  hash_ = record.hash;
  return true;
}

bool TrailVerifier::check_seal(const TrailSeal& seal) {
  if (!seal.genuine) {
    return broken(
        seal.sequence,
        fmt::format("the seal on record {} was not made with this server's keys", seal.sequence));
  }
  if (const std::int64_t from = verdict_.chained_from.value_or(0); from != seal.chained_from) {
    return broken(seal.chained_from,
                  fmt::format("the seal on record {} says that the chain begins at {}; hashes were "
                              "removed or added since",
                              seal.sequence,
                              seal.chained_from));
  }
  if (seal.older != older_) {
    return broken(1,
                  fmt::format("the records 1 to {}, which are older than the chain, are not what "
                              "was sealed with record {}",
                              seal.chained_from - 1,
                              seal.sequence));
  }
  if (seal.hash != hash_) {
    return broken(good_until_ + 1,
                  fmt::format("the seal on record {} does not fit: records {} to {} were written "
                              "anew",
                              seal.sequence,
                              good_until_ + 1,
                              seal.sequence));
  }
  good_until_ = seal.sequence;
  verdict_.sealed_up_to = seal.sequence;
  verdict_.sealed_since = seal.since;
  return true;
}

bool TrailVerifier::add(const AuditRecord& record) {
  if (!verdict_.intact) return false;
  const std::int64_t expected = sequence_ + 1;
  if (record.sequence != expected) {
    return broken(expected, fmt::format("record {} is missing", expected));
  }
  if (!check_link(record)) return false;
  sequence_ = record.sequence;
  ++verdict_.records;
  while (next_seal_ < seals_.size() && seals_[next_seal_].sequence <= sequence_) {
    if (seals_[next_seal_].sequence != sequence_) {
      return broken(sequence_, fmt::format("a seal before record {} is out of place", sequence_));
    }
    if (!check_seal(seals_[next_seal_++])) return false;
  }
  return true;
}

TrailVerdict TrailVerifier::finish() {
  if (!verdict_.intact) return verdict_;
  const std::int64_t known = next_seal_ < seals_.size() ? seals_.back().sequence : std::int64_t{0};
  if (head_.sequence > sequence_ || known > sequence_) {
    broken(sequence_ + 1,
           fmt::format("records from {} on are missing: there were {} at least",
                       sequence_ + 1,
                       std::max(head_.sequence, known)));
  } else if (head_.sequence < sequence_) {
    broken(head_.sequence + 1,
           fmt::format("records from {} on are missing: there is a seal on record {}",
                       head_.sequence + 1,
                       sequence_));
  } else if (head_.last > head_.sequence) {
    broken(head_.sequence + 1,
           fmt::format("the counter ends at {}, but there are records after it", head_.sequence));
  } else if (verdict_.chained_from && head_.hash != hash_) {
    broken(sequence_, fmt::format("the counter names another record {} than is there", sequence_));
  } else if (!verdict_.chained_from && !head_.hash.empty()) {
    broken(sequence_, "the counter knows of a chain, but no record has a hash");
  }
  return verdict_;
}

std::optional<TrailSeal> TrailVerifier::next_seal(Instant now) const {
  if (!verdict_.intact || !verdict_.chained_from) return std::nullopt;
  TrailSeal seal;
  seal.sequence = sequence_;
  seal.genuine = true;
  seal.hash = hash_;
  seal.chained_from = *verdict_.chained_from;
  seal.older = older_;
  seal.since = verdict_.sealed_since.value_or(now);
  return seal;
}

}  // namespace wayleave::access
