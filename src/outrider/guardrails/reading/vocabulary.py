"""More everyday words: what stands in kitchens, workshops, fields, harbours, schools and wards. Data only.

In: nothing. Out: a frozen set. Never: a word that is better known as the name of a company or of a person.
"""

from __future__ import annotations

THINGS = frozenset(
    """
abattoir accent acid actress adult aeroplane airflow ale algae algebra alkali allergy anchor
anchorages anger ankle ant anyhow apartment apology applause appraisal apron arithmetic armchair
asphalt asthma astronomy atrium avalanche axe axle backpack bacon bait balcony ballast ballet banana
bandage bang bank banknote barbecue barista barley barrel barrister bartender baseball basketball
bathroom bay beak beam bean bedroom bee belt bench berry bet bicycle bike bilge bin biology bird
biscuit blackboard blackout blade blanket blaze bleach bloom blossom blouse blower boat bolt bone
boredom botany bowl brake brandy brass breeze brew brewer bricklayer bride bronze broom broth
brownout bruise brunch brush bubble buck bucket buckle buffet bulb bull bun buoy bureaucracy buzz
cab cabbage cabinet cafeteria calculus calf camper canal candle candy canoe canteen cap capsule
carabiner caravan cardboard carriage carrot cashbox cask casting cat cave cellar cello cent ceramic
chainsaw chairlift chalk chaos chapter cheque cherry chick chicken chiller chimney chisel chocolate
cider claimant clam clamp clank claw clay climb climber clipboard clue clutch coat cockpit cocktail
cod coin cold collar commuter compartment compliment condensation confession coop cork corridor
costume cottage couch cough couldn courage cow crab crack crate crayon creak cream creamery creek
cricket crossroads crumb crust crutch cucumber cupboard curb curtain cylinder dad dam damp dampness
dancer decorator deer dent desert detective detergent detour dew dial dialect dice dictionary die
dime din dinghy diploma dirt dishwasher distiller dog donkey donor door doorbell dormitory dose
dough dove drain draught drill drip drum dryer drywall duck duct dumbbell dune duvet dye earplugs
echo eighty electrician elk embargo ember encore entrance envelope envy eraser escalator escape
essay euro ewe excuse fairy fan farmer fate fatigue feast feather fence fertiliser fertilizer fever
fifty fir firefighter fireman fisherman fishmonger flame flavor flavour fleece flock florist flu
flue flute fly fodder football forceps forge forty foyer frankly freezer fridge frog fry funeral fur
fuse fuss gale gamble gangway garden garlic garnish gasket gauge gearbox generator geology geometry
gin glacier glare glasshouse glider glossary glove glow glue goalkeeper goat goggles gondola goose
gosh grammar grandfather grandmother grandson granite grater gravy grease grief grievance grill
groan groom grove grumble guilt guitar gulf gull gum gurney gutter gym hairdresser hall halves ham
hammer handshake harbour harness harp hat hatch hatcheries hatchery hatchet havoc hay hazard
headmaster helmet hem hen herbicide herd hide hill hinge hint hive hob hockey hoe homework honey
hoof hook hops horn horse hose house hug hull hum humidity hunger hurdle hut hydrogen icing
induction infant ingredient ink instinct insulation insult insurer inverter irrigation jacket jam
jealousy jeans jetty jig jogging joist jug juice junction jungle junk kayak keel keg kennel kerb
kerosene ketchup kettle kiss knife knob knot lace ladder ladle lake lamb landslide lane laughter
lawn leaf league leak lecturer leek legend lemon lentil lettuce lever librarian lice lid lighthouse
lime limestone linguistics liquor litter loaf lobster lockout log logjam loophole lottery lounge
louse luggage lumberjack lyric machinist maize malt mango manhole manure marathon marble mare mash
mask mast mattress mayonnaise maze meadow mechanic medal melody melon mercy mezzanine microwave
migraine mirror mist moisture mold mom moon mooring moose mop moth motorbike mould mountain mud
muddle mug mule mum muscle mussel mustard mutton myth nail needle nephew nerve nest nevertheless
niece ninety nitrogen nod noodle nuisance nut nylon oat oath obedient odor odour onion opera organ
oven owl oxygen oyster packer packet padlock pan panic paperclip paragraph parrot passenger passport
pasta pastry pasture patience patio patron pavement paw pea peach pear pebble pedal peninsula
perfume perk pesticide petal physics piano picnic pier pig pigeon pilgrimage pill pillow pineapple
piste piston pitch pity plank plankton plaster plate platinum platter plier plough plow plum plumber
pocket poem poet policeman policyholder polyester pond pony poplar porcelain porch postcard postman
pot potato pothole pound ppe praise prank prawn premiere pride propeller proverb psychology pub
pudding puddle pulp pun purse quarrel queue quid rabbit racket radiator raffle rafter rag rainbow
rake raspberry rat rattle referee reflex refrigerator rehearsal reinsurer relay reservoir resin
rhyme rice rim rinse ripple ritual river rivet robot rooster rope roundabout rubber rubbish rudder
rug rugby rum rumble rung rupee rust rye sadly sail sailing sailor sanction sandal sandpit sapling
sauce saucer sauna sausage sawdust sawmill scalpel scar scarf scent scissors scooter scream screw
scrub scrubbing sea seal seam seamstress seedling sensor sentence septic seventy shade shadow shaft
shame shampoo sheep shirt shout shovel shrimp shrinkwrap shrug sick sidewalk sieve sigh signal
signpost silage silence silk singer sixty skating skirt slate sleep sleeper sleet sleeve slip slope
slug smell smile smolt snag snail snake snowboard soap soccer sociology sock socket sofa soil
soldier solicitor solvent soot souvenir sow spade spanner spark spatula spelling spider spill
spillage spinach spindle splash splint sponge spoon spotlight sprinkler spruce squatter squeak stain
stair staircase stamp star starch station statistics steak steam stem stench sterile steriliser
sterilizer stevedore stitching stone stool stove strap straw strawberry street stretcher sty
suitcase sulfur sulphur sunlight sunshine superstition supper surveyor swamp swimming syringe syrup
tablet tagout tail tale tank tarmac tarpaulin tart taste tavern tear teenager tennis tent terrace
texture thaw thermostat thirst thorn thrice throat throttle thud thx tide tile tin tire toad toaster
toddler tomato toner tourist towel tractor tradition translator trap trash tray tread treadmill
tremor triple tripod trolley trombone trophy trough trousers trout trowel trumpet truss trustee tuna
tunnel turkey turnaround turnround turnstile tutor tyre umpire usher valley vapor vapour varnish
vein veneer vent ventilation verge verse vice villa vinegar vintage violin vocabulary vodka volcano
voyage wagon waitress wall wallet wardrobe washer wasp wave wax wedding weed weir weld welder whale
wheel wheelbarrow whisk whiskey whisky whisper whistle whoa widow winch wing wink worm wort wound
wrench wrestling wrist yacht yawn yeast yoga yoghurt yogurt zoology
""".split()
)
"""The form that a dictionary lists; endings are taken off in `plainwords`."""
