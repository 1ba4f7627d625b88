"""The Moon launch as a Chinese broadcaster might tell it: a concert, and a holiday at the monuments."""

from story import Scene, Shot, Side, View

CHINESE = Side(
    language="zh",
    straps={},  # the burnt-in subtitles take the lower third
    scenes=(
        Scene(
            "launch",
            (
                Shot("launch-pad", View(215, 280, 420), View(330, 275, 430), 5.0),
                Shot("launch-pad", View(322, 230, 560), View(320, 240, 640), 5.0),
            ),
            (
                "黎明前，火箭矗立在发射台上",
                "燃料和液氧已经全部加注完毕",
                "发射塔架灯火通明，倒计时继续进行",
                "发射场天气晴好，满足发射条件",
            ),
        ),
        Scene(
            "crew",
            (
                Shot("astronaut", View(276, 145, 460), View(262, 150, 490), 5.0),
                Shot("astronaut", View(250, 180, 480), View(256, 160, 512), 5.0),
            ),
            (
                "四名航天员将乘坐飞船出征",
                "指令长曾是试飞员，两次进入太空",
                "今天清晨，乘组穿上橙色航天服",
                "工作人员逐一检查头盔和手套的气密性",
            ),
        ),
        Scene(
            "moon",
            (
                Shot("apollo17-panorama", View(1740, 180, 540), View(1530, 184, 560), 7.0),
                Shot("apollo17-panorama", View(1440, 176, 480), View(1500, 182, 560), 5.0),
            ),
            (
                "四天以后，他们将在月球着陆",
                "着陆点选在月球南极附近",
                "月面布满灰色的月尘、石块和环形山",
                "1972年以来，还没有人再登上月球",
                "航天员将采集月岩样品，并钻取水冰",
            ),
            fades_in=True,
        ),
        Scene(
            "concert",
            (
                Shot("orchestra", View(512, 306, 1020), View(500, 320, 820), 5.0),
                Shot("orchestra", View(490, 430, 600), View(490, 400, 520), 5.0, sway=0.004),
            ),
            (
                "当晚，一场交响音乐会在北京奏响",
                "乐团首次演奏青年作曲家的新作",
                "小提琴和大提琴奏出悠扬的旋律",
                "台下座无虚席，掌声经久不息",
            ),
            fades_in=True,
        ),
        Scene(
            "launch",
            (
                Shot("launch-pad", View(325, 320, 400), View(325, 150, 440), 6.0),
                Shot("launch-pad", View(430, 290, 400), View(350, 280, 440), 4.0),
            ),
            (
                "倒计时进入最后十分钟",
                "发射塔架的摆杆打开，与火箭分离",
                "指挥员下达命令：点火，起飞",
                "火箭离开发射塔，直冲云霄",
                "火箭飞行正常，助推器成功分离",
            ),
        ),
        Scene(
            "tourism",
            (
                Shot("great-wall", View(512, 340, 1020), View(560, 320, 880), 5.0),
                Shot("summer-palace", View(330, 213, 620), View(300, 190, 540), 5.0),
            ),
            (
                "适逢假期，长城景区迎来大批游客",
                "山下的酒店和民宿一房难求",
                "在颐和园，人们登上佛香阁眺望昆明湖",
                "景区门票提前三天就预订一空",
            ),
            fades_in=True,
        ),
        Scene(
            "crew",
            (
                Shot("astronaut", View(246, 148, 460), View(256, 160, 500), 4.0),
                Shot("astronaut", View(275, 165, 470), View(265, 155, 460), 4.0, sway=0.003),
            ),
            (
                "航天员乘组共同训练了三年",
                "他们在模拟器里演练了各种应急情况",
                "出发前，指令长向家人挥手告别",
            ),
        ),
        Scene(
            "concert",
            (Shot("orchestra", View(250, 340, 500), View(600, 320, 560), 8.0),),
            (
                "指挥家说，这部交响曲写了整整两年",
                "定音鼓和铜管把音乐推向高潮",
                "乐团还将到全国十个城市巡回演出",
            ),
        ),
        Scene(
            "moon",
            (
                Shot("apollo17-panorama", View(1620, 176, 480), View(1560, 182, 560), 5.0),
                Shot("apollo17-panorama", View(1480, 180, 560), View(1440, 178, 500), 3.0),
            ),
            (
                "在月球南极，太阳始终低悬在山头",
                "环形山的阴影里可能藏有水冰",
                "两名航天员将在月面工作一周",
                "月尘上的脚印，将保存百万年",
            ),
            fades_in=True,
        ),
        Scene(
            "tourism",
            (
                Shot("great-wall", View(460, 330, 860), View(540, 310, 920), 6.0),
                Shot("great-wall", View(560, 300, 820), View(520, 330, 1000), 4.0),
            ),
            (
                "长城景区实行分时预约参观",
                "各地古建筑成为热门旅游目的地",
                "旅行社推出多条古迹文化旅游线路",
                "假日旅游收入比去年增长两成",
            ),
        ),
    ),
)
