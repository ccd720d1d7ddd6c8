"""Which column of a list means what.

In: a header as people write it, a few rows, and what the user said. Out: our field → their column.
Never: two fields from one column, or a column that the user named taken for something else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from outrider.kernel.errors import InvalidInput

# In order of preference: a work address before any address. Written as `words` leaves them.
_NAMES: Mapping[str, str] = {
    "email": """
        work email, business email, email address, email, e mail address, e mail, mail
        address, work e mail, business e mail, corporate email, company email, contact
        email, primary email, person email, lead email, email id, mail, email 1, e mail 1
        value, email work, e mail adresse, emailadresse, mailadresse, email adresse,
        geschaftliche e mail, adresse e mail, adresse email, adresse mail, courriel,
        adresse electronique, correo electronico, correo, direccion de correo electronico,
        indirizzo email, indirizzo e mail, posta elettronica, endereco de email, endereco
        de e mail, e mailadres, emailadres, e post, epost, e postadress, sahkoposti, adres
        email, adres e mail
    """,
    "company": """
        company name, company, account name, account, organization name, organization,
        organisation name, organisation, employer, business name, associated company,
        current company, firm, firm name, legal name, company legal name, client,
        registrant, registrant name, entity name, current employer, customer, firma,
        firmenname, unternehmen, unternehmensname, gesellschaft, arbeitgeber, societe, nom
        de la societe, nom de l entreprise, entreprise, raison sociale, empresa, nombre de
        la empresa, nombre de empresa, compania, azienda, nome azienda, societa, ragione
        sociale, nome da empresa, bedrijf, bedrijfsnaam, organisatie, foretag,
        foretagsnamn, virksomhed, bedrift, yritys, nazwa firmy, przedsiebiorstwo
    """,
    "first_name": """
        first name, firstname, given name, givenname, forename, fname, first, contact
        first name, vorname, prenom, nombre, nombre de pila, primer nombre, primeiro nome,
        voornaam, fornamn, fornavn, etunimi, imie, nome
    """,
    "last_name": """
        last name, lastname, surname, family name, lname, last, contact last name,
        nachname, familienname, zuname, nom de famille, apellido, apellidos, cognome,
        sobrenome, ultimo nome, achternaam, efternamn, etternavn, efternavn, sukunimi,
        nazwisko
    """,
    "full_name": """
        full name, fullname, contact name, person name, name, contact, lead name, contact
        person, vollstandiger name, ansprechpartner, kontakt, kontaktperson, nom complet,
        nom et prenom, prenom et nom, nombre completo, nombre y apellidos, nome completo,
        nome e cognome, volledige naam, naam, namn, navn, nimi, imie i nazwisko
    """,
    "title": """
        job title, jobtitle, title, position, role, job role, current title, job position,
        designation, job, contact title, person title, headline, stelle,
        stellenbezeichnung, berufsbezeichnung, funktion, titel, jobtitel, poste, fonction,
        intitule du poste, titre, cargo, puesto, puesto de trabajo, ruolo, qualifica,
        posizione, functie, functietitel, befattning, stilling, stanowisko
    """,
    "phone": """
        work phone, work direct phone, direct phone, direct dial, business phone, phone
        number, phone, telephone number, telephone, tel, phone no, contact phone, mobile
        phone, mobile, mobile number, cell, cell phone, corporate phone, company phone,
        telefon, telefonnummer, durchwahl, handy, mobil, numero de telephone, portable,
        telefono, numero de telefono, movil, celular, cellulare, telefone, telefoonnummer,
        telefoon
    """,
    "domain": """
        website, company website, web site, domain, company domain, company domain name,
        website url, company url, url, homepage, home page, web, web page, web address,
        account website, email domain, webseite, internetseite, internetadresse, site web,
        site internet, sitio web, pagina web, sito web, sito, site, hemsida, hjemmeside,
        strona internetowa, strona www, www
    """,
    "cik": """
        cik, cik number, cik code, sec cik, edgar cik, cik no, central index key
    """,
    "ticker": """
        ticker, ticker symbol, stock symbol, stock ticker, symbol, trading symbol, stock,
        borsenkurzel, tickersymbol, cotation
    """,
    "industry": """
        industry, company industry, sector, vertical, industry sector, primary industry,
        branche, industrie, secteur, secteur d activite, industria, sector industrial,
        settore, setor, sektor, bransch, branza
    """,
    "country": """
        country, country code, country region, company country, contact country, mailing
        country, billing country, person country, hq country, nation, land, pays, pais,
        paese, kraj, maa
    """,
    "timezone": """
        time zone, timezone, tz, zeitzone, fuseau horaire, zona horaria
    """,
    "employees": """
        employees, number of employees, numberofemployees, no of employees, num employees,
        employee count, employees count, of employees, company size, headcount, head
        count, staff, staff count, total employees, estimated num employees, mitarbeiter,
        mitarbeiterzahl, anzahl mitarbeiter, beschaftigte, effectif, effectifs, nombre d
        employes, nombre de salaries, empleados, numero de empleados, dipendenti, numero
        dipendenti, funcionarios, numero de funcionarios, medewerkers, aantal medewerkers,
        anstallda, ansatte
    """,
    "icp_score": """
        icp score, icp, icp fit, icp fit score, fit score, lead score, account score, icp
        rating, ideal customer profile score, score
    """,
    "competitor": """
        competitor, competitor name, competitor product, competitor used, current vendor,
        incumbent, incumbent vendor, current solution, current provider, current tool,
        existing vendor, existing solution, competitor presence, wettbewerber,
        mitbewerber, konkurrent, concurrent, competidor, concorrente, concurrentie
    """,
    "opted_out": """
        opted out, opt out, do not email, has opted out of email, email opt out, opted out of email,
        email opted out, unsubscribed, unsubscribed from all email, email unsubscribed,
        do not contact, do not mail, dnc, donotemail, optout, no email, abgemeldet, desabonne,
        dado de baja
    """,
}

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    field: tuple(" ".join(name.split()) for name in names.split(","))
    for field, names in _NAMES.items()
}
"""The names that columns carry, per field, in order of preference."""

FIELDS = tuple(SYNONYMS)
ATTRIBUTE = "attribute."
"""A column can be kept under a name of its own: `attribute.plan=Plan`."""

# `Email Status` holds no address and `Company Phone Type` no phone.
_ABOUT_IT = frozenset(
    """
    do has is no not
    bounced bounce catchall clicked confidence consent count date domain id invalid last open
    opened opt opted optout owner permission provider quality replied sent source stage status
    subject subscribed template timestamp type unsubscribed updated valid validated validation
    verification verified
    """.split()
)
_FLAGS = frozenset({"yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "x", "ja", "nein"})
# Too common within other names to mean the field: `Account Plan`, `Company City`.
_TOO_SHORT = frozenset({"account", "company", "first", "last", "name", "role", "title", "position"})
_ADDRESS = re.compile(r"<?[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+>?")


def words(header: str) -> str:
    """A header without case, accents, signs and camel case: `E-Mail` → `e mail`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", header.strip().lstrip("\ufeff"))
    text = unicodedata.normalize("NFKD", split).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"(?<=[a-z])\.(?=[a-z]\b)", "", text)
    return re.sub(r"[\W_]+", " ", text).strip()


