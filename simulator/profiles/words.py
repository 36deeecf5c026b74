"""Own word lists of the profiles, for what Faker has none: each serves organic and operated accounts alike."""

from collections.abc import Mapping

EN_HANDLE_STARTS = (
    "the", "its", "im", "real", "just", "hey", "mr", "ms", "oh", "only", "not", "dear", "call", "hello",
)  # fmt: skip
EN_HANDLE_ENDS = (
    "reads", "runs", "bakes", "cooks", "writes", "drives", "draws", "plays", "says", "talks", "online", "home",
    "life", "world", "notes", "daily", "photo", "travels", "games", "codes", "makes", "sings", "rides", "walks",
    "hikes",
)  # fmt: skip
# What people call themselves: half of a nickname each, any two of which go together.
EN_NICKS = (
    "acorn", "amber", "anchor", "apple", "apricot", "arrow", "ash", "aspen", "atlas", "autumn", "badger", "bagel",
    "bamboo", "banjo", "basil", "beach", "beacon", "bean", "bear", "beetle", "berry", "birch", "biscuit", "blanket",
    "blossom", "blue", "bobcat", "bonnet", "bramble", "brass", "breeze", "brook", "bubble", "butter", "button",
    "cactus", "camel", "candle", "canyon", "caramel", "cedar", "cello", "chalk", "cherry", "chestnut", "chili",
    "cinder", "cinnamon", "citrus", "clay", "cloud", "clover", "cobalt", "cocoa", "comet", "compass", "copper",
    "coral", "cotton", "cove", "cricket", "crow", "crumb", "daisy", "dapple", "delta", "denim", "dew", "dingo",
    "dove", "dragon", "drift", "dune", "dusk", "echo", "elder", "ember", "falcon", "fern", "fig", "finch", "fjord",
    "flannel", "flint", "fog", "forest", "fox", "frost", "garlic", "garnet", "ginger", "glacier", "golden", "goose",
    "grove", "gull", "harbor", "hare", "hazel", "heather", "heron", "hickory", "hill", "honey", "hornet", "indigo",
    "iris", "iron", "island", "ivory", "ivy", "jasper", "jigsaw", "juniper", "kelp", "kettle", "kite", "koala",
    "lantern", "lark", "lava", "lemon", "lilac", "lime", "linen", "llama", "lotus", "lucky", "lunar", "lynx",
    "magpie", "mango", "maple", "marble", "marsh", "meadow", "mellow", "mint", "misty", "mocha", "moon", "moose",
    "moss", "moth", "muffin", "neon", "noodle", "north", "nova", "nutmeg", "oak", "oat", "ocean", "olive", "onyx",
    "opal", "orchid", "otter", "owl", "paddle", "panda", "paper", "parsley", "peach", "pebble", "pepper", "pickle",
    "pine", "pixel", "plum", "pocket", "polar", "pond", "poppy", "prairie", "pretzel", "puffin", "pumpkin",
    "quartz", "quiet", "quill", "radish", "rain", "raven", "reef", "retro", "ribbon", "river", "robin", "rocket",
    "rusty", "saffron", "sage", "salty", "sandy", "scout", "shadow", "silver", "sketch", "slate", "sleepy", "sloth",
    "snow", "socks", "solar", "sparrow", "spruce", "static", "stone", "storm", "sugar", "summer", "sunny", "swift",
    "tango", "tea", "thistle", "thunder", "tiger", "toast", "topaz", "trout", "tulip", "tundra", "turbo", "turnip",
    "twig", "umber", "valley", "vanilla", "velvet", "violet", "waffle", "walnut", "walrus", "wander", "willow",
    "winter", "wolf", "wren", "yarrow", "zephyr", "zigzag",
)  # fmt: skip
ZH_HANDLE_ENDS = (
    "520", "666", "888", "999", "168", "123", "007", "233", "1314", "521", "77", "99", "00", "01", "5200",
)  # fmt: skip

EN_KINDS: Mapping[str, tuple[str, ...]] = {
    "brand": (
        "Motors",
        "Auto",
        "Mobility",
        "Home",
        "Devices",
        "Kitchen",
        "Sport",
        "Audio",
        "Foods",
        "Outdoors",
    ),
    "marketing": ("Media", "Studio", "Creative", "Agency", "PR", "Digital", "Brandworks", "Collective"),
    "news_bot": ("News", "Wire", "Daily", "Bulletin", "Headlines", "Report", "Today", "Live"),
    "deal_bot": ("Deals", "Coupons", "Offers", "Bargains", "Sales", "Savings", "Discounts"),
}
ZH_KINDS: Mapping[str, tuple[str, ...]] = {
    "brand": ("汽车", "数码", "家居", "电器", "出行", "食品", "户外", "音响"),
    "marketing": ("传媒", "文化", "创意", "策划", "营销", "工作室"),
    "news_bot": ("快讯", "资讯", "早报", "要闻播报", "新闻汇", "日记"),
    "deal_bot": ("优惠", "好价", "捡漏", "折扣", "特卖", "省钱"),
}

