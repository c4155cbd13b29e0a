"""The sentences of the page of a run that no other page says, English and Chinese side by side."""

from __future__ import annotations

RUN_STRINGS: dict[str, tuple[str, str]] = {
    "backbone": ("The backbone, and who works for whom", "骨干网与工作流向"),
    "prices": ("What scarce things are worth", "稀缺资源的价值"),
    "no_prices": (
        "This run made no plan, so it knows no prices: what one more unit of work costs at a hub, or what one more "
        "Tbit/s of a link is worth, is known where the dispatch is optimal. To have them:",
        "本次运行没有优化计划，因此没有价格：枢纽多承接一单位算力的代价、链路增加1 Tbit/s的价值，"
        "只有在最优调度下才可得知。获取方法：",
    ),
    "your_scenario": ("SCENARIO", "情景文件"),
    # Questions.
    "questions": ("Questions a reader asks", "读者常问"),
    "more": ("More", "详见"),
    "where": ("Where does the work of a region run at noon and at midnight?", "各地区的工作正午与零点在哪里运行？"),
    "where_of": (
        "{region}: at noon {noon}; at midnight {night}.",
        "{region}：正午{noon}；零点{night}。",
    ),
    "where_all": (
        "These are the regions with most work; every region stands in the table of noon and midnight, and the slider "
        "of the map shows every hour of every month.",
        "以上为工作量最大的地区；全部地区见正午与零点对照表，地图滑块可查看各月各时刻。",
    ),
    "dearest": ("Which hub is the bottleneck of the dearest hour?", "最贵的时刻，瓶颈在哪个枢纽？"),
    "dearest_is": (
        "{hub}. On {time} one more PFLOPS (FP32) of {pool} for an hour cost {price} CNY there, more than at any "
        "other hub or time of the run.",
        "{hub}。{time}在该处再承接1 PFLOPS（FP32）的{pool}一小时需{price}元，高于本次运行中任何其他枢纽和时刻。",
    ),
    "dearest_full": (
        "{rent} of that is the rent of capacity that is full; the rest is power.",
        "其中{rent}为满载容量的租金，其余为电力成本。",
    ),
    "dearest_power": (
        "It is power that is dear: only {rent} of the price is the rent of capacity.",
        "贵在电力：价格中只有{rent}为容量租金。",
    ),
    "pool.general": ("general compute", "通用算力"),
    "pool.smart": ("AI compute", "智能算力"),
    "dearest_bill": (
        "The hour in which grid energy cost most began on {time}: {cost} million CNY an hour. The fullest hub was "
        "then {hub}, loaded to {load}.",
        "电网购电最贵的时刻始于{time}：每小时{cost}百万元。此时负载率最高的枢纽为{hub}，达{load}。",
    ),
    "tbit": ("What would one more Tbit/s to a hub be worth?", "通往某枢纽的链路增加1 Tbit/s价值多少？"),
    "tbit_of": (
        "Over the {span} of this run, in CNY, by the link into the hub that is worth most; 0 where none was full.",
        "本次运行{span}内的价值（元），取进入该枢纽的链路中价值最高者；没有满载则为0。",
    ),
    "tbit_full": (
        "Without prices nobody knows; this is how full the fullest link into each hub became. Prices come with:",
        "没有价格就无从得知；下表为进入各枢纽的最满链路的峰值负载率。获取价格：",
    ),
    "into": ("Link into it", "进入该枢纽的链路"),
    "worth": ("CNY per Tbit/s", "元/Tbit/s"),
    "peak": ("Peak load", "峰值负载率"),
    "full_hours": ("Hours full", "满载小时数"),
    "failing": ("Which targets fail?", "哪些目标未达标？"),
    "fails": ("{target}: {gap}.", "{target}：{gap}。"),
    "all_met": ("None of those that can be judged.", "可判定的目标全部达标。"),
    "drivers": ("What drives the result?", "结果由什么决定？"),
    "driver_cost": (
        "{item} makes up {share} of the cost; the hub that uses most energy is {hub}, {part} of all.",
        "{item}占总成本的{share}；用电最多的枢纽为{hub}，占{part}。",
    ),
    "driver_pue": (
        "PUE runs from {low} ({low_name}) to {high} ({high_name}) between the hubs, and over the day from {calm} at "
        "{calm_hour}:00 to {hot} at {hot_hour}:00.",
        "各枢纽PUE介于{low}（{low_name}）与{high}（{high_name}）之间；一天之内从{calm_hour}:00的{calm}到{hot_hour}:00的{hot}。",
    ),
    "driver_load": (
        "Of the installed compute {load} is in use on average and {peak} at most; the fullest link, {link}, "
        "reaches {full}.",
        "已装算力平均使用{load}，最高{peak}；最满的链路为{link}，达{full}。",
    ),
    # What targets are about, and the documents that set them, as the nation's table has them in English.
    "scope.10 clusters": ("10 clusters", "十大集群"),
    "scope.Beijing": ("Beijing", "北京市"),
    "scope.applicants": ("applicants", "申报单位"),
    "scope.backbone and metro": ("backbone and metro", "骨干网与城域网"),
    "scope.between hub clusters": ("between hub clusters", "枢纽集群之间"),
    "scope.between hub nodes": ("between hub nodes", "枢纽节点之间"),
    "scope.cluster to surrounding cities": ("cluster to surrounding cities", "集群至周边城市"),
    "scope.core and important data": ("core and important data", "核心数据与重要数据"),
    "scope.hub nodes": ("hub nodes", "枢纽节点"),
    "scope.hub-node projects": ("hub-node projects", "枢纽节点项目"),
    "scope.key application sites": ("key application sites", "重点应用场所"),
    "scope.large and hyperscale data centres": ("large and hyperscale data centres", "大型、超大型数据中心"),
    "scope.national data centres": ("national data centres", "全国数据中心"),
    "scope.national new large": ("national new large", "全国新建大型数据中心"),
    "scope.new compute of every kind": ("new compute of every kind", "各类新增算力"),
    "scope.new data centres in hub nodes": ("new data centres in hub nodes", "枢纽节点新建数据中心"),
    "scope.new/expanded large and hyperscale": (
        "new or expanded large and hyperscale",
        "新建及改扩建大型、超大型数据中心",
    ),
    "scope.within one city": ("within one city", "城市内"),
    "document.2025 national green data centre call": (
        "2025 national green data centre call",
        "2025年度国家绿色数据中心推荐工作",
    ),
    "document.Action Plan for High-Quality Development of Computing Infrastructure": (
        "Action Plan for High-Quality Development of Computing Infrastructure",
        "算力基础设施高质量发展行动计划",
    ),
    "document.Beijing stock data-centre optimisation plan 2024-2027": (
        "Beijing stock data-centre optimisation plan 2024-2027",
        "北京市存量数据中心优化工作方案（2024—2027年）",
    ),
    "document.Green High-Quality Development of Data Centres and 5G Implementation Plan": (
        "Green High-Quality Development of Data Centres and 5G Implementation Plan",
        "推动数据中心和5G等新型基础设施绿色高质量发展实施方案",
    ),
    "document.Implementation Opinions on Deepening East-Data-West"
    "-Compute and Accelerating the National Integrated Computing Network": (
        "Implementation Opinions on Deepening East-Data-West-Compute "
        "and Accelerating the National Integrated Computing Network",
        "深入实施“东数西算”工程 加快构建全国一体化算力网的实施意见",
    ),
    "document.Replies approving the 8 hub nodes": (
        "Replies approving the 8 hub nodes",
        "关于同意建设全国一体化算力网络国家枢纽节点的复函",
    ),
    "document.Special Action Plan for Green and Low-Carbon Data Centres": (
        "Special Action Plan for Green and Low-Carbon Data Centres",
        "数据中心绿色低碳发展专项行动计划",
    ),
    "document.Three-Year Action Plan for New Data Centres": (
        "Three-Year Action Plan for New Data Centres",
        "新型数据中心发展三年行动计划",
    ),
    # Glossary.
    "glossary": ("Glossary", "术语"),
    "glossary.eflops": ("EFLOPS (FP32)", "EFLOPS（FP32）"),
    "meaning.eflops": (
        "10¹⁸ floating point operations a second, in single precision.",
        "每秒10¹⁸次单精度浮点运算。",
    ),
    "glossary.hub": ("Hub, cluster, centre", "枢纽、集群、数据中心"),
    "meaning.hub": (
        "The nation names eight hubs with ten clusters in them; a centre of the model is a cluster, or what else a "
        "province has.",
        "国家布局八大枢纽、十大集群；模型中的数据中心为一个集群，或某省其余存量的合计。",
    ),
    "glossary.pue": ("PUE", "PUE"),
    "meaning.pue": (
        "Energy of the whole facility over that of its IT equipment, a ratio of sums; 1 is the least there can be.",
        "设施总用电量与IT设备用电量之比（总量之比）；理论下限为1。",
    ),
    "glossary.cfe": ("24/7 carbon-free score", "全天候无碳电力占比"),
    "meaning.cfe": (
        "Share of the energy that was free of carbon in the very hour it was used: contracts, batteries, and the "
        "grid's own share.",
        "在用电的同一小时内由无碳电力满足的占比，含合同、电池以及电网自身的无碳部分。",
    ),
    "glossary.location": ("Location-based, market-based", "基于位置、基于市场"),
    "meaning.location": (
        "Two accounts of the same emissions: by what the local grid emits, or by what contracts cover with the "
        "residual mix for the rest.",
        "同一排放的两种核算：按当地电网排放计，或按合同覆盖情况计、未覆盖部分采用剩余组合因子。",
    ),
    "glossary.price": ("Price of compute, worth of a link", "算力价格、链路价值"),
    "meaning.price": (
        "The dual of the optimal plan: what the next unit would cost or save, all else left as it is. It holds for a "
        "small change.",
        "最优计划的对偶值：其他条件不变时，再增加一单位所增加或节省的成本，仅对小幅变化成立。",
    ),
    "glossary.wait": ("Work that may wait", "可延后的工作"),
    "meaning.wait": (
        "Work with a deadline instead of an answer at once: batch, training, HPC. It can be moved to another hour.",
        "有截止时间而不要求即时响应的工作（批处理、训练、高性能计算），可移至其他时刻执行。",
    ),
    "glossary.engine": ("Fluid, events", "流体引擎、事件引擎"),
    "meaning.engine": (
        "Two engines: the first lets work flow like a liquid, hour by hour; the second follows every job from its "
        "arrival to its end.",
        "两种引擎：流体引擎逐小时把工作当作连续流；事件引擎跟踪每个作业从到达到结束。",
    ),
    "glossary.hu": ("Hu line", "胡焕庸线"),
    "meaning.hu": (
        "From Heihe to Tengchong; most people live east of it, much wind and sun is west of it.",
        "黑河—腾冲一线；线东人口稠密，线西风光资源丰富。",
    ),
    "glossary.background": ("Background traffic", "背景流量"),
    "meaning.background": (
        "What the backbone carries beside the dispatched work, always there.",
        "骨干网上除调度工作之外始终存在的流量。",
    ),
}
GLOSSARY = tuple(key.removeprefix("glossary.") for key in RUN_STRINGS if key.startswith("glossary."))
"""Words that the page explains."""
