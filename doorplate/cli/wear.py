"""doorplate wear: what the symbol of a design withstands, before a thousand of it are on the wall."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from doorplate.cli.console import bars, figures, out
from doorplate.errors import InputError
from doorplate.settings import load_settings
from print_jobs.plate_design import load_design
from print_jobs.wear.trial import run_wear


def wear(
    out_dir: Annotated[Path, typer.Option("--out", help="放报告的文件夹: report.html, wear.json 和图")],
    design: Annotated[str, typer.Option(help="图样的名字, 或自己的 .toml 文件")] = "small-gate",
    base_url: Annotated[str | None, typer.Option(help="印在码里的网址, 例如 https://mp.example.gov.cn; 不写用设定的网址")] = None,
) -> None:
    """耐损试验: 把成品上的二维码弄糊、弄脏、刮花、拍斜, 看各种读码程序还读不读得出。

    结果记在缓存里, 以后用同一图样、同样长的网址印的批次, 会在 proof.json 和证书上引用它。
    """
    settings = load_settings()
    url = base_url or settings.base_url
    if not url:
        raise InputError("batch.base_url_missing", "没有设定网址: 请加 --base-url, 或设 DOORPLATE_BASE_URL, 例如 https://mp.example.gov.cn")
    with bars() as progress:
        result = run_wear(load_design(design), url, out_dir, settings.home / "cache",
                          lambda done, total: progress("耐损试验", done, total))
    rates = {title: f"{result.rate(key):.1%}" for key, title in result.decoders.items()}
    figures(f"{result.title}, 网址 {result.url_length} 字符, 每级 {result.plates} 块", rates)
    out.print(f"报告在 {out_dir / 'report.html'}", markup=False)