EMOJI = (
    "🌻", "✨", "☕", "📚", "🎧", "🌙", "🐱", "🐶", "🌊", "⚽", "🏀", "🎮", "🍜", "🚗", "📷", "🌈", "🔥", "💫",
    "🍀", "🌿", "🎸", "🚲", "⛰️", "🌸", "🍕", "🐼", "🦊", "☀️", "❄️", "🎬", "✈️", "🏃", "💡", "🎨", "🍓", "🐢",
    "🪴", "🧵", "♟️", "🌧️",
)  # fmt: skip
EN_NAME_TAILS = ("", " (she/her)", " (he/him)", " Jr", ".", " xo", "!", " 2.0", " PhD", "~")
ZH_NAME_TAILS = ("呀", "啊", "同学", "_", "~", "酱", "er", "吖", "哦", "本人", "日常", "-")
ZH_WORDS = (
    "晚风", "春山", "夏夜", "秋水", "冬青", "南风", "北岛", "东篱", "西窗", "青柠", "白桃", "山茶", "海盐", "薄荷",
    "栗子", "芒果", "可乐", "奶茶", "拿铁", "芝士", "芋圆", "桂花", "茉莉", "向日葵", "蒲公英", "小满", "谷雨",
    "惊蛰", "白露", "春雨", "星河", "银河", "月色", "日落", "晨光", "暮色", "微风", "细雨", "初雪", "落叶",
    "远山", "近水", "旧书", "胶片", "磁带", "单车", "帆布鞋", "老街", "巷口", "码头", "灯塔", "渡口", "车站",
    "候鸟", "麻雀", "松鼠", "刺猬", "水獭", "考拉", "企鹅", "鲸鱼", "海豚", "蜗牛", "乌龟", "柴犬", "橘猫",
    "黑猫", "大白鹅", "胖达", "小怪兽", "机器人", "宇航员", "船长", "侦探", "掌柜", "店小二", "书生", "木匠",
    "面包", "馒头", "包子", "饺子", "汤圆", "豆花", "米粉", "拉面", "烤鸭", "小龙虾", "番茄", "黄瓜", "茄子",
    "萝卜", "白菜", "辣椒", "花椒", "生姜", "大蒜", "青菜", "一叶", "半夏", "三月", "四叶草", "五月天晴", "六月雪",
    "七分糖", "八月", "九月", "十里", "百川", "千寻路", "万里", "不加糖", "慢半拍", "早八人", "夜猫子", "加班狗",
    "干饭人", "路人甲", "小透明", "老司机", "新手", "闲人", "懒虫", "吃货", "学徒", "散步", "发呆", "打盹",
)  # fmt: skip
ZH_NAME_STARTS = (
    "小", "阿", "老", "大", "一只", "爱吃", "今天也是", "不想", "追风的", "快乐的", "咸鱼", "路过的", "深夜",
)  # fmt: skip
ZH_NICKS = (
    "鱼", "猫", "熊", "橙子", "月亮", "西瓜", "土豆", "团子", "风", "云", "豆包", "布丁", "柠檬", "石头", "糖",
    "叶子", "星星", "饭团", "羊", "鹿", "麦子", "桃", "海", "南瓜", "米", "蘑菇", "飞", "林", "阳", "杰", "文",
    "晨", "雨", "雪", "波", "车友", "刘海", "面",
)  # fmt: skip

