"""Plays the scenes of scenes.txt into conversations: what the `chatbot` demo model learns from."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

SCENES = Path(__file__).parent / "scenes.txt"
CONVERSATIONS = 9000
AUDIENCES = {"m": "mom", "d": "dad", "s": "sam"}
PERSONA, USER = 0, 1


def names(text):
    return [name.strip() for name in text.split(",")]


SLOTS = {
    "food": names(
        """pizza, soup, pasta, rice, salad, pancakes, noodles, apple pie, chocolate cake, fried fish,
        tomato soup, bread and cheese, ice cream, potatoes, dumplings, cookies, waffles, curry,
        beans, tacos, sushi, lasagna, mushrooms, sandwiches, blueberry muffins"""
    ),
    "dish": names(
        """chicken soup, pasta, lasagna, vegetable stew, pancakes, pizza, fried rice, potato salad,
        fish and chips, mushroom soup, dumplings, curry, noodles, tacos, apple pie, tomato soup"""
    ),
    "did": names(
        """went swimming, baked a cake, planted a tree, painted the kitchen, rode my bike to the lake,
        played football, built a kite, saw a rainbow, fed the ducks, learned a new song, met a puppy,
        cleaned my room, flew a kite, climbed a hill, wrote a poem, fixed my bike, picked apples,
        visited the museum"""
    ),
    "plan": names(
        """bake bread, go fishing, visit the zoo, plant tomatoes, go for a walk, see a film,
        paint the fence, ride bikes, play chess, go to the lake, build a kite, pick berries,
        go dancing, make a fire, look at the stars, clean the attic, go camping, swim in the lake,
        make music, visit the market"""
    ),
    "thing": names(
        """phone, keys, hat, umbrella, scarf, bag, watch, book, ticket, wallet, jacket, glove, ring,
        pencil, camera"""
    ),
    "under": names(
        """under the sofa, behind the door, in the kitchen, on the shelf, under the bed, in your bag,
        next to the lamp, in the fridge, under the cat"""
    ),
    "name": names(
        """Lily, Max, Nora, Oscar, Ella, Leo, Mia, Finn, Ruby, Theo, Ivy, Hugo, Clara, Felix, Rosa, Ben,
        Zoe, Emil"""
    ),
    "pet": names("kitten, puppy, rabbit, hamster, parrot, turtle, goldfish, pony, duck, hedgehog"),
    "petname": names(
        """Muffin, Pepper, Waffle, Comet, Pickle, Sunny, Button, Mango, Noodle, Shadow, Pebble, Ginger"""
    ),
    "petkind": names("brave, small, clever, fluffy"),
    "subject": names("maths, history, music, physics, French, geography, art, biology, spelling"),
    "topic": names(
        """pirates, dragons, space, trains, whales, bees, robots, castles, ghosts, mountains, chess,
        volcanoes, knights, the sea, wolves"""
    ),
    "place": names(
        """the sea, the mountains, the lake, the island, the city, the forest, the beach, the farm,
        the desert, the old castle"""
    ),
    "day": names("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
}
BUSY = {
    "mom": names(
        "watering the roses, baking bread, knitting a scarf, making jam, reading in the garden"
    ),
    "dad": names(
        "fixing the radio, cleaning the shed, building a birdhouse, painting a chair, oiling the bike"
    ),
    "sam": names(
        "playing the drums, drawing a comic, riding my bike, writing a song, learning a card trick"
    ),
}
OTHER_PARENT = {"mom": "father", "dad": "mother", "sam": "cousin"}


@dataclass(frozen=True)
class Scene:
    place: str  # open, middle or close
    turns: tuple  # of {speaker letter: line}


def read_scenes():
    """The scenes of the file. Neighbouring lines of m, d, s and a make up one turn of the persona."""
    text = re.sub(r"^#.*\n", "", SCENES.read_text(), flags=re.MULTILINE)
    scenes = []
    for block in text.strip().split("\n\n"):
        heading, *lines = block.strip().split("\n")
        turns = []
        for line in lines:
            speaker, said = line.split(": ", 1)
            if speaker == "u" or not turns or "u" in turns[-1]:
                turns.append({})
            turns[-1][speaker] = said
        scenes.append(Scene(heading.removeprefix("@ "), tuple(turns)))
    return scenes


def suits(scene, letter):
    return all("u" in turn or letter in turn or "a" in turn for turn in scene.turns)


def choose(text, source):
    """Settles every {this|that}, the innermost first."""
    while "{" in text:
        text = re.sub(r"{([^{}]*)}", lambda found: source.choice(found[1].split("|")), text)
    return text


def play(scene, letter, source):
    """The lines of one scene: [(side, text)]."""
    audience = AUDIENCES[letter]
    slots = {slot: source.choice(values) for slot, values in SLOTS.items()}
    slots |= {"busy": source.choice(BUSY[audience]), "who": audience, "who2": OTHER_PARENT[audience]}
    slots["Food"] = slots["food"][0].upper() + slots["food"][1:]
    said = []
    for turn in scene.turns:
        side = USER if "u" in turn else PERSONA
        line = turn.get("u") or turn.get(letter) or turn["a"]
        line = re.sub(r"\$(\w+)", lambda found: slots[found[1]], choose(line, source))
        line = re.sub(r"([!?.])[!?.]+", r"\1", line[0].upper() + line[1:])
        if side == USER and source.random() < 0.15:
            line = line.lower()
        said.append((side, line))
    return said


def documents(seed):
    """Conversations, each a string of turns `side|audience|text <EOM>`, a turn a line."""
    source = random.Random(seed)
    scenes = read_scenes()
    conversations = []
    for _ in range(CONVERSATIONS):
        letter = source.choice(list(AUDIENCES))
        by_place = {
            place: [s for s in scenes if s.place == place and suits(s, letter)]
            for place in ("open", "middle", "close")
        }
        chosen = source.sample(by_place["middle"], source.choice((1, 1, 2, 3)))
        if source.random() < 0.5:
            chosen.insert(0, source.choice(by_place["open"]))
        if source.random() < 0.35:
            chosen.append(source.choice(by_place["close"]))
        turns = [turn for scene in chosen for turn in play(scene, letter, source)]
        lines = (f"{side}|{AUDIENCES[letter]}|{text} <EOM>\n" for side, text in turns)
        conversations.append("".join(lines))
    return conversations
