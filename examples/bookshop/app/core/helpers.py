"""Small things that had no better place."""  # fault: LC111

import re
import unicodedata
from datetime import date, timedelta

CENTS = 100


def is_blank(text: str) -> bool:
    return not text.strip()


def squeeze(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def first_line(text: str) -> str:
    return text.partition("\n")[0]


def first_word(text: str) -> str:
    return text.split(maxsplit=1)[0] if text.strip() else ""


def count_words(text: str) -> int:
    return len(text.split())


def quoted(text: str) -> str:
    return f"“{text}”"


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", without_accents(text).lower()).strip("-")


def initials(name: str) -> str:
    return "".join(f"{part[0]}." for part in name.split())


def last_name(name: str) -> str:
    return name.split()[-1] if name.strip() else ""


def sort_name(name: str) -> str:
    return f"{last_name(name)}, {name.removesuffix(last_name(name)).strip()}"


def without_article(title: str) -> str:
    return re.sub(r"^(the|a|an)\s+", "", title, flags=re.IGNORECASE)


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def yes_or_no(flag: bool) -> str:
    return "yes" if flag else "no"


def euros(cents: int) -> str:
    return f"{cents / CENTS:.2f} €"


def cents_of(euros_text: str) -> int:
    return round(float(euros_text.replace(",", ".").strip(" €")) * CENTS)


def percent(part: int, whole: int) -> float:
    return CENTS * part / whole if whole else 0.0


def rounded_up(cents: int, step: int) -> int:
    return -(-cents // step) * step


def to_psychological_price(cents: int) -> int:
    return rounded_up(cents, CENTS) - 1


def clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def check_digit(isbn: str) -> int:
    return -sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(isbn[:12])) % 10


def is_isbn(isbn: str) -> bool:
    return len(isbn) == 13 and isbn.isdigit() and int(isbn[12]) == check_digit(isbn)


def hyphenated(isbn: str) -> str:
    return f"{isbn[:3]}-{isbn[3]}-{isbn[4:7]}-{isbn[7:12]}-{isbn[12]}"


def grams(kilos: float) -> int:
    return round(kilos * 1000)


def postage(weight: int) -> int:
    return 295 if weight <= 500 else 495 if weight <= 2000 else 795


def parcels(weight: int) -> int:
    return max(1, -(-weight // 10_000))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return first_of_month(first_of_month(day) + timedelta(days=32)) - timedelta(days=1)


def quarter(day: date) -> int:
    return (day.month + 2) // 3


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def next_working_day(day: date) -> date:
    following = day + timedelta(days=1)
    return next_working_day(following) if is_weekend(following) else following


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_and_month(day: date) -> str:
    return f"{day.day}. {day.month}."


def weeks_ago(day: date, today: date) -> int:
    return (today - day).days // 7


def chunks(items: list[int], size: int) -> list[list[int]]:
    return [items[n : n + size] for n in range(0, len(items), size)]


def unique(items: list[int]) -> list[int]:
    return list(dict.fromkeys(items))


def pages(count: int, size: int) -> int:
    return -(-count // size)