SEPARATORS = (". ", " | ", ", ", " / ", " · ", "; ", " - ", " • ", " ", "  ")
EN_INTERESTS = (
    "coffee", "long walks", "old films", "gardening", "football", "basketball", "board games", "running",
    "cycling", "road trips", "cats", "dogs", "vinyl records", "street food", "photography", "chess", "knitting",
    "sourdough", "sci-fi", "crime novels", "poetry", "podcasts", "hiking", "camping", "fishing", "guitar", "drums",
    "choir", "jazz", "techno", "museums", "languages", "maps", "trains", "planes", "birdwatching", "astronomy",
    "surfing", "skiing", "climbing", "swimming", "yoga", "tea", "baking", "barbecue", "houseplants", "home repair",
    "woodwork", "3d printing", "open source", "retro games", "comics", "anime", "theatre", "stand-up", "history",
    "local politics", "weather", "fantasy league", "tennis", "cricket", "formula racing", "motorbikes",
    "mechanical keyboards", "thrift shops", "sneakers", "stationery", "cooking for friends", "puzzles",
    "pub quizzes", "dancing", "sewing", "watches", "travel",
)  # fmt: skip
EN_MOTORING = (
    "cars", "electric cars", "charging stops", "gadgets", "new phones", "smart home", "battery tech",
    "test drives", "car design", "firmware updates", "track days", "headphones", "range tests", "camera phones",
    "unboxing", "robots",
)  # fmt: skip
EN_PHRASES = (
    "opinions my own", "views are mine alone", "just here to read", "mostly lurking", "learning every day",
    "be kind", "still figuring it out", "dad of two", "mum of three", "proud aunt", "cat person", "dog person",
    "night owl", "early riser", "always hungry", "professional overthinker", "recovering perfectionist",
    "slow replies", "reposts are not endorsements", "say hi", "new here", "back after a break", "second account",
    "part-time optimist", "full-time tired", "living one day at a time", "born in the nineties", "class of 2014",
    "amateur everything", "less is more", "here for the comments", "no messages please", "open to work",
    "work hard, nap harder", "somewhere between coffee and sleep", "I ask questions", "I like numbers",
    "made of tea", "trying my best", "collector of useless facts", "left-handed", "small town, big dreams",
    "moving soon", "mostly harmless", "typos are free", "will talk about food", "keeps receipts",
    "it is what it is", "honest reviews only", "consumer first", "never sponsored", "loud about quality",
    "waiting for the weekend", "happily married", "books before breakfast", "looking for my keys",
    "ex night shift",
    "somebody's neighbour", "grew up by the sea", "third child of five", "plant killer in recovery",
    "ask me about soup",
    "I read the manual", "lists of lists", "rarely on time", "always early", "two left feet", "tall, not sporty",
    "bad puns, good bread", "all photos mine", "retired and busy", "student of everything", "in bed by ten",
    "here since the beginning", "logging off soon", "allergic to meetings", "window seat person", "born on a Monday",
    "learning to say no", "good with maps", "bad with names", "mother of twins", "grandad, gardener",
    "I fix bikes", "small talk survivor", "never finished that novel", "slightly caffeinated", "volunteer at weekends",
    "one of many", "no filter, no makeup", "sometimes I post", "will walk your dog", "currently renovating",
    "left the city", "missing the city", "new in town", "hi", "just me", "ask first", "dm me for recipes",
)  # fmt: skip
EN_TRADES: Mapping[str, tuple[str, ...]] = {
    "journalist": (
        "Reporter", "Journalist", "Tech reporter", "Editor", "Freelance writer", "Columnist", "Covering cars and tech",
        "Business reporter", "Correspondent", "Producer", "Features writer", "Data journalist", "Newsletter author",
    ),
    "brand": (
        "Official account", "The official account", "News and service", "Made to last",
        "Official. Here to help",
    ),
    "marketing": (
        "We tell stories", "Campaigns and content", "Brand strategy", "Events and media", "Growth for brands",
    ),
    "news_bot": (
        "Headlines around the clock", "Automated news", "Latest stories", "News as it happens",
        "Updates hourly",
    ),
    "deal_bot": (
        "Best prices daily", "Deals found for you", "Coupons and codes", "Price drops", "Offers every hour",
    ),
}  # fmt: skip
ZH_INTERESTS = (
    "咖啡", "跑步", "骑行", "摄影", "旅行", "做饭", "追剧", "读书", "养猫", "养狗", "篮球", "足球", "羽毛球",
    "爬山", "露营", "钓鱼", "游戏", "动漫", "音乐", "民谣", "摇滚", "手账", "烘焙", "火锅", "奶茶", "电影",
    "悬疑小说", "科幻", "历史", "书法", "画画", "吉他", "健身", "瑜伽", "滑雪", "游泳", "桌游", "拼图", "园艺",
    "多肉", "星座", "撸串", "探店", "股票", "理财", "育儿", "手机摄影", "模型",
)  # fmt: skip
ZH_MOTORING = (
    "汽车", "新能源车", "数码", "手机", "智能家居", "充电桩", "试驾", "车评", "改装", "耳机", "续航测试", "开箱",
    "自驾游", "车主日常",
)  # fmt: skip
ZH_PHRASES = (
    "只代表个人观点", "随便看看", "潜水中", "佛系更新", "认真生活", "热爱生活", "慢慢来", "平平无奇打工人",
    "早睡失败", "在线摸鱼", "不定期更新", "请多关照", "记录日常", "一切随缘", "努力搬砖", "永远年轻",
    "爱笑的人运气不会差", "知足常乐", "做自己", "宝妈一枚", "九零后", "八零后", "零零后", "理性吃瓜",
    "转发不代表赞同", "爱谁谁", "生活不止眼前", "向阳而生", "想去看海", "今天也要加油", "吃货一个", "熬夜冠军",
    "小号", "新人报到", "不回私信", "真实体验", "说点真话", "消费者的声音", "普通车主", "退休老头一个",
    "海边长大", "家有两娃", "正在学做饭", "想退休", "刚搬来", "想念老家", "不爱开会", "爱坐窗边", "十点就睡",
    "永远迟到", "从不迟到", "路痴一个", "记性不好", "修车师傅", "周末做义工", "照片都是自己拍的", "爱看说明书",
    "偶尔冒泡", "很少发", "装修中", "减肥中", "备考中", "找工作中", "发呆专业户", "植物杀手", "随手记", "看心情更新",
    "嗨", "就我", "先问再关注", "人在外地", "异地恋", "新手爸爸", "奶奶级网民", "广场舞主力", "下班勿扰",
)  # fmt: skip
ZH_TRADES: Mapping[str, tuple[str, ...]] = {
    "journalist": (
        "记者",
        "财经记者",
        "科技记者",
        "编辑",
        "自由撰稿人",
        "汽车记者",
        "专栏作者",
        "主编",
        "媒体人",
        "资深媒体人",
    ),
    "brand": ("官方账号", "官方微号", "服务与资讯", "用心做产品", "官方，随时为您服务"),
    "marketing": ("品牌策划", "内容与传播", "活动与媒体", "专注品牌增长", "会讲故事的团队"),
    "news_bot": ("全天候资讯", "自动播报", "最新消息", "热点速递", "每小时更新"),
    "deal_bot": ("每日好价", "优惠券分享", "全网比价", "降价提醒", "好物折扣"),
}
EN_JOKES = (
    "the internet", "here and there", "Earth", "on a train", "in the kitchen", "nowhere special", "your feed",
    "the couch", "somewhere sunny", "between meetings", "planet three", "over the rainbow", "in my head",
    "behind you", "offline",
)  # fmt: skip
ZH_JOKES = (
    "地球", "火星", "在路上", "被窝里", "云端", "远方", "宇宙中心", "梦里", "工位上", "海边", "不告诉你", "人间",
)  # fmt: skip

