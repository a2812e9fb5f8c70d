"""Prepared pools of names and phrases, from which rows take by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from svp.generate.market import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ANIMALS",
    "COMPETITIONS",
    "DESCRIPTION_SHAPES",
    "ENDINGS",
    "HEROES",
    "LEADS",
    "MOODS",
    "OWN_THINGS",
    "PLACES",
    "SUBJECTS",
    "THINGS",
    "TITLE_SHAPES",
    "TOWNS",
    "TROUBLES",
    "NamePool",
    "make_name_pools",
]

POOL_NAMES = 240
"""Given names, and family names, of each country: up to 57,600 full names."""

MOODS = (
    "Silent", "Broken", "Crimson", "Last", "Hidden", "Golden", "Distant", "Electric", "Forgotten",
    "Frozen", "Burning", "Endless", "Paper", "Midnight", "Northern", "Velvet", "Hollow", "Second",
    "Wild", "Perfect", "Borrowed", "Salt", "Glass", "Quiet", "Blue", "Iron", "Restless", "Lucky",
    "Secret", "Falling", "Bitter", "Open", "Little", "Brave", "Shallow", "Winter", "Stolen",
    "Ordinary", "Scarlet", "Early", "Crooked", "Sleeping", "Drowned", "Copper", "Lonely", "Gentle",
    "Savage", "Final", "Hungry", "Pale", "Emerald", "Whispering", "Wicked", "Invisible", "Southern",
    "Reluctant", "Sunken", "Wandering", "Honest", "Impossible", "Black", "Faithful", "Long", "Faded",
    "Marble", "Runaway", "Tender", "Vanishing", "Unfinished", "Wooden", "Bright", "Foreign", "Grey",
    "Missing", "Neon", "Patient", "Rising", "Sacred", "Thirteenth", "Unlikely", "Violet", "Weary",
    "Accidental", "Dangerous", "Eleventh", "Fearless", "Guilty", "Hard", "Inner", "Jade", "Common",
    "Amber", "Backward", "Careless", "Deep", "False", "Great", "Half", "Idle", "Loud", "Narrow",
)  # fmt: skip
THINGS = (
    "Harbour", "Garden", "River", "Letters", "Mountain", "Summer", "Station", "Shadows", "Island",
    "Memory", "Road", "Bridge", "Neighbours", "Coast", "Doctor", "Kitchen", "Voyage", "Lights",
    "Country", "Class", "Tide", "Crossing", "Fields", "Engine", "Museum", "Hunters", "Weekend",
    "Tower", "Planet", "Mile", "Door", "Sister", "Clock", "Window", "Street", "Market", "Night",
    "Hotel", "Map", "Debt", "Game", "Lie", "Song", "Fire", "Storm", "Train", "Photograph", "Key",
    "Brother", "Border", "Lake", "Rain", "Bargain", "Question", "Room", "Ladder", "Shore", "Feather",
    "Arrow", "Mill", "Valley", "Well", "Ticket", "Anchor", "Ashes", "Candle", "Cloud", "Corner",
    "Echo", "Ferry", "Gate", "Hour", "Ink", "Journey", "Knot", "Library", "Message", "Needle",
)  # fmt: skip
"""That any title may be about."""
OWN_THINGS = (
    ("Convoy", "Strike", "Pursuit", "Siege", "Bounty", "Fuse", "Outpost", "Getaway", "Ambush", "Vendetta"),
    ("Wedding", "Roommate", "Honeymoon", "Landlord", "Reunion", "Babysitter", "Waiter", "Karaoke",
     "Best Man", "Office Party"),
    ("Daughter", "Orchard", "Silence", "Inheritance", "Promise", "Piano", "Farewell", "Widow",
     "Harvest", "Return"),
    ("Witness", "Alibi", "Signal", "Hostage", "Informant", "Cipher", "Passenger", "Stranger", "Motive",
     "Caller"),
    ("Orbit", "Colony", "Android", "Horizon", "Paradox", "Starship", "Nebula", "Clone", "Gravity",
     "Transmission"),
    ("Throne", "Dragon", "Oracle", "Kingdom", "Sorcerer", "Crown", "Prophecy", "Blade", "Spell",
     "Citadel"),
    ("Kiss", "Valentine", "Heart", "Love Letter", "Dance", "Bride", "Rendezvous", "Affair", "Sunset",
     "Serenade"),
    ("Asylum", "Cellar", "Haunting", "Curse", "Doll", "Crypt", "Scream", "Ritual", "Mirror", "Grave"),
    ("Detective", "Heist", "Cartel", "Verdict", "Precinct", "Jury", "Fingerprint", "Forger", "Ransom",
     "Prosecutor"),
    ("Robot", "Balloon", "Toymaker", "Comet", "Lantern", "Firefly", "Treehouse", "Teapot", "Snowman",
     "Puppet"),
    ("Grandmother", "Picnic", "Campfire", "Lighthouse", "Bicycle", "Birthday", "Kite", "Circus",
     "Cabin", "Snow Day"),
    ("Empire", "Emperor", "Revolution", "Treaty", "Dynasty", "Rebellion", "Cathedral", "Armada",
     "Trench", "Railway"),
    ("Ocean", "Glacier", "Rainforest", "Reef", "Savannah", "Volcano", "Migration", "Canyon", "Desert",
     "Tundra"),
    ("Team", "Stadium", "Coach", "Arena", "Marathon", "Striker", "Season", "Medal", "Relay", "Derby"),
    ("News", "Report", "Headlines", "Tonight", "Briefing", "Morning", "Bulletin", "Update", "Agenda",
     "Debate"),
    ("Concert", "Sessions", "Hits", "Jazz", "Guitar", "Orchestra", "Encore", "Vinyl", "Festival",
     "Chorus"),
)  # fmt: skip
"""By genre, as many of each."""
TOWNS = (
    "Lisbon", "Oslo", "Blackwater", "Havana", "Kyoto", "Marrakesh", "Vienna", "Odessa", "Dublin",
    "Naples", "Saint Morrow", "Cartagena", "Hanoi", "Memphis", "Jaipur", "Kestrel Bay", "Bergen",
    "Valparaiso", "Lagos", "Cedar Falls", "Trieste", "Istanbul", "Porto", "Salt Lake", "Tangier",
    "Hollow Creek", "Budapest", "Seville", "Aberdeen", "Manila", "Recife", "Bruges", "Santa Rosa",
    "Winterbourne", "Osaka", "Nairobi", "Juniper Hill", "Granada", "Quebec", "Hamburg", "Riga",
    "Montevideo", "Ravenswood", "Calcutta", "Palermo", "Ghent", "Oaxaca", "Inverness", "Lyon",
    "Elmwood", "Da Lat", "Salvador", "Turin", "Stillwater", "Cairo", "Bilbao", "Leipzig",
    "Nagasaki", "Monterrey", "Antwerp",
)  # fmt: skip
HEROES = (
    "Anna", "Elias", "Mina", "Tomas", "Clara", "Rafael", "Ingrid", "Leo", "Amara", "Felix", "Sofia",
    "Haruki", "Nora", "Mateo", "Zara", "Oscar", "Lena", "Arjun", "Ivy", "Hugo", "Yuki", "Maya",
    "Samuel", "Carmen", "Otto", "Linh", "Jonas", "Priya", "Emil", "Lucia", "Max", "Noor", "Theo",
    "Greta", "Diego", "Alma", "Bruno", "Kiko", "Rosa", "Finn", "Ada", "Paulo", "Vera", "Milo",
    "Esther", "Kai", "Ida", "Ruben", "Tilda", "Enzo",
)  # fmt: skip
ANIMALS = (
    "Penguin", "Fox", "Bear", "Otter", "Rabbit", "Elephant", "Hedgehog", "Owl", "Tiger", "Mouse",
    "Whale", "Dinosaur", "Puppy", "Kitten", "Turtle", "Giraffe", "Badger", "Duck", "Panda", "Squirrel",
    "Frog", "Llama", "Beaver", "Octopus",
)  # fmt: skip
COMPETITIONS = (
    "Champions Cup", "League Final", "Open Semi-Final", "Super Sunday", "Cup Quarter-Final",
    "World Qualifier", "Friendly", "Masters", "Derby Night", "Play-Off",
)  # fmt: skip

TITLE_SHAPES = (
    ("{mood} {thing}", "The {mood} {thing}", "The {thing} of {town}", "{hero} and the {mood} {thing}",
     "{hero}'s {mood} {thing}", "One {thing} in {town}", "{mood} {thing}, {mood2} {thing2}",
     "The {thing} and the {thing2}", "The Last {thing} to {town}", "{town} {thing}", "{hero} of {town}: {thing}",
     "No {thing} for {hero}", "The {mood} {thing} of {town}", "Before the {mood} {thing}"),
    ("{mood} {thing}", "The {mood} {thing}", "The {thing} of {town}", "{town} {thing}",
     "{hero} & {hero2}: {town}", "The {thing} Files: {town}", "{mood} {town}", "{thing} and {thing2}",
     "Call {hero}: {mood} {thing}", "The {mood} {thing} Club", "{hero}'s {town} {thing}", "House of {mood} {thing}",
     "{thing} Nine: {town}", "Everybody's {mood} {thing}"),
    ("Inside the {mood} {thing}", "{town}: The {thing} Story", "The {mood} {thing}: A True Story",
     "{hero} and the {thing}: The Untold Story", "Secrets of the {mood} {thing}", "The {thing} That Made {town}"),
    ("{hero} the {mood} {animal}", "{mood} {animal} and Friends", "{hero} and {hero2}'s {thing}",
     "The {animal} of {town}", "{animal}, {animal2} and the {mood} {thing}", "Good Night, {mood} {animal}"),
    ("{town} v {town2}: {competition}", "{competition}: {town} v {town2}", "{town} {competition} {year}"),
    ("{town} {own}", "{mood} {own}", "{own} {town} Channel", "{mood} {town} {own}"),
)  # fmt: skip
"""By content type; the words in braces are drawn for each title."""

LEADS = (
    "A young doctor", "A pair of sisters", "A retired detective", "A group of friends", "A stubborn cook",
    "An exiled prince", "A small-town teacher", "A stranger", "A tired journalist", "A rookie lawyer",
    "A family of acrobats", "A ship's engineer", "The last librarian", "A taxi driver", "A pair of twins",
    "A widowed farmer", "A student far from home", "A former champion", "A night nurse", "A street musician",
)  # fmt: skip
TROUBLES = (
    ("has one night to stop an attack", "is hunted across three countries", "takes on a private army"),
    ("pretends to be somebody else", "ruins the wedding of the year", "inherits a failing hotel"),
    ("starts again with nothing", "finds a letter that changes everything", "is given one last chance"),
    ("sees what nobody should have seen", "hides a dangerous secret", "is called by a missing person"),
    ("wakes in a century not their own", "hears a voice from a dead ship", "is copied without consent"),
    ("must return a stolen crown", "wakes a sleeping dragon", "is the last to remember magic"),
    ("falls in love at the wrong time", "meets a first love again", "writes letters to a stranger"),
    ("moves into a house that listens", "breaks an old curse too late", "can't leave the cellar alone"),
    ("is blamed for a perfect robbery", "reopens a cold case", "is owed a favour by a cartel"),
    ("builds a friend out of scrap", "follows a comet home", "learns to talk to the wind"),
    ("spends one loud summer outdoors", "saves the village fair", "takes in a runaway pony"),
    ("is caught between two empires", "carries a message through the war", "digs up a king"),
    ("follows the great migration", "winters with the wolves", "sails into the ice"),
    ("trains for one last race", "takes over the worst team of the league", "comes back from an injury"),
    ("asks the questions of the day", "looks behind the headlines", "follows the money"),
    ("forms a band against all advice", "looks for a lost recording", "sings for the first time in years"),
)  # fmt: skip
"""By genre, as many of each."""
PLACES = (
    "in a fishing village", "in the capital", "on a remote island", "at the edge of the desert",
    "on the night train", "behind the scenes of a theatre", "in the mountains", "by the border",
    "in a city that never sleeps", "on the coast", "in the north", "in the shadow of a volcano",
    "during the longest winter", "in a hotel out of season", "on the old trade road",
)  # fmt: skip
SUBJECTS = (
    "stunts and those who dare them", "stand-up and its makers", "lives that turned in a day",
    "people who know too much", "what lies beyond the solar system", "myths and who believes them",
    "couples, and how they met", "fear, and why we like it", "crimes that were never solved",
    "the art of drawing", "families under one roof", "battles that made our borders",
    "life in wild places", "sport and its heroes", "the world's news", "music from everywhere",
)  # fmt: skip
"""By genre: of documentaries and channels."""
ENDINGS = (
    "Nothing is what it seems.", "Not everybody wants to know the truth.", "Some doors should stay shut.",
    "It is never too late.", "And the clock is ticking.", "Then the neighbours find out.",
    "Home is further away than ever.", "A promise is a promise.", "Only one of them can be trusted.",
    "The past has other plans.", "What could go wrong?", "It takes more than luck.",
)  # fmt: skip
DESCRIPTION_SHAPES = (
    "{lead} {trouble} {place}. {ending}",
    "{lead} {trouble} {place}. {ending}",
    "A film about {subject}, made {place}.",
    "A young {animal} {trouble} {place}.",
    "The whole event, from the first minute to the last.",
    "A channel about {subject}, around the clock.",
)
"""By content type."""

VIETNAMESE_GIVEN = (
    "An", "Anh", "Bình", "Chi", "Cường", "Dũng", "Duy", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa",
    "Hùng", "Hương", "Huy", "Khánh", "Lan", "Linh", "Long", "Mai", "Minh", "My", "Ninh", "Nga", "Ngọc",
    "Nhung", "Phong", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thu", "Trang", "Tuấn", "Vy",
)  # fmt: skip
"""Faker has none: it gives English ones for this country."""

FAMILY_NAME_FIRST = ("ja_JP", "vi_VN")


@dataclass(frozen=True, slots=True)
class NamePool:
    """The names of one country, in the order in which it writes them."""

    first: tuple[str, ...]
    second: tuple[str, ...]

    def full_name(self, first: int, second: int) -> str:
        """Return a full name by two numbers of any size."""
        return f"{self.first[first % len(self.first)]} {self.second[second % len(self.second)]}"


def make_name_pools(seed: int) -> tuple[NamePool, ...]:
    """Return the names of each country, in the order of COUNTRIES."""
    return tuple(_name_pool(country.locale, seed) for country in COUNTRIES)


def _name_pool(locale: str, seed: int) -> NamePool:
    from faker import Faker  # noqa: PLC0415  (slow, and nothing else here needs it)

    faker = Faker(locale)
    faker.seed_instance(f"{locale} {seed}")
    given = VIETNAMESE_GIVEN if locale == "vi_VN" else _names(faker.first_name)
    family = _names(faker.last_name)
    return NamePool(family, given) if locale in FAMILY_NAME_FIRST else NamePool(given, family)


def _names(make: Callable[[], str]) -> tuple[str, ...]:
    return tuple(make() for _ in range(POOL_NAMES))