def unique(header: Sequence[str]) -> tuple[str, ...]:
    """Names that can be told apart: `column 3` for an empty one, `Email (2)` for a second one."""
    seen: dict[str, int] = {}
    names = []
    for place, raw in enumerate(header, start=1):
        name = " ".join(raw.replace("\ufeff", "").split()) or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def recognised(header: Sequence[str]) -> int:
    """How many columns of a header carry a name that we know."""
    known = {word for several in SYNONYMS.values() for word in several}
    return sum(words(name) in known for name in header)


def guess(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """Our field → the column that most likely holds it; fields without a column are left out.

    Args:
        header: unique column names.
        sample: a few rows; an address column is found by its values when its name says nothing,
            and of two columns with equal claims the fuller one wins.
    """
    claims = sorted(
        (rank, -_filled(place, sample), place, field)
        for place, name in enumerate(header)
        for field, rank in _claims(name).items()
        if field != "email" or _could_hold_addresses(place, sample)
    )
    found: dict[str, int] = {}
    for _, _, place, field in claims:
        if field not in found and place not in found.values():
            found[field] = place
    _settle_names(found, header)
    if "email" not in found:
        place_of_addresses = _by_values(header, sample, set(found.values()))
        if place_of_addresses is not None:
            found["email"] = place_of_addresses
    return {field: header[found[field]] for field in FIELDS if field in found}


def _claims(name: str) -> dict[str, int]:
    """The fields that a column's name could mean, with a rank: less is better."""
    said = words(name)
    said = re.sub(r" \d+$", "", said) if re.search(r"\(\d+\)$", name) else said
    exact = {
        field: synonyms.index(said) for field, synonyms in SYNONYMS.items() if said in synonyms
    }
    return exact or _numbered(said) or _loose(said)


def _numbered(said: str) -> dict[str, int]:
    """Address books count: `Organization 1 - Name`, `Phone 1 - Value`."""
    parts = said.split()
    if not any(part.isdecimal() for part in parts):
        return {}
    bare = " ".join(part for part in parts if not part.isdecimal() and part != "value")
    number = min(int(part) for part in parts if part.isdecimal())
    return {field: 50 + min(number, 40) for field, synonyms in SYNONYMS.items() if bare in synonyms}


def _loose(said: str) -> dict[str, int]:
    """Names that hold one of ours and a word more: `Contact work email`, `Job title (EN)`."""
    parts = said.split()
    if not parts or len(parts) > 6 or _ABOUT_IT.intersection(parts):
        return {}
    found: dict[str, int] = {}
    for field in ("email", "company", "first_name", "last_name", "full_name", "title", "cik"):
        for synonym in (name for name in SYNONYMS[field][:6] if name not in _TOO_SHORT):
            if f" {synonym} " in f" {said} ":
                extra = len(parts) - len(synonym.split())
                found[field] = min(found.get(field, 999), 100 + extra)
    return found


def _settle_names(found: dict[str, int], header: Sequence[str]) -> None:
    """`Nom` and `Name` are a last name beside a first name, and a whole name alone."""
    place = found.get("full_name")
    taken = set(found.values())
    alone = next(
        (i for i, name in enumerate(header) if words(name) == "nom" and i not in taken), None
    )
    if alone is not None:
        if "first_name" in found and "last_name" not in found:
            found["last_name"] = alone
        elif "first_name" not in found and place is None:
            found["full_name"] = place = alone
    if place is not None and "first_name" in found and "last_name" not in found:
        if words(header[place]) in ("name", "naam", "namn", "navn", "nimi"):
            found["last_name"] = found.pop("full_name")
    elif place is not None and "first_name" in found:
        del found["full_name"]
    if "first_name" in found and "last_name" not in found and "full_name" not in found:
        # `Nombre` and `Nome` alone are how Spanish and Italian lists head a whole name.
        if words(header[found["first_name"]]) in ("nombre", "nome"):
            found["full_name"] = found.pop("first_name")


def _could_hold_addresses(place: int, sample: Sequence[Sequence[str]]) -> bool:
    """Whether the values are more than yes and no, or there is none to tell."""
    values = [row[place] for row in sample if place < len(row) and row[place].strip()]
    return not values or any(value.strip().casefold() not in _FLAGS for value in values)


def _filled(place: int, sample: Sequence[Sequence[str]]) -> int:
    return sum(1 for row in sample if place < len(row) and row[place].strip())


def _by_values(
    header: Sequence[str], sample: Sequence[Sequence[str]], taken: set[int]
) -> int | None:
    """The first free column whose values are mostly addresses."""
    for place in range(len(header)):
        if place in taken:
            continue
        values = [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
        if values and sum(bool(_ADDRESS.fullmatch(value)) for value in values) * 2 > len(values):
            return place
    return None


def complete(
    header: Sequence[str], sample: Sequence[Sequence[str]], given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The map to read a list by: what the user gave, and a guess for the rest.

    Args:
        header: unique column names.
        sample: a few rows.
        given: field → column; an empty column name switches the field off.

    Raises:
        InvalidInput: an unknown field or column, a column given twice, or no e-mail column.
    """
    named = {field: _column(field, column, header) for field, column in (given or {}).items()}
    columns = [column for column in named.values() if column]
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice:
        raise InvalidInput(
            f"The column map names the column {twice!r} twice: give each field its own."
        )
    guessed = guess(header, sample)
    if named.get("full_name") or named.get("first_name"):
        other = ("first_name", "last_name") if named.get("full_name") else ("full_name",)
        guessed = {field: column for field, column in guessed.items() if field not in other}
    found = {
        field: column
        for field, column in guessed.items()
        if field not in named and column not in columns
    }
    found.update({field: column for field, column in named.items() if column})
    if "email" not in found:
        raise InvalidInput(
            f"No column looks like an e-mail address; the columns are {_listed(header)}. "
            "Say which one it is: --map email=COLUMN."
        )
    order = {field: place for place, field in enumerate(FIELDS)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], 99), item[0])))


def _column(field: str, column: str, header: Sequence[str]) -> str:
    if field not in FIELDS and not (field.startswith(ATTRIBUTE) and len(field) > len(ATTRIBUTE)):
        raise InvalidInput(
            f"The column map names the field {field!r}, which does not exist; "
            f"the fields are {', '.join(FIELDS)}, and {ATTRIBUTE}NAME for anything else."
        )
    wanted = " ".join(column.split())
    if not wanted or wanted in header:
        return wanted
    alike = [name for name in header if name.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise InvalidInput(
        f"The column map gives {field} the column {column!r}, which the file does not have; "
        f"its columns are {_listed(header)}."
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in header[:30])
    return f"{shown} and {len(header) - 30} more" if len(header) > 30 else shown
