"""What the local index of results says, English and Chinese side by side; `sim.report.strings` has the rest."""

from __future__ import annotations

from sim.figures.base import Strings

INDEX: Strings = {
    "index": ("Results", "结果"),
    "index_line": (
        "{shown} of {count} in {folder}. This machine alone can read this page, and nothing can be changed from it.",
        "{folder} 中共{count}项，显示{shown}项。仅本机可访问本页，且不能通过本页作任何修改。",
    ),
    "search": ("Words in scenario, policy, engine or id", "情景、策略、引擎或编号中的文字"),
    "every_kind": ("everything", "全部"),
    "filter": ("Filter", "筛选"),
    "kind_column": ("Kind", "类型"),
    "kind.run": ("run", "单次运行"),
    "kind.comparison": ("comparison", "策略比较"),
    "kind.sweep": ("sweep", "参数扫描"),
    "kind.plan": ("plan", "建设规划"),
    "written": ("Written", "写入时间"),
    "files": ("Files", "文件"),
    "report": ("report", "报告"),
    "damaged": ("damaged: run it again", "已损坏：请重新运行"),
    "nothing": ("Nothing here yet, or nothing that has these words.", "暂无结果，或没有包含这些文字的结果。"),
    "choose": ("Compare", "对比"),
    "side_by_side": ("Two runs side by side", "两次运行对比"),
    "compare_two": ("Compare the two that are ticked", "对比所选两项"),
    "two_needed": (
        "Tick two runs, no more and no fewer: {count} were named. Those that are damaged cannot be compared.",
        "请恰好选择两次运行（已选{count}项）。已损坏的运行不能对比。",
    ),
    "back": ("All results", "全部结果"),
    "second_less_first": ("Second less first", "第二项减第一项"),
    "relative": ("In percent", "相对差异"),
    "not_found": ("There is nothing at this address.", "该地址没有内容。"),
    "not_here": (
        "This server answers on this machine only, at the address that it printed.",
        "本服务仅限本机通过其显示的地址访问。",
    ),
    "read_only": ("This server only reads.", "本服务为只读。"),
}  # fmt: skip
