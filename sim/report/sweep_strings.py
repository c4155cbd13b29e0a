"""What the page of a sweep says, English and Chinese side by side; `sim.report.strings` has the rest."""

from __future__ import annotations

from sim.figures.base import Strings

SWEEP: Strings = {
    "swept": ("Sweep", "参数扫描"),
    "swept_line": (
        "{count} points, {known} of them known · engine {engine} · policy {policy} · {span} from {start}",
        "共{count}个点，已知{known}个 · 引擎 {engine} · 调度策略 {policy} · 自{start}起{span}",
    ),
    # The answer.
    "answer_range": (
        "Over {count} points {measure} goes from {least} to {most} {unit}; most of that is due to {axis} ({share} of "
        "the variance alone).",
        "在{count}个点上，{measure}介于{least}与{most}{unit}之间；主要取决于 {axis}（单独解释方差的{share}）。",
    ),
    "answer_range_effect": (
        "Over {count} points {measure} goes from {least} to {most} {unit}; what moves it most is {axis} ({size} {unit} "
        "over its whole range, Morris).",
        "在{count}个点上，{measure}介于{least}与{most}{unit}之间；"
        "影响最大的是 {axis}（全范围平均效应{size}{unit}，莫里斯法）。",
    ),
    "answer_range_only": (
        "Over {count} points {measure} goes from {least} to {most} {unit}.",
        "在{count}个点上，{measure}介于{least}与{most}{unit}之间。",
    ),
    "answer_same": ("No measure of this page varies over the points.", "本页各项指标在所有点上均不变。"),
    "answer_corner": (
        "The worst quarter of {measure} lies where {where}: {coverage} of it, and {density} of the points there.",
        "{measure}最差的四分之一主要出现在：{where}（覆盖其中{coverage}，该区域内{density}属于最差）。",
    ),
    "answer_condition": (
        "Where {measure} {sign} {bound}: {where}; {coverage} of such points, and {density} of the points there.",
        "{measure} {sign} {bound} 主要出现在：{where}（覆盖其中{coverage}，该区域内{density}满足条件）。",
    ),
    "answer_no_corner": ("No corner of what was varied stands out.", "所变参数中没有突出的区域。"),
    "answer_best": (
        "Least {measure}: {value} {unit} at point {point}, {settings}{against}.",
        "{measure}最低：第{point}点，{value}{unit}，{settings}{against}。",
    ),
    "against_base": ("; the scenario as it stands has {value}", "；原情景为{value}"),
    "answer_failed": (
        "{failed} points failed and {missing} are missing: what is said here is of the others.",
        "{failed}个点失败、{missing}个点缺失：以下仅针对其余各点。",
    ),
    "named": ("{measure}, {unit}", "{measure}，{unit}"),
    # What was swept.
    "inputs": ("What was varied", "所变参数"),
    "stands_for": ("Stands for", "对应参数"),
    "steps": ("Steps", "取值数"),
    "values": ("Values", "取值"),
    "drawn_between": ("drawn between {least} and {most}", "在{least}与{most}之间抽样"),
    "sample_line": (
        "Drawn by {method}, n = {n}, seed {seed}.",
        "抽样方法：{method}，n = {n}，随机种子 {seed}。",
    ),
    # Ranges.
    "ranges": ("What came out, beside the scenario as it stands", "结果范围与原情景对照"),
    "ranges_note": (
        "The base is the scenario with nothing varied. Lower and upper: quarters of the points lie beyond.",
        "基准为不改变任何参数的原情景。下、上四分位：各有四分之一的点在其外。",
    ),
    "base": ("Base", "基准"),
    "least": ("Least", "最小"),
    "lower": ("Lower quarter", "下四分位"),
    "median": ("Median", "中位数"),
    "upper": ("Upper quarter", "上四分位"),
    "most": ("Most", "最大"),
    "no_base": ("The scenario as it stands could not be run: {error}", "原情景无法运行：{error}"),
    "base_figures": ("The base beside published figures", "基准与公布数据对照"),
    # Charts.
    "lines": ("All points, side by side", "各点并列"),
    "lines_note": (
        "A line a point, from what was varied to what came out, each row from its least to its most. The colour says "
        "in which fifth of {measure} a point lies; click a fifth in the legend to hide it, twice to see it alone.",
        "每条线为一个点，上方为所变参数，下方为结果，每行从最小值到最大值。颜色表示该点的{measure}所在的五分位；"
        "单击图例可隐藏，双击则只显示该组。",
    ),
    "lines_some": ("{shown} of {count} points are drawn.", "仅绘制{count}个点中的{shown}个。"),
    "fifth": ("{low} to {high}", "{low}至{high}"),
    "sensitivity": ("What depends on what", "敏感性"),
    "sensitivity_note": (
        "Alone: share of the variance that a key explains by itself. In all: with everything it shares with others. "
        "Bars are 95 % intervals; a full grid holds every point, so its shares are exact and have none.",
        "单独：该参数自身解释的方差比例；合计：再加上与其他参数的交互。误差线为95%区间；全因子网格包含所有点，比例精确，无区间。",
    ),
    "sensitivity_effects": (
        "Morris effects over a key's whole range: mean (alone) and mean size (in all); bars are 95 % intervals.",
        "莫里斯法：参数在全范围内的平均效应（单独）与平均绝对效应（合计）；误差线为95%区间。",
    ),
    "alone": ("alone", "单独"),
    "in_all": ("in all", "合计"),
    "within_interval": ("{value} [{low}, {high}]", "{value}［{low}，{high}］"),
    "spread": ("Spread σ", "离散度σ"),
    "no_sensitivity": (
        "What depends on what cannot be told of this design: it takes a full grid, or a saltelli or morris sample, "
        "with no point missing.",
        "该设计无法计算敏感性：需要完整的全因子网格，或 saltelli、morris 抽样，且没有缺失的点。",
    ),
    "method.variance of a full grid": ("variance of a full grid", "全因子网格的方差分解"),
    "method.Sobol' indices": ("Sobol' indices", "索博尔指数"),
    "method.Morris effects": ("Morris effects", "莫里斯效应"),
    "surfaces": ("Response surfaces", "响应面"),
    "surfaces_note": (
        "The mean over all else, on the two keys on which a measure depends most. Many values are put into ten bins. "
        "Darker is worse.",
        "在影响最大的两个参数上，对其余参数取平均。取值很多时分为十组。颜色越深越差。",
    ),
    "front_of": ("What nothing beats: {aims}", "帕累托前沿：{aims}"),
    "front_points": (
        "Points that no other beats in all aims at once: {count}; the first {told}.",
        "共{count}个点在所有目标上不被任何点同时超越；表中列出前{told}个。",
    ),
    "on_front": ("not beaten", "前沿"),
    "others": ("the others", "其余"),
    "point": ("Point", "点"),
    "no_front": ("A front takes two aims that vary.", "帕累托前沿需要两个有变化的目标。"),
    "corners": ("Where it goes wrong", "问题区域"),
    "corners_note": (
        "Corners found by peeling (PRIM). Coverage: share of the cases that lie in the corner. Density: share of the "
        "corner's points that are cases.",
        "以PRIM剥离法得到的区域。覆盖率：落入该区域的目标点比例；密度：该区域内目标点的比例。",
    ),
    "case": ("Case", "条件"),
    "where": ("Where", "区域"),
    "coverage": ("Coverage", "覆盖率"),
    "density": ("Density", "密度"),
    "anywhere": ("anywhere", "任意位置"),
    "and": (" and ", "，且"),
    "or": (" or ", "或"),
    "is_one_of": ("{axis} is {words}", "{axis} 为 {words}"),
    "robust_of": ("How the choices stand: {measure}", "各选择的稳健性：{measure}"),
    "choice": ("Choice", "选择"),
    "mean": ("Mean", "均值"),
    "worst": ("Worst", "最差"),
    "greatest_regret": ("Greatest regret", "最大遗憾"),
    "failures": ("Points that failed", "失败的点"),
    "no_failures": ("None: every point is known.", "无：所有点均已完成。"),
    "kind": ("Kind", "类型"),
    "message": ("Message", "说明"),
    "count": ("Points", "点数"),
    "example": ("First point", "首个点"),
    "missing_line": (
        "{count} points are missing; run the sweep again to have them.",
        "缺失{count}个点，重新运行扫描即可补全。",
    ),
    "sweep_id": ("Sweep", "扫描编号"),
    "base_run": ("Run of the base", "基准运行编号"),
    "glossary": ("Words", "术语"),
    "word.variance": ("Share of the variance", "方差比例"),
    "means.variance": (
        "How much of the spread of a measure goes away if a key is held fixed; shares in all may sum to more than one.",
        "固定某参数后指标离散程度减少的比例；合计比例之和可大于一。",
    ),
    "word.front": ("Pareto front", "帕累托前沿"),
    "means.front": ("Points of which none is beaten in every aim at once.", "不被任何点在所有目标上同时超越的点。"),
    "word.corner": ("Corner", "区域"),
    "means.corner": (
        "Limits on a few keys that hold most of the cases and little else: a rule of thumb, no proof.",
        "由少数参数的界限围成、包含大部分目标点的区域，仅为经验规律，并非证明。",
    ),
    "word.unserved": ("Unserved work", "未满足需求"),
    "means.unserved": (
        "Counted in the total cost at a deterrent value, which is no money; the cost of energy has none of it.",
        "在总成本中按惩罚性价值计入，并非实际支出；电费中不含此项。",
    ),
}  # fmt: skip
