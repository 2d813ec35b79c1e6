"""A report with everything in it that a file of it may stumble over."""

from __future__ import annotations

from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Section, Snapshot, Table

LONG_NAME = (
    "繁昌区新港镇高安社区老旧小区改造与城乡供水一体化建设工作"
    "领导小组办公室（区城乡居民饮用水安全提升工程协调推进专班）综合科"
)
HOSTILE = '=1+1<w:p/>&amp;"\x00\x0b\ufffe'
UNITS = 200
DOMAINS = ("城乡建设", "农业农村", "劳动社保", "生态环境", "其他")

OVERVIEW = Table(
    "overview",
    "主要数字",
    "项目",
    (
        Column("now", "本月"),
        Column("before", "上月"),
        Column("change", "比上月", Kind.CHANGE),
        Column("year_change", "比去年同月", Kind.CHANGE),
        Column("rate", "满意率", Kind.SHARE),
    ),
    (
        Row("received", "本月受理", (134, 146, -82, -350, 930)),
        Row("resolved", "其中化解", (12345, 110, 73, None, None)),
        Row("petitions", "信访量（件次）", (None, None, None, None, None)),
    ),
    note="信访量由群众工作部填报。",
)
SERIES = Table(
    "series",
    "近十三个月",
    "月份",
    (Column("received", "受理"), Column("resolved", "化解")),
    tuple(
        Row(
            str(month),
            f"{2025 + month // 12}年{month % 12 + 1}月",
            (received, None if received is None else received - 9),
        )
        for month, received in enumerate((120, 98, None, 141, 133, 160, 155, 120, 99, 101, 146, 138, 134), 6)
    ),
    chart=Chart.LINE,
)
DOMAIN = Table(
    "domain",
    "按涉及领域",
    "领域",
    (Column("words", "说明", Kind.TEXT), Column("received", "本月受理"), Column("closed", "本月办结")),
    tuple(
        Row(f"{number:02}", name, ("", received, received - 2))
        for number, (name, received) in enumerate(zip(DOMAINS, (41, 29, 22, 18, 24), strict=True), 1)
    ),
    Row("total", "合计", ("", 134, 124)),
    chart=Chart.BARS,
)
SCORES = Table(
    "scores",
    "按乡镇化解成效",
    "乡镇",
    (Column("score", "得分", Kind.TENTHS),),
    (Row("a", "繁阳镇", (30,)), Row("b", "孙村镇", (-3,)), Row("c", "平铺镇", (None,))),
    chart=Chart.BARS,
)
OUTCOME = Table(
    "outcome",
    "责任单位当月化解成效",
    "单位",
    (
        Column("places", "联系点", Kind.TEXT),
        *(Column(f"scored_{level}", f"{level}级") for level in "ABC"),
        Column("resolved", "化解"),
        Column("partly_resolved", "部分化解"),
        Column("unresolved", "未化解"),
        Column("overdue", "其中超期"),
        Column("left_out", "不计"),
        Column("score", "得分", Kind.TENTHS),
        Column("marks", "诉求人满意", Kind.TEXT),
    ),
    (
        Row(
            "1",
            LONG_NAME,
            ("缸窑村、七里村、新山村等8个", 2, 1, 0, 2, 0, 1, 1, 0, 17, "满意 2 · 基本满意 1 · 未评价 1"),
        ),
        Row("2", HOSTILE, ("+86", 0, 1, 0, 0, 0, 1, 0, 0, -3, "@不满意")),
        *(
            Row(str(number), f"第{number}号责任单位", ("缸窑村", 1, 2, 0, 3, 0, 0, 0, 0, 30, "满意 3"))
            for number in range(3, UNITS)
        ),
        Row("0", "尚未交办", ("", 0, 1, 0, 0, 0, 0, 0, 1, None, "")),
    ),
    Row("total", "合计", ("", 199, 398, 0, 593, 0, 2, 1, 1, 5924, "满意 593")),
    note="解释说明、不支持、转出、撤回、并案的不计入成效。",
)
CORRECTIONS = Table("corrections", "本期更正", "编号", (Column("reason", "理由", Kind.TEXT),), ())

SAMPLE = Snapshot(
    county_code="340212",
    county_name="繁昌区",
    month="2026-07",
    title="繁昌区2026年7月民情月报",
    until="2026-07-31",
    settings={"resolved": 10, "partly_resolved": 0, "unresolved": -3, "basis": "月底未办结的都扣"},
    sections=(
        Section(
            "overview",
            "总体情况",
            "7月份，全区共受理群众诉求134件，比上月减少12件，比去年同期下降35%。其中化解118件，回访满意率93%，群众反映最多的是城乡建设和农业农村两个方面。\n\n"
            "全区各级各部门坚持“双联系”制度，进村入户听民声、解民忧，一件一件抓落实，一户一户去回访，让群众自己来评价结果。",
            (OVERVIEW, SERIES),
        ),
        Section("kinds", "诉求分类", "", (DOMAIN, SCORES)),
        Section("outcome", "化解成效", "", (OUTCOME,)),
        Section("changes", "更正/说明[1]", "=本期没有更正\x07", (CORRECTIONS,)),
        Section("nothing", "其他", "", ()),
    ),
)
