"""A column is recognised however people head it, and never taken for what it is not."""

from __future__ import annotations

import pytest

from outrider.kernel.errors import InvalidInput
from outrider.prospects.columns import FIELDS, complete, guess, unique, words

HEADERS = [
    pytest.param(
        "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,"
        "Primary Email Source,Email Confidence,Seniority,Contact Owner,Work Direct Phone,"
        "Mobile Phone,Corporate Phone,Stage,Account Owner,# Employees,Industry,Person Linkedin Url,"
        "Website,Company Linkedin Url,City,Country,Company Country,Email Sent,Email Open",
        {
            "email": "Email",
            "company": "Company Name",
            "first_name": "First Name",
            "last_name": "Last Name",
            "title": "Title",
            "phone": "Work Direct Phone",
            "domain": "Website",
            "industry": "Industry",
            "country": "Country",
            "employees": "# Employees",
        },
        id="a prospecting database's export",
    ),
    pytest.param(
        "FirstName,LastName,AccountName,Title,Email,NumberOfEmployees,Website,LeadSource",
        {
            "email": "Email",
            "company": "AccountName",
            "first_name": "FirstName",
            "last_name": "LastName",
            "title": "Title",
            "domain": "Website",
            "employees": "NumberOfEmployees",
        },
        id="a CRM's camel case",
    ),
    pytest.param(
        "E-Mail,Organisation,Name,Job Title,Website,CIK,Ticker,Competitor,ICP Score",
        {
            "email": "E-Mail",
            "company": "Organisation",
            "full_name": "Name",
            "title": "Job Title",
            "domain": "Website",
            "cik": "CIK",
            "ticker": "Ticker",
            "icp_score": "ICP Score",
            "competitor": "Competitor",
        },
        id="a list of registrants",
    ),
    pytest.param(
        "Firma,Vorname,Nachname,E-Mail-Adresse,Position,Telefon,Land,Mitarbeiter,Branche",
        {
            "email": "E-Mail-Adresse",
            "company": "Firma",
            "first_name": "Vorname",
            "last_name": "Nachname",
            "title": "Position",
            "phone": "Telefon",
            "industry": "Branche",
            "country": "Land",
            "employees": "Mitarbeiter",
        },
        id="German",
    ),
    pytest.param(
        "Société,Prénom,Nom,Courriel,Fonction,Pays,Effectif",
        {
            "email": "Courriel",
            "company": "Société",
            "first_name": "Prénom",
            "last_name": "Nom",
            "title": "Fonction",
            "country": "Pays",
            "employees": "Effectif",
        },
        id="French",
    ),
    pytest.param(
        "Empresa,Nombre,Apellidos,Correo electrónico,Cargo,País",
        {
            "email": "Correo electrónico",
            "company": "Empresa",
            "first_name": "Nombre",
            "last_name": "Apellidos",
            "title": "Cargo",
            "country": "País",
        },
        id="Spanish",
    ),
    pytest.param(
        "WORK_EMAIL,company_name,contact_full_name,job_title",
        {
            "email": "WORK_EMAIL",
            "company": "company_name",
            "full_name": "contact_full_name",
            "title": "job_title",
        },
        id="a database's names",
    ),
    pytest.param(
        "Name,E-mail 1 - Value,Organization 1 - Name,Phone 1 - Value,Phone 2 - Value",
        {
            "email": "E-mail 1 - Value",
            "company": "Organization 1 - Name",
            "full_name": "Name",
            "phone": "Phone 1 - Value",
        },
        id="an address book",
    ),
]


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_a_header_is_read_as_its_writer_meant_it(header: str, expected: dict[str, str]) -> None:
    assert guess(unique(header.split(","))) == expected


def test_the_work_address_is_preferred_to_any_other() -> None:
    assert guess(["Email", "Work Email"])["email"] == "Work Email"
    assert guess(["Personal Email", "Email Address"])["email"] == "Email Address"


def test_a_flag_not_to_write_is_no_address_column() -> None:
    sample = [["No", "ann@acme.example"], ["Yes", "bo@acme.example"]]
    assert guess(["Do Not Email", "Address"], sample) == {
        "email": "Address",
        "opted_out": "Do Not Email",
    }
    assert guess(["Email"], [["No"], ["Yes"]]) == {}


@pytest.mark.parametrize(
    "name", ["Email Status", "Email Bounced", "Last Email Date", "Account Owner"]
)
def test_a_column_about_a_thing_is_not_the_thing(name: str) -> None:
    assert guess([name]) == {}


def test_an_address_column_with_a_strange_name_is_found_by_its_values() -> None:
    sample = [["ann@acme.example", "Acme"], ["bo@beta.example", "Beta"], ["", "Gamma"]]
    assert guess(["Anschrift X", "Company"], sample)["email"] == "Anschrift X"


def test_of_two_columns_with_one_name_the_fuller_one_is_taken() -> None:
    header = unique(["Email", "Email", "Company"])
    sample = [["", "ann@acme.example", "Acme"], ["", "bo@beta.example", "Beta"]]
    assert header == ("Email", "Email (2)", "Company")
    assert guess(header, sample)["email"] == "Email (2)"


def test_columns_without_a_name_can_still_be_told_apart() -> None:
    assert unique(["", " ", "A"]) == ("column 1", "column 2", "A")


def test_case_accents_and_signs_do_not_matter() -> None:
    assert words("  PRÉNOM ") == words("prenom")
    assert words("firstName") == words("First_Name") == words("first-name") == "first name"


def test_a_list_without_addresses_is_refused_with_its_columns_and_the_way_out() -> None:
    with pytest.raises(InvalidInput, match=r"'Company', 'City'.*--map email=COLUMN"):
        complete(["Company", "City"], [["Acme", "Bonn"]])


def test_what_the_user_says_beats_the_guess() -> None:
    header = ["Email", "Backup", "Name", "Company"]
    found = complete(header, [], {"email": "backup", "company": "Name", "full_name": ""})
    assert found == {"email": "Backup", "company": "Name"}


def test_a_column_that_the_user_gave_away_is_not_guessed_for_another_field() -> None:
    found = complete(["Email", "Title", "Company"], [], {"attribute.honorific": "Title"})
    assert "title" not in found
    assert found["attribute.honorific"] == "Title"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mail": "Email"}, "'mail', which does not exist; the fields are email"),
        ({"email": "Adress"}, "'Adress', which the file does not have; its columns are 'Email'"),
        ({"email": "Email", "company": "Email"}, "names the column 'Email' twice"),
    ],
)
def test_a_wrong_map_is_refused_in_one_sentence(given: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        complete(["Email", "Company"], [], given)


def test_no_column_serves_two_fields() -> None:
    header = ["Name", "Company", "Title", "Email", "Website", "Domain", "Phone", "Mobile", "Score"]
    found = guess(header)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(FIELDS)
