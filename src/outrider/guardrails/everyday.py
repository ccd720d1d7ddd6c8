"""Everyday words that a title-cased subject may capitalise. Data only.

In: nothing. Out: one frozen set. Never: a word that is better known as a company's name.

These words are harmless in a title and at the start of a sentence only; within a sentence a capital
still makes a name.
"""

from __future__ import annotations

EVERYDAY = frozenset(
    """
access accordance achieve acquire act active acts actual add additional address addresses adequate
adjust administrative advance advantage adverse affect age agencies agents aggregate ago allow
allowance allowances allows alternative amounts analysis analysts anti anticipate anywhere app
appear appears appropriate apps area areas arise around array aspects assess assurance attack
attacks attempt attract average avoid award awards aware background backlog backup bad balances
bankruptcy banks base basic basis battery become behalf believe believes benchmark benefit
benefits bill billion body bonds borrowings boxes brand brands breach break buffer bugs build
built bulk businesses buy calls capital car card cards care career carry cases categories category
cause center centers certain chain challenge challenges channel channels charge charges checklist
chief choice choose circumstances civil claim claims class classes cleanup clear click client
clients climate clock code collateral comes commerce commercial common comparison comparisons
compete competitive competitors complaint complete complex component components comprehensive
computer computers concerns conduct confidence confidential connect consequences consider consist
consistent consists consumer consumers contact contain contains content contents continue
continues contractors contractual copy copyright core corporate correct count countries country
course court covenants cover coverage create credit credits criteria critical cross culture
cumulative currencies currency current customer customers cyber damage damages database decision
decisions decline decrease default defend degree delay delays deliver delivery demand demands
depend dependent depends derivative derivatives design desktop despite detect determine develop
developers device devices differ difference differences difficult difficulties digital direct
director directors disasters discount discounts discussion disputes dividend dividends dollars
domestic draw drive driven driver drivers drives drop due earlier earnings easier economic economy
effect effective effects efficiency efficient effort efforts electronic eliminate elsewhere email
employee employees enables energy engage engine enhance enjoy ensure enter enterprise entire entry
environmental equal equivalents error errors estate estimate estimates evaluate event events
except excess exchange exclude exclusive execute exercise expand expansion expect expenditures
expensive experience experiences expert expire export exposure exposures express extend extensive
extent external extra face fact factors fail failure fall fast faster feature features federal fee
feedback feel fees field film fine fines firm fixing flat flow flows fluctuate focus follows force
foreign form format former forms forth forward found fourth framework freight front fuel
functional fund funds future gain gains games general generate geographic geopolitical gives
global goal goals goes gone goods goodwill governance governmental grant graphics greater gross
group groups grow guarantee guarantees guidance hackers handle hardware harm head health hedge
held hello herein high higher hire historical history hold holders home human hunts ideas identify
image immaterial impacts import important improve incentive incentives incident incidents include
includes income increase increases incremental incur independent index indicate individual
individuals infrastructure inherent initial initiatives input inputs install insurance integrate
intellectual intelligence intend intercompany interest interests interface interim internal
international internet intro invest investors involve issuance issues item items jobs join
knowledge known label labor language large larger largest latest launch law laws lawsuits leaders
leadership learn legal level levels leverage license licenses life limit lines link links lists
live lives load local longer loop loss losses lost low lower machine macroeconomic main maintain
maintenance major maker man manage manner manufacture manufacturers margin margins mark
marketplace markets master match material materials matter matters may means measure measures
media meet member members membership merchandise messages met methods million millions minimum
mitigate mix mobile models modify monday monetary money monitor mornings move multi multiple music
names national natural nature necessary negative network networks news non normal notice obtain
occur occurs offer offerings offers officer officers offset older ones online operate operational
opinion opinions order orders ordinary original outcome output outside overall overhead oversight
owner owners ownership pace package packages page pages paid particular parties partner partners
parts party password patent patents patterns pay penalties percent percentage perform performance
periods personal personnel persons physical pick pickup plans platform platforms play plug plus
points political port ports positive post potential power practices pre predict preferences
present presents press prevent price prices primary principal principles print prior privacy
private procedures proceedings proceeds processes processor produce products professional
professionals profile program programs progress promote proprietary prospects protect provide
provider providers provides provision provisions proxy public purchases purpose purposes pursuant
quotes range ratings raw reach reader realize recap receivables receive recent recognize
recognizes recommend record recovery reduce refer reference reflect regional regions registrant
regular regulators regulatory relationship relationships relative release releases relevant relief
remain remains remote remove repair replace represent represents repurchase repurchases
reputational requests require requires research reserve resource resources respect respective
respond response rest restrict retail retain return returns revenues reviews rights road role
roles rule rules run safe safety said save scale school screen scrutiny search season secure seek
select self sell senior sense separate series serve servers serves sets share shareholders shares
sheet sheets shop shows significant single skills slow social sold sound space speak special
specific stage stakeholders standards states status stock stockholders stocks storage straight
strategic strategies strong structure style sub submit subsidiaries subsidiary substantial success
sufficient suit supplier suppliers supports swap switch symbol tables taken talent targets tariffs
tasks taxes technical techniques technologies technology telephone temporary text than theft
therefore thoughts thousands threat threats throughout title took top total touchpoint track trade
trademark trademarks traffic transfer transparent travel trends trial trust turn type types
ultimate uncertain uncertainties uncertainty understand unique unit units unknown upgrade user
users uses utilize values variety vary versions via video virtual visit volume volumes wage
warranty wasn watch weather web website wholesale wide win window windows winner wish workforce
world worldwide worth written zero
accruals adjustments agency allocations amortization appendix archive attachment attachments
auditing backups bids billings binder binders bookings branch branches buildings bundle cafes
campus campuses carriers cartons chains chargebacks clearance clinic clinics close closing codes
collections commission commissions compilation confirmations consolidation counts courier covenant
crews cutoff deadline deadlines deductions deposit deposits desk desks disclosure dispatch dock
docks drawer drawers duties elections engineering entries equipment escalation escalations escrow
escrows exam exams exports extract facility files fleet fleets fold folder folders forklift
forklifts furniture garages grants grocers guests hangars harbor headroom hires hotels imports
inspections installments intake inventories invoices kitchens lab labs landlord letter letters
licence loads locations locums malls matching merchandising milestones mills mortgage nurses
occupancy offices onboarding outages overtime packaging pallets parcels parking patients payables
pensions permits pharmacies pickups plant plants plots polls practice premiums presentations
probation pumps railcars ramps rebate rebates receipts reclass reconciliations recruiting
redundancies refunds registers renewal renewals repairs replacements reservations reserves
restatement restaurants restructuring rooms rosters routes routing royalties royalty salaries
scanning schools screens seasons seats shelves shifts shipments shipping signature signatures
signing sites sourcing staffing statement statements subsidy suites supplies surcharges surveys
switches tags tariff tenant tenants terminal terminals theatres tickets tiers tolls trailers
trains trucks turnover utilities utility vacancies vans vehicle vehicles vouchers wages wards
warehouse warehouses waste wharfage wiring yard yards
""".split()
)
