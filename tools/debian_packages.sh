#!/bin/bash
# Installs the Debian packages doorplate needs, and says which and why. usage: tools/debian_packages.sh run [test]
set -euo pipefail

run_packages=(
  "python3-venv|建 Python 环境"
  "libsqlite3-mod-spatialite|内置登记簿的空间索引"
  "libpango-1.0-0|排版门牌版面"
  "libpangoft2-1.0-0|排版门牌版面"
  "libharfbuzz0b|文字整形"
  "libharfbuzz-subset0|只嵌入用到的字形, 缺它每个 PDF 慢几秒"
  "libfontconfig1|按名字找字体"
  "fontconfig|按名字找字体"
  "fonts-noto-cjk|门牌用的黑体 (简体字形)"
  "fonts-noto-core|维吾尔文、藏文、蒙古文、彝文门牌的字体"
  "fonts-hanazono|地名生僻字 (扩展汉字) 的后备字体"
)
test_packages=(
  "chromium|浏览器测试"
  "libatomic1|浏览器测试的驱动程序"
  "ghostscript|检查 PDF"
  "mupdf-tools|检查 PDF (mutool)"
  "poppler-utils|看 PDF 的字体和画面 (pdffonts, pdftoppm)"
  "qpdf|检查 PDF 结构"
  "zbar-tools|第二种识读程序 zbarimg"
  "openjdk-17-jre-headless|ODK Validate 检查外勤表单"
  "nginx-light|测试随附的网页服务器配置"
  "postgresql-15|PostGIS 测试用的私有数据库"
  "postgresql-15-postgis-3|PostGIS 测试用的私有数据库"
)

wanted=()
for set_name in "$@"; do
  case "$set_name" in
    run) wanted+=("${run_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    *) echo "debian_packages.sh: 不认识 $set_name (可用: run, test)" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null; then
  echo "这台机器不是 Debian 系, 请自行装好与这些包相当的软件:"
  printf '  %s\n' "${wanted[@]//|/  — }"
  exit 0
fi

missing=()
for entry in "${wanted[@]}"; do
  name=${entry%%|*}
  status=$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$entry")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "需要安装这些 Debian 软件包:"
printf '  %s\n' "${missing[@]//|/  — }"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "请用 root 安装: apt-get install ${missing[*]%%|*}" >&2; exit 1; }
  as_root=(sudo)
fi
# The cluster that Debian would create and start by itself is not wanted: the tests make a private one.
if [ ! -e /etc/postgresql-common/createcluster.conf ] && printf '%s\n' "${missing[@]}" | grep -q '^postgresql-15|'; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]%%|*}" >/dev/null
