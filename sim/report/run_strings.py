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
        "Without prices nobody knows; this is how full the fullest link into each hub became.",
        "没有价格就无从得知；下表为进入各枢纽的最满链路的峰值负载率。",
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
    # Glossary.
    "glossary": ("Words", "术语"),
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
