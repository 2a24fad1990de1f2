/** The page's only style sheet; its policy allows no other, nor styles of single elements. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6b7c;--line:#d9e0e8;--ground:#fff;--raised:#f5f7fa;--accent:#0086a8;--passed:#1d8a4c;--failed:#cf2f2f;--error:#9333b5;--skipped:#b97a00;--cancelled:#7a8794}
@media (prefers-color-scheme:dark){:root{--ink:#e4eaf1;--soft:#93a1b2;--line:#2c3745;--ground:#12181f;--raised:#1a222c;--accent:#00d4ff;--passed:#3fcf7f;--failed:#ff6b6b;--error:#d38bff;--skipped:#ffc14d;--cancelled:#93a1b2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1200px;padding:24px;font:15px/1.5 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;color:var(--ink);background:var(--ground)}
h1{margin:0;font-size:26px;overflow-wrap:anywhere}h2{font-size:17px;margin:28px 0 8px}h3{font-size:14px;margin:12px 0 4px;color:var(--soft)}
.badge{display:inline-block;padding:0 10px;border-radius:12px;color:#fff;font-size:13px;vertical-align:middle}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:16px 0}
.facts div{background:var(--raised);border-radius:8px;padding:8px 12px}.facts dt{font-size:12px;color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:1fr 2fr 2fr;gap:20px}
@media (max-width:800px){.charts{grid-template-columns:1fr}}
figure{margin:0;background:var(--raised);border-radius:8px;padding:12px}figcaption{font-size:13px;color:var(--soft);margin-bottom:8px}
svg{width:100%;max-height:230px}svg text{font-size:12px;fill:var(--soft)}svg .rate{font-size:22px;fill:var(--ink)}svg .bar{fill:var(--accent)}
.stroke-none{stroke:var(--line)}.legend{list-style:none;padding:0;margin:8px 0 0;font-size:13px;display:flex;flex-wrap:wrap;gap:4px 12px}
.notice{border-left:4px solid var(--skipped);background:var(--raised);padding:8px 12px;margin:12px 0}
.problem{border-left:4px solid var(--failed);background:var(--raised);padding:8px 12px;margin:12px 0;overflow-wrap:anywhere}
form{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:8px 0}
input[type=search]{min-width:220px}input[type=number]{width:150px}input[type=search],input[type=number],select,button{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:4px 10px}
button:disabled{opacity:.5}
table{width:100%;border-collapse:collapse;table-layout:fixed}th{text-align:left;font-size:12px;color:var(--soft)}
th,td{padding:6px 8px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tr.result{cursor:pointer}tr.result:hover,tr.result:focus{background:var(--raised)}
.narrow{width:90px}.middle{width:28%}.number{text-align:right}
.detail td{background:var(--raised)}pre{margin:0;padding:8px;max-height:360px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--ground);border:1px solid var(--line);border-radius:6px;font:13px/1.45 ui-monospace,Consolas,monospace}
tr.result td:first-child::before{content:"▸ "}tr.result[aria-expanded=true] td:first-child::before{content:"▾ "}
.detail h2{font-size:15px;margin:16px 0 4px}.detail h3{font-size:13px}
.pager{display:flex;gap:12px;align-items:center;margin:12px 0}
.soft{color:var(--soft);font-size:13px}
${['passed', 'failed', 'error', 'skipped', 'cancelled']
  .map(
    (status) =>
      `.text-${status}{color:var(--${status})}.stroke-${status}{stroke:var(--${status})}.fill-${status}{fill:var(--${status})}.back-${status}{background:var(--${status})}`,
  )
  .join('\n')}
.back-queued,.back-running,.back-interrupted{background:var(--skipped)}
@media (prefers-color-scheme:dark){.badge{color:#10151b}}
@media (max-width:700px){body{padding:12px}.facts{grid-template-columns:1fr 1fr}form label{max-width:100%}input[type=search]{flex:1 1 100%;min-width:0}
table,tbody,tr.detail,tr.detail td{display:block}thead{display:none}
tr.result{display:grid;grid-template-columns:auto auto auto auto 1fr;column-gap:12px;padding:8px 0;border-bottom:1px solid var(--line)}tr.result td{grid-row:1;padding:0;border:0}
tr.result td:nth-child(2)::before{content:"#"}tr.result td:nth-child(3){grid-row:2;grid-column:1/-1}tr.result td:nth-child(5){grid-row:3;grid-column:1/-1;color:var(--soft);font-size:13px}}
@media print{form,.pager{display:none}}
`;
