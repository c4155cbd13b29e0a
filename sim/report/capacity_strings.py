"""What the terminal says of a capacity plan, English and Chinese side by side."""

from __future__ import annotations

from sim.figures.base import Strings

CAPACITY: Strings = {
    "plan_line": (
        "Plan to {last}: {cost} bn CNY (present value of {base}), proven to within {gap} of the least",
        "至{last}年的规划：{cost}十亿元（{base}年现值），与最优值的差距不超过{gap}",
    ),
    "plan_costs": (
        "capital {capital}, energy {energy}, network {wan}, unserved work {unserved}, targets missed {missed}",
        "资本{capital}，电费{energy}，网络{wan}，未满足需求{unserved}，目标未达{missed}",
    ),
    "plan_error": (
        "Chosen days against {days} others, operation of the last year: {error} (standard error {sure})",
        "代表日与另外{days}日相比，末年运行成本偏差：{error}（标准误差{sure}）",
    ),
    "plan_years": ("By year", "逐年"),
    "plan_builds": ("Built, by kind and year", "分年度新建"),
    "plan_targets": ("Targets", "目标"),
    "plan_year": ("Year", "年份"),
    "plan_capacity": ("EFLOPS (FP32)", "算力（EFLOPS，FP32）"),
    "plan_smart": ("AI share", "智能算力占比"),
    "plan_hubs": ("Hub share", "枢纽占比"),
    "plan_pue": ("PUE", "PUE"),
    "plan_green": ("Green, hourly", "绿电小时匹配率"),
    "plan_spent": ("Capital, bn CNY", "投资（十亿元）"),
    "plan_operation": ("Operation, bn CNY", "运行成本（十亿元）"),
    "plan_kind": ("Kind", "类型"),
    "plan_amount": ("Amount", "数量"),
    "plan_unit": ("Unit", "单位"),
    "plan_sites": ("Places", "地点数"),
    "plan_target": ("Target", "目标"),
    "plan_required": ("Required", "要求值"),
    "plan_reached": ("Reached", "达到值"),
    "plan_met": ("Met", "达标"),
    "plan_price": ("Last unit, M CNY", "末单位代价（百万元）"),
    "plan_yes": ("yes", "是"),
    "plan_no": ("no, by {by}", "否，差{by}"),
    "kind.general": ("general servers", "通用服务器"),
    "kind.smart": ("AI servers", "智能服务器"),
    "kind.facility": ("new halls", "新建机房"),
    "kind.retrofit": ("retrofit of cooling", "制冷改造"),
    "kind.wind": ("wind", "风电"),
    "kind.solar": ("solar", "光伏"),
    "kind.battery": ("batteries", "储能"),
    "kind.waves": ("400G waves", "400G波道"),
}
