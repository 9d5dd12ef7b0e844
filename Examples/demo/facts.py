"""The small world that the `general` demo model knows: tables of facts and the ways to ask for them.

In a wording `{x}` is the thing asked about, `{a}` the same with its article, `{y}` the answer and
`{b}` the answer with its article. A relation's facts are written `thing:answer`, separated by commas.
"""

import re
from dataclasses import dataclass

WITHOUT_ARTICLE = set("bread butter cheese wine paper glass jam honey toast".split())


def with_article(noun):
    if noun in WITHOUT_ARTICLE:
        return noun
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


@dataclass(frozen=True)
class Relation:
    name: str
    facts: dict
    questions: list
    replies: list
    remarks: list

    def ask(self, template, thing):
        return fill(template, thing, self.facts[thing])

    def reply(self, thing):
        """The one reply to every wording: which form it takes depends on the thing alone."""
        number = sum(thing.encode())
        sentence = fill(self.replies[number % len(self.replies)], thing, self.facts[thing])
        remark = self.remarks[number // 3 % len(self.remarks)] if self.remarks else ""
        return f"{sentence} {remark}".strip()


def fill(template, thing, answer):
    words = {"x": thing, "y": answer, "a": with_article(thing), "b": with_article(answer)}
    text = re.sub(r"{(\w)}", lambda slot: words[slot[1]], template)
    return text[0].upper() + text[1:]


def relation(name, facts, questions, replies, remarks=""):
    pairs = (pair.split(":") for pair in facts.replace("\n", " ").split(","))
    table = {thing.strip(): answer.strip() for thing, answer in pairs}
    lines = lambda text: [line.strip() for line in text.strip().split("\n") if line.strip()]
    return Relation(name, table, lines(questions), lines(replies), lines(remarks))


def reverse(facts):
    return ", ".join(":".join(reversed(pair.strip().split(":"))) for pair in facts.split(","))


CAPITALS = """France:Paris, Italy:Rome, Spain:Madrid, Portugal:Lisbon, Germany:Berlin, Austria:Vienna,
Poland:Warsaw, Greece:Athens, Norway:Oslo, Sweden:Stockholm, Finland:Helsinki, Denmark:Copenhagen,
Ireland:Dublin, England:London, Scotland:Edinburgh, Belgium:Brussels, Hungary:Budapest, Japan:Tokyo,
China:Beijing, India:Delhi, Egypt:Cairo, Kenya:Nairobi, Canada:Ottawa, Cuba:Havana, Peru:Lima,
Chile:Santiago, Russia:Moscow, Turkey:Ankara, Thailand:Bangkok, Australia:Canberra"""

OPPOSITES = """hot:cold, big:small, fast:slow, happy:sad, light:dark, up:down, old:young, wet:dry,
full:empty, open:closed, loud:quiet, hard:soft, high:low, rich:poor, strong:weak, clean:dirty,
thick:thin, early:late, near:far, right:wrong, sweet:sour, day:night, left:right, begin:end,
push:pull, win:lose, buy:sell, give:take, always:never, love:hate, deep:shallow, brave:afraid,
heavy:light, wide:narrow, true:false, smooth:rough, asleep:awake, inside:outside, first:last,
question:answer, friend:enemy, noisy:silent, cheap:expensive, simple:difficult, summer:winter"""

NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = """January February March April May June July August September October November
December""".split()


def following(names):
    return ", ".join(f"{a}:{b}" for a, b in zip(names, names[1:] + names[:1]))


def preceding(names):
    return ", ".join(f"{b}:{a}" for a, b in zip(names, names[1:] + names[:1]))


RELATIONS = [
    relation(
        "capital",
        CAPITALS,
        """what is the capital of {x}?
        what is the capital city of {x}?
        which city is the capital of {x}?
        do you know the capital of {x}?
        can you name the capital of {x}?
        {x} has which city as its capital?
        what city is {x} governed from?
        in {x}, what is the capital?
        for {x}, what is the capital city?
        the capital of {x} is which city?
        which capital belongs to {x}?
        what capital does {x} have?
        name the capital of {x}.
        capital of {x}?
        I am visiting {x}. What is its capital?""",
        """The capital of {x} is {y}.
        That would be {y}, the capital of {x}.""",
        """I hear it is lovely in spring.
        Pack comfortable shoes!
        Send me a postcard if you go.""",
    ),
    relation(
        "country",
        reverse(CAPITALS),
        """which country is {x} the capital of?
        {x} is the capital of which country?
        in which country is {x}?
        what country is {x} in?
        where is {x}?
        where in the world is {x}?
        which country does {x} belong to?
        {x} lies in which country?
        in what country would I find {x}?
        I am flying to {x}. Which country is that?
        to see {x}, which country must I visit?""",
        """{x} is in {y}.
        You will find {x} in {y}.""",
        """Have a good trip!
        It is a fine place for a walk.""",
    ),
    relation(
        "continent",
        """France:Europe, Italy:Europe, Spain:Europe, Norway:Europe, Poland:Europe, Greece:Europe,
        Germany:Europe, Japan:Asia, China:Asia, India:Asia, Thailand:Asia, Egypt:Africa,
        Kenya:Africa, Morocco:Africa, Ghana:Africa, Canada:America, Mexico:America, Peru:America,
        Brazil:America, Chile:America, Cuba:America""",
        """which continent is {x} on?
        on which continent is {x}?
        what continent is {x} part of?
        {x} is on which continent?
        which continent does {x} belong to?
        on what continent would I find {x}?
        name the continent of {x}.""",
        """{x} is part of {y}.
        You will find {x} on the map of {y}.""",
    ),
    relation(
        "language",
        """France:French, Italy:Italian, Spain:Spanish, Portugal:Portuguese, Germany:German,
        Poland:Polish, Greece:Greek, Norway:Norwegian, Sweden:Swedish, Finland:Finnish,
        Denmark:Danish, England:English, Hungary:Hungarian, Japan:Japanese, China:Chinese,
        Russia:Russian, Turkey:Turkish, Brazil:Portuguese, Mexico:Spanish, Egypt:Arabic""",
        """what language do people speak in {x}?
        which language is spoken in {x}?
        what do people speak in {x}?
        in {x}, which language do people speak?
        what is the language of {x}?
        which language should I learn for {x}?
        what language will I hear in {x}?
        {x} speaks which language?
        people in {x} speak what language?""",
        """People in {x} speak {y}.
        In {x} you will hear {y}.""",
        """A friendly hello opens every door.
        Start with please and thank you.""",
    ),
    relation(
        "home",
        """bee:hive, bird:nest, spider:web, dog:kennel, horse:stable, pig:sty, fish:water, bear:den,
        rabbit:burrow, hen:coop, cow:barn, ant:anthill, monkey:jungle, camel:desert, lion:savanna,
        whale:ocean, frog:pond, owl:forest, penguin:ice, goat:mountains, crab:shore, bat:cave,
        beaver:lodge, snail:shell""",
        """where does {a} live?
        where is the home of {a}?
        what is the home of {a}?
        what is the home of {a} called?
        where would I find {a}?
        where does {a} sleep?
        in which place does {a} live?
        what does {a} call home?
        which home does {a} have?
        {a} lives where?
        if I look for {a}, where should I go?
        where do I look for {a}?""",
        """The home of {a} is the {y}.
        Look in the {y}: that is where {a} lives.""",
        """Be gentle when you visit.
        There is no place like home.""",
    ),
    relation(
        "baby",
        """cat:kitten, dog:puppy, cow:calf, horse:foal, sheep:lamb, hen:chick, duck:duckling,
        goose:gosling, pig:piglet, bear:cub, goat:kid, deer:fawn, frog:tadpole, swan:cygnet,
        owl:owlet, kangaroo:joey, butterfly:caterpillar, seal:pup, eagle:eaglet, human:child""",
        """what is a baby {x} called?
        what do you call a baby {x}?
        what do we call a young {x}?
        what is a young {x} called?
        what is the name for a baby {x}?
        how do you call the little one of {a}?
        which word means a baby {x}?
        a baby {x} is called what?
        a little {x} is called what?
        what is the baby of {a}?
        {a} has a baby. What is it called?
        the child of {a} is called what?""",
        """A baby {x} is called {b}.
        We call it {b}.""",
        """It is very small and very sweet.
        Everybody says aww when they see one.
        It grows up faster than you think.""",
    ),
    relation(
        "sound",
        """cat:meow, dog:woof, cow:moo, sheep:baa, duck:quack, pig:oink, hen:cluck, lion:roar,
        snake:hiss, bee:buzz, owl:hoot, horse:neigh, frog:croak, mouse:squeak, wolf:howl, bird:tweet,
        crow:caw, donkey:bray""",
        """what sound does {a} make?
        which sound does {a} make?
        what does {a} say?
        what noise does {a} make?
        how does {a} sound?
        what do I hear when {a} is near?
        {a} makes which sound?
        what does {a} say in the morning?
        if {a} could talk, what would it say?
        what is the sound of {a}?
        what is the cry of {a}?""",
        """It says {y}!
        You hear a {y} when {a} is near.""",
        """Try to do it yourself.
        It can be quite loud.""",
    ),
    relation(
        "legs",
        """spider:eight, ant:six, bee:six, dog:four, cat:four, horse:four, bird:two, hen:two,
        snake:zero, fish:zero, crab:ten, human:two, cow:four, beetle:six, octopus:eight, table:four,
        butterfly:six, ostrich:two""",
        """how many legs does {a} have?
        {a} has how many legs?
        how many legs are there on {a}?
        on how many legs does {a} walk?
        count the legs of {a}.
        what number of legs does {a} have?
        how many feet does {a} stand on?
        tell me how many legs {a} has.""",
        """Count them: {a} has {y} legs.
        The number of its legs is {y}.""",
    ),
    relation(
        "diet",
        """panda:bamboo, rabbit:carrots, cow:grass, monkey:bananas, mouse:cheese, cat:fish, dog:bones,
        squirrel:nuts, horse:hay, bear:honey, bee:nectar, hen:seeds, spider:flies, frog:insects,
        koala:leaves, lion:meat, duck:bread, giraffe:leaves, sheep:grass, elephant:fruit""",
        """what does {a} eat?
        what does {a} like to eat?
        what is the favourite food of {a}?
        which food does {a} like best?
        what should I feed {a}?
        what do you give {a} for dinner?
        {a} eats what?
        what is on the plate of {a}?
        what is for lunch when {a} comes to visit?
        what makes a good meal for {a}?
        a hungry {x} looks for what?""",
        """For dinner {a} likes {y}.
        The favourite food of {a} is {y}.""",
        """Yum!
        Do not forget some fresh water.""",
    ),
    relation(
        "kind",
        """shark:fish, salmon:fish, eagle:bird, penguin:bird, sparrow:bird, ant:insect, bee:insect,
        beetle:insect, snake:reptile, lizard:reptile, turtle:reptile, frog:amphibian, toad:amphibian,
        whale:mammal, dolphin:mammal, dog:mammal, bat:mammal, oak:tree, pine:tree, rose:flower,
        tulip:flower, daisy:flower, apple:fruit, pear:fruit, cherry:fruit, carrot:vegetable,
        potato:vegetable, onion:vegetable, guitar:instrument, piano:instrument, violin:instrument,
        hammer:tool, saw:tool, ruby:gem, diamond:gem, gold:metal, iron:metal, silver:metal""",
        """what kind of thing is {a}?
        what is {a}?
        what sort of thing is {a}?
        which kind of thing is {a}?
        {a} is what kind of thing?
        {a} belongs to which group?
        what type of thing is {a}?
        to which family does {a} belong?
        what would you call {a}?
        how would you describe {a} in one word?""",
        """It is {b}.
        People call it {b}.""",
        """Nature is full of surprises.
        Have a closer look at it some day.""",
    ),
    relation(
        "opposite",
        OPPOSITES,
        """what is the opposite of {x}?
        what is the opposite of the word {x}?
        which word is the opposite of {x}?
        what word means the opposite of {x}?
        opposite of {x}?
        the opposite of {x} is what?
        tell me the opposite of {x}.
        if it is not {x}, what is it?
        what is the reverse of {x}?
        turn {x} around. Which word do you get?
        {x} has which opposite?
        {x} and what are opposites?
        not {x} but what?""",
        """The opposite of {x} is {y}.
        Turn it around and you get {y}.""",
    ),
    relation(
        "colour",
        """banana:yellow, grass:green, sky:blue, snow:white, coal:black, tomato:red, carrot:orange,
        plum:purple, chocolate:brown, flamingo:pink, elephant:grey, lemon:yellow, strawberry:red,
        milk:white, leaf:green, sea:blue, night:black, pumpkin:orange, frog:green, pig:pink,
        sun:yellow, blood:red, cloud:white, mud:brown, lavender:purple, fire:red, polar bear:white,
        crow:black, mouse:grey, sand:golden""",
        """what colour is the {x}?
        which colour is the {x}?
        what is the colour of the {x}?
        what colour does the {x} have?
        the {x} is what colour?
        which colour does the {x} have?
        what color is the {x}?
        tell me the colour of the {x}.
        how would you paint the {x}?
        which paint do I need for the {x}?
        I want to draw the {x}. Which colour should I take?
        which crayon do I need for the {x}?""",
        """The {x} is {y}.
        Its colour is {y}.""",
        """What a pretty colour!
        Now you can paint it.""",
    ),
    relation(
        "made_from",
        """bread:flour, glass:sand, butter:cream, cheese:milk, wine:grapes, jam:berries, paper:wood,
        honey:nectar, omelette:eggs, window:glass, sweater:wool, shirt:cotton, candle:wax, brick:clay,
        shoe:leather, tyre:rubber, ring:gold, coin:metal, chair:wood, book:paper, snowman:snow,
        toast:bread, igloo:ice, raisin:grapes, tent:canvas, chip:potatoes, nail:iron,
        pillow:feathers, scarf:wool""",
        """what is {a} made of?
        what is {a} made from?
        {a} is made of what?
        {a} is made from what?
        from what is {a} made?
        what do you need to make {a}?
        what goes into {a}?
        what do people use to make {a}?
        which material is {a} made of?
        how do you make {a}?
        what do I need for {a}?
        I want to make {a}. What do I need?""",
        """To make {a} you need {y}.
        It is made from {y}.""",
        """And a little patience.
        Clever, is it not?""",
    ),
    relation(
        "day_after",
        following(DAYS),
        """what day comes after {x}?
        which day comes after {x}?
        which day follows {x}?
        what is the day after {x}?
        today is {x}. What day is tomorrow?
        if today is {x}, what is tomorrow?
        what comes after {x}?
        after {x} comes which day?
        {x} is followed by which day?
        one day after {x}, what day is it?""",
        """After {x} comes {y}.
        The next day is {y}.""",
    ),
    relation(
        "day_before",
        preceding(DAYS),
        """what day comes before {x}?
        which day comes before {x}?
        what is the day before {x}?
        today is {x}. What day was yesterday?
        if today is {x}, what was yesterday?
        what comes before {x}?
        before {x} comes which day?
        one day before {x}, what day was it?""",
        """Before {x} comes {y}.
        The day before is {y}.""",
    ),
    relation(
        "month_after",
        following(MONTHS),
        """what month comes after {x}?
        which month comes after {x}?
        which month follows {x}?
        what is the month after {x}?
        what comes after {x}?
        after {x} comes which month?
        {x} is followed by which month?
        when {x} is over, which month begins?""",
        """After {x} comes {y}.
        The next month is {y}.""",
    ),
    relation(
        "month_before",
        preceding(MONTHS),
        """what month comes before {x}?
        which month comes before {x}?
        what is the month before {x}?
        what comes before {x}?
        before {x} comes which month?
        one month before {x}, what month was it?""",
        """Before {x} comes {y}.
        The month before is {y}.""",
    ),
    relation(
        "number_after",
        following(NUMBERS[:20]).rsplit(",", 1)[0] + ", nineteen:twenty",
        """what number comes after {x}?
        which number comes after {x}?
        which number follows {x}?
        what comes after {x}?
        after {x} comes which number?
        I count to {x}. What is next?
        {x} is followed by which number?""",
        """After {x} comes {y}.
        The next number is {y}.""",
    ),
    relation(
        "sum",
        ", ".join(f"{NUMBERS[a]} plus {NUMBERS[b]}:{NUMBERS[a + b]}" for a in range(11) for b in range(1, 6)),
        """what is {x}?
        how much is {x}?
        {x} is what?
        what do you get for {x}?
        can you add {x}?
        {x} makes how much?
        what does {x} make?
        {x} equals what?
        work out {x}.""",
        """{x} is {y}.
        That makes {y}.""",
    ),
    relation(
        "planet",
        """first:Mercury, second:Venus, third:Earth, fourth:Mars, fifth:Jupiter, sixth:Saturn,
        seventh:Uranus, eighth:Neptune""",
        """which planet is the {x} from the sun?
        what is the {x} planet from the sun?
        which is the {x} planet?
        name the {x} planet.
        the {x} planet is called what?
        counted from the sun, which planet is {x}?""",
        """Counted from the sun, the {x} planet is {y}.""",
    ),
    relation(
        "planet_fact",
        """is the largest:Jupiter, is the biggest:Jupiter, is the smallest:Mercury,
        is the hottest:Venus, is red:Mars, has great rings:Saturn, has beautiful rings:Saturn,
        do we live on:Earth, is our home:Earth, is the coldest:Neptune, is closest to the sun:Mercury,
        is nearest to the sun:Mercury, is farthest from the sun:Neptune, rolls on its side:Uranus""",
        """which planet {x}?
        what planet {x}?
        which of the planets {x}?
        tell me which planet {x}.
        among the planets, which one {x}?
        out in space, which planet {x}?""",
        """That planet is {y}.""",
        """What a sight it must be!
        Look up on a clear night.""",
    ),
    relation(
        "job",
        """bakes bread:baker, fixes teeth:dentist, teaches children:teacher, grows wheat:farmer,
        puts out fires:firefighter, flies a plane:pilot, drives a bus:driver, paints pictures:painter,
        cooks in a restaurant:chef, delivers letters:postman, cuts hair:barber, sews clothes:tailor,
        catches fish:fisherman, heals sick people:doctor, heals sick animals:vet, writes books:author,
        builds houses:builder, sails a ship:sailor, sings songs:singer, mends pipes:plumber,
        looks after the garden:gardener, works with wood:carpenter, catches thieves:policeman,
        flies to the moon:astronaut, sells meat:butcher""",
        """who {x}?
        what do you call someone who {x}?
        what is a person called who {x}?
        which job does someone have who {x}?
        tell me who {x}.
        whose job is it: who {x}?
        what is the name for somebody who {x}?
        somebody who {x} is called what?
        what is the job of a person who {x}?""",
        """That is the work of {b}.
        Someone who {x} is {b}.""",
        """A fine job!
        Say hello when you meet one.""",
    ),
    relation(
        "tool",
        """cut paper:scissors, hit a nail:hammer, tell the time:clock, sweep the floor:broom,
        write a letter:pen, eat soup:spoon, cut bread:knife, open a lock:key, see far away:telescope,
        stay dry in the rain:umbrella, brush my hair:comb, dig a hole:shovel, climb a roof:ladder,
        catch a fish:net, measure a table:ruler, cross a river:boat, call a friend:telephone,
        take a picture:camera, sew a button:needle, boil water:kettle, light a dark room:lamp,
        find the way:map, clean my teeth:toothbrush, saw wood:saw, rub out a word:eraser""",
        """what do I need to {x}?
        what do I use to {x}?
        what do you use to {x}?
        which tool do I need to {x}?
        how can I {x}?
        I want to {x}. What should I take?
        I would like to {x}. What do I need?
        what helps me to {x}?
        what is used to {x}?
        with what can I {x}?
        to {x}, which thing do I need?""",
        """To {x}, take the {y}.
        The {y} will help you to {x}.""",
        """Take good care of it.
        Good luck!""",
    ),
    relation(
        "sense",
        """see:eyes, hear:ears, smell:nose, taste:tongue, think:brain, walk:legs, chew:teeth,
        breathe:lungs, clap:hands, write:fingers""",
        """what do I {x} with?
        what do we {x} with?
        what do people {x} with?
        with what do you {x}?
        which part of the body helps us to {x}?
        which part of my body do I use to {x}?
        what do people use to {x}?
        we {x} with what?
        to {x}, which part of the body do we use?""",
        """We {x} with our {y}.""",
    ),
    relation(
        "sides",
        """triangle:three, square:four, rectangle:four, pentagon:five, hexagon:six, octagon:eight,
        circle:zero""",
        """how many sides does {a} have?
        how many corners does {a} have?
        {a} has how many sides?
        {a} has how many corners?
        count the sides of {a}.
        how many sides are there in {a}?
        what number of sides does {a} have?""",
        """Count along: {a} has {y}.""",
    ),
    relation(
        "room",
        """cook:kitchen, sleep:bedroom, take a bath:bathroom, park the car:garage, grow flowers:garden,
        eat dinner:dining room, borrow a book:library, buy bread:bakery, see a film:cinema,
        catch a train:station, take a plane:airport, learn to read:school, get well:hospital,
        post a letter:post office, see old things:museum, look at lions:zoo, swim:pool,
        keep money:bank, buy food:market, play on the swings:playground, eat out:restaurant,
        get a haircut:barbershop, pray:church, see a play:theatre""",
        """where do people {x}?
        where do I {x}?
        where can I {x}?
        where do you go to {x}?
        where should I go to {x}?
        which place is good to {x}?
        in which place can I {x}?
        what is the best place to {x}?
        I want to {x}. Where do I go?
        I would like to {x}. Where can I do that?
        to {x}, where do I go?""",
        """The {y} is the place to {x}.
        To {x}, go to the {y}.""",
        """Enjoy it!
        Take a friend along.""",
    ),
    relation(
        "plural",
        """mouse:mice, goose:geese, child:children, foot:feet, tooth:teeth, man:men, woman:women,
        leaf:leaves, knife:knives, wolf:wolves, baby:babies, box:boxes, city:cities, potato:potatoes,
        person:people, ox:oxen""",
        """what is the plural of {x}?
        what is the plural of the word {x}?
        plural of {x}?
        {x} has which plural?
        the plural of {x} is what?
        one {x}, two what?
        one {x}, many what?
        what do you call more than one {x}?
        how do you say two of {x}?""",
        """One {x}, two {y}.
        The plural of {x} is {y}.""",
    ),
    relation(
        "weather",
        """wet drops fall from the clouds:rain, white flakes fall from the sky:snow,
        a bright light flashes in a storm:lightning, a loud rumble follows the lightning:thunder,
        a coloured arch stands in the sky:rainbow, the air moves:wind, a cloud lies on the ground:fog,
        balls of ice fall from the sky:hail, water freezes:ice, ice melts:water, water boils:steam,
        the moon hides the sun:eclipse""",
        """what is it called when {x}?
        what do we call it when {x}?
        what do you get when {x}?
        what is it when {x}?
        when {x}, what is that?
        when {x}, what do we call it?
        what happens when {x}?
        name it: {x}.""",
        """That is {y}.
        We call it {y}.""",
        """Better watch it from the window.""",
    ),
    relation(
        "season",
        """snow falls:winter, flowers begin to bloom:spring, leaves fall:autumn, it is hottest:summer,
        we build a snowman:winter, birds build nests:spring, we swim in the lake:summer,
        pumpkins are ripe:autumn, lambs are born:spring, the days are longest:summer,
        the nights are longest:winter, we pick apples:autumn""",
        """in which season is it that {x}?
        which season is it when {x}?
        in what season do you say that {x}?
        what season is it when {x}?
        when {x}, which season is it?
        what time of year is it when {x}?
        tell me the season when {x}.""",
        """That is in {y}.""",
        """Every season has its charm.
        Dress for it!""",
    ),
    relation(
        "landmark",
        """Eiffel Tower:Paris, Colosseum:Rome, Big Ben:London, Acropolis:Athens, Red Square:Moscow,
        Forbidden City:Beijing, Brandenburg Gate:Berlin, Little Mermaid:Copenhagen""",
        """where is the {x}?
        in which city is the {x}?
        which city has the {x}?
        the {x} is in which city?
        in what city would I find the {x}?
        where do I go to see the {x}?
        the {x} stands where?""",
        """The {x} is in {y}.""",
        """Take a picture for me!""",
    ),
    relation(
        "length",
        """seconds in a minute:sixty, minutes in an hour:sixty, hours in a day:twenty-four,
        days in a week:seven, months in a year:twelve, weeks in a month:four,
        seasons in a year:four, letters in the alphabet:twenty-six, years in a century:hundred,
        fingers on a hand:five, wheels on a bicycle:two, wheels on a car:four, eggs in a dozen:twelve,
        planets around the sun:eight, colours in the rainbow:seven, strings on a violin:four,
        strings on a guitar:six, keys on a piano:eighty-eight, arms on an octopus:eight,
        players in a football team:eleven, legs on a stool:three""",
        """how many {x}?
        how many {x} are there?
        can you count the {x}?
        what is the number of {x}?
        tell me how many {x} there are.
        count the {x}.
        do you know how many {x}?
        the number of {x} is what?""",
        """The number of {x} is {y}.
        Let me count: {y}.""",
    ),
]

# Questions whose reply is a sentence of its own rather than one word in a table.
SAYINGS = [
    (
        """how big is the earth?
        what is the size of the earth?
        how large is the earth?
        how wide is the earth?
        is the earth big?
        tell me how big the earth is.
        how big is our planet?
        how many kilometres is it around the earth?""",
        "The earth is about forty thousand kilometres around. Walking it would take you more than a year!",
    ),
    (
        """how old is the earth?
        what is the age of the earth?
        how long has the earth been here?
        when was the earth born?
        tell me the age of our planet.""",
        "The earth is about four and a half billion years old. It still looks young.",
    ),
    (
        """what shape is the earth?
        is the earth flat?
        is the earth round?
        what does the earth look like?
        which shape does our planet have?""",
        "The earth is round like a ball, a little flat at the top and the bottom.",
    ),
    (
        """how far is the moon?
        how far away is the moon?
        what is the distance to the moon?
        is the moon far away?
        how long is the way to the moon?""",
        "The moon is nearly four hundred thousand kilometres away. Take a few sandwiches.",
    ),
    (
        """how far is the sun?
        how far away is the sun?
        what is the distance to the sun?
        is the sun far away?""",
        "The sun is about one hundred and fifty million kilometres away, and still it warms your nose.",
    ),
    (
        """what is the sun?
        is the sun a star?
        what kind of thing is the sun?
        tell me about the sun.""",
        "The sun is a star, a great ball of hot gas. All the planets travel around it.",
    ),
    (
        """what is the moon?
        tell me about the moon.
        does the earth have a moon?
        what goes around the earth?""",
        "The moon is a ball of rock that travels around the earth once a month.",
    ),
    (
        """why is the sky blue?
        what makes the sky blue?
        do you know why the sky is blue?""",
        "The air scatters the blue part of the sunlight most, so blue comes to us from everywhere.",
    ),
    (
        """why do cats purr?
        what makes a cat purr?
        do you know why cats purr?""",
        "Mostly because they feel warm and safe. It is the sound of a happy cat.",
    ),
    (
        """what is the largest ocean?
        which ocean is the biggest?
        name the biggest ocean.
        which sea is the largest of all?""",
        "The largest ocean is the Pacific. It is wider than all the land together.",
    ),
    (
        """what is the highest mountain?
        which mountain is the tallest?
        name the tallest mountain on earth.
        which peak is the highest of all?""",
        "The highest mountain is Everest. The view from the top must be grand.",
    ),
    (
        """what is the largest animal?
        which animal is the biggest?
        name the biggest animal.
        which creature is the heaviest of all?""",
        "The largest animal is the blue whale. Its heart alone is as heavy as a small car.",
    ),
    (
        """what is the fastest animal on land?
        which animal runs fastest?
        which animal is the fastest?
        name the fastest runner.""",
        "The fastest runner is the cheetah. Do not race it for your lunch.",
    ),
    (
        """what is the tallest animal?
        which animal is the tallest?
        which animal has the longest neck?
        name the tallest animal.""",
        "The tallest animal is the giraffe. It can look into your bedroom upstairs.",
    ),
    (
        """who are you?
        what are you?
        what is your name?
        are you a person?
        tell me about yourself.
        do you have a name?""",
        "I am a very small language model. I know a little about a small world.",
    ),
    (
        """what can you do?
        what do you know?
        can you help me?
        what can I ask you?
        help""",
        "Ask me about animals, planets, capitals, colours, opposites or numbers. I will do my best!",
    ),
    (
        """hello
        hi
        hi there
        good morning
        good evening
        hello, how are you?
        how are you?
        how are you doing?""",
        "Hello! I am well, thank you. What would you like to know?",
    ),
    (
        """thank you
        thanks
        thank you very much
        thanks a lot
        that was helpful""",
        "You are welcome! Ask me something else whenever you like.",
    ),
    (
        """goodbye
        bye
        see you later
        good night
        bye bye""",
        "Goodbye! It was nice to talk with you.",
    ),
    (
        """tell me a joke
        do you know a joke?
        make me laugh
        say something funny""",
        "Why did the bee go to school? It wanted to win the spelling bee!",
    ),
    (
        """do you like music?
        do you sing?
        what is your favourite song?""",
        "I like every song that a bird sings before breakfast.",
    ),
    (
        """what is the meaning of life?
        why are we here?
        what is important in life?""",
        "To be kind, to stay curious, and to share your cake.",
    ),
]
