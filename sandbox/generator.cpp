#include "sandbox/generator.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/crm.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/word_lists.hpp"

namespace wayleave::sandbox {
namespace {

constexpr Millis kDay{86'400'000};
constexpr std::uint64_t kDaysBack = 700;
constexpr int kOwners = 5;

template <class List>
const auto& pick(SeededRandom& random, const List& list) {
  return list[random.below(list.size())];
}

/// Everything one account's generation needs.
struct Maker {
  Crm& crm;
  SeededRandom random;
  Instant born;
  std::size_t count;
  std::vector<std::uint64_t> companies = {};
  std::vector<std::uint64_t> contacts = {};

  void set(Record& record, std::string_view property, std::string value) {
    const bool unique = crm.table(record.kind).properties.find(property)->second.has_unique_value;
    crm.of(record.kind)
        .set(record, property, {std::move(value), record.created, {"IMPORT", ""}}, unique);
  }
  Record& add(Kind kind) {
    const Instant created = born - kDay * static_cast<Millis::rep>(1 + random.below(kDaysBack)) +
                            Millis{static_cast<Millis::rep>(random.below(86'400'000))};
    Record& record = crm.of(kind).insert(crm.take_id(), created);
    record.updated = std::min(
        born, created + Millis{static_cast<Millis::rep>(random.below(20ULL * 86'400'000))});
    set(record, "hubspot_owner_id", std::to_string(pick(random, crm.owners).id));
    return record;
  }
  void link(Kind from, std::uint64_t id, Kind to, std::uint64_t other) {
    for (const AssociationType* type : crm.associations.between(from, to)) {
      if (!crm.associations.link({from, id}, {to, other}, *type)) return;
    }
  }
};

std::string phone(SeededRandom& random, const words::City& city) {
  return std::string(city.dial) + std::to_string(10 + random.below(90));
}

void make_owners(Maker& maker, const Account& account) {
  for (int i = 0; i < kOwners; ++i) {
    const PersonName person = person_name(maker.random);
    Owner owner;
    owner.id = account.portal_id * 5 + static_cast<std::uint64_t>(i) * 3 + 1;
    owner.user_id = account.installer.id + static_cast<std::uint64_t>(i);
    owner.first_name = i == 0 ? account.installer.first_name : std::string(person.first);
    owner.last_name = i == 0 ? account.installer.last_name : std::string(person.last);
    owner.email = i == 0 ? account.installer.email : email_of(person, account.domain);
    owner.created = maker.born - kDay * static_cast<Millis::rep>(kDaysBack);
    owner.archived = i == kOwners - 1;
    maker.crm.owners.push_back(std::move(owner));
  }
}

void make_company(Maker& maker) {
  SeededRandom& random = maker.random;
  const CompanyName company = company_name(random);
  const words::City& city = pick(random, words::kCities);
  Record& record = maker.add(Kind::Company);
  maker.set(record, "name", company.name);
  maker.set(record, "domain", company.domain);
  maker.set(record, "website", "https://www." + company.domain);
  maker.set(record, "industry", std::string(pick(random, words::kIndustries)));
  maker.set(record, "city", std::string(city.city));
  maker.set(record, "state", std::string(city.state));
  maker.set(record, "country", std::string(city.country));
  maker.set(record, "zip", std::string(city.zip));
  maker.set(
      record,
      "address",
      std::to_string(1 + random.below(180)) + " " + std::string(pick(random, words::kStreets)));
  maker.set(record, "phone", phone(random, city));
  maker.set(record, "numberofemployees", std::to_string(3 + random.below(900)));
  maker.set(record, "annualrevenue", std::to_string((1 + random.below(400)) * 50'000));
  maker.set(record, "lifecyclestage", std::string(pick(random, words::kLifecycle)));
  maker.companies.push_back(record.id);
}

void make_contact(Maker& maker) {
  SeededRandom& random = maker.random;
  const std::uint64_t company_id = pick(random, maker.companies);
  const Record& company = *maker.crm.of(Kind::Company).find(company_id);
  const PersonName person = person_name(random);
  const std::string domain = company.value("domain");
  std::string email = email_of(person, domain);
  for (int i = 2; maker.crm.of(Kind::Contact).holder("email", email) != nullptr; ++i) {
    email = email_of(person, domain);
    email.insert(email.find('@'), std::to_string(i));
  }
  Record& record = maker.add(Kind::Contact);
  maker.set(record, "email", email);
  maker.set(record, "hs_email_domain", domain);
  maker.set(record, "firstname", std::string(person.first));
  maker.set(record, "lastname", std::string(person.last));
  maker.set(record, "company", company.value("name"));
  maker.set(record, "jobtitle", std::string(pick(random, words::kJobTitles)));
  maker.set(record, "city", company.value("city"));
  maker.set(record, "country", company.value("country"));
  maker.set(record, "phone", phone(random, pick(random, words::kCities)));
  maker.set(record, "lifecyclestage", std::string(pick(random, words::kLifecycle)));
  maker.contacts.push_back(record.id);
  maker.link(Kind::Contact, record.id, Kind::Company, company_id);
}

void make_deal(Maker& maker) {
  SeededRandom& random = maker.random;
  const std::uint64_t company_id = pick(random, maker.companies);
  const Record& company = *maker.crm.of(Kind::Company).find(company_id);
  Record& record = maker.add(Kind::Deal);
  maker.set(
      record, "dealname", company.value("name") + " " + std::string(pick(random, words::kDeals)));
  maker.set(record, "amount", std::to_string((2 + random.below(400)) * 250));
  maker.set(record, "pipeline", "default");
  maker.set(record, "dealstage", std::string(pick(random, words::kDealStages)));
  maker.set(record, "dealtype", random.below(3) == 0 ? "existingbusiness" : "newbusiness");
  maker.set(record,
            "closedate",
            to_rfc3339(record.created + kDay * static_cast<Millis::rep>(20 + random.below(90))));
  maker.link(Kind::Deal, record.id, Kind::Company, company_id);
  maker.link(Kind::Deal, record.id, Kind::Contact, pick(random, maker.contacts));
}

void make_ticket(Maker& maker) {
  SeededRandom& random = maker.random;
  constexpr std::string_view kPriorities[] = {"LOW", "MEDIUM", "HIGH", "URGENT"};
  const words::TicketText& text = pick(random, words::kTickets);
  Record& record = maker.add(Kind::Ticket);
  maker.set(record, "subject", std::string(text.subject));
  maker.set(record, "content", std::string(text.content));
  maker.set(record, "hs_ticket_category", std::string(text.category));
  maker.set(record, "hs_ticket_priority", std::string(kPriorities[random.below(4)]));
  maker.set(record, "hs_pipeline", "0");
  maker.set(record, "hs_pipeline_stage", std::to_string(1 + random.below(4)));
  maker.link(Kind::Ticket, record.id, Kind::Contact, pick(random, maker.contacts));
}

void make_forms(Maker& maker) {
  const std::pair<std::string_view, std::vector<std::string>> kForms[] = {
      {"Contact us", {"email", "firstname", "lastname", "message"}},
      {"Newsletter", {"email"}},
      {"Request a demo", {"email", "firstname", "lastname", "company", "phone"}},
  };
  for (const auto& [name, fields] : kForms) {
    Form form;
    form.id = random_uuid(maker.random);
    form.name = name;
    form.document = simple_form_document(fields);
    form.created = maker.born - kDay * 90;
    form.updated = form.created;
    maker.crm.forms.all.push_back(std::move(form));
  }
}

}  // namespace

PersonName person_name(SeededRandom& random) {
  return {pick(random, words::kFirstNames), pick(random, words::kLastNames)};
}

CompanyName company_name(SeededRandom& random) {
  CompanyName out;
  out.name = std::string(pick(random, words::kCompanyFirst)) + " " +
             std::string(pick(random, words::kCompanySecond));
  out.domain = to_lower(out.name) + ".example";
  std::ranges::replace(out.domain, ' ', '-');
  return out;
}

std::string email_of(const PersonName& person, std::string_view domain) {
  return to_lower(person.first) + "." + to_lower(person.last) + "@" + std::string(domain);
}

void generate(Crm& crm, const Account& account, std::uint64_t seed, int records, Instant born) {
  Maker maker{crm, SeededRandom(seed ^ (account.portal_id * 0x9e3779b97f4a7c15U)), born, 0};
  maker.count = std::min(static_cast<std::size_t>(std::max(records, 0)), kGeneratedMax);
  make_owners(maker, account);
  make_forms(maker);
  for (std::size_t i = 0; i < maker.count; ++i) make_company(maker);
  for (std::size_t i = 0; i < maker.count; ++i) make_contact(maker);
  for (std::size_t i = 0; i < maker.count; ++i) make_deal(maker);
  for (std::size_t i = 0; i < maker.count; ++i) make_ticket(maker);
}

}  // namespace wayleave::sandbox
