#pragma once

#include <array>
#include <string_view>

/// Invented material for generated records.
namespace wayleave::sandbox::words {

inline constexpr auto kFirstNames = std::to_array<std::string_view>(
    {"Amelia", "Noah",  "Priya", "Mateo", "Ingrid", "Kwame", "Sofia", "Liam",   "Yuki",
     "Elena",  "Omar",  "Freya", "Tomas", "Aisha",  "Lukas", "Mei",   "Diego",  "Hannah",
     "Ravi",   "Clara", "Jonas", "Zoe",   "Samuel", "Leila", "Oscar", "Nina",   "Hugo",
     "Ana",    "Felix", "Maya",  "Elias", "Ruth",   "Andre", "Iris",  "Viktor", "Rosa",
     "Theo",   "Signe", "Malik", "Greta", "Paolo",  "Edith", "Tariq", "Julia",  "Emil",
     "Chidi",  "Laura", "Ivan",  "Nora",  "Rafael"});

inline constexpr auto kLastNames = std::to_array<std::string_view>(
    {"Hart",    "Okafor",   "Lindqvist", "Moreau",   "Tanaka",    "Novak",  "Silva",  "Becker",
     "Rahman",  "Castillo", "Byrne",     "Kowalski", "Haddad",    "Nguyen", "Petrov", "Andersson",
     "Osei",    "Marino",   "Fischer",   "Delgado",  "Ito",       "Larsen", "Mehta",  "Dubois",
     "Keller",  "Santos",   "Walsh",     "Jansen",   "Aydin",     "Romero", "Vogel",  "Chen",
     "Farrell", "Ibrahim",  "Lopez",     "Schmid",   "Takahashi", "Wright", "Zeman",  "Archer",
     "Bauer",   "Carver",   "Dahl",      "Eriksen",  "Fuentes",   "Gallo",  "Holm",   "Ivers",
     "Joshi",   "Kaya"});

inline constexpr auto kCompanyFirst = std::to_array<std::string_view>(
    {"Northfield",  "Harbor",    "Bluegum",   "Ironwood",  "Maple Street", "Silverline",
     "Cobalt",      "Juniper",   "Redstone",  "Kestrel",   "Lighthouse",   "Meridian",
     "Oakmont",     "Pinecrest", "Quarry",    "Riverbend", "Saltmarsh",    "Thornbury",
     "Upland",      "Vantage",   "Westbrook", "Yarrow",    "Alder",        "Brightwater",
     "Copperfield", "Driftwood", "Elmhurst",  "Foxglove",  "Granite",      "Hollis"});

inline constexpr auto kCompanySecond = std::to_array<std::string_view>(
    {"Glass",  "Logistics", "Dental",     "Robotics", "Outfitters",  "Energy",  "Analytics",
     "Foods",  "Textiles",  "Architects", "Software", "Instruments", "Brewing", "Insurance",
     "Motors", "Studios",   "Pharma",     "Builders", "Travel",      "Paper",   "Optics",
     "Farms",  "Security",  "Interiors",  "Marine"});

struct City {
  std::string_view city, state, country, zip, dial;
};
inline constexpr auto kCities =
    std::to_array<City>({{"Portland", "Oregon", "United States", "97205", "+1 503 555 01"},
                         {"Boston", "Massachusetts", "United States", "02110", "+1 617 555 01"},
                         {"Austin", "Texas", "United States", "78701", "+1 512 555 01"},
                         {"Toronto", "Ontario", "Canada", "M5H 2N2", "+1 416 555 01"},
                         {"London", "England", "United Kingdom", "EC2A 4NE", "+44 20 7946 09"},
                         {"Dublin", "Leinster", "Ireland", "D02 X285", "+353 20 910 01"},
                         {"Berlin", "Berlin", "Germany", "10117", "+49 30 23125 0"},
                         {"Lyon", "Rhone", "France", "69002", "+33 1 99 00 01 "},
                         {"Gothenburg", "Vastra Gotaland", "Sweden", "411 04", "+46 31 390 06 "},
                         {"Sydney", "New South Wales", "Australia", "2000", "+61 2 5550 01"},
                         {"Melbourne", "Victoria", "Australia", "3000", "+61 3 5550 01"},
                         {"Singapore", "Singapore", "Singapore", "048619", "+65 6555 01"}});

inline constexpr auto kStreets = std::to_array<std::string_view>({"Mill Lane",
                                                                  "Station Road",
                                                                  "Canal Street",
                                                                  "Harbour View",
                                                                  "Foundry Way",
                                                                  "Market Square",
                                                                  "Cedar Avenue",
                                                                  "King Street",
                                                                  "Orchard Road",
                                                                  "Depot Street"});

inline constexpr auto kJobTitles = std::to_array<std::string_view>({"Head of Operations",
                                                                    "Marketing Manager",
                                                                    "Chief Technology Officer",
                                                                    "Account Executive",
                                                                    "Office Manager",
                                                                    "Founder",
                                                                    "Purchasing Lead",
                                                                    "Data Analyst",
                                                                    "Customer Success Manager",
                                                                    "Finance Director",
                                                                    "Product Owner",
                                                                    "Sales Director",
                                                                    "IT Administrator",
                                                                    "Plant Manager"});

inline constexpr auto kIndustries = std::to_array<std::string_view>({"ACCOUNTING",
                                                                     "AUTOMOTIVE",
                                                                     "COMPUTER_SOFTWARE",
                                                                     "CONSTRUCTION",
                                                                     "EDUCATION_MANAGEMENT",
                                                                     "FINANCIAL_SERVICES",
                                                                     "HOSPITAL_HEALTH_CARE",
                                                                     "HOSPITALITY",
                                                                     "LOGISTICS_AND_SUPPLY_CHAIN",
                                                                     "MACHINERY",
                                                                     "RENEWABLES_ENVIRONMENT",
                                                                     "RETAIL"});

inline constexpr auto kLifecycle = std::to_array<std::string_view>({"subscriber",
                                                                    "lead",
                                                                    "marketingqualifiedlead",
                                                                    "salesqualifiedlead",
                                                                    "opportunity",
                                                                    "customer"});

inline constexpr auto kDeals = std::to_array<std::string_view>({"annual licence",
                                                                "pilot",
                                                                "expansion",
                                                                "renewal",
                                                                "onboarding package",
                                                                "support contract",
                                                                "second site",
                                                                "migration project",
                                                                "training days",
                                                                "hardware refresh"});

inline constexpr auto kDealStages = std::to_array<std::string_view>({"appointmentscheduled",
                                                                     "qualifiedtobuy",
                                                                     "presentationscheduled",
                                                                     "decisionmakerboughtin",
                                                                     "contractsent",
                                                                     "closedwon",
                                                                     "closedlost"});

struct TicketText {
  std::string_view subject, content, category;
};
inline constexpr auto kTickets = std::to_array<TicketText>(
    {{"Cannot log in after password reset",
      "The reset link says it was used already.",
      "PRODUCT_ISSUE"},
     {"Invoice shows the wrong address",
      "Please reissue it with our new office address.",
      "BILLING_ISSUE"},
     {"Export stops at 5,000 rows", "The file ends in the middle of a line.", "PRODUCT_ISSUE"},
     {"Add a dark theme", "Our night shift would be grateful.", "FEATURE_REQUEST"},
     {"Question about data retention", "How long are deleted records kept?", "GENERAL_INQUIRY"},
     {"Charged twice in March",
      "Two payments with the same reference left our account.",
      "BILLING_ISSUE"},
     {"Sync is slow since Tuesday",
      "It took four minutes before, now it takes an hour.",
      "PRODUCT_ISSUE"},
     {"API answers 500 now and then",
      "About one call in a thousand, no pattern we can see.",
      "PRODUCT_ISSUE"},
     {"Bulk edit for tags", "Changing tags one by one does not scale for us.", "FEATURE_REQUEST"},
     {"Who is our account manager?",
      "We would like to plan the next quarter together.",
      "GENERAL_INQUIRY"}});

}  // namespace wayleave::sandbox::words
