"""Everyday English words, in the form a dictionary lists them. Data only.

In: nothing. Out: two frozen sets. Never: a word that is better known as a company's name.

A capital at the start of a sentence or in a title makes none of these a name; within a sentence it
still does. The words are those that ordinary prose writes small, counted in annual reports, in mail
and in the words of trades; endings are taken off in `plainwords`.
"""

from __future__ import annotations

EVERYDAY = frozenset(
    """
abandoned ability able about above abroad absence absolute absorb abuse accelerate acceleration
accept acceptable acceptance access accessibility accessible accessories accident accommodate
accompanied accompanying accordance according account accountability accountable accountant
accretion accrual accrue accumulated accuracy accurate achieve achievement acquire acquisition
across act acting action active activity actor acts actual actuarial actuary adapt add addition
additional address addressable adequacy adequate adhere adherence adjacent adjust adjustment admin
administer administrative administrator admission admit admittedly adopt adoption ads adults advance
advancements advantage adverse advertisement advertisers advertising advice advisors advisory
advocacy advocates affect affiliate affirmative affirmed affordable after afternoon again against
age agency agent aggregate aggressive agile aging ago agree agreements ah aha ahead aid aim air
aircraft airline airplane airport aisle alarm alas albeit album alcoholic align all allegations
allege alliances allocate allocation allow allowance alloy almost alone along already also alter
alternate alternative although altogether aluminium aluminum always amazing ambulance amend
amendments amenities among amortization amortize amount amplified amplifies analyses analysis
analyst analyze and anecdote anesthesia animated anniversary announce announcement annoying annually
annum another answer antenna anticipate anticipation antitrust antivirus any anybody anymore anyone
anything anytime anyway anywhere apart apologies app apparel apparent appeal appear appearance
appellate appendix appliances applicability applicable applicant application appoints appreciate
appreciation apprentice approach appropriate approval approved approximate april arbitration
architects architecture archive are area arena argues argument arise arm around arrange arrangement
array arrive art article artificial artist ash aside ask aspect aspirations assembled assembly
assert assertion assess assessment assessors asset assign assignment assist assistance associate
associations assortment assume assumption assurance assure athletic attached attachment attack
attainment attempt attention attestation attic attorney attract attractive attributable attributed
attributes attrition audience audit auditor august aunt authentication authenticity author authority
authorization authorize auto automakers automate automatic automatically automation automobile
automotive autonomous autonomy autumn availability available average avoid award aware away awesome
baby back background backlog backup bad badge bakery balance ball bandwidth banking bankruptcy banks
bans bar barcode bargain barge barn barriers base basement basic basically basis battery battle
beach bear beat beautiful beauty became because become bed beef been beer before began begin begun
behalf behavior behavioral behaviour behind being belief believe belong below benchmark beneficially
beneficiary benefit berth best beta better between beyond bias bibendum bid big bilateral bill
billings billion binary binder binding biopsy birch birthday bistro bit bite black blame blank blind
block blogging blogs blue body boiler bold bond bonus book bookkeeper bookkeeping boost boot
bootable border boring born borrow borrowings boss both bottle bottleneck bottom bought bounce bound
bounty boutique box boycotts brain branch brand brave bravo breach bread breadth break breakage
breakdowns breakfast brewery brick bridge brief bright brilliant bring broad broadband broke broken
brother brought brown browse bucks budget buffer bug build built bulk bulldozer bunch bundle burdens
burn bus business busy but button buy buyout bylaws cabin cable cafe cake calculate calculation
calendar call calm came camera campaign campus can cancel cancellation cannot capability capable
capacity capital capitalization capitalize capped caps caption capture car carbon card care
carefully caregiver cargo carpet carrier carry carryback carryforward carton case cash cashier
casual casualty catalog catalogue catastrophic catch category caught cause cease cedar ceiling cell
cement center centers centrally certain certainty certificate certification certify chain chair
challenge chance change changelog channel chapeau character characteristics charge chargeback
charter chat cheap check checklist checkout cheers cheese chef chemical chemistry chief child
childcare chip choice choir choose chore chosen cinema circumstances circumvent cities citizens
civil claim claimants clarify clarity class classic classification classify classroom clauses clean
cleanup clear clearance clerk clever click client climate clinic clock close closure cloth cloud
clubs coach coal cobalt code coffee collaborate collaboration collateral collateralized colleague
collect collectability collection collective college collision color colorful column combat
combination combine combustion come comfort comic command commence commencement commensurate comment
commerce commercial commission commissioned commissions commit commitment commodity common
communicate communication community compact companies comparable comparative compare comparison
compatibility compatible compelled compelling compensate compensation compensatory compete
competition competitive competitors compilation compile complaint complement complementary complete
completion complex complexity compliance compliant complicated complications comply component
composite compost compounded compounds comprehensive compressed compression compressor comprise
compromise computation compute conceived concentrate concentration concept concern concert conclude
conclusion conclusive concrete concurrent condition condolences conduct confidence confidential
confidentiality config configuration configure confirm confirmation conflict conform conformity
confused confusion congestion congratulations conjunction connect connection connectivity consent
consequence consequently consider considerable consideration consignee consignor consist consistent
console consolidate consolidation consortium constant constitute constraints construct construction
consult consultant consultation consumables consumer consuming consumption contact contagious
contain containment contemplated content contest context continents contingency contingent continual
continue continuity continuous contract contractor contractual contrary contribute contribution
control controversial controversy convenience convenient conversation conversion convert convertible
conveyor cookie cool cooperate coordinate copay copper copy copyright core corn corporate
corporations correct correction corrective correspond corridors corruption cost cotton could
councils count counterclaims counterfeit counterparty country couple coupon courier course court
courts cousin covenant covenants cover coverage coworker crane crash create creation creative
credibility credit creditor creditworthiness crew crime criminal crises crisis criteria criterion
critical criticism criticized crop cross crucial crude cruise crypto cultivating cultural culture
cumulative cup curbside curiosity curious currency current curriculum curtail curve custom customary
customizable customize cut cutoff cyber cyberattack cybersecurity cycle cyclical dairy damage
dangerous dashboard data database date daughter dawn day dead deadline deal death debate debit debt
december decent decide decision deck declaration declare decline decrease dedicated deducted
deductible deduction deem deep default defect defend defendant defense deferred deficit define
definite definition definitive deflation degradation degrade degree delay delegated delete deletion
deliver delivery demand demographic demonstrate demurrage denial denim denominated dental dentist
deny departments departure depend dependence dependencies dependent deploy deployment deposit depot
depreciate depreciation depress depth derivative derive describe design designate designation
desirable desire desk desktop despite destination destroy destruction destructive detail detect
detection detention deter deteriorate deterioration determinable determination determine detriment
develop development device devote dialogue diamond did died diesel differ difference different
differentiate differentiation difficult difficulty digital dignity diligence diluted dilution
dilutive diminish diner dinner dioxide direct direction director directory disable disadvantage
disaggregated disagree disaster disc discipline disclose disclosure discontinuance discontinue
discount discourage discover discovery discretion discretionary discrimination discuss discussion
disease disk dismiss dismissal disparate dispatch dispatching display disposable disposal dispose
disposition disproportionate dispute disrupt disruption disruptive dissatisfaction dissemination
distance distillery distinct distinction distinctive distracting distribute distribution distributor
diverse diversified diversion diversity divert divestitures divided dividend dividing dock docs
doctor document documentation does doing dollar domain domestic domestically don done donut doors
double doubt doubtful down downgrade download downloadable downtime downturn downward dozen draft
dramatic draw drawn dread dream dress drilling drive driven drone drop drought drove drug due dull
duly dumb duplicate durability duration during dusk dust duty dynamic each eager ear earlier earn
earnings earthquake ease easier easiest easy eat ebook economic economy ecosystem edge edit editions
educate education educational effect effective efficiency efficient effort effortless egg eight
eighth either elbow elect election electric electrical electricity electronic electronically element
elevated elevating elevator eligible eliminate elimination elm else elsewhere email embargoes
embedded embracing emerge emergency emission emotional emphasis emphasize employ employee employment
empower empty enable enact enactment encompasses encounter encourage encryption end endeavor endorse
endorsement energy enforce enforceability enforceable enforcement engage engagement engine
engineering enhance enhancement enjoy enjoyable enough ensure enter enterprise entertainment entire
entirety entitled entitles entity entry environment environmental epidemic equal equip equipment
equitable equity equivalent erode error escalate escalation escrow especially essential establish
estate estimable estimate estimation ethical ethics euros evaluate evaluation even event eventual
eventualities ever every everyday everyone everything everywhere evidence evolution evolve
exacerbate exact exaggerated exam examination examine example excavator exceed excellent except
exception exceptional excess excessive exchange excise exclude exclusion exclusive execute execution
executives exempt exemption exercisable exercise exhausted exhibits exist existence exit expand
expansion expect expectation expend expenditure expense expensive experience expert expertise
expiration expire explain explanation explicitly exploit exploitable exploitation explore export
expose exposure express expression extend extensions extensive extent external extra extract extreme
eye fabric face facilitate facility fact factor factory fail failure fair faith fall false familiar
family fancy far fashion fast father fault faulty favor favorable favorite favourite fax fear
feasible feature february federal fee feed feedback feel feet fell felt ferry fertility few fiber
fibre fiction fiduciary field fifteen fight figure file fill film filter final finalized finance
financial find fine finger finish fire firewall firm firmware first fiscal fish fit five fix
fixtures flags flat flaw fleet flexibility flexible flight flip floating flood floor flour flow
fluctuate fluctuations focus fog fold folder folks follow font food foot footage footnote footprint
footwear for force forecast foregoing foreign foreman foreseeable forever forfeited forfeitures
forget forgot forgotten fork forklift form formal format formation formed former forming forms forth
fortnight forum forward fostering fosters found foundry four fourth fragmented frame framework
frameworks franchise franchisee fraud fraudulent free freedom freight frequency frequent fresh
friend from front frost frozen fuel fulfill fulfillment full fully fun function functional
functionality fund fundamental funny furnace furnish furniture further future gain gallery gallon
game gaps garage garbage garment garner gas gasoline gate gateways gather gave gear gem gender
general generate generation generative generic genres gentle geographic geographical geography
geopolitical get giant gift gistrant give given glad glass global globe gloomy goal goes going gold
golf gone good goodwill gossip got gotten govern governance government governmental grade grain
grant grantor grape graph graphic graphical grateful gravel gray great green greenhouse grew grey
grid grind grocer grocery gross ground group grow grown growth grunt guarantee guard guess guest
guidance guide guidelines guy habit hack had hail hair half half-term half-time halftime halloween
hand handheld handle handoff handover handy hangar happen happier happiness happy harassment harbor
hard harden hardware harm harmful harvest has hassle hate hats haulage hauler haulier have hazardous
head headache headcount headquartered headquarters headroom headteacher health healthcare healthy
hear heard heart heat heatwave heavy hedge heed height heighten held helicopter hello help helpful
hence her herb here hereby herein hereof herewith hey hidden hiding hierarchy high highlight highway
him himself hinder hip hire his historic historical history hit hoist hold hole holiday home
homeowners honest hooray hope horsepower hospice hospital hospitality host hostel hostilities hot
hotel hour household housekeeping housing hover how however http hub huge human humble hunch hundred
hunt hurricane husband hybrid hypothetical ice icon idea ideal identical identifiable identification
identify identity idle iii illegal illnesses image imagine immaterial immediate immigration impact
impactful impair impairment impede impediments implant implement implementation implications
implicit imply import importance important importation impose imposition impossible impractical
impression impressive improperly improve improvement imputed inability inaccurate inaction inactive
inadequate inadvertently inbox incentive incentives inception incident incidental include inclusion
inclusive income inconsistent inconvenience incorporate incorporation incorrect incoterms increase
incremental incur incurrence indebtedness indeed indefinite indemnification indemnify indemnity
indentures independent indeterminate index indicate indication indicative indicator indices indirect
individual induce industrial industry ineffective inevitable inflation inflationary inflows
influence influential info inform information infrastructure infringe infringement ingot inherent
inhibit initial initiate initiative injunction injunctive injury inn innovate innovation innovative
input inquiries insert inside insight insignificant insisting insolvency insolvent inspection
inspiration inspiring instability install installation installment instance instant instead
instituted institution institutional instruction instrument insufficient insurance insured insurers
intake intangible integral integrate integration integrity intellectual intelligence intelligent
intend intensely intensify intensive intent intention intentional interact interaction interchange
intercompany interconnect interest interface interfere interference interim interlocutory intern
internal international internet interoperability interpret interpretation interrupted interruption
intervene intervention interview into intrinsic intro introduce introduction intrusion inventory
invest investigate investigation investigative investment investors invoice involuntary involve
involvement iron irony irrespective island isolation issuable issuance issue item items iterations
iterative its itself janitor janitorial january jewelry job join joint joke jolly journal journey
judge judgment judgmental judicial july jump june jurisdiction jury just keep kept key keyboard kick
kidney kids kiln kind kiosk kitchen knee knew know knowledge knowledgeable known kudos lab label
labor laboratory labour lack lag lamp land landfill landlord landscape language lapse laptop large
last late lathe latter launch laundry law lawful lawsuit lawyer layer layout lazy lead leadership
leagues learn lease leasehold least leather leave led ledger left legacy legal legislation
legislative legislators legitimate leisure lender lending length lengthy lens less lessee lesson
lessor let level leverage levy liability liable library licence license licensure lie liens lieu
life lift light lightning like likelihood likewise lily limit limitation line linear linen link
liquid liquidated liquidation liquidity list listen lithium litigation little live load loan lobby
local localization localized locate location lock locomotive locum lodge logging login logistics
logo logs long look loom loop lorry lose loss lost lot love low loyal loyalty luck lucky lumber
lunch lung machine machinery macroeconomic made magnitude mail mailbox main maintain maintenance
major majority make malfeasance malicious mall malware man manage management mandate mandatory
manipulate manipulation manual manufacture many maple margin marina mark markdown market marketable
marketplace mass massa massive master match material materiality materialize math matter mature
maturity maximize maximum may maybe mean meaningful meant measure measurement meat mechanism media
medical medium meet member membership memo memory men mental mention mentor menu merchandise
merchant merely merger merit merry mess message messy met metal methane method methodology metric
mid-year midnight midterm midwife midyear might migrate mile milestone military milk mill million
mind mine minerals minimal minimize minimum minor mint minus minutes misappropriated
misappropriation miscellaneous misconduct miss mission misstatement mistake misuse mitigate
mitigation mix mobile mode model modem moderated moderating modern modernize modification modify
modular modules moment momentum monday monetary monetization monetize money monitor monopolistic
month morale more morning mortar mortgage most motel mother motion motivate motives motor mount
mouse mouth move movement movie much multichannel multidistrict multinational multiple multiplied
multiplying municipal museum music must mutual myself mystery name nasty national nations nationwide
natural nature naughty navigate navigation near necessary neck need negative negotiate negotiation
neighbor neighbour nervous net network never new newsgroup newsletters next nice nickel night
nightmare nine nobody noise noisy nominees noncompliance noncontrolling noncurrent none nonetheless
nonperformance nonprofit nonqualified nonrecurring noon nor normal nose not notary notebook nothing
notice notification notify notional novel november now number numerous nurse oak object objections
objective obligate obligation obligor observable observe obsolescence obsolete obstacles obtain
obvious occasion occasionally occupancy occupational occur occurrence ocean october odd off
offboarding offensive offering officer officers offices official offline offset often oh oil old
omitted onboarding once oncology one onerous ongoing online only onto oops open operate operation
operational operationalize operator opinion opportunity opposed opt optical optimal optimization
optimize option optional oral orange orchard orchestra order ordinary organization organizational
organize origin original originate origination other otherwise our ourselves out outage outbreak
outcome outdoor outflows outlined outlines output outside outsourced outsourcing outstanding over
overall overhead overnight overruns overseas oversee overseen oversight overtime overturned owe owed
own ownership pace package packed packets packs page paid pain painful painless paint pair pallet
pandemic panel paper paperwork par paralegal paramedic parameters paramount parcel parent parental
parking part partial participant participate participation particular partition partner partnership
party pass passion passionate password past paste patch patent path pathway patient pattern pause
pay payable payment payroll payslip peak pediatric peek peer pen penalty pencil pending penetration
pension people pepper per perceive percent percentage perception perfect perform performance perhaps
period periodic periodically permanent permission permit persist person personal personality
personalize personnel perspective pertain pet petition petrol petroleum pharmaceutical pharmacist
pharmacy phase philosophy phishing phone photos phrases physical physician pick pickup picture pie
piece pillars pilot pine ping pink pipe pipeline piracy pirated pixels pizza place plain plaintiff
plan plane planet plant plastic platform play plc please pleasure pledge plenty plot plug plugin
plumbing plus plywood point police policy polite political poll pool poor popular popularity
population pork port portfolio portion pose position positive possession possibility possible post
potential poultry pounds power powerful practicable practical practice preceding precipitation
predetermined predict predictions predominantly prefer preference preferential prejudice preliminary
premier premium prepaid preparation prepare prepayment prescribed prescription presence present
presentation preservation preserve press pressure pretax pretending pretty prevailing prevent
preventative prevention preview previous price primary principal principles print prior
prioritization prioritize priority privacy private privileged privileges proactive probability
probable probation problem procedure proceed proceedings process processor procure procurement
produce product production productive productivity professional profile profit profitability
profitable program progress prohibit prohibitions project projections proliferation prolonged
prominence prominent promise promote promotion promotional prompt promulgated proof propane proper
property proportion proportionate proposal propose proposition proprietary propulsion prospect
prospective prosthetic protect protection protective protocol proud prove proven provide provision
proxy prudent public publication publicity publish pull pulse pump pumpkin pupil purchase purple
purport purpose pursuant pursue pushed put putative puzzle qualifications qualify qualitative
quality quantitative quantity quarantines quarry quarter quay queries question quick quiet quite
quota quote race rack radiology rail railcar railroads railway rain raise ramp ran random range rank
ransomware rapid rare ratably rate rather ratifying ratio raw reach react reaction read readable
ready real reality realizability realizable realization realize reallocation reason reasonable
reassess rebalancing rebate reboot recall recap receipt receivable receive recent receptionist
recession recessionary recipe recipient reclass reclassification reclassify recognition recognize
recommend recommendation reconcile reconciliation record recoup recourse recover recoverability
recoverable recovery recruit recruitment recurring recycled recycling red redeem redeemable
redemption redesign redistribution reduce reduction redundancy redundant refer reference referral
refinance refine reflect reform refund refundable regard regardless regime region regional
registered registers registrant registration regular regulate regulations regulator regulatory
reimbursed reimbursement reinforce reinvest reinvestment rejoining relate relation relationship
relative release relevance relevancy relevant reliability reliable reliance relief relieve relocate
relocations rely remain remainder remeasured remeasurement remediate remediation remedy remember
remind remittance remitted remodeling remodels remote remove remuneration rendered rendering
renegotiate renew renewable renewal rent rental reorganization repaid repair repatriate repatriation
repay repayment repeal repeated replace replacement reply reportable reported reporter reporting
reports represent representation representative reproduce repurchase reputation reputational request
require requirement requisite resale research resell reservation reserve reset residential residents
resides residual resilience resilient resist resolution resolve resort resource respect respective
respond response responsibility responsible responsive rest restatement restatements restaurant
restore restrict restriction restrictive restructuring result resume retail retain retaliatory
retention retire retirement retrieve retrospective return reveal revenue reversal reverse review
revise revision revolving rewarding rewards rhythm rich rid riddle ride rigging right rigorous rise
risk risky rival road roadmap robust rock role roll rollforward rollout roof room root rose roster
rota rough round route routine row royalty rude rule rules ruling rumor rumour run runway sabotage
safe safeguard safety said sake salad salary sale salmon salt same sample sanctions sand sandwich
satellite satisfaction satisfactorily satisfy save saw say scaffold scalable scale scanner scarcity
scenario scenes schedule scheme scholarship school scope scrap scratch screen script scrutiny
seafood seamless search season seasonal seasonality seat second secret sections sector secure
security see seed seek seem seen segment segregation seismic select selection self sell semester
send senior sense sensitive sensitivity sent sentiment separate september sequence sequential serial
series serious serve service session set settle settlement setup seven several severance severe
severity sewage sewer sewing shall shape share shareholder she shed sheet shelf shelves shield shift
ship shipment shoe shooter shop short shortage shortcut shortfalls should show shown showroom shrink
shrinkage shut shutdown shy sickness side sidebar sign signals signature significance significant
silent silly silver similar simple simplicity simplify simulate simulation simultaneous since single
sister sit site situation six size ski skill skin skip slide slightly slips slot slow slowdown slump
small smart smelter smoke smooth snack snap snapshot snip snow sober social soft software solar sold
sole solid solution solve some somebody somehow someone something sometimes somewhat somewhere son
song soon sophisticated sophistication sorry sort sought sound soup source sovereign soy spa space
spam spare speak special specialists specialized specialty specific specifically specification
specify specimen spectrum speculation speculative speech speed speedy spend spent spice spin spine
spirit split spoke sponsored sponsors sponsorships sport spot spread spreadsheet spring sprint
stability stable stack stadium staff stage stairs stake stakeholder stand standalone standard
standardization stapler stars start state statement statements static stations status statute
statutory stay steal steel step stern steward stick sticky still stipulated stock stockholders
stockroom stocktake stolen stop stoppages storage store storm straight straightforward strain
strange strategic strategically strategy stream streamline strength strengthen strict strides
strikes string strips strive strong structural structure struggling stuck student studies studios
studying stuff stupid sturdy style stylish sub subbie subcontractor subject subjective sublease
sublet submission submit subpoenas subscribe subscription subsequent subset subsidiary subsidy
substance substantial substantive substation substitute substitution subtle succeed success
successful succession successor such suck suddenly sued suffer sufficiency sufficient sugar suggest
suggestion suit suitable sum summarize summary sunrise sunset superior supermarkets supervision
supplement supplier supply support supportable suppose surcharge sure surface surfing surge surgeon
surgery surprise surrender surrounding survey survive suspect suspension sustain sustainability
sustainable swap sweet swift switch symbol syndicate synergies syntax system systemic table tabletop taco
tachograph tag tailored take taken takeover talent talk tame tangible tap tape target tariff task
tastes tax taxable taxation taxi taxpayers tea teacher teaching team teammates teamwork technical
technique technological technology tedious teeth telecom telephone television tell temperatures
tempo temporary ten tenant tend tensions tenure term terminal terminate termination terminology
territory terrorism terrorist test text textbook textile textual than thank that the theater theatre
theft their them themselves then theory therapist therapy there thereafter thereby therefore therein
thereof thereon thereto thereunder thereunto therewith these they thin thing think third thirty this
those though thought thousands thread threat threatened threatens three threshold thrive through
throughout throw thumb thunder thus ticket tidy tied tier ties till timber time timeframes timeline
timid tiny tired title today toe together told toll tomorrow tongue tonight tons too took tool
toolsets tooth top topic tornado tort total touch touchpoint tough tour toward tower town toys track
traction trade trademark traditional traffic trafficking trail train trainee tram tranches transact
transaction transactional transfer transferable transform transformation transit transition
translate translation transmission transmitted transparency transparent transport transportation
travel treasurer treasury treat treatment tree trend trial tribe trick tried tries trigger trip
tropical trouble truck true truly trust truth try tsunamis tug tugboat tuition tulip tune tunnels
turbine turn turnover twelve twice two type typical ugly ultimate unable unamortized unanticipated
unauthorized unavailability unavailable uncertain uncertainty uncle uncollectible underfunded
undergo underlying undermine underpaid undersigned understand undertake undertaken underway
underwriter underwriting undesignated undesirable undetected undiscounted undistributed undrawn
undue unearned unemployment unexpected unfavorable unfold unforeseen unfortunately unfounded
unfunded unified uniform unintended union unique unissued unit university unknown unlawful unless
unlike unlimited unlocking unobservable unpaid unplanned unpredictable unqualified unrealized
unrecognized unredeemed unrelated unreliable unrest unsafe unsecured unseen unsettled unsolicited
unspecified unstable unsubscribe unsuccessful until unused unusual unveil unvested unwilling
upcoming update upfront upgrade uphold upon ups uptime uranium urge urgent usage use used useful
useless user username using usual utility utilization utilize vacancy vacating vacation vaccine
vague valid validate valuable valuation value valve van vandalism var variability variable variances
variants variations variety various vary vast vehicle vendor venture verify version versus vertical
very vessel vest vet veterans veterinary via viability video view vigorously vineyard violate
violation violence virtual virtue virus visibility vision visit vital vivid voice voicemail volatile
volatility volume voluntary volunteer vote voucher vulnerability vulnerable wage wait waive walk
wallets want war ward warehouse warm warned warning warrant warranty was waste watch water way
weakened weakening weaker weakness weather web webhook website week weekend weight weird welcome
welding well went were wharf wharfage what whatever wheat when whenever where whereas whereby
wherever whether whew which whichever while white whiteboard who whole wholesale wholly whom whose
why wicked wide widespread width wife wildfire will willow win wind window wine winery winter wipe
wire wireless wisdom wise wish with withdrawal withheld withholding within without witty wonder wool
word work workaround workforce workplace workstation world worldwide worn worry worse worst worth
would wow write written wrong wrongdoing wrote yard yarn year yellow yes yesterday yet yield yikes
you young your yourself yrs zero zinc zip
""".split()
)

FIRST_NAMES_TOO = frozenset(
    """
art bill bob brook chase chuck cliff dale dean dick drew earl faith frank gene glen grace grant guy
heath hope iris jack jay jean joy june lance mark max may miles nick olive pat penny ray rich rob
rose ruby rusty sandy skip sky stew sue summer violet wade ward will
""".split()
)
"""Words that are people, too: a verb of a person after them makes them a name."""
