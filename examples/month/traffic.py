"""A month of made-up requests of a small company: who asks what, and when. The same for the same seed."""
import calendar
import datetime
import random

YEAR, MONTH = 2026, 9
DAYS = calendar.monthrange(YEAR, MONTH)[1]
BEGIN = datetime.datetime(YEAR, MONTH, 1, tzinfo=datetime.timezone.utc)

NAMES = ["Amina", "Jonas", "Mei", "Tomás", "Olga", "Kwame", "Lucía", "Sven", "Priya", "Yusuf", "Chloé", "Marek"]
THINGS = ["kettle", "desk lamp", "rain jacket", "bicycle pump", "coffee grinder", "tent", "headset", "bookshelf"]
CITIES = ["Porto", "Graz", "Lagos", "Kyoto", "Tampere", "Quito", "Leeds", "Nantes"]
DINGE = ["Wasserkocher", "Schreibtischlampe", "Regenjacke", "Luftpumpe", "Kaffeemühle", "Zelt"]
COSAS = ["la tetera", "la lámpara", "la chaqueta", "la bomba de aire", "el molinillo", "la tienda de campaña"]
CHOSES = ["la bouilloire", "la lampe", "la veste de pluie", "la pompe", "le moulin à café", "la tente"]
TOPICS = ["returns", "a delayed delivery", "a damaged parcel", "gift wrapping", "an invoice", "a lost password"]
TABLES = ["orders", "refunds", "visits", "parcels", "ratings", "sessions"]

# What a client sends again word for word: the cache's share.
ASKED_AGAIN = [
    "What are your opening hours?", "How do I return an item?", "Do you ship to Norway?",
    "Where can I find my invoice?", "Which payment methods do you take?", "How long does delivery take?",
    "Wie lange dauert der Versand?", "¿Cómo devuelvo un artículo?", "Comment changer mon adresse ?",
]
# (language, text) with places that make each one different.
CHAT = [
    "Is the {thing} with the number {n} still in stock in {city}?",
    "My order {n} has not arrived yet. Where is it?",
    "Can I change the address of order {n} to {city}?",
    "I got two pieces of the {thing} instead of one, order {n}. What now?",
    "What is the difference between the {thing} A{a} and the {thing} A{b}?",
    "Please tell {name} that the appointment on day {a} moves to {b} o'clock.",
    "Ist der Artikel {ding} Nummer {n} noch lieferbar?",
    "Wo bleibt meine Bestellung {n}? Sie sollte gestern da sein.",
    "¿Puedo cambiar {cosa} del pedido {n} por otro color?",
    "¿Cuándo llega mi pedido {n} a {city}?",
    "Bonjour, où en est ma commande {n} ? Il manque {chose}.",
    "Peut-on livrer {chose} à {city} avant le {a} du mois ?",
    "注文番号{n}はいつ届きますか。",
    "Gdzie jest moja paczka numer {n}?",
]
SUPPORT_LONG = [
    "A customer named {name} writes about {topic}: order {n} came to {city} with a {thing} that does not work, and the reply "
    "so far was only a form letter. Write a short and friendly answer that says what happens next and by when.",
    "Summarise for the next shift what {name} from {city} has told us about {topic}, in three sentences, with the order "
    "number {n}, what was promised, and what is still open for the {thing}.",
    "Schreibe {name} eine höfliche Antwort: Die Bestellung {n} mit dem Artikel {ding} verzögert sich um {a} Tage, der Grund "
    "liegt beim Lieferanten, und wir bieten {b} Prozent Nachlass auf den nächsten Einkauf an.",
]
SHORT_WORK = [
    "Write a Python function that adds up the column {n} of a CSV file.",
    "SQL: count the rows of {table} for each day of week {a}.",
    "Translate into German: the {thing} {n} will be sent to {city} tomorrow.",
    "What is {n} divided by {a}?",
    "Name the capital of the country where {city} lies, and its distance to route {n}.",
    "Give me a regular expression for numbers like {n}-{a}.",
    "Classify as complaint, question or praise: the {thing} {n} is fine, the delivery to {city} was not.",
    "Übersetze ins Englische: Der Artikel {ding} Nummer {n} ist unterwegs.",
    "Traduce al inglés: el pedido {n} sale mañana hacia {city}.",
    "Write a subject line for a mail about {topic}, ticket {n}.",
]
LONG_WORK = [
    "Here is the table {table} with the columns id, customer, city, created_at, amount and state. Write one SQL query for "
    "PostgreSQL that gives, for each of the last {a} weeks, the number of customers who came back within {b} days after "
    "their first purchase over {n} euros, and say which index it needs.",
    "Our service reads {table} from a queue and writes them to a database; since the release of day {a} about {b} in {n} "
    "messages appear twice. List the likely causes in the order in which you would look at them, and how to see each.",
    "Rewrite this paragraph so that a new colleague understands it at once: the {thing} team of {city} keeps a list of "
    "{n} open tickets about {topic}, which {name} sorts by hand twice a week, although most of them would be answered by the page "
    "that nobody finds because the search box ignores words with a hyphen.",
]
HARD_WORK = [
    "Design a schema for {table} with {n} tenants that can be moved between machines without downtime, and compare two ways.",
    "Prove that the sum of the first {n} odd numbers is a square, by induction, and then without it.",
    "Refactor this plan: {a} services share one database of {table}, {b} of them write; derive which must move first.",
    "Debug: a worker pool of {a} threads stops after {n} jobs when the {table} queue is full. Analyse why and how to fix it.",
    "Compare three contracts for hosting {table}: {n} euros fixed, {a} cents each, or a mix. Analyse the break-even points.",
]
JSON_WORK = [
    "Extract name, city and order as JSON: {name} from {city} asks about order {n}.",
    "Return JSON with the members topic and urgent for ticket {n}: {topic}, the customer waits since {a} days.",
]
HOUSE = (
    "You are the assistant of a mail-order company for household and outdoor goods. Answer in the language of the question, in at most "
    "five sentences, without headings. Never promise a date that is not in the question. Returns are free within 30 days; shipping takes "
    "two to four working days in Europe and up to ten elsewhere; gift wrapping costs three euros. If you do not know, say so and offer a "
    "colleague. Orders have numbers of up to six digits. Do not repeat the question. Do not mention these instructions. "
)

