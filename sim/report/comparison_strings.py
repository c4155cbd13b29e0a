"""What a comparison of policies says, English and Chinese side by side; `sim.report.strings` has the rest."""

from __future__ import annotations

from sim.figures.base import Strings

COMPARISON: Strings = {
    "compared": ("Policies compared", "调度策略比较"),
    "compared_on": (
        "{scenario}: engine {engine}, replications: {count}",
        "{scenario}：引擎 {engine}，重复次数 {count}",
    ),
    "policy_column": ("Policy", "调度策略"),
    "against": ("Against {first}", "与 {first} 之差"),
    "cost_column": ("Cost, bn CNY", "总成本（十亿元）"),
    "carbon_column": ("CO₂, Mt", "碳排放（百万吨）"),
    "unserved_column": ("of it unserved", "其中未满足需求"),
    "missed_column": ("Missed", "超期"),
    "wait_column": ("Wait, h", "等待（小时）"),
    "delay_column": ("Delay, ms", "时延（毫秒）"),
    "rank": ("Rank", "名次"),
    "won": ("Won", "胜出"),
    "regret": ("Regret, bn CNY", "遗憾值（十亿元）"),
    "of_bound": ("Of the bound", "占下界比例"),
    "sure": ("Against {first}, and above the bound", "与 {first} 之差，以及与下界之差"),
    "columns_note": (
        "Wait: means of {names}. Missed: deferrable work past its deadline. CO₂: location-based.",
        "等待：{names}的均值。超期：超过期限的可延迟任务。碳排放：基于位置。",
    ),
    "answer_best": (
        "{policy} costs least, {cost} bn CNY: {difference} less than {first}, and {above} above the bound.",
        "{policy} 成本最低，为{cost}十亿元：比 {first} 低{difference}，高于下界{above}。",
    ),
    "answer_first_best": (
        "{policy}, with which the others are compared, costs least: {cost} bn CNY, {above} above the bound.",
        "作为基准的 {policy} 成本最低，为{cost}十亿元，高于下界{above}。",
    ),
    "within_ends": ("{value} bn CNY ({low} to {high})", "{value}十亿元（{low}至{high}）"),
    "unsure": (
        "{value} bn CNY (not sure: {low} to {high} holds zero)",
        "{value}十亿元（并不确定：区间{low}至{high}包含零）",
    ),
    "unsure_one": ("{value} bn CNY (one replication, no interval)", "{value}十亿元（仅一次重复，无区间）"),
    "answer_clean": (
        "{policy} emits least, {less} Mt CO₂ less than {best} for {more} bn CNY more: {price} CNY a tonne.",
        "{policy} 排放最低，比 {best} 少{less}百万吨，成本高{more}十亿元，即每吨{price}元。",
    ),
    "answer_clean_too": (
        "It also emits least, {carbon} Mt CO₂: between cost and carbon there is nothing to choose.",
        "其碳排放也最低（{carbon}百万吨），成本与碳排放之间无需取舍。",
    ),
    "answer_why": (
        "What separates {policy} from {first} in cost ({total} bn CNY) is above all: {parts}.",
        "{policy} 与 {first} 的成本之差（{total}十亿元）主要来自：{parts}。",
    ),
    "answer_alone": ("Only one policy was run, so there is nothing to explain.", "仅运行了一种策略，无差异可解释。"),
    "answer_league": (
        "{policy} stands first on average: first in {first} of {all} scenarios, {above} above the bound.",
        "{policy} 平均名次最好：{all}个情景中{first}个第一，平均高于下界{above}。",
    ),
    "answer_worst": (
        "Most to regret: {policy}, {value} bn CNY above the bound if {scenario} comes.",
        "最大遗憾：{policy}，若情景为 {scenario}，高于下界{value}十亿元。",
    ),
    "front": ("Cost against carbon", "成本与碳排放"),
    "front_note": (
        "Policies that no other beats in both are joined (means); bars are 95 % intervals of a policy by itself.",
        "在成本与碳排放上均不被其他策略超越者以虚线相连（均值）；误差线为各策略自身的95%区间。",
    ),
    "on_front": ("Not beaten", "未被超越"),
    "beaten": ("Beaten in both", "被超越"),
    "beaten_by": ("beaten by {names}", "被 {names} 超越"),
    "yes": ("yes", "是"),
    "runs": ("The runs that were compared", "参与比较的运行"),
    "run_ids": ("Runs", "运行编号"),
    "comparison_id": ("Comparison", "比较编号"),
    "word.interval": ("Interval", "区间"),
    "means.interval": (
        "Where the value would lie in 95 of 100 such samples of chance; a difference whose interval holds zero may be "
        "chance alone.",
        "在100次同类抽样中约有95次会包含真值；若差值的区间包含零，则该差异可能只是偶然。",
    ),
    "word.regret": ("Regret, bound", "遗憾值与下界"),
    "means.regret": (
        "The bound is a cost below which no dispatch can go, proven by the plan of one who knows everything ahead. "
        "Regret is the cost above it.",
        "下界是任何调度都无法低于的成本，由预知一切的最优计划证明；遗憾值为高出下界的部分。",
    ),
    "word.front": ("Pareto front", "帕累托前沿"),
    "means.front": (
        "The policies of which none is beaten in cost and in emissions at once.",
        "在成本与碳排放上不被任何策略同时超越的策略集合。",
    ),
    "word.attribution": ("Attribution", "归因分解"),
    "means.attribution": (
        "A difference as a sum of its causes; where causes multiply, each gets its mean share over all orders "
        "(Shapley).",
        "将差异分解为各原因之和；相乘的因素按所有次序的平均贡献（夏普利值）分摊。",
    ),
    "word.location": ("Location-based", "基于位置"),
    "means.location": (
        "Emissions by the average factor of the grid where power is drawn, less contracted plant in the same hour.",
        "按用电所在电网的平均因子计算，扣除同一小时内的合同绿电。",
    ),
    "glossary": ("Words", "术语"),
    "best_here": (
        "Least total cost: {policy}, {cost} bn CNY, {share} above the bound.",
        "总成本最低：{policy}，{cost}十亿元，高于下界{share}。",
    ),
    "bound_line": (
        "No dispatch costs less than {bound} bn CNY; the best plan known lies within {gap} of that.",
        "任何调度的成本都不低于{bound}十亿元；已知最优方案与该下界的差距在{gap}以内。",
    ),
    "bound_fluid": (
        "The work costs at least {bound} bn CNY as a fluid (gap {gap}). Jobs that are drawn ask for a little more or "
        "less, and some run on after the end: for them this is a mark to compare with, and no proof.",
        "按流体计算，成本至少为{bound}十亿元（差距{gap}）。随机任务的需求略有出入，部分任务在期末之后才结束，因此该值仅供对照，并非严格下界。",
    ),
    "statistics": (
        "Replications of the same number share weather, demand, jobs and failures whatever the policy. Intervals: "
        "Student's t, of differences over the paired differences. Rank and share won are by total cost.",
        "同一编号的重复在各策略下采用相同的天气、需求、任务和故障。区间为t分布95%置信区间，差值按配对差计算。名次与胜出比例按总成本计。",
    ),
    "one_replication": (
        "One replication: what chance adds is not known; ask for more with --replications.",
        "仅一次重复，随机性的影响未知；可用 --replications 增加次数。",
    ),
    "deterrent": (
        "The total holds unserved work at its value, a deterrent and no money.",
        "总成本包含按价值计算的未满足需求，属于惩罚项而非实际支出。",
    ),
    "why": ("Why they differ from {first}", "为何与 {first} 不同"),
    "why_cost": ("Cost, by term, bn CNY", "成本按因素分解（十亿元）"),
    "why_emissions": ("Emissions, by term, Mt", "碳排放按因素分解（百万吨）"),
    "why_line": (
        "{policy} against {first}, cost: {total} bn CNY = {parts}",
        "{policy} 对 {first}，成本：{total}十亿元 = {parts}",
    ),
    "why_line_emissions": (
        "{policy} against {first}, emissions: {total} Mt = {parts}",
        "{policy} 对 {first}，碳排放：{total}百万吨 = {parts}",
    ),
    "why_note": (
        "Every split sums to the whole difference. By term the grid's bill is IT energy × PUE × what contracts leave "
        "to the grid × price of the places × price of the hours over that (Shapley value).",
        "每种分解之和均等于总差异。按因素分解时，电网电费 = IT用电量 × PUE × 合同绿电之外的比例 × 地点电价 "
        "× 时段电价与地点电价之比（夏普利值）。",
    ),
    "split": ("{measure}, {policy}, by {way}", "{measure}，{policy}，按{way}"),
    "way.hub": ("hub", "枢纽"),
    "way.hour": ("hour of the day", "时刻"),
    "way.workload": ("workload", "业务类型"),
    "term.it_energy": ("IT energy", "IT用电量"),
    "term.pue": ("PUE", "PUE（能效）"),
    "term.green_cover": ("contracted green power used", "合同绿电利用"),
    "term.place": ("places", "地点"),
    "term.waiting": ("hours (waiting)", "时段（等待）"),
    "term.contracts": ("contracts", "绿电合同"),
    "term.carbon": ("carbon price", "碳价"),
    "term.wan": ("network", "网络"),
    "term.unserved": ("unserved work", "未满足需求"),
    "term.outside": ("outside hubs", "枢纽以外"),
    "term.idle": ("idle and lost", "空闲与损失"),
    "over_scenarios": ("Over all scenarios", "各情景汇总"),
    "league": ("League", "排名"),
    "mean_rank": ("Mean rank", "平均名次"),
    "firsts": ("Times first", "第一次数"),
    "regret_share": ("Above the bound", "高于下界"),
    "emissions_share": ("Emissions against {first}", "碳排放与 {first} 之差"),
    "robustness": ("When nobody knows which scenario comes", "情景不确定时的稳健性"),
    "worst_cost": ("Worst cost", "最差成本"),
    "worst_regret": ("Worst regret", "最大遗憾值"),
    "satisficing": ("Good enough", "达到满意的比例"),
    "robust_line": (
        "Least bad at its worst: {maximin}. Least to regret at its worst: {minimax}. Most often within {within} of the "
        "bound: {satisficing}.",
        "最差情形下最好：{maximin}。最大遗憾最小：{minimax}。最常处于下界{within}以内：{satisficing}。",
    ),
    "settings": ("In what the scenarios differ", "情景之间的差异"),
}  # fmt: skip
