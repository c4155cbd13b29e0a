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
