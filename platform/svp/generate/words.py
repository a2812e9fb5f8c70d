"""Prepared pools of names and phrases, from which rows take by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from svp.generate.market import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "LANGUAGES",
    "LANGUAGE_SHARES",
    "LEADS",
    "PLACES",
    "REVIEWS",
    "TITLE_FIRST",
    "TITLE_SECOND",
    "TITLE_SHAPES",
    "TROUBLES",
    "UNKNOWN_QUERIES",
    "NamePool",
    "make_name_pools",
]

POOL_NAMES = 240
"""Given names, and family names, of each country: up to 57,600 full names."""

LANGUAGES = ("en", "es", "pt", "de", "fr", "hi", "ja", "vi", "ko")
LANGUAGE_SHARES = (0.46, 0.14, 0.07, 0.06, 0.07, 0.07, 0.05, 0.02, 0.06)

TITLE_FIRST = (
    "Silent", "Broken", "Crimson", "Last", "Hidden", "Golden", "Distant", "Electric", "Forgotten",
    "Frozen", "Burning", "Endless", "Paper", "Midnight", "Northern", "Velvet", "Hollow", "Second",
    "Wild", "Perfect", "Borrowed", "Salt", "Glass", "Quiet", "Blue", "Iron", "Restless", "Lucky",
    "Secret", "Falling", "Bitter", "Open", "Little", "Brave", "Shallow", "Winter", "Stolen",
    "Ordinary", "Scarlet", "Early",
)  # fmt: skip
TITLE_SECOND = (
    "Harbour", "Garden", "River", "Witness", "Kingdom", "Letters", "Mountain", "Promise", "Summer",
    "Station", "Daughter", "Shadows", "Signal", "Orchard", "Detective", "Island", "Memory", "Road",
    "Bridge", "Empire", "Circus", "Neighbours", "Horizon", "Coast", "Heist", "Doctor", "Wolves",
    "Kitchen", "Voyage", "Lights", "Country", "Hearts", "Machine", "Season", "Verdict", "Stranger",
    "Tide", "Throne", "Class", "Crossing", "Fields", "Family", "Engine", "Museum", "Hunters",
    "Alibi", "Weekend", "Tower", "Planet", "Ghosts",
)  # fmt: skip

TITLE_SHAPES = {
    "movie": ("{first} {second}", "The {first} {second}", "{second}", "A {first} {second}"),
    "series": ("{first} {second}", "The {second}", "{first} {second}s", "{second}"),
    "documentary": ("{second}: a true story", "Inside the {first} {second}"),
    "kids": ("{first} {second} and friends", "The little {second}"),
    "sport": ("{second} Cup: the final", "{first} {second} Grand Prix"),
    "live": ("{second} Channel", "{second} TV"),
}
"""By content type."""

LEADS = (
    "A young doctor", "A pair of sisters", "A retired detective", "A group of friends", "A stubborn cook",
    "An exiled prince", "A small-town teacher", "A stranger", "A tired journalist",
    "A family of acrobats", "A ship's engineer", "The last librarian", "A rookie lawyer",
)  # fmt: skip
TROUBLES = (
    "must solve an old riddle", "finds a letter that changes everything", "is given one last chance",
    "gets lost and meets an enemy", "starts again with nothing", "hides a dangerous secret",
    "falls in love at the wrong time", "takes on a powerful company", "prepares for a great storm",
)  # fmt: skip
PLACES = (
    "in a fishing village", "in the capital", "on a remote island", "at the edge of the desert",
    "on the night train", "behind the scenes of a theatre", "in the mountains", "by the border",
)  # fmt: skip

REVIEWS = (
    ("Gave up after ten minutes.", "A waste of an evening.", "Poor story, worse acting.",
     "I do not understand the praise.", "Boring from start to end."),
    ("Could have been much better.", "Good idea, weak ending.", "Too long for what it tells.",
     "The cast deserves a better script."),
    ("Fine for a rainy day.", "Not bad, not great.", "Some good moments.", "Okay, but predictable.",
     "Watched it with the family, we were split."),
    ("Really enjoyed it.", "Strong cast and a good story.", "Kept me watching.",
     "Beautifully filmed.", "Better than I expected.", "Would recommend it."),
    ("Loved every minute.", "A masterpiece.", "Best thing I have seen this year.",
     "Watched it twice already.", "Perfect. More of this, please."),
)  # fmt: skip
"""By stars, 1 to 5."""

UNKNOWN_QUERIES = (
    "new movies 2019 free", "that film with the dog", "football live now", "something funny",
    "asdf", "movie about space old", "best series ever", "kids songs", "film from the advert",
    "harry", "cooking show italy", "documental ballenas", "pelicula policia", "film noel", "krimi",
)  # fmt: skip

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
