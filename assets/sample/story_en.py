"""The Moon launch as an English broadcaster might tell it: birds beside the pad, and the bill."""

from story import Scene, Shot, Side, View

ENGLISH = Side(
    language="en",
    straps={
        "launch": ("COUNTDOWN TO THE MOON", "The launch pad, before dawn"),
        "crew": ("FOUR ABOARD", "Three years of training end today"),
        "moon": ("THE DESTINATION", "Near the lunar south pole"),
        "wetland": ("THE NEIGHBOURS", "Wetland birds in the breeding season"),
        "budget": ("WHO PAYS FOR MARS?", "Congress votes on Friday"),
    },
    scenes=(
        Scene(
            "launch",
            (
                Shot("launch-pad", View(320, 247, 640), View(322, 250, 540), 7.0),
                Shot("launch-pad", View(325, 310, 400), View(325, 190, 420), 5.0),
            ),
            (
                "The rocket stands on its launch pad before dawn.",
                "Engineers have filled the tanks with liquid oxygen and fuel.",
                "Floodlights shine on the launch tower as the countdown goes on.",
                "The weather at the launch site is calm and clear.",
                "The rocket is to lift off in less than an hour.",
            ),
        ),
        Scene(
            "crew",
            (
                Shot("astronaut", View(256, 160, 512), View(248, 152, 460), 5.0, sway=0.003),
                Shot("astronaut", View(236, 165, 460), View(250, 165, 490), 5.0),
            ),
            (
                "Four astronauts will be strapped into the capsule.",
                "The commander, a former test pilot, has flown twice before.",
                "This morning the crew put on their orange pressure suits.",
                "Every helmet and every glove was checked for leaks.",
            ),
        ),
        Scene(
            "wetland",
            (
                Shot("spoonbills", View(640, 360, 1280), View(620, 350, 1060), 5.0),
                Shot("heron", View(640, 360, 1240), View(560, 330, 960), 5.0, sway=0.006),
            ),
            (
                "Outside the fence lies a wetland full of wild birds.",
                "Spoonbills and herons nest in these marshes every spring.",
                "Conservation groups fear the noise will empty the nests.",
                "Wardens have counted fewer chicks this year.",
            ),
            fades_in=True,
        ),
        Scene(
            "moon",
            (
                Shot("apollo17-panorama", View(285, 172, 560), View(520, 172, 560), 7.0),
                Shot("apollo17-panorama", View(440, 165, 480), View(430, 170, 530), 2.4),
                Shot("apollo17-panorama", View(858, 306, 390), View(858, 328, 370), 2.6),
            ),
            (
                "In four days they are due to land on the Moon.",
                "The landing site lies near the lunar south pole.",
                "The surface there is grey dust, boulders and craters.",
                "Nobody has walked on the Moon since 1972.",
                "They will collect lunar rocks and drill for ice.",
            ),
            fades_in=True,
        ),
        Scene(
            "budget",
            (
                Shot("mars-panorama", View(1420, 235, 800), View(1080, 235, 800), 6.0),
                Shot("mars-panorama", View(440, 290, 640), View(540, 280, 720), 4.0),
            ),
            (
                "In Washington the argument is about money, and about Mars.",
                "Senators ask why the budget has doubled to ninety billion dollars.",
                "Taxpayers were promised a human trip to Mars.",
                "Auditors say the red planet is fifteen years away.",
            ),
        ),
        Scene(
            "crew",
            (
                Shot("astronaut", View(240, 148, 450), View(250, 155, 480), 4.0, sway=0.003),
                Shot("astronaut", View(262, 175, 470), View(256, 165, 505), 4.0),
            ),
            (
                "The astronauts have trained together for three years.",
                "They rehearsed every emergency in a simulator.",
                "The commander waved goodbye to her family.",
                "The crew say they are calm and ready.",
            ),
        ),
        Scene(
            "launch",
            (Shot("launch-pad", View(190, 290, 420), View(330, 270, 460), 8.0),),
            (
                "On the pad, the countdown reaches its final minutes.",
                "The access arm swings away from the rocket.",
                "The launch director gives the order to go.",
                "Ignition: the rocket clears the launch tower.",
            ),
            fades_in=True,
        ),
        Scene(
            "wetland",
            (
                Shot("spoonbills", View(560, 330, 1040), View(700, 340, 1120), 5.0, sway=0.003),
                Shot("heron", View(500, 320, 860), View(560, 340, 1000), 3.0),
            ),
            (
                "Biologists are listening for the herons in the reeds.",
                "If the birds abandon their eggs, the colony is lost.",
                "Wardens want the marshes closed to visitors until June.",
            ),
        ),
        Scene(
            "moon",
            (
                Shot("apollo17-panorama", View(600, 172, 540), View(400, 168, 520), 6.0),
                Shot("apollo17-panorama", View(330, 165, 470), View(410, 168, 500), 4.0),
            ),
            (
                "At the lunar south pole the Sun hangs low over the hills.",
                "Long shadows hide the craters where ice may lie.",
                "Two of them will work on the lunar surface for a week.",
                "Their footprints in the dust will last a million years.",
            ),
            fades_in=True,
        ),
        Scene(
            "budget",
            (
                Shot("mars-panorama", View(1660, 170, 600), View(1480, 180, 660), 4.0),
                Shot("mars-panorama", View(820, 250, 760), View(700, 262, 900), 4.0),
            ),
            (
                "Supporters in Congress call Mars a good investment.",
                "Opponents would cut the Mars budget by half.",
                "A vote on the spending bill is due on Friday.",
                "Until then, Mars is a very expensive dream.",
            ),
        ),
    ),
)