UNPREFIXED = frozenset(("台北", "香港", "澳门"))  # whose people rarely write it so
CHINESE_ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin")
PLACES_BY_ZONE: Mapping[str, tuple[str, ...]] = {
    "Asia/Shanghai": (
        "China",
        "Beijing",
        "Shanghai",
        "Shenzhen",
        "Guangzhou",
        "Hangzhou",
        "Chengdu",
        "Nanjing",
        "Wuhan",
        "Xi'an",
    ),
    "Asia/Singapore": ("Singapore", "SG", "Tampines", "Jurong", "Bedok", "Singapore 🇸🇬"),
    "Asia/Hong_Kong": ("Hong Kong", "HK", "Kowloon", "Sha Tin"),
    "Europe/London": (
        "London",
        "Manchester",
        "Leeds",
        "Bristol",
        "UK",
        "Glasgow",
        "Birmingham, UK",
        "Cardiff",
        "England",
        "Norwich",
    ),
    "Europe/Berlin": (
        "Berlin",
        "Hamburg",
        "Munich",
        "Köln",
        "Germany",
        "Leipzig",
        "Wien",
        "Milano",
        "Zürich",
        "Amsterdam",
    ),
    "Europe/Paris": ("Paris", "Lyon", "Lille", "France", "Nantes", "Bruxelles"),
    "America/New_York": (
        "New York",
        "NYC",
        "Boston, MA",
        "Atlanta",
        "Florida",
        "Philadelphia",
        "Toronto",
        "DC",
        "Ohio",
    ),
    "America/Chicago": ("Chicago", "Houston, TX", "Dallas", "Minneapolis", "Texas", "Austin, TX"),
    "America/Los_Angeles": (
        "Los Angeles",
        "LA",
        "Seattle",
        "California",
        "Portland, OR",
        "San Diego",
        "Bay Area",
        "Las Vegas",
    ),
}
ZH_PLACES_ABROAD: Mapping[str, tuple[str, ...]] = {
    "Asia/Singapore": ("新加坡", "狮城"),
    "Europe/London": ("伦敦", "英国", "曼城"),
    "Europe/Berlin": ("柏林", "德国", "慕尼黑", "欧洲"),
    "America/New_York": ("纽约", "美东", "波士顿", "多伦多"),
    "America/Los_Angeles": ("洛杉矶", "加州", "湾区", "西雅图"),
}
STATES_BY_ZONE: Mapping[str, tuple[str, ...]] = {
    "America/New_York": ("NY", "NJ", "PA", "MA", "FL", "GA", "OH", "VA", "NC", "MI"),
    "America/Chicago": ("TX", "IL", "WI", "MN", "MO", "LA", "TN"),
    "America/Denver": ("CO", "UT", "NM", "MT"),
    "America/Los_Angeles": ("CA", "WA", "OR", "NV"),
}
