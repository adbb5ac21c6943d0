"""What a secretary would put on the agenda: the matter's name in the sender's own words.

A title is cut out of a sentence: it begins after the words that ask ("kan vi
ta upp ...") or stands before them ("... behöver in på dagordningen"), and it
ends where time, presenter, meeting, reason or politeness begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from service.interpretation.words import fold

# No title is looked for further away than this many characters.
_LONGEST = 400
# Stand in, letter for letter, for a meeting and for minutes, so that places in the text still hold.
MEETING, TIME = "\ue000", "\ue001"

_MINUTES = re.compile(
    r"(?:\b(?:i|på|under|ca|cirka|c:a|typ|max|högst|ungefär|runt|omkring|minst|en|några|behöver|"
    r"for|about|around)\s+){0,3}"
    r"(?:(?<![\w-])\d{1,3}(?:\s*[-–]\s*\d{1,3})?\s*(?:min(?:uter(?:s)?|ut|utes|s)?\b\.?|m\b(?!\w))"
    r"|\b(?:en|ett|två|tre|fem|sju|åtta|tio|tolv|femton|tjugo|tjugofem|trettio|trettiofem|fyrtio|"
    r"fyrtiofem|femtio|femtiofem|sextio|sjuttiofem|nittio|ten|fifteen|twenty|thirty) (?:minuter|"
    r"min|minutes)\b"
    r"|\b(?:en )?(?:halvtimm[ea]n?|halv timm[ea]|kvart(?:en)?|trekvart|tre kvart|timme|timma)\b(?! "
    r"(?:i|över|past))"
    r"|\ben och en halv timm[ea]\b|\b(?:tvåtimmars|tiominutare|kvarting|tjugominutare|femminutare|"
    r"half an hour|an hour|a quarter of an hour)\b)",
    re.IGNORECASE,
)

# What stands before the matter and is no part of it.
_LEAD_NOUN = (
    r"(?:(?:en|ett|någon|något|några|a|an|den|det|de)\s+)?(?:(?:kort|kortare|korta|liten|litet|ny|"
    r"nytt|eget|egen|extra|längre|snabb|snabbt|särskild|särskilt|gemensam|"
    r"ordentlig|ordentligt|fördjupad|rejäl|öppen|viktig|viktigt|angeläget|separat|följande|brief|"
    r"short|möjlig|stående)\s+)*"
)
_LEADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "en punkt om", "ett ärende som gäller", "frågan om", "lite information om", "det här med"
        (
            rf"{_LEAD_NOUN}(?:dagordnings|informations|info|besluts|diskussions|mötes)?(?:punkt|ärende|"
            rf"fråga|frågeställning|sak|ämne|tema|topic|item|point|matter|grej|pass|stund|rad|"
            rf"diskussionsfråga|beslutsfråga)(?:er|en|et|n)?\s*(?:om|kring|rörande|gällande|angående|"
            rf"avseende|ang\.?|på temat|på tema|med rubriken|med titeln|med namnet|med|som gäller|som "
            rf"rör|som avser|som heter|som handlar om|nämligen|åt|till|till dagordningen|on|about|"
            rf"regarding|:)+:?\s*"
        ),
        (
            rf"{_LEAD_NOUN}(?:diskussion|dialog|samtal|resonemang|information|info|snack|prat|"
            rf"orientering|avstämning|koll|redovisning|genomgång|återkoppling|uppdatering|"
            rf"promemoria|pm|underlag|beslut|"
            rf"dragning|presentation|rapport|update|discussion|word|chat|talk)(?:en)?\s*(?:om|kring|"
            rf"rörande|gällande|angående|avseende|ang\.?|på temat|av|på|on|about|of)\s+(?=\S{{3}})"
        ),
        r"(?:få )?(?:höra|veta|lära oss)(?: lite)?(?: mer)? om\s+(?=\S{3})",
        r"(?:(?:ett )?par|några|lite|två) ord\s*(?:om|kring|till)?\s+(?=\S{3})",
        (
            r"(?:fråg(?:an|orna)|ärendet|punkten|ämnet|temat|saken|problemet|problematiken|"
            r"dilemmat)\s*(?:om|kring|med|rörande|gällande|angående|avseende|runt|:)?:?\s+"
        ),
        (
            r"(?:det här|det där|detta|det|den här frågan|den här saken|det där|den gamla frågan|this|"
            r"that) (?:med|om|about)\s+"
        ),
        (
            r"(?:något|någonting|nåt|lite grann|lite|litet|mer|mera|kort|kortfattat|snabbt|gärna|också|"
            r"även|igen|åter|på nytt|då|nu|här|hastigt|ordentligt|helst|kanske|tillsammans|gemensamt|"
            r"med er|för er|er|oss|gruppen|nätverket|ytterligare|även|dessutom|följande(?: punkt| "
            r"punkter| ärende| ärenden| fråga| frågor| sak| saker| två| tre)?|i gruppen|i nätverket|"
            r"här|mig|in|upp|på dagordningen|på agendan|till dagordningen|tid för|tid åt|plats för|"
            r"plats åt|utrymme för|för|med|på|this|also)\b:?\s*(?=\S)"
        ),
        (
            r"(?:om|kring|runt|angående|ang\.?|rörande|gällande|beträffande|avseende|about|on|"
            r"regarding)\s+(?=\S{2})"
        ),
        (
            r"(?:en|ett|a|an|vår|vårt|våra|min|mitt|mina|our|the|bland annat|bl\.?a\.?|t\.?ex\.?|"
            r"exempelvis|nämligen|alltså|i så fall|till exempel)\s+(?=\S{3})"
        ),
        (
            rf"(?:(?:på|till|inför|vid|under|i|den|för|om|at|on|for|in|to|mötet|redan|"
            rf"gärna)\s+)*{MEETING}+[\s,:–-]*"
        ),
        (
            r"(?:(?:på|till|vid|under|i) )?(?:samma|nästa|ett|ett kommande|det) (?:möte|sammanträde|"
            r"tillfälle|gång)\s+(?=\S{2})"
        ),
        rf"{TIME}+[\s,:–-]*(?:(?:till|för|om|på|kring|med|att)\s+)?",
        r"att (?:ställa (?:sig|oss) bakom|godkänna|anta|fastställa|stödja)\s+",
        r"[\s,:;–—\"'”“»«*•-]+",
    )
)
_HOW_THEY_DO = re.compile(
    r"(?i)hur (?:de|ni|dom|man) (?:gör|jobbar|arbetar|hanterar|tänker|ser på|resonerar)\s*(?:med|"
    r"kring|runt|om)?\s*(?=\S{3})"
)

# Where a title ends.
_ENDS = re.compile(
    rf"(?:\s|,|^)(?:(?:på|till|inför|vid|under|i|den|för|nu|redan|sammanträdet|sammankomsten|mötet|"
    rf"nätverkets|samrekos?|ert|vårt|er|det|ett|någon|gång|gärna|at|on|for|in|to|by|of "
    rf"the)\s+)*{MEETING}"
    rf"|\s*[,(–-]?\s*(?:(?:i|på|under|ca|cirka|max|typ|om|ungefär|avsätt|behöver|and|och|for|med)\s+)*{TIME}"
    r"|[.!?;]+(?=\s|$)|[.!?;]\"|\n|…|\s*[:;]-?\)"
    r"|\s+(?:på|upp på|till|in på|on|onto|to) (?:den |er |vår |mötets? |nästa |någon |the "
    r")?(?:(?:next|coming|april|february|september|november|june|december) )?(?:dagordning(?:en)?|"
    r"agenda(?:n)?|mötesagendan|föredragningslistan|möteslistan|programmet|listan|bordet)\b"
    r"|\s+(?:på|vid|till|inför|under|i) (?:ett |något |nåt |vårt |våra |ert |det |vår |någon av "
    r"våra |samma )?(?:av |kommande |senare |lämpligt |framtida |annat |de |våra |närmaste "
    r")*(?:möte|möten|mötet|mötena|sammanträde|träff|träffar|tillfälle|tillfällen|gång)\b(?! "
    r"(?:med|mellan|för|hos))"
    r"|\s+(?:i|inom|med|för|hos|till|in) (?:samreko|gruppen|nätverket|er alla|er andra|oss alla|er|"
    r"hela gruppen|övriga|the network|the group)\b"
    r"|\s+som (?:en |ett |egen |eget |ny |nytt |första |sista |särskild |särskilt |ren )*(?:punkt|"
    r"ärende|information|informationspunkt|infopunkt|info|diskussion|diskussionspunkt|"
    r"diskussionsfråga|beslut|beslutspunkt|beslutsärende|beslutsfråga|sak|övrig fråga|fråga|"
    r"dagordningspunkt)\b"
    r"|\s+(?:som|vilket|vilken|vilka) (?:jag|vi|ni|hon|han|de|du|ju|alla|nu|har|blev|är (?:klar|ny|väldigt|"
    r"mycket|så|en|ett)|tydligen|många|flera|den|det|skulle|kan|behöver|mats|lena|karin)\b"
    r"|,?\s+(?:så att|så (?:vi|jag|det|den|de|här|att|kan|får|blir|ni|du|nu)|eftersom|därför|för "
    r"att (?:vi|jag|det|man|få|kunna)|med tanke på|på grund av|enligt bifog\w*|se bifog\w*|innan|"
    r"medan|as|because|since|so that)\b"
    r"|,\s*(?:då|för|och (?:jag|vi|det|den|han|hon|där|kanske|gärna|då|om|som|behöver|är|har|få|nu|"
    r"så|alla|de)|she|he|they|we|nämligen|vilken|enligt|vem|i synnerhet|men|som|där|vilket|så|fast|"
    r"om|när|gärna|helst|info|information|diskussion|beslut|jag|vi|det|den|de|hon|han|ni|du|finns|"
    r"kan|går|behöver|tar|tack|bara|ren|rent|inte|eller (?:är|kan|har|går)|ska|skall|har|är|med|ca|"
    r"cirka|max|typ|föredragande|föredragare|tidsåtgång|tid|främst|särskilt|inklusive|bifogar|"
    r"underlag|presentatör|kort|ingen|inget|please|i|it|which|to|and|but|if|with|about|presented|"
    r"se|nu|alltså|dvs|d\.v\.s|det vill säga|antingen|vi|helst|detta|dels|både|eventuellt|ev|"
    r"annars|sedan|sen|därefter|samt att|vore|hälsningar|mvh|tacksam|[A-ZÅÄÖ]\w+ (?:drar|tar|kan|"
    r"har|håller|föredrar|presenterar|berättar|redovisar|kommer|vill))\b"
    r"|\s+(?:om (?:möjligt|det (?:går|finns|är|ryms|hinns|får|funkar|passar)|ni (?:har|kan|vill|"
    r"hinner)|du (?:kan|vill|hinner)|tiden|plats|tid|utrymme|vi (?:hinner|får|har))|tack\b|snarast|"
    r"någon gång|nån gång|framöver|så snart|så fort|vid tillfälle|när vi (?:ses|träffas)|när det "
    r"passar|inom kort|i samband med|please\b|if (?:possible|there))"
    r"|(?<!hur)(?<!vad)(?<!när)(?<! "
    r"om)(?<!att)(?<!som)(?<!vem)(?<!där)(?<!vilken)(?<!vilket)(?<!varför)(?<!vilka)\s+(?:det|jag|"
    r"vi|ni|han|hon|de) (?:är|var|har|kan|ska|ringer|blir|går|finns|behövs|tar|känns|gäller|vill|"
    r"måste|behöver|tycker|tror|kommer|får)\b"
    r"|\s+(?:ett varv till|en gång till|en vända till|också|igen|åt oss|även|i listan|i stället|istället|"
    r"var och en|(?:före|innan|efter|till|under|över|i) (?:sommaren|jul|hösten|våren|årsskiftet|"
    r"semestern|nyår|höst|vår)|än en gång|once more|again|as well|too)(?=\s|$|,)"
    r"|\s+och (?:jag|vi|det|den|hon|han|då|behöver|kanske|är|har|skulle|vill|gärna|om|[A-ZÅÄÖ]\w+ "
    r"(?:drar|tar|kan|håller|föredrar|presenterar|berättar|redovisar))\b"
    r"|\s+(?:[–—-]\s+)(?:jag|vi|ca|info\b|information\b|diskussion\b|beslut\b|[A-ZÅÄÖ]\w+ (?:drar|"
    r"tar|kan|håller|föredrar|presenterar|berättar|redovisar))"
    r"|\s+(?:hänskjut\w*|upptages|upptagas|upptas|översändes|översänds)\b"
    r"|\s+(?:är (?:nu|klar|klart|klara|färdig|färdigt|bifogad|bifogat|uppdaterad|uppdaterat|något|"
    r"nåt|en fråga|väl|ju|en sak|ett)|har (?:kommit|blivit|vi)|ligger (?:på|oss|mig|mig)|behöver|"
    r"borde|måste|(?:upptas|uppförs|förs upp|behandlas|hänskjuts|lyfts)|(?:till|för) (?:beslut|"
    r"diskussion|information|behandling)|(?:bör|ska|skall|kan) (?:gå|lyftas|tas|föras|hänskjutas|"
    r"bli|komma|in|upp|"
    r"behandlas|diskuteras))\b"
    r"|\s*\((?:[^()]*(?:"
    + TIME
    + (
        r"|info|beslut|diskussion|drar|föredra|bifog|se )[^()]*\)?)|\s+(?:bifogas|bifogar|biläggs|"
        r"komma jag|komma vi|punkt hälsningar)\b"
    )
)
_TAIL = re.compile(
    r"(?i)(?:\s+(?:och|samt|med|på|i|till|för|om|ca|cirka|den|det|en|ett|av|under|vid|som|att|jag|"
    r"vi|men|då|så|gärna|också|igen|tack|nu|of|for|on|in|the|to|and|at|a|typ|cirka|redan|helst|"
    r"ungefär|max|upp|tas|är|har|ska|in)|[\s,:;–—(\"'”“«»*-]+)+$"
)

_GENERIC = frozenset(
    """
    gäst gäster nummer inspel återkommande akut punkt punkter punkten punkterna ärende ärenden ärendet
    ärendena fråga frågor frågan frågorna möte möten mötet mötena dagordning dagordningen dagordningspunkt
    dagordningspunkter agenda agendan agendapunkt samreko hej hejsan hallå hello hi förslag anmälan anmäla
    ang angående re sv vb fwd fw info information nästa till på inför om den det de för i från av en ett två
    tre fyra fem några lite litet varje allt möjligt saker sak grejer grej upp ta tas idé idéer tips
    önskemål komplettering kompletteringar underlag bilaga bilagor handlingar handling material protokoll
    protokollet tack svar snabb snabbt kort liten vidare beredning beredningen nätverket nätverk
    nätverksmöte min mina mitt vår våra vårt er era ert jag vi och samt m mm med mer annat övrigt övriga
    vårens våren hösten höstens nytt ny nya fler ytterligare igen bra dikterat test viktigt brådskande obs
    kommande träff träffen sammanträde sammanträdet meddelande meddelanden mejl mail eposten framställan
    inkomna besked ingen rubrik ämne utan titel hälsning hälsningar gång gången vecka v kl klockan torsdag
    torsdagen fredag onsdag tisdag måndag januari februari mars april maj juni juli augusti september
    oktober november december jan feb apr jun jul aug sep okt nov dec idag dag imorgon övrig ifo inte dock
    bråttom hel halv dagen strategidag strategidagen strategidagar förhinder frånvaro absence kallelse
    kallelsen inbjudan påminnelse utkast version the a an item items point points meeting for next on to of
    and question questions proposal request lyfta prata behandla kan detta lyfter pratar diskuterar skulle
    about dryfta diskutera diskussion beslut informationspunkt infopunkt diskussionspunkt beslutspunkt
    önskar önskas anmäls anmäler komma tid plats sent sen sena sist först egen extra sedan kring gällande
    rörande avseende diverse allmänt hör hoppas semester lunch kaffe stugan nyhet strålande ännu samverkan
    förening utskick deltagare krock sjuk läget skickar ärendeanmälan ärendeförslag beredningsgruppen
    mötespunkt mötespunkter kul dags hjälp fundering funderingar undran tanke tankar apropå presentation
    beslutsärende informationsärende diskussionsärende beslutsfråga återkoppling glömde tillägg pm
    uppdatering förfrågan vill ha vad heta nätverkets samrekos sista första bekymmer problem
    """.split()  # noqa: SIM905
)
# A subject may be labelled as what it is; what follows is the title.
_LABEL = re.compile(
    r"(?i)^\W*(?:(?:nytt|ny|ett|en|två|extra|sent|sen|mitt|min|vårt|vår|ytterligare|eventuellt|"
    r"eventuell|ev\.?|ang\.?|önskemål om|förslag (?:till|på)|anmälan (?:av|om|till)|anmäler|inspel "
    r"till|underlag (?:till|för|inför)|fråga till|input till|till|för|ett|tillägg till|tips på|idé "
    r"till|önskar|begäran om|framställan om|framställan|proposed|new|proposal for|suggestion:?|"
    r"request for)\s+)*"
    r"(?:(?:dagordnings|agenda|mötes|informations|info|besluts|diskussions|övrig |"
    r"samreko-?\s?)?(?:punkt|punkter|ärende|ärenden|ärendeanmälan|fråga|frågor|förslag|anmälan|"
    r"ämne|tema|item|topic|matter|point|rubrik|sak|dagordning|dagordningen|agendan|agenda|"
    r"information|info|beslut|diskussion|samreko|möte|mötet|nästa möte|beredning|beredningen|"
    r"inspel))"
    r"(?:\s+(?:till|för|på|inför|om|att|ta|upp|i|vid|den|dagordningen|agendan|dagordning|mötet|"
    r"möte|nästa|samreko|nätverket|beslut|diskussion|information|anmälan|ärende|punkt|"
    r"strategidagen|beredningen|for|the|on|agenda|" + MEETING + r"+))*"
    r"\s*(?:[:–—|/-]+|\"|”|,(?=\s))\s*(?=\S)"
)
_LABEL_OM = re.compile(
    r"(?i)^\W*(?:nytt |ny |en |ett |kort |anmälan av |anmälan om |förslag på |förslag till "
    r")?(?:dagordnings|agenda|mötes|informations|info|besluts|diskussions)?(?:punkt|ärende|fråga|"
    r"förslag|item)(?:en|et|n|t)?\s+(?:om|kring|rörande|gällande|angående|avseende|som gäller|on|"
    r"about|regarding)\s+(?=\S{3})"
)
_ABOUT = re.compile(
    (
        r"(?i)^\W*(?:ang\.?|angående|gällande|rörande|beträffande|avseende|betr\.?|om|kring|apropå|"
        r"regarding|samreko|till dagordningen|till agendan|till mötet|inför mötet|dagordning|(?:till |"
        r"inför |på |för |den )*"
    )
    + MEETING
    + r"+)\s*[:,–—-]?\s+(?=\S{3})"
)


def masked(text: str, meetings: Iterable[tuple[int, int]] = ()) -> str:
    """The text with minutes and the given meeting mentions covered, letter for letter."""
    pieces = list(text)
    for match in _MINUTES.finditer(text):
        pieces[match.start() : match.end()] = TIME * (match.end() - match.start())
    for start, end in meetings:
        if 0 <= start < end <= len(text):
            pieces[start:end] = MEETING * (end - start)
    return "".join(pieces)


def uncovered(text: str) -> str:
    """A masked text with blanks where meetings and minutes were."""
    return text.replace(MEETING, " ").replace(TIME, " ")


def stripped(text: str) -> str:
    """A title without what leads into it ("en punkt om", "frågan om", "också")."""
    text = text.strip()
    for _ in range(12):
        before = text
        for lead in _LEADS:
            if (found := lead.match(text)) and found.end() < len(text):
                text = text[found.end() :]
        if text == before:
            break
    return text


def tidy(text: str) -> str:
    """A title as it is printed: one line, no loose ends, a capital first."""
    text = re.sub(rf"[{MEETING}{TIME}]+", " ", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = _TAIL.sub("", text)
    # "Ta ställning till X": X is the matter.
    text = re.sub(r"(?i)^(?:en )?ställning till (?=\w{3})", "", text)
    text = text.strip(" .,;:!-–—*•·\"'”“«»…\t")
    if text.count("(") > text.count(")"):
        text = text[: text.rfind("(")].rstrip(" -–,")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if re.match(r"[a-zåäöé]+\b(?!-[A-Z])", text):
        text = text[:1].upper() + text[1:]
    return text[:160]


def end_of(text: str) -> int:
    """Where a title that begins the text ends."""
    # At least one word belongs to it.
    first = re.match(rf"[^\w{MEETING}{TIME}]*[\w-]+", text)
    begin = first.end() if first else 0
    quoted = re.match(r"\s*[\"”“»']([^\"”“«»']{3,120})[\"”“«']", text)
    if quoted:
        return quoted.end()
    found = _ENDS.search(text, begin)
    return found.start() if found else len(text)


def after(text: str) -> str:
    """The title that follows the words that ask; the text begins right after them."""
    text = text[:_LONGEST]
    body = stripped(text)
    if how := _HOW_THEY_DO.match(body):
        rest = body[how.end() :]
        if len(re.findall(r"\w+", rest[: end_of(rest)])) >= 3:
            body = rest
    quoted = re.match(r"\s*[\"”“»]([^\"”“«»]{3,120})[\"”“«]", text) or re.match(
        r"\s*[\"”“»]([^\"”“«»]{3,120})[\"”“«]", body
    )
    if quoted:
        return tidy(quoted[1])
    return tidy(body[: end_of(body)])


_BEFORE_LEAD = re.compile(
    r"(?i)^.*?\b(?:tycker|anser|önskar|vill|föreslår|menar|hoppas|undrar|ser gärna|skulle vilja|"
    r"bra|kul|intressant|viktigt|nyttigt|guld|fint|toppen|på tiden|dags|nöjd|tacksam|om det går|"
    r"frågar|bad mig|hälsar|tror)\b(?: (?:jag|vi|han|hon|de|man|om|inte|också|därför|gärna|nog|att|"
    r"det|vore|även|med|bra|på|tiden|alltså))*\s+(?:att|om)\s+"
)
_MODAL_LEAD = re.compile(
    r"(?i)^(?:\W*(?:förresten|apropå det|sen|sedan|dessutom|även|också|så|men|och|jo|hej|hejsan|en "
    r"sak till|ja|dels|nu|ps|p\.s\.|då|kanske|samt|för övrigt|slutligen|till "
    r"sist)\b[\s,:–-]*)*(?:\b(?:kan|kunde|skulle|ska|får|bör|borde|går det att få in|vore|måste|"
    r"behöver|could|can|would|should)\b\s+(?:inte\s+|möjligen\s+|vi\s+inte\s+|nog\s+|kanske\s+|du "
    r"få\s+|vi få\s+)?)"
)
_FILLER_LEAD = re.compile(
    r"(?i)^(?:\W*(?:förresten|apropå det|sen|sedan|dessutom|även|också|så|men|och|jo|vidare|"
    r"därutöver|därtill|hej|hejsan|asså|alltså|liksom|en sak till|ja|dels|nu|ps|då|kanske|samt|för "
    r"övrigt|slutligen|till sist|att|därför|nämligen)\b[\s,:–-]*)+"
)


def before(text: str) -> str:
    """The title that stands before the words that ask; the text ends right before them."""
    text = text[-_LONGEST:]
    # Only the last clause: "Vi har pratat mycket. Köerna behöver ..."
    pieces = re.split(r"[.!?;:]\s+|\n", text)
    body = pieces[-1]
    if cut := list(
        re.finditer(
            (
                r"(?i),?\s+(?:men|så|och därför|och därmed|därför att|och då|då|och jag (?:tycker|vill|"
                r"anser)(?: att)?|och vi (?:tycker|vill)(?: att)?)(?:\s+|$)"
            ),
            body,
        )
    ):
        body = body[cut[-1].end() :]
    if lead := _BEFORE_LEAD.match(body):
        body = body[lead.end() :]
    body = _MODAL_LEAD.sub("", body)
    body = _FILLER_LEAD.sub("", body)
    body = stripped(body)
    # A meeting in the middle: "den 11 februari behöver X": the matter is what comes last.
    if MEETING in body:
        parts = [p for p in re.split(rf"{MEETING}+", body) if re.search(r"\w{3}", p)]
        body = parts[-1] if parts else ""
        body = stripped(_MODAL_LEAD.sub("", body))
    return tidy(
        re.sub(
            (
                r"(?i)\s+(?:inte|också|även|verkligen|nog|väl|faktiskt|gärna|absolut|kunna|snart|"
                r"äntligen|nu|därför|alltid|alltså|som|att|kan|bör|ska)$"
            ),
            "",
            body.rstrip(),
        )
    )


def in_quotes(text: str) -> str | None:
    """A title that the sender has put in quotation marks."""
    found = re.search(r"[\"”“»]([^\"”“«»\n]{4,120})[\"”“«]", text)
    return tidy(found[1]) if found else None


def content_words(text: str) -> tuple[str, ...]:
    """The words of a title that say what it is about."""
    return tuple(
        w
        for w in re.findall(r"[\w-]+", fold(text))
        if (len(w) > 2 or (w.isdigit() and len(w) == 4)) and w not in _GENERIC and w not in _SMALL
    )


_SMALL = frozenset(
    """
    och att det den detta denna dessa som för med till från hos vid mot inom samt under mellan efter före
    utan när hur vad vem vilka vilken ska skall kan inte har hade vara blir blev bli vår våra sin sina sitt
    deras man dem dom oss ert era någon något några alla allt mer mest mycket många flera bara även också
    nog väl där här hit dit dess the and for with from this that our their är var på av om behöver behövs
    skulle kunde måste borde bör vore får fick går gick finns kommer kom tas tar står ligger gäller handlar
    själv själva egentligen faktiskt ju dock alltså därför nu redan aldrig alltid ofta sådan sådant samma
    tack gärna helst kanske möjligen eventuellt ungefär cirka max minst hela hel halva en ett de vi ni jag
    du han hon så då eller men
    """.split()  # noqa: SIM905
)


def is_title(text: str) -> bool:
    """Whether it says anything: not a pronoun, not a time, not "en punkt"."""
    words = content_words(text)
    if re.match(
        (
            r"(?:åt|till|från|av|hos|att ni|att du|se|hon|han|vi|jag|ni|mig|oss|er|min|upp|in|ut|"
            r"vilken|vilket|som|nämligen|enligt|är|har|ska|kan|glöm|stryk|ta|annars|kolla|räkna|"
            r"skulle|borde|måste|vill|däremot|passar|sedan|dessutom|hej)(?= |$)|"
            r"(?:det|den|de|allt|något) (?:är|var|har|kan|ska|får|blir|går|finns|vi|jag|ni)\b|(?:det|"
            r"den|de|detta|dem|dessa|allt)(?:$|[,.])|(?:eller|och|hinner|hinns)\b"
        ),
        text,
        re.IGNORECASE,
    ):
        return False
    return (bool(words) and any(len(w) > 3 or w.isupper() for w in words)) or bool(
        re.search(r"\b[A-ZÅÄÖ]{2,6}\b", text) and words
    )


def subject_title(
    subject: str, meetings: Iterable[tuple[int, int]] = (), own: Sequence[str] = ()
) -> str | None:
    """The title that a subject line gives; None when it names no matter.

    `own` are further words that say nothing here: names of people, of the
    sender's own organisation.
    """
    text = masked(subject.replace("\n", " "), meetings)
    text = re.sub(r"(?i)^\W*(?:brådskande|viktigt|obs!?|prio|fyi|fk)\s*[:!]\s*", "", text)
    for _ in range(3):
        before_it = text
        for pattern in (_LABEL, _LABEL_OM, _ABOUT):
            if (found := pattern.match(text)) and re.search(r"\w{3}", text[found.end() :]):
                text = text[found.end() :]
        if text == before_it:
            break
    # "... – punkt till nästa möte", "... (SamReKo 22/4)", "... till februarimötet"
    text = re.sub(
        (
            rf"(?i)[\s,–—(|/-]+(?:(?:som |ny |en |ett )?(?:dagordnings|informations|info|besluts|"
            rf"diskussions)?(?:punkt|ärende|fråga|förslag|item|punkter|information|info|diskussion|"
            rf"beslut)\b)?\s*(?:(?:på|till|inför|vid|under|i|den|för|om|at|on|for|dagordningen|agendan|"
            rf"mötet|samreko|nästa|möte|upp)\s*)*(?:{MEETING}+|dagordningen|agendan|samreko|nästa möte|"
            rf"mötet)\W*$"
        ),
        "",
        text,
    )
    text = re.sub(
        (
            r"(?i)\s*[–—,-]\s*(?:(?:förslag|ny|en|nytt|ett|önskad|önskat|kort)\s+)*(?:(?:dagordnings|"
            r"informations|info|besluts|diskussions)?(?:punkt|ärende|fråga|förslag)|information|info|"
            r"diskussion|beslut)\W*$"
        ),
        "",
        text,
    )
    text = re.sub(r"(?i)\s*(?:\?|!)*\s*$", "", text) if not re.search(r"\?\s*$", text) else text
    text = re.sub(rf"[{TIME}]+\W*$", "", text)
    details = re.search(
        (
            rf"(?i)[\s.,(–—-]+(?:(?:för )?(?:info(?:rmation)?|beslut|diskussion)(?:spunkt|"
            rf"särende)?\b\W*(?:$|{TIME}|,)|{TIME}).*$"
        ),
        text,
    )
    if details and len(text[: details.start()].split()) >= 1 and details.start() > 3:
        text = text[: details.start()]
    title = tidy(text)
    if re.match(r"(?i)\W*(?:hej|hejsan|hallå|god (?:morgon|dag)|hi|hello|tack|gäst|nytt nummer)\b", title):
        return None
    meaningful = [w for w in content_words(title) if w not in {o.casefold() for o in own}]
    if not meaningful or (
        len(meaningful) == 1 and len(meaningful[0]) < 4 and not re.search(r"\b[A-ZÅÄÖ]{2,5}\b", title)
    ):
        return None
    return title


def related(a: str, b: str) -> bool:
    """Whether two texts speak of the same matter: they share the beginning of a word that says something."""
    for one in content_words(a):
        for other in content_words(b):
            short, long = sorted((one, other), key=len)
            need = min(len(short), 5)
            if short[:need] == long[:need] and (need >= 4 or short == long):
                return True
            if len(short) >= 4 and short in long:
                return True
            if (
                len(short) == 3
                and (long.startswith((short + "-", short)))
                and any(c.isupper() for c in _original(a, one) + _original(b, other))
            ):
                return True
    return False


def _original(text: str, word: str) -> str:
    at = fold(text).find(word)
    return text[at : at + len(word)] if at >= 0 else ""


_FINITE = (
    r"är|e|ä|var|har|hade|blir|blev|ska|skall|skulle|kan|kunde|måste|behöver|borde|bör|vill|ville|"
    r"får|fick|gör|går|gick|tar|tog|ger|gav|kommer|kom|finns|fanns|"
    r"ser|såg|står|stod|ligger|låg|saknas|saknar|ökar|ökade|minskar|påverkar|fungerar|funkar|"
    r"behövs|krävs|kräver|växer|blivit|verkar|tycks|innebär|berör|gäller|handlar|riskerar|leder|"
    r"drabbar|skapar|brister|havererar|haltar|orsakar|upplevs|upplever|ställer|tvingas|slutar|"
    r"upphör|läggs|skickas|skickar|"
    r"ändras|börjar|träder|skiljer|varierar|hamnar|faller|brister|kostar|tycker|behandlas|"
    r"diskuteras|is|are|has|have|needs"
)
_SUBJECT_PHRASE = re.compile(rf"(?i)^(?P<np>[^,.;:!?]{{4,90}}?)\s+(?:{_FINITE})\b")
_OBJECT_VERB = re.compile(
    r"(?i)\b(?:lösa|lösning på|hantera|hanterar|se över|ser över|förbättra|utveckla|följa upp|"
    r"följer upp|utvärdera|ta fram|tagit fram|fått fram|lyfta|diskutera|jobba med|arbeta med|"
    r"arbetar med|jobbar med|hållning till|hållning om|rutiner för|ansvaret för|larmar om|larmat "
    r"om|modell för|dragning om|presentation om|skissat på|jobbat med|arbetat med|funderat på|"
    r"tänkt på|börjat med|problem med|bekymmer med|svårt med|svårigheter med|"
    r"oro för|oroliga "
    r"för|frågor om|funderingar kring|synpunkter på|antagit|anställt|startat|öppnat|infört|fått|sett|"
    r"gränsen mellan|samarbete kring|samverka kring|samverkan kring|dialog om|handlar om|gäller|"
    r"rör|avser|kring|angående|tappar|saknar|enas om|enats om|skriva|skrivit|stöta på|pratade om|"
    r"pratat om|diskuterade|diskuterat|hört av sig om|undrar över|svar om|svar på|funderar på|"
    r"inför|svar på|nämligen|brottas med|kämpar med|sitter med|hör om|påminnelse om|förslag till|"
    r"förslag på|bifogar|bifogas|skickar)\s+(?P<np>[^.;:!?]{4,90})"
)


def topic(sentence: str) -> str | None:
    """What a sentence that does not ask is about; None when that cannot be told."""
    text = sentence.strip()
    if quoted := in_quotes(text):
        return quoted
    found = re.search(r"(?i)\b(?:funnit|visat|konstaterat|ser|sett|märkt|noterat) att (?P<np>.+)$", text)
    if found and (failing := subject_phrase(found["np"])):
        # "... har funnit att informationsöverföringen brister": what fails is the matter.
        return failing
    if found := _OBJECT_VERB.search(text):
        title = after(found["np"])
        if is_title(title) and len(title.split()) <= 10:
            return title
    if found := re.match(
        (
            r"(?i)\W*hur (?:gör|jobbar|arbetar|hanterar|löser|tänker|ser) (?:ni|de|man|andra|"
            r"kommunerna)\b[^?.]{0,30}?\b(?:med|kring|på|runt)\s+(?P<np>[^.;:!?]{4,80})"
        ),
        text,
    ):
        title = after(found["np"])
        if is_title(title):
            return title
    for piece in reversed(re.split(r":\s+", text)):
        if told := subject_phrase(piece):
            return told
    if found := re.search(
        r"(?i)\b(?:om|kring|gällande|angående|rörande|avseende)\s+(?P<np>[^.;:!?]{4,80})", text
    ):
        title = after(found["np"])
        if is_title(title) and 2 <= len(title.split()) <= 9:
            return title
    return None


def subject_phrase(sentence: str) -> str | None:
    """What stands before the verb of a sentence that tells something."""
    body = _FILLER_LEAD.sub("", sentence.strip())
    body = re.sub(
        (
            r"(?i)^(?:läste|såg|fick|hörde|noterade|läser|ser|hör)\s+(?:just|precis|nyss|i går|"
            r"idag)?\s*(?:att\s+)?"
        ),
        "",
        body,
    )
    if found := _SUBJECT_PHRASE.match(body):
        if re.search(
            (
                r"(?i)\w+s? (?:kommun|region|nämnd|styrelse)$|^samreko$|(?:förvaltningen|avdelningen|"
                r"kliniken|enheten)$"
            ),
            found["np"],
        ):
            # Who did something is not what it is about.
            return None
        title = tidy(stripped(found["np"]))
        if (
            len(title.split()) == 1
            and (clause := re.match(r"(?i)[^,.;:!?]{8,90}", body))
            and len(clause.group().split()) <= 11
        ):
            title = tidy(clause.group())
        if (
            is_title(title)
            and len(title.split()) <= 11
            and not re.match(
                (
                    r"(?i)(?:det|den|vi|jag|ni|du|han|hon|de|man|som|om|när|nu|här|så|i|på|efter|under|"
                    r"där|vad|hur|flera|många|ingen|inget|inga|inte|båda|både|skulle|kan|kunde|ska|får|bör|borde|måste|"
                    r"sätt|ta|kolla|hoppas|tack|alltså|därför|nog|gärna|ännu|något|någon|här|hur|var|"
                    r"vem|varför|vilken|detta|nästa|säg|allt|alla|fullmäktige|[a-zåäö]+ (?:drar|tar|"
                    r"föredrar|presenterar|ringde|undrar|vill|tycker|har|är|skulle|sa|kan)|men|och|jo|"
                    r"ja|nej|tyvärr|egentligen)\b"
                ),
                title,
            )
        ):
            return title
    return None
