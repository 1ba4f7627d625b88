"""Themes in English and Chinese to make up broadcasts from: a few words for each, and how they are said."""

import random

# Theme -> what it is about, in English and in Chinese; each by its commas.
TOPICS: dict[str, tuple[str, str]] = {
    "bakery": (
        "sourdough bread, bakery oven, wheat flour, butter croissant, pastry chef, yeast dough, "
        "cinnamon roll, baking tray, rye loaf, cake icing, flour mill, bread crust",
        "面包师, 烤箱, 面粉, 奶油蛋糕, 糕点, 酵母, 面团, 烘焙店, 黄油, 饼干, 糖霜, 全麦面包",
    ),
    "surgery": (
        "heart surgeon, operating room, hospital ward, kidney transplant, blood donor, "
        "anesthesia nurse, scalpel blade, patient recovery, intensive care, medical students, "
        "clinic waiting list, bone fracture",
        "外科医生, 手术室, 医院病房, 肾移植, 献血者, 护士, 手术刀, 病人康复, 重症监护, 医学院学生, "
        "门诊, 骨折",
    ),
    "football": (
        "football stadium, penalty kick, goalkeeper gloves, league champions, referee whistle, "
        "injury time, transfer fee, club supporters, midfield player, cup final, corner flag, "
        "training ground",
        "足球场, 点球, 守门员, 联赛冠军, 裁判, 伤停补时, 转会费, 球迷, 中场球员, 杯赛决赛, 角球, 训练基地",
    ),
    "flood": (
        "river flood, rescue boats, broken dam, heavy rainfall, evacuated families, sandbag wall, "
        "muddy streets, flood warning, relief tents, water level, collapsed bridge, "
        "emergency shelter",
        "洪水, 救援艇, 溃坝, 暴雨, 转移群众, 沙袋, 泥泞街道, 洪水预警, 救灾帐篷, 水位, 垮塌桥梁, 安置点",
    ),
    "fashion": (
        "fashion designer, silk dress, runway show, leather handbag, summer collection, "
        "fabric pattern, supermodel pose, velvet jacket, tailor shop, jewelry brand, "
        "perfume bottle, denim jeans",
        "时装设计师, 丝绸长裙, 时装秀, 皮革手袋, 夏季系列, 布料花纹, 模特, 天鹅绒外套, 裁缝店, "
        "珠宝品牌, 香水, 牛仔裤",
    ),
    "chess": (
        "chess grandmaster, queen sacrifice, opening theory, chess clock, endgame study, "
        "world title match, checkmate pattern, pawn structure, blitz tournament, "
        "chessboard squares, knight fork, rating points",
        "国际象棋大师, 弃后, 开局理论, 棋钟, 残局, 冠军赛, 将杀, 兵形, 快棋赛, 棋盘, 骑士, 等级分",
    ),
    "coal": (
        "coal mine, power plant, mining shaft, carbon emissions, smoke chimney, coal miners, "
        "steam turbine, conveyor belt, open pit, electricity grid, ash pond, mine safety",
        "煤矿, 发电厂, 矿井, 碳排放, 烟囱, 矿工, 汽轮机, 传送带, 露天矿, 电网, 粉煤灰, 矿山安全",
    ),
    "school": (
        "primary school, math lesson, classroom blackboard, exam results, homework load, "
        "school bus, kindergarten teacher, textbook reform, student dormitory, reading contest, "
        "university entrance, parents meeting",
        "小学, 数学课, 教室黑板, 考试成绩, 作业负担, 校车, 幼儿园老师, 教材改革, 学生宿舍, "
        "阅读比赛, 大学录取, 家长会",
    ),
    "beekeeping": (
        "honey bees, queen bee, beehive frame, clover blossom, honey jar, beeswax candle, "
        "pollen basket, smoke can, bee swarm, flower meadow, royal jelly, apple orchard",
        "蜜蜂, 蜂王, 蜂箱, 三叶草, 蜂蜜罐, 蜂蜡, 花粉, 养蜂人, 蜂群, 花海, 蜂王浆, 苹果园",
    ),
    "stocks": (
        "stock market, interest rates, bond yield, central bank, share price, quarterly profit, "
        "hedge fund, currency reserve, inflation figures, trading floor, credit rating, tax cut",
        "股市, 利率, 债券收益率, 中央银行, 股价, 季度利润, 对冲基金, 外汇储备, 通货膨胀, 交易大厅, "
        "信用评级, 减税",
    ),
    "court": (
        "supreme court, defense lawyer, murder trial, jury verdict, prison sentence, "
        "witness statement, bail hearing, prosecutor office, legal appeal, crime scene, "
        "judge robe, evidence bag",
        "最高法院, 辩护律师, 谋杀案, 陪审团, 有期徒刑, 证人证词, 保释, 检察官, 上诉, 犯罪现场, 法官, 物证",
    ),
    "trains": (
        "railway station, high speed train, train driver, railway tunnel, ticket gate, rail track, "
        "freight wagon, platform crowd, signal box, sleeper car, viaduct bridge, timetable change",
        "火车站, 高速列车, 火车司机, 铁路隧道, 检票口, 铁轨, 货运车厢, 站台, 信号灯, 卧铺, 高架桥, "
        "列车时刻表",
    ),
    "volcano": (
        "volcano crater, lava flow, ash cloud, earthquake swarm, volcanic gas, magma chamber, "
        "hot spring, basalt rock, eruption column, seismic sensor, black sand, mountain slope",
        "火山口, 熔岩流, 火山灰, 地震, 火山气体, 岩浆房, 温泉, 玄武岩, 喷发柱, 地震仪, 黑沙滩, 山坡",
    ),
    "opera": (
        "opera house, soprano voice, stage curtain, orchestra pit, opera costume, aria recording, "
        "conductor baton, ballet dancers, violin section, theater balcony, libretto text, "
        "curtain call",
        "歌剧院, 女高音, 舞台幕布, 乐池, 戏服, 咏叹调, 指挥棒, 芭蕾舞演员, 小提琴声部, 剧院包厢, 唱词, 谢幕",
    ),
    "fishing": (
        "fishing boat, tuna catch, fishing net, harbor auction, lobster trap, fish quota, "
        "salmon farm, deck crew, ice hold, coral reef, trawler captain, squid season",
        "渔船, 金枪鱼, 渔网, 港口拍卖, 龙虾, 捕捞配额, 三文鱼养殖, 船员, 冷库, 珊瑚礁, 船长, 鱿鱼",
    ),
    "robots": (
        "factory robot, robot arm, assembly line, machine vision, welding robot, software update, "
        "artificial intelligence, warehouse drone, sensor chip, self driving car, humanoid robot, "
        "laser scanner",
        "工业机器人, 机械臂, 装配线, 机器视觉, 焊接, 软件升级, 人工智能, 仓库无人机, 传感器芯片, "
        "自动驾驶汽车, 人形机器人, 激光扫描仪",
    ),
    "election": (
        "election campaign, polling station, ballot paper, opposition party, presidential debate, "
        "vote count, party leader, exit poll, coalition talks, swing voters, campaign rally, "
        "parliament seats",
        "选举, 投票站, 选票, 反对党, 总统辩论, 计票, 党首, 民意调查, 联合政府, 选民, 竞选集会, 议会席位",
    ),
    "panda": (
        "giant panda, bamboo forest, panda cub, nature reserve, zoo keeper, wildlife camera, "
        "breeding center, mountain habitat, endangered species, animal doctor, fur coat, "
        "tree branch",
        "大熊猫, 竹林, 熊猫幼崽, 自然保护区, 饲养员, 红外相机, 繁育中心, 栖息地, 濒危物种, 兽医, 皮毛, 树枝",
    ),
    "war": (
        "army tank, border troops, missile strike, peace talks, air defense, refugee camp, "
        "artillery fire, ceasefire line, military convoy, drone attack, trench line, "
        "wounded soldiers",
        "坦克, 边防部队, 导弹袭击, 和平谈判, 防空系统, 难民营, 炮火, 停火线, 军车, 无人机袭击, 战壕, 伤兵",
    ),
    "pottery": (
        "clay pot, kiln fire, porcelain vase, potter wheel, blue glaze, ceramic tiles, "
        "museum collection, imperial kiln, tea bowl, brush painting, shard heap, craft workshop",
        "陶罐, 窑火, 瓷瓶, 拉坯, 青花釉, 瓷砖, 博物馆藏品, 御窑, 茶碗, 彩绘, 碎瓷片, 手工作坊",
    ),
    "hiking": (
        "mountain trail, hiking boots, alpine hut, glacier lake, rope bridge, summit cross, "
        "camping stove, weather change, rock climber, backpack weight, pine forest, "
        "mountain guide",
        "登山步道, 登山鞋, 山间小屋, 冰川湖, 索桥, 山顶, 露营炉, 天气变化, 攀岩者, 背包, 松林, 向导",
    ),
    "vaccine": (
        "vaccine dose, elderly residents, virus variant, clinical trial, side effects, "
        "health officials, booster shot, infection wave, face masks, nursing home, "
        "immune response, quarantine rules",
        "疫苗剂次, 老年居民, 病毒变异, 临床试验, 副作用, 卫生官员, 加强针, 感染高峰, 口罩, 养老院, "
        "免疫反应, 隔离规定",
    ),
    "housing": (
        "apartment tower, housing prices, mortgage loan, building permit, rental market, "
        "construction site, real estate developer, empty flats, land auction, property tax, "
        "home buyers, scaffolding poles",
        "公寓楼, 房价, 房贷, 建筑许可, 租房市场, 建筑工地, 房地产开发商, 空置房, 土地拍卖, 房产税, "
        "购房者, 脚手架",
    ),
    "tea": (
        "tea garden, tea leaves, green tea, picking season, tea ceremony, roasting pan, "
        "tea merchant, hillside terrace, tea house, water kettle, oolong harvest, export crate",
        "茶园, 茶叶, 绿茶, 采摘季, 茶艺, 炒茶锅, 茶商, 梯田, 茶馆, 水壶, 乌龙茶, 出口茶箱",
    ),
}
ENGLISH = (
    "The {a} and the {b} were shown near the {c}.",
    "People spoke about the {a} after the {b} had changed.",
    "Reporters saw the {a}, the {b} and the {c} this morning.",
    "Nobody had expected the {a} beside such a {b}.",
    "For many years the {a} has depended on the {b}.",
)
CHINESE = (
    "{a}和{b}就在{c}旁边",
    "人们谈到{a}，也谈到{b}",
    "今天早上记者看到了{a}、{b}和{c}",
    "没有人想到{a}和{b}有关",
    "多年来{a}一直离不开{b}",
)


def line(topic: str, language: int, draw: random.Random) -> str:
    """One sentence about the topic; language 0 is English, 1 Chinese."""
    terms = [term.strip() for term in TOPICS[topic][language].split(",")]
    a, b, c = draw.sample(terms, 3)
    return draw.choice(CHINESE if language else ENGLISH).format(a=a, b=b, c=c)