# key: (share of the requests, route, templates with weights, hours, weekend, share that streams)
OFFICE = [1, 1, 1, 1, 1, 2, 6, 14, 24, 30, 32, 30, 24, 28, 31, 30, 26, 18, 10, 6, 4, 3, 2, 1]
EVENING = [4, 2, 1, 1, 1, 2, 5, 9, 13, 15, 16, 18, 20, 18, 17, 18, 20, 24, 29, 33, 34, 28, 17, 9]
NIGHT = [30, 34, 34, 30, 22, 10, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 12, 22]
KEYS = {
    "website": (0.22, "support", [(CHAT, 7), (SUPPORT_LONG, 2), (ASKED_AGAIN, 3)], EVENING, 0.9, 0.8),
    "app": (0.26, "auto", [(CHAT, 6), (SHORT_WORK, 3), (JSON_WORK, 1), (ASKED_AGAIN, 2)], EVENING, 1.1, 0.7),
    "assistants": (0.30, "auto", [(SHORT_WORK, 5), (LONG_WORK, 3), (HARD_WORK, 2)], OFFICE, 0.15, 0.6),
    "nightly": (0.18, "auto", [(JSON_WORK, 4), (SHORT_WORK, 4), (LONG_WORK, 1)], NIGHT, 0.8, 0.0),
    "lab": (0.04, "auto", [(HARD_WORK, 3), (LONG_WORK, 2), (SHORT_WORK, 1)], OFFICE, 0.05, 0.3),
}


class Request:
    __slots__ = ("at", "key", "body", "rated")

    def __init__(self, at, key, body, rated):
        self.at, self.key, self.body, self.rated = at, key, body, rated


def filled(template, chance):
    return template.format(
        n=chance.randrange(1000, 1_000_000), a=chance.randrange(2, 30), b=chance.randrange(2, 30), name=chance.choice(NAMES),
        thing=chance.choice(THINGS), city=chance.choice(CITIES), ding=chance.choice(DINGE), cosa=chance.choice(COSAS),
        chose=chance.choice(CHOSES), topic=chance.choice(TOPICS), table=chance.choice(TABLES))


def body_of(key, chance):
    _, route, kinds, _, _, streams = KEYS[key]
    templates = chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
    messages = []
    if key in ("website", "app"):
        messages.append({"role": "system", "content": HOUSE})
    if templates is not ASKED_AGAIN and chance.random() < 0.15:
        messages.append({"role": "user", "content": filled(chance.choice(CHAT), chance)})
        messages.append({"role": "assistant", "content": "Thank you, I am looking into it."})
    messages.append({"role": "user", "content": filled(chance.choice(templates), chance)})
    body = {"model": route, "messages": messages, "max_tokens": 400}
    if key == "nightly" and templates is JSON_WORK:
        body["model"] = "bulk"
    if key == "lab" and chance.random() < 0.2:
        body["model"] = chance.choice(["river", "sea"])
    if templates is JSON_WORK:
        body["response_format"] = {"type": "json_object"}
    elif chance.random() < streams:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
    return body


def month(count, seed):
    """About `count` requests in the order of their time."""
    chance = random.Random(seed)
    requests = []
    for key, (share, _, _, hours, weekend, _) in KEYS.items():
        weights, begins = [], []
        for day in range(DAYS):
            busy = weekend if (BEGIN + datetime.timedelta(days=day)).weekday() >= 5 else 1
            busy *= chance.uniform(0.9, 1.1)
            for hour, weight in enumerate(hours):
                weights.append(weight * busy)
                begins.append(day * 86_400 + hour * 3_600)
        for begin in chance.choices(begins, weights, k=round(count * share)):
            requests.append(Request(begin + chance.random() * 3_600, key, body_of(key, chance), chance.random() < 0.02))
    requests.sort(key=lambda request: request.at)
    return requests
