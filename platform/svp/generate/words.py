"""Prepared pools of names and phrases, from which rows take by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from svp.generate.market import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ADVENTURES",
    "ANIMALS",
    "APPROACHES",
    "COMPETITIONS",
    "DESCRIPTION_SHAPES",
    "ENDINGS",
    "HEROES",
    "KIDS_MOODS",
    "KIDS_THINGS",
    "LEADS",
    "MOODS",
    "NETWORKS",
    "NUMBERS",
    "OWN_THINGS",
    "PLACES",
    "PLURALS",
    "SUBJECTS",
    "THINGS",
    "TITLE_SHAPES",
    "TOWNS",
    "TROUBLES",
    "WAYS",
    "NamePool",
    "make_name_pools",
]

POOL_NAMES = 240
"""Given names, and family names, of each country: up to 57,600 full names."""

MOODS = (
    "Silent", "Broken", "Crimson", "Last", "Hidden", "Golden", "Distant", "Electric", "Forgotten",
    "Frozen", "Burning", "Endless", "Paper", "Midnight", "Northern", "Velvet", "Hollow", "Second",
    "Wild", "Perfect", "Borrowed", "Salt", "Glass", "Quiet", "Blue", "Iron", "Restless", "Lucky",
    "Unspoken", "Falling", "Bitter", "Open", "Little", "Brave", "Shallow", "Winter", "Stolen",
    "Ordinary", "Scarlet", "Early", "Crooked", "Sleeping", "Drowned", "Copper", "Lonely", "Gentle",
    "Savage", "Final", "Hungry", "Pale", "Emerald", "Whispering", "Wicked", "Invisible", "Southern",
    "Reluctant", "Sunken", "Wandering", "Honest", "Impossible", "Black", "Faithful", "Long", "Faded",
    "Marble", "Runaway", "Tender", "Vanishing", "Unfinished", "Wooden", "Bright", "Foreign", "Grey",
    "Missing", "Neon", "Patient", "Rising", "Sacred", "Thirteenth", "Unlikely", "Violet", "Weary",
    "Accidental", "Dangerous", "Moonlit", "Fearless", "Guilty", "Heavy", "Ancient", "Jade", "Solitary",
    "Amber", "Stubborn", "Careless", "Polar", "False", "Great", "Sweet", "Sunlit", "Royal", "Crystal",
)  # fmt: skip
THINGS = (
    "Harbour", "Garden", "River", "Painter", "Mountain", "Summer", "Station", "Courtyard", "Island",
    "Memory", "Road", "Bridge", "Lodger", "Coast", "Doctor", "Kitchen", "Voyage", "Chapel",
    "Country", "Classroom", "Tide", "Crossing", "Meadow", "Engine", "Museum", "Hunter", "Weekend",
    "Tower", "Planet", "Mile", "Door", "Cousin", "Clock", "Window", "Street", "Market", "Night",
    "Hotel", "Map", "Debt", "Game", "Lie", "Song", "Fire", "Storm", "Train", "Photograph", "Key",
    "Brother", "Border", "Lake", "Rainstorm", "Bargain", "Question", "Room", "Ladder", "Shore", "Feather",
    "Arrow", "Mill", "Valley", "Cottage", "Ticket", "Anchor", "Fountain", "Candle", "Cloud", "Corner",
    "Echo", "Ferry", "Gate", "Hour", "Diary", "Journey", "Knot", "Library", "Message", "Needle",
)  # fmt: skip
"""That any title may be about, each in the singular."""
PLURALS = (
    "Letters", "Shadows", "Neighbours", "Lights", "Fields", "Ashes", "Strangers", "Wolves", "Promises", "Roses",
    "Secrets", "Sisters", "Brothers", "Witnesses", "Ghosts", "Lovers", "Thieves", "Stars", "Miles", "Windows",
    "Lies", "Swallows", "Bridges", "Songs", "Matches", "Suitcases", "Wishes", "Widows", "Keys", "Cousins",
    "Spies", "Lanterns", "Orphans", "Rivals", "Ravens", "Postcards", "Chairs", "Rooms", "Feathers", "Heirs",
)  # fmt: skip
NUMBERS = ("Two", "Three", "Four", "Five", "Six", "Seven", "Nine", "Ten", "Twelve", "Forty")
WAYS = (
    "Train", "Ferry", "Road", "Letter", "Flight", "Bus", "Boat", "Ticket", "Mile", "Call", "Postcard", "Caravan",
    "Messenger", "Express", "Tram",
)  # fmt: skip
"""That lead to a town."""
OWN_THINGS = (
    ("Convoy", "Strike", "Pursuit", "Siege", "Bounty", "Fuse", "Outpost", "Getaway", "Ambush", "Vendetta"),
    ("Wedding", "Roommate", "Honeymoon", "Landlord", "Reunion", "Babysitter", "Waiter", "Caterer",
     "Bridesmaid", "Office Party"),
    ("Daughter", "Orchard", "Silence", "Inheritance", "Promise", "Piano", "Farewell", "Widow",
     "Harvest", "Homecoming"),
    ("Witness", "Alibi", "Signal", "Hostage", "Informant", "Cipher", "Passenger", "Stranger", "Motive",
     "Caller"),
    ("Orbit", "Colony", "Android", "Horizon", "Paradox", "Starship", "Nebula", "Clone", "Satellite",
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
    ("News", "Report", "Headline", "Tonight", "Briefing", "Morning", "Bulletin", "Update", "Agenda",
     "Debate"),
    ("Concert", "Violin", "Melody", "Saxophone", "Guitar", "Orchestra", "Encore", "Choir", "Festival",
     "Drum"),
)  # fmt: skip
"""By genre, as many of each."""
TOWNS = (
    "Lisbon", "Oslo", "Blackwater", "Havana", "Kyoto", "Marrakesh", "Vienna", "Odessa", "Dublin",
    "Naples", "Saint Morrow", "Cartagena", "Hanoi", "Memphis", "Jaipur", "Kestrel Bay", "Bergen",
    "Valparaiso", "Lagos", "Cedar Falls", "Trieste", "Istanbul", "Porto", "Tucson", "Tangier",
    "Alder Creek", "Budapest", "Seville", "Aberdeen", "Manila", "Recife", "Bruges", "Santa Rosa",
    "Winterbourne", "Osaka", "Nairobi", "Juniper Hill", "Granada", "Quebec", "Hamburg", "Riga",
    "Montevideo", "Ravenswood", "Calcutta", "Palermo", "Ghent", "Oaxaca", "Inverness", "Lyon",
    "Elmwood", "Da Lat", "Salvador", "Turin", "Stillwater", "Cairo", "Bilbao", "Leipzig",
    "Nagasaki", "Monterrey", "Antwerp",
)  # fmt: skip
HEROES = (
    "Anna", "Elias", "Mina", "Tomas", "Clara", "Rafael", "Ingrid", "Leo", "Amara", "Felix", "Sofia",
    "Haruki", "Nora", "Mateo", "Zara", "Oscar", "Lena", "Arjun", "Ivy", "Hugo", "Yuki", "Maya",
    "Samuel", "Carmen", "Otto", "Linh", "Jonas", "Priya", "Emil", "Lucia", "Max", "Noor", "Theo",
    "Greta", "Diego", "Alma", "Bruno", "Kiko", "Elsa", "Finn", "Ada", "Paulo", "Vera", "Milo",
    "Esther", "Kai", "Ida", "Ruben", "Tilda", "Enzo",
)  # fmt: skip
ANIMALS = (
    "Penguin", "Fox", "Bear", "Otter", "Rabbit", "Elephant", "Hedgehog", "Owl", "Tiger", "Mouse",
    "Whale", "Dinosaur", "Puppy", "Kitten", "Turtle", "Giraffe", "Badger", "Duck", "Panda", "Squirrel",
    "Frog", "Llama", "Beaver", "Octopus",
)  # fmt: skip
KIDS_MOODS = (
    "Brave", "Little", "Lucky", "Sleepy", "Curious", "Golden", "Blue", "Clever", "Gentle", "Fearless", "Wandering",
    "Tiny", "Merry", "Silly", "Flying", "Dancing", "Whistling", "Polite", "Bashful", "Snowy", "Singing", "Hungry",
    "Purple", "Sunny", "Patient", "Happy", "Clumsy", "Speedy", "Forgetful", "Cheerful", "Dizzy", "Striped",
)  # fmt: skip
KIDS_THINGS = OWN_THINGS[9] + OWN_THINGS[10]
"""Those of animation and of the family."""
NETWORKS = (
    "Metro", "First", "City", "Star", "Prime", "Atlas", "Meridian", "Global", "Open", "Delta", "Nova", "Union",
    "Capital", "Pulse",
)  # fmt: skip
COMPETITIONS = (
    "Champions Cup", "League Final", "Open Semi-Final", "Super Sunday", "Cup Quarter-Final",
    "World Qualifier", "Friendly", "Masters", "Cup Night", "Play-Off",
)  # fmt: skip

TITLE_SHAPES = (
    ("{mood} {thing}", "The {mood} {thing}", "The {thing} of {town}", "{hero} and the {mood} {thing}",
     "{hero}'s {mood} {thing}", "{number} {things} in {town}", "{mood} {things}", "{number} {mood} {things}",
     "The {thing} and the {thing2}", "The {mood} {way} to {town}", "{hero} and the {things} of {town}",
     "The {things} of {town}", "The {mood} {thing} of {town}", "Before the {mood} {thing}",
     "{mood} {thing}, {mood2} {thing2}"),
    ("{mood} {thing}", "The {mood} {thing}", "{town} {thing}", "{hero} and {hero2} in {town}",
     "{hero} in {town}", "The {mood} {things}", "{thing} and {thing2}", "{number} {mood} {things}",
     "The {mood} {thing} Club", "{hero} and the {thing}", "House of {mood} {things}", "{number} {things} of {town}",
     "{hero}'s {mood} {thing}", "The {town} {thing} Files"),
    ("Inside the {mood} {thing}", "{town}: The {own} Story", "The {mood} {thing}: A True Story",
     "{hero} and the {thing}: The Untold Story", "Behind the {mood} {own}", "The {own} That Made {town}"),
    ("{hero} the {kids_mood} {animal}", "{kids_mood} {animal} and Friends", "{hero} and {hero2}'s {kids_thing}",
     "The {kids_mood} {animal} of {town}", "{animal}, {animal2} and the {kids_mood} {kids_thing}",
     "Good Night, {kids_mood} {animal}"),
    ("{town} v {town2}: {competition}", "{competition}: {town} v {town2}", "{competition} {year}: {town} v {town2}"),
    ("{town} {genre}", "{network} {genre} {town}", "{town} {genre} {channel}", "{network} {town}",
     "{network} {genre} {channel}"),
)  # fmt: skip
"""By content type; the words in braces are drawn for each title. No word can come twice in one title."""

LEADS = (
    "a young doctor", "a pair of sisters", "a retired detective", "a group of friends", "a stubborn cook",
    "an exiled prince", "a small-town teacher", "a stranger", "a tired journalist", "a rookie lawyer",
    "a family of acrobats", "a ship's engineer", "the last librarian", "a taxi driver", "a pair of twins",
    "a widowed farmer", "a student far from home", "a former champion", "a night nurse", "a street musician",
)  # fmt: skip
TROUBLES = (
    ("has one night to stop an attack", "is hunted by old friends", "takes on a private army"),
    ("pretends to be somebody else", "ruins the wedding of the year", "inherits a failing hotel"),
    ("starts again with nothing", "finds a letter that changes everything", "is given one last chance"),
    ("sees what nobody should have seen", "hides a dangerous secret", "is called by a missing person"),
    ("wakes in a century not their own", "hears a voice from a dead ship", "is copied without consent"),
    ("must return a stolen crown", "wakes a sleeping dragon", "is the last to remember magic"),
    ("falls in love at the wrong time", "meets a first love again", "writes letters to a stranger"),
    ("moves into a house that listens", "breaks an old curse too late", "hears steps in the cellar"),
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
ADVENTURES = (
    "builds a friend out of scrap", "follows a comet home", "learns to talk to the wind", "saves the village fair",
    "spends one loud summer outdoors", "takes in a runaway pony", "looks for the perfect birthday present",
    "gets lost on the way to school", "starts a band with the neighbours", "finds a map under the bed",
    "opens the smallest bakery in town", "learns to swim, slowly", "searches for a missing star",
    "wants to be a firefighter", "can't sleep and wakes everybody else", "makes friends with a shadow",
)  # fmt: skip
"""Of animals."""
PLACES = (
    "In a fishing village", "In the capital", "On a remote island", "At the edge of the desert",
    "On the night train", "Behind the scenes of a theatre", "In the mountains", "By the border",
    "In a city that never sleeps", "On the coast", "In the north", "In the shadow of a volcano",
    "During the longest winter", "In a hotel out of season", "On the old trade road",
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
APPROACHES = (
    "Filmed over three years.", "With pictures that nobody has seen before.", "Told by those who were there.",
    "Part travel diary, part investigation.", "Archives, letters and three stubborn witnesses.",
    "A quiet look at what is left.", "No narrator, no hurry.", "It asks more than it answers.",
    "With a new score and old photographs.", "Made by a crew of four.",
)  # fmt: skip
DESCRIPTION_SHAPES = (
    ("{place}, {lead} {trouble}. {ending}", "{place}, {lead} {trouble}.", "{ending} {place}, {lead} {trouble}.",
     "When {lead} {trouble}, nothing stays as it was."),
    ("{place}, {lead} {trouble}. {ending}", "{place}, {lead} {trouble}.",
     "When {lead} {trouble}, a whole town looks on. {ending}"),
    ("A film about {subject}. {approach}", "{approach} A film about {subject}.", "{place}: {subject}. {approach}"),
    ("{place}, a young {animal} {adventure}.", "A young {animal} {adventure}.",
     "A {kids_mood} {animal} {adventure}. For all who like to laugh."),
    ("The whole event, from the first minute to the last.", "From {town}, with commentary and interviews.",
     "{competition}: everything that happened in {town}."),
    ("A channel about {subject}, around the clock.", "All day and all night: {subject}."),
)  # fmt: skip
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
