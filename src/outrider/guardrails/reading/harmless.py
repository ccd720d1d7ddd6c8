"""Words and numbers that need no evidence, and words that must not stand beside a fact. Data only.

In: nothing. Out: frozen sets and tables. Never: a rule. When in doubt a word is left out of here,
for what is not listed as harmless must be proven.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDINARY = _set("""
a about above across actually after again against ahead all almost along already also although
always am among an and another any anybody anyone anything appreciate are aren't as ask asking at
away back be because been before behind being below beside best better between beyond big both
brief briefly bring building but by call came can can't cannot check cheers closing come coming
could couldn't curious currently day days dear did didn't different do does doesn't doing don't done
down during each early easy either else end enough especially even ever every everybody everyone
everyone's everything exactly far few fewer final finally find first five follow following for four
free from full further get getting give given glad go going good got great guessing had half happy
hard hardly has hasn't have haven't having he hello help helps her here here's hey hi him his hope
hoping how how's however i i'd i'll i'm i've idea if imagine in inside instead into is isn't it it'd
it'll it's its itself just keep keeping kind kindly know last late later least leave left less let
let's like likely little long look looking lot lots made make makes making many maybe me mean
meanwhile might mind mine more most mostly much must my name near nearly need needs neither never
new next nice no nobody nobody's none nor not nothing now of off often oh okay ok old on once one
only open or other others otherwise ought our ours out over own part past people per perhaps place
plain please plenty point possible probably put question quick quickly quiet quite rather read
reading ready real really reason reasons regards reply right same saw say saying says second see
seeing seems seen send sending sent set several shall she short should shouldn't show similar simple
simply since sincerely small so some somebody someone someone's something sometimes somewhere soon
sorry still stop such sure take takes taking talk teams tell ten thank thanks that that's the their
them then there there's these they they'd they'll they're they've thing things think thinking third
this those though thought three through time times to today today's together tomorrow tonight too
toward towards tried true truly try trying turns two under understood unless until up upon us use
used useful using usual usually very want was wasn't way ways we we'd we'll we're we've well went
were weren't what what's whatever when where where's whether which while who who's whoever whole
whom whose why will wishing with within without won't wonder wondering word words work working works
worth would wouldn't write writing wrong yes yesterday yet you you'd you'll you're you've your yours
hmm hm yeah yep nope boom ouch phew aw doh ha haha heh howdy greetings bonjour hola gee
assuming based chances congrats congratulations considering depending enjoyed fair fwd guess heard
hence honestly hopefully interesting interested learned likewise noticed noted ping quickest re
regarding six seven eight nine eleven twelve stopping touching welcome whenever wherever
account accounting accounts accrual activity addendum adoption agreement agreements amendment
amendments amount annual answer approach approval asset assets audit auditor auditors audits
balance board book books budget budgets business busy calendar case cash cfo change changes clause
clauses clean close closes commitments companies company compliance contract contracts control
controller controllers controls cost costs data date dates deal deals debt department detail details
diligence disclosure disclosures document documentation documents draft evidence example examples
excel executive expense expenses extraction file files filing filings finance financial fiscal fix
footnote footnotes forecast growth guide hand handover headcount hours idea impact industry info
information inventory invoice invoices issue job journal key landlord landlords landlord's lead lease
leased leases leasing ledger lessee lessees liabilities liability line list loan manager manual
market meeting memo memos method minutes model modification modifications month months newer note
notes number numbers office offices operating operations option options paper paperwork payment
payments payroll pdf pdfs period person plan planning policies policy portfolio portfolios practice
pricing problem problems process product profit project projects proof properties property purchase
quarter quarters rate rates reconciliation records remeasurement renewal renewals rent rents report
reporting reports request result results revenue review reviewers revisions risk risks rollforward
sale sales sample schedule schedules scope service services side sign site sites software source
sources spend spreadsheet spreadsheets staff standard start state step steps store stores story
strategy subject subleases support system systems task tax team tenant term termination terms
test testing tool tools topic trail transition treasury update updates value vendor vendors version
view visibility week weeks workflow year year-end years yearend quarter-end month-end
estate operation procurement legal facilities payables receivables
carries answers asks counts cut handles hands holds lands moves pulls reads runs sits starts ties
""")
"""Words that a sentence may open with, or that a title-cased line may capitalise."""

ORDINARY_ENDINGS = (
    "ing", "ly", "ed", "tion", "tions", "ment", "ments", "ness", "ity", "ities", "able", "ible",
    "ous", "ful", "less", "ists", "isms", "ances", "ences", "ship", "ically", "ward", "wards",
)  # fmt: skip
"""A lone unknown word at the start of a sentence with such an ending is taken for no name."""

ACRONYMS = _set("""
I A OK CEO CFO CAO COO CIO CTO CRO CMO CISO CHRO CPO CLO CDO GC VP SVP EVP AVP MD PA EA FP&A HR IT AI ML
PDF PDFS CSV XLS XLSX DOC DOCX PPT XML JSON HTML URL API APIS EDI SQL SDK SSO MFA VPN ETL OCR RPA LLM
ERP CRM TMS WMS EHR EMR EAM CMMS HRIS HCM LMS CMS MES PLM POS ATS PMS RCM IVR PBX IDP SIEM SOC EDR DLP
US USA U.S U.S.A UK U.K EU UAE EMEA APAC LATAM NATO UN G7 NYC LA DC
GAAP IFRS ASC ASU IAS FASB IASB GASB FRS SEC PCAOB FINRA FDIC OCC CFPB FTC IRS DOJ DOL DOT FDA EPA OSHA
MSHA FAA FRA FMCSA FCC FERC NERC NRC HUD HHS CMS NHS HMRC FCA PRA CMA ICO CQC HSE DVSA ESMA ECB BAFIN
SOX ROU IBR CAM CAMS AP AR GL COA COGS CAPEX OPEX EBITDA EPS VAT GST PAYE PTO FMLA FLSA ACA COBRA ERISA
ADA EEO HIPAA GDPR CCPA CPRA PCI DSS FERPA GLBA AML KYC OFAC NIST ISO IEC ANSI ASTM IEEE CIS FIPS ITAR
EAR DORA NIS2 BASEL ESG CSRD ESRS TCFD SASB GRI SBTI LEED ICD CPT DRG HCC HEDIS EOB EOBS ERA JSA JSAS
SDS PPE LOTO TRIR DART ELD ELDS BOL BOLS POD PODS FOB CIF DDP EXW LTL FTL TEU SKU SKUS UPC RFID GPS IOT
HVAC LED EV EVS PV KWH MW MWH GWH BTU LNG LPG CNG CO2 CAM CAD CAE CNC BOM BOMS QA QC NPS CSAT SEO PPC
KPI KPIS OKR OKRS ROI TCO RFP RFPS RFI RFQ RFQS NDA NDAS MSA MSAS SOW SOWS SLA SLAS T&C T&E P&L M&A IPO
LOI REIT REITS CPI CAGR IRR NPV WACC FX LIBOR SOFR ETA ETD FAQ FAQS PS P.S FYI ASAP EOD EOW EOM TBA TBC
TBD DIY RSVP Q1 Q2 Q3 Q4 H1 H2 YTD YOY QOQ MTD B2B B2C D2C DTC SAAS SMB FTE FTES MD&A XBRL EDGAR 10-K
10-KS 10-Q 10-QS 8-K 20-F CPA CPAS CFA CIA CISA CISSP PMP MBA PHD RN LPN CNA GP GPS ET PT CT MT EST PST
CST EDT PDT CET GMT BST UTC AM PM RE TL;DR TLDR LOL OMG AICPA CPE FEI CIMA ACCA ICAEW PO POS LLC INC LLP
PLC LTD CAO AGM AGMS CAPA GMP GLP GXP FMEA WIP OEM OEMS MRO COI COIS DNA PCR MRI CT ICU ER ED OR STEM SAT
CBP USDA DHS TSA BIS OIG GAO OMB WTO WHO ILO CPSC NHTSA NTSB USCIS ICE ATF DEA CDC NIH NSF DOE DOD VA SBA
PBGC EBSA EEOC NLRB OFCCP MHRA EMA EFSA FSA ORR OFGEM OFWAT DEFRA DFE FOS TPR LSE NYSE NASDAQ FTSE
CCTV UV USB
USD EUR GBP CAD AUD NZD CHF JPY CNY HKD SGD INR SEK NOK
DKK ISK PLN CZK BRL MXN ZAR WIFI CD DVD TV PC PCS QR SMS MMS PIN PINS ATM ATMS ID IDS
""")
"""Capitals that name no company and no person."""

COMMON_NAMES = _set("""
jan feb mar apr jun jul aug sept oct nov dec god
mon tue tues wed thu thur thurs fri sat sun
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
fridays saturdays sundays weekend christmas easter thanksgiving halloween ramadan eid passover
hanukkah diwali juneteenth english excel zoom teams google outlook word powerpoint sharepoint linkedin
internet web wi-fi americas america american european europe dutch french german spanish italian
portuguese japanese chinese swedish danish norwegian finnish polish british english irish scottish
welsh latin greek medicaid medicare fedramp ofsted brexit covid congress parliament whitehall brussels
washington capex opex saas ebitda incoterms murphy's pareto earth pdf pdfs
midsummer hogmanay oktoberfest holi purim january february march april june july august september october
november december
may wifi meet whatsapp youtube facetime webex calendly songkran nowruz whitsun olympics
wimbledon
""")
"""Weekdays, holidays, languages, everyday tools and public bodies and programmes that everybody knows."""

CALENDAR = _set("""
day days night eve week weekend month season holiday monday tuesday wednesday thursday friday saturday sunday
mondays fridays
""")
"""After everyday words with capitals these make a public day: `Labor Day`, `Cyber Monday`."""

STANDARDS = (
    r"(?-i:(?:ASC|ASU)[ -]?\d{3,4}(?:-\d{1,3}){0,2}\b|(?:IFRS|IAS|GASB|FRS|SFAS|FAS|ISA|AS)[ -]?\d{1,4}\b"
    r"|(?:ISO|IEC|EN|NIST|ANSI|ASTM|IEEE|FIPS|UL|NFPA|API|CFR|OSHA|DOT|PAS|BS)(?:[ /-](?:IEC|SP|Form|A))?"
    r"[ -]?\d{1,6}(?:[.-]\d{1,5}){0,2}\b|SOC[ -]?[123]\b|PCI[ -]DSS(?: \d(?:\.\d)?)?\b|Basel I{1,3}V?\b"
    r"|NIS ?2\b|SOX(?:[ -](?:404|302))?\b|Reg(?:ulation)? S-[KX]\b|B2[BC]\b|[234]D\b"
    r"|(?:Section|Topic|Rule|Regulation|Article|Title|Part|Scope|Tier|Class|Type|Level|Phase|Annex) "
    r"(?:\d{1,4}|[IVX]{1,4})\b|Forms? (?:W-2|I-9|941|1099|1040|300A?)s?\b"
    r"|(?:W-2|I-9|1099|401\(?k\)?|CO2)s?\b)"
    r"|(?:Form )?(?:10-K|10-Q|8-K|20-F|40-F)s?\b|24[/-]7\b|9[ -]?to[ -]?5\b|50/50\b|80/20\b"
    r"|(?:1st|2nd|3rd)\b"
)
"""Numbers that are names of rules, forms and everyday phrases: a regular expression, from the start of a word."""

COUNTED_OFF = (
    r"\b(?:number|note|step|part|option|question|item|point|tip|day|week|round|idea|reason|problem|exhibit|"
    r"chapter|no\.) "
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve)\b(?! (?:of|percent|million|billion))"
)
"""Numbers that only count off: `number two`, `day six`, `note 9` (a regular expression)."""

BRAND_WORDS = _set("""
target apple shell gap square stripe slack sage oracle block zoom ramp bill.com chase amazon meta
alphabet workday snowflake notion concur coupa netsuite intuit quickbooks xero kronos sap avalara docusign
expensify brex gusto rippling paycom paylocity paychex ceridian dayforce asana trello jira salesforce
hubspot marketo shopify uber lyft walmart costco kroger ford tesla boeing airbus fedex ups dhl maersk
microsoft google facebook nike adidas visa mastercard netflix disney starbucks pepsi nestle unilever
siemens bosch toyota honda nissan hyundai samsung sony intel nvidia cisco dell ibm hp adobe autodesk
servicenow splunk datadog okta cloudflare twilio zendesk atlassian github gitlab dropbox
""")
"""Better known as names of companies and products, even where a sentence opens with them."""

TITLES = _set("""
chief head director manager officer president vice executive senior junior deputy assistant associate
global regional group corporate national divisional interim acting managing general principal lead
controller comptroller treasurer accountant auditor bookkeeper analyst partner chair chairman chairwoman
chairperson secretary counsel attorney engineer supervisor superintendent administrator coordinator
specialist founder owner buyer planner dispatcher foreman nurse surgeon dean headteacher bursar provost
accounting finance financial operating operations technology information security digital data marketing
sales revenue commercial people human resources hr talent legal compliance risk safety quality supply
chain procurement purchasing sourcing logistics transport transportation fleet facilities estates property
properties real estate medical clinical nursing pharmacy product technical tax treasury audit payroll
payables receivables billing cycle reporting planning analysis strategy development business innovation
sustainability communications customer client success experience store stores retail plant production
manufacturing maintenance engineering projects construction environment environmental health it ehs
of and & the for svp evp vp avp
""")
"""Words that titles of posts are made of: `Head of Transport`, `VP of Revenue Cycle`."""

ADDRESSES = _set("""
dear respected esteemed hello hi hey good day morning afternoon evening greetings welcome to the whom it may concern
madam madame ma'am mam sir sirs maam ladies gentlemen team all everyone colleagues colleague friends friend folks
cher chère chers chères liebe lieber sehr geehrte geehrter beste dag hei hej kære kjære kära bonjour bonsoir salut
estimado estimada querido querida buenos días tardes buenas hola gentile egregio egregia caro cara ciao buongiorno
prezado prezada caro olá bom dia szanowna szanowny szanowni dzień dobry drahý vážená vážený dobrý den god morgen moin
servus grüß gott grüezi guten tag namaste namaskar vanakkam salaam habari sawubona molo kia ora g'day aloha mabuhay
mr mrs ms miss mx dr doctor prof professor eng engineer captain capt chef coach father sister rev
herr herrn frau hr fr dhr mevr mevrouw meneer heer pan pani señor señora sr sra don doña monsieur mme m mlle signor
signora sig dott dipl ing mag shri sri smt ji sahib saheb san sama sensei ssi nim dato datuk tan bapak ibu pak bu
ustad sheikh sayyid bhai didi kaka anna da there again
hanım hanim bey efendi encik puan cik tuan ingeniero ingeniera licenciado licenciada arquitecto arquitecta engenheiro
engenheira doutor doutora dottore dottoressa ingegnere avvocato inżynier magister khun kyrie kyria ông bà anh chị cô
agha khanum begum memsahib seonsaengnim ssi-nim laoshi merhaba selam ahoj zdravo labas sveiki tere terve hei moi salve
halo selamat pagi siang sore xin chào jambo hujambo dumela goeie goedemorgen goedemiddag dag oi tudo bem saudações
""")
"""Words of address, in the languages of business mail: they greet whoever reads."""

POSTS = _set("""
chief head director manager officer president executive controller comptroller treasurer accountant
auditor bookkeeper analyst partner chair chairman chairwoman chairperson secretary counsel attorney
engineer supervisor superintendent administrator coordinator specialist founder owner buyer planner
dispatcher foreman nurse surgeon dean headteacher bursar provost vp svp evp avp lead
""")
"""At least one of these makes a run of such words a title."""

PLACES = _set("""
africa asia britain england scotland wales ireland france germany spain italy portugal netherlands holland
belgium luxembourg austria switzerland poland czechia hungary romania bulgaria greece turkey denmark
sweden norway finland iceland estonia latvia lithuania ukraine russia israel egypt morocco nigeria kenya
india pakistan china japan korea taiwan singapore malaysia thailand vietnam indonesia philippines
australia zealand canada mexico brazil argentina chile colombia peru
canadian mexican brazilian indian australian african asian austrian swiss belgian czech turkish russian
midwest northeast southeast southwest northwest midlands scandinavia benelux nordics atlantic pacific
alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah
vermont virginia wisconsin wyoming carolina dakota hampshire jersey london paris berlin york chicago
""")
"""Places that everybody knows: told of the account they state something, else they set a scene."""

PEOPLES = _set("""
albanian argentine argentinian armenian austrian bangladeshi bavarian belgian bolivian bosnian brazilian bulgarian
cambodian canadian catalan chilean colombian croatian cuban cypriot czech dane egyptian emirati estonian ethiopian
filipino finn fleming georgian german ghanaian greek hungarian icelander indian indonesian iranian iraqi israeli
italian jamaican jordanian kazakh kenyan korean kuwaiti latvian lebanese lithuanian malaysian maltese mexican moroccan
namibian nepali nigerian norwegian omani pakistani pole portuguese qatari romanian russian saudi scot serb serbian
singaporean slovak slovene slovenian somali spaniard swede syrian taiwanese tanzanian texan thai tunisian turk turkish
ugandan ukrainian uruguayan uzbek venezuelan vietnamese walloon zambian zimbabwean californian londoner parisian
""")
"""Peoples and what is theirs: told of the account they state something, else they talk of the world."""

REGIONS = _set("""
africa asia europe african asian european midwest northeast southeast southwest northwest midlands scandinavia
scandinavian benelux nordics nordic baltic baltics balkans iberia atlantic pacific caribbean mediterranean oceania
americas america american latin north south east west western eastern northern southern central
""")
"""Parts of the world that hold many places: a reader takes them for a summary, not for a statement."""

INITIALS_OF_FIRMS = _set("""
IBM SAP UPS DHL ADP AWS GE GM HP BP AMD TSMC KKR UBS ING RBC TD PNC BMW VW AMEX AT&T H&M P&G J&J 3M EY PWC KPMG
BDO RSM UKG SAS BMC VMW TCS HCL CGI EMC NCR SPX ITT CVS AMC NBC CBS ABC BBC CNN ESPN NASA USPS JCP TJX BJS DSW
""")
"""Capitals that are a company: never taken for a term of the trade."""

NAME_VERBS = _set("""
is was has had will signed signs audits audited reported reports raised lost uses used chose told
said says wrote switched moved saved runs ran opened closed announced acquired bought sold hired
fired leases leased owns owned grew cut missed filed restated settled carries carried recently just
and also made makes built won works worked helped suggested recommended mentioned thinks believes
introduced pointed asked called emailed joined trusts trust run use switched replaced gave gives
""")
"""After an unknown opening word, these make it a name: `Northwind reported`, `Deloitte signed`."""

NUMBERS = _set("""
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty hundred
thousand million first second third
""")
"""Words of numbers that stand in names of companies as well."""

DEEDS_OF_NAMES = (
    r"(?!need|feed|speed|indeed|hundred|red|bed)[a-z]{2,}ed|found|took|went|came|got|gave|kept|paid|began|met|spent|"
    r"brought|left|saves|pays|does|takes|gets"
)
"""After an opening word that nobody knows, these make it a name: `Beijer found` (a regular expression)."""

AUDITORS: dict[str, tuple[str, ...]] = {
    "ernst & young": ("ey", "e&y", "ernst and young", "ernst & young", "ernst"),
    "pricewaterhousecoopers": ("pwc", "pricewaterhousecoopers", "pricewaterhouse coopers"),
    "deloitte & touche": ("deloitte", "deloitte & touche", "deloitte and touche"),
    "kpmg": ("kpmg",),
    "grant thornton": ("grant thornton",),
    "bdo": ("bdo", "bdo usa"),
    "rsm": ("rsm", "rsm us"),
    "crowe": ("crowe",),
    "marcum": ("marcum",),
    "mazars": ("mazars", "forvis mazars"),
    "baker tilly": ("baker tilly",),
    "moss adams": ("moss adams",),
    "cohnreznick": ("cohnreznick",),
    "plante & moran": ("plante moran", "plante & moran"),
}
"""Audit firms as filings name them, and as people do. Always names, wherever they stand."""
