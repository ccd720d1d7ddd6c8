"""The words of the pages behind a mail's links, in the languages that we have.

In: what a browser says of its languages. Out: words. Never: a name, an address, markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

DEFAULT = "en"
MOST_OFFERS = 20
_OFFER = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?"
)


@dataclass(frozen=True)
class Words:
    """One language; `{date}` stands for a day."""

    name: str
    months: str
    day: str
    ask: str
    promise: str
    all: str
    other: str
    pause: str
    pause_means: str
    wrong: str
    wrong_means: str
    done: str
    done_means: str
    paused: str
    paused_means: str
    noted: str
    noted_means: str
    still: str
    unclear: str
    unclear_means: str
    broken: str
    broken_means: str
    or_reply: str

    def on(self, day: date) -> str:
        """A day as this language writes it."""
        month = self.months.split()[day.month - 1]
        return self.day.format(day=day.day, month=month, year=day.year)


_EN = Words(
    name="English",
    months="January February March April May June July August September October November December",
    day="{day} {month} {year}",
    ask="Stop these mails?",
    promise="One click, and we will not write to you again. No login, no questions.",
    all="Unsubscribe",
    other="Or something else",
    pause="Pause for 90 days",
    pause_means="No mail from us until {date}.",
    wrong="I am the wrong person",
    wrong_means="We will not write to you again, and tell whoever sent the mail.",
    done="You are unsubscribed",
    done_means="You will not hear from us again. Nothing else is needed; you can close this page.",
    paused="Your pause has begun",
    paused_means="You will not hear from us until {date}. You can close this page.",
    noted="Thank you for telling us",
    noted_means="We will not write to you again. You can close this page.",
    still="Would you rather hear nothing at all?",
    unclear="Nothing has changed yet",
    unclear_means="Please press one of the buttons.",
    broken="This link does not work",
    broken_means="Please use the whole link from the mail.",
    or_reply="Reply to the mail with the word stop instead: that works as well.",
)
_DE = Words(
    name="Deutsch",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    day="{day}. {month} {year}",
    ask="Keine Mails mehr?",
    promise="Ein Klick, und wir schreiben Ihnen nicht mehr. Ohne Anmeldung, ohne Fragen.",
    all="Abmelden",
    other="Oder etwas anderes",
    pause="90 Tage Pause",
    pause_means="Keine Mail von uns bis zum {date}.",
    wrong="Ich bin die falsche Person",
    wrong_means="Wir schreiben Ihnen nicht mehr und sagen es denen, die geschrieben haben.",
    done="Sie sind abgemeldet",
    done_means="Sie hören nichts mehr von uns. Mehr ist nicht nötig; Sie können die Seite schließen.",
    paused="Ihre Pause hat begonnen",
    paused_means="Bis zum {date} hören Sie nichts von uns. Sie können die Seite schließen.",
    noted="Danke für den Hinweis",
    noted_means="Wir schreiben Ihnen nicht mehr. Sie können die Seite schließen.",
    still="Lieber gar keine Mails mehr?",
    unclear="Noch hat sich nichts geändert",
    unclear_means="Bitte wählen Sie eine der Schaltflächen.",
    broken="Dieser Link funktioniert nicht",
    broken_means="Bitte verwenden Sie den ganzen Link aus der Mail.",
    or_reply="Antworten Sie sonst auf die Mail mit dem Wort stop: Auch das genügt.",
)
_FR = Words(
    name="Français",
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    day="{day} {month} {year}",
    ask="Ne plus recevoir ces messages\u00a0?",
    promise="Un clic, et nous ne vous écrirons plus. Sans compte, sans question.",
    all="Me désabonner",
    other="Ou autre chose",
    pause="Pause de 90 jours",
    pause_means="Aucun message de notre part jusqu\u2019au {date}.",
    wrong="Je ne suis pas la bonne personne",
    wrong_means="Nous ne vous écrirons plus, et l\u2019expéditeur en sera informé.",
    done="Vous êtes désabonné",
    done_means="Vous ne recevrez plus rien de nous. C\u2019est tout\u00a0; vous pouvez fermer cette page.",
    paused="Votre pause a commencé",
    paused_means="Vous ne recevrez rien de nous jusqu\u2019au {date}. Vous pouvez fermer cette page.",
    noted="Merci de nous l\u2019avoir dit",
    noted_means="Nous ne vous écrirons plus. Vous pouvez fermer cette page.",
    still="Préférez-vous ne plus rien recevoir\u00a0?",
    unclear="Rien n\u2019a encore changé",
    unclear_means="Veuillez choisir l\u2019un des boutons.",
    broken="Ce lien ne fonctionne pas",
    broken_means="Veuillez utiliser le lien complet du message.",
    or_reply="Sinon, répondez au message avec le mot stop\u00a0: cela suffit aussi.",
)
_ES = Words(
    name="Español",
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    day="{day} de {month} de {year}",
    ask="¿No recibir más estos correos?",
    promise="Un clic y no volveremos a escribirle. Sin cuenta y sin preguntas.",
    all="Darme de baja",
    other="O bien",
    pause="Pausa de 90 días",
    pause_means="Ningún correo nuestro hasta el {date}.",
    wrong="No soy la persona indicada",
    wrong_means="No volveremos a escribirle y avisaremos a quien envió el correo.",
    done="Se ha dado de baja",
    done_means="No volverá a saber de nosotros. No hace falta nada más; puede cerrar esta página.",
    paused="Su pausa ha comenzado",
    paused_means="No sabrá de nosotros hasta el {date}. Puede cerrar esta página.",
    noted="Gracias por avisarnos",
    noted_means="No volveremos a escribirle. Puede cerrar esta página.",
    still="¿Prefiere no recibir nada más?",
    unclear="Todavía no ha cambiado nada",
    unclear_means="Pulse uno de los botones, por favor.",
    broken="Este enlace no funciona",
    broken_means="Use el enlace completo del correo, por favor.",
    or_reply="También puede responder al correo con la palabra stop: es suficiente.",
)
LANGUAGES = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES}
"""By ISO 639-1 code, in the order in which they are offered."""


def language(asked: str, accepts: str) -> str:
    """The language to answer in: the one asked for, else the browser's best (RFC 9110, 12.5.4).

    Args:
        asked: a code from the page's own links; anything else is passed over.
        accepts: the header Accept-Language, however it came.
    """
    if asked in LANGUAGES:
        return asked
    best, weight = DEFAULT, 0.0
    for offer in accepts[:500].split(",")[:MOST_OFFERS]:
        found = _OFFER.fullmatch(offer)
        if found is None or found[1].lower() not in LANGUAGES:
            continue
        quality = float(found[2] or 1)
        if quality > weight:
            best, weight = found[1].lower(), quality
    return best
