"""The numbering assistant: numbers for a new house, a whole street or the buildings of a compound, proposed by a profile.

Where a street already shows a rule of its own, that rule goes before the profile. Nothing here writes: a proposal is
for a person to accept. Points are degrees (WGS84), distances metres in a local frame.
"""

from doorplate.addresses.numbering.compound import propose_compound
from doorplate.addresses.numbering.house import plan_of_house, propose_for_house
from doorplate.addresses.numbering.nouns import Assignment, Door, HouseNumber, NumberProposal, Street, StreetPlan
from doorplate.addresses.numbering.profile import Profile, load_profile, parse_profile, profile_names
from doorplate.addresses.numbering.streets import mouth_of, propose_for_street

__all__ = [
    "Assignment",
    "Door",
    "HouseNumber",
    "NumberProposal",
    "Profile",
    "Street",
    "StreetPlan",
    "load_profile",
    "mouth_of",
    "parse_profile",
    "plan_of_house",
    "profile_names",
    "propose_compound",
    "propose_for_house",
    "propose_for_street",
]
