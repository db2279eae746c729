#!/usr/bin/env bash
# Answers a long table with the ruleset `wechat` and tells time and memory: benches/rows.sh [ROWS] [FORM] [TO]
# ROWS is ten million unless said otherwise, FORM is ndjson or csv, TO is FORM unless it says ndjson, csv or parquet: ten
# million rows of NDJSON are 1.3 GB, their answers 9 GB as NDJSON and 0.12 GB as Parquet. Needs awk and GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-10000000}
form=${2:-ndjson}
to=${3:-$form}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo build --release --quiet --features parquet
program=${CARGO_TARGET_DIR:-target}/release/qudao
awk -v rows="$rows" -v form="$form" '
  function pick(list, n, parts) { n = split(list, parts, " "); return parts[int(rand() * n) + 1] }
  BEGIN {
    srand(1)
    if (form == "csv") print "id,posts_per_month,app_size_mb,sells_in_wechat,needs_payment,has_cn_entity,segments"
    for (row = 1; row <= rows; row++) {
      posts = int(rand() * 60); size = int(rand() * 200) / 10; segments = int(rand() * 5) + 1
      sells = pick("true false"); pays = pick("true false"); entity = pick("true false")
      if (form == "csv") printf "%d,%d,%.1f,%s,%s,%s,%d\n", row, posts, size, sells, pays, rand() < 0.1 ? "unknown" : entity, segments
      else printf "{\"id\":%d,\"posts_per_month\":%d,\"app_size_mb\":%.1f,\"sells_in_wechat\":%s,\"needs_payment\":%s,\"has_cn_entity\":%s,\"segments\":%d}\n", \
        row, posts, size, sells, pays, rand() < 0.1 ? "null" : entity, segments
    }
  }' > "$folder/rows.$form"
ls -l "$folder/rows.$form" | awk '{ print $5 / 1e6 " MB in" }'
/usr/bin/time -f '%e s, %U s of CPU time, %M KB at most' "$program" batch wechat "$folder/rows.$form" -o "$folder/out.$to" --keep id --summary json > "$folder/summary.json"
ls -l "$folder/out.$to" | awk '{ print $5 / 1e6 " MB out" }'
head -c 400 "$folder/summary.json"; echo
