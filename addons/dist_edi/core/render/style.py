"""The style of the HTML page."""

_DEPTHS = "".join(f".d{depth}{{margin-left:{depth * 1.4}rem}}" for depth in range(1, 9))

STYLE = (
    """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5d6b7a;--page:#f4f6f8;
--card:#fff;--line:#dde3e9;--accent:#2c5f8a;--error:#b3261e;--error-bg:#fdecea;
--warning:#8a5a00;--warning-bg:#fff4dc;--good:#1d6b3a;--good-bg:#e5f4ea;
--info:#2c5f8a;--info-bg:#e8f1f8}
@media (prefers-color-scheme:dark){:root{--ink:#e3e8ee;--soft:#9aa7b4;--page:#14181d;
--card:#1d232a;--line:#323b45;--accent:#8abce6;--error:#ff9d94;--error-bg:#43201d;
--warning:#f0c36b;--warning-bg:#3b2f14;--good:#8fd6a8;--good-bg:#18341f;
--info:#8abce6;--info-bg:#1b2e3e}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.45 system-ui,"Segoe UI",Roboto,sans-serif}
header,main{max-width:62rem;margin:0 auto;padding:1rem 1.25rem}
header{padding-top:2rem}
h1{font-size:1.45rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:0 0 .6rem}h3{font-size:1.05rem;margin:0 0 .6rem}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:1rem 1.2rem;margin:0 0 1.2rem}
section section{margin:1rem 0 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 .8rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ol{margin:0;padding-left:1.4rem}li{margin:.3rem 0}a{color:var(--accent)}
.badge{display:inline-block;font-size:.75rem;font-weight:600;padding:.1rem .5rem;
border-radius:99px;vertical-align:middle}
.badge.error{color:var(--error);background:var(--error-bg)}
.badge.warning{color:var(--warning);background:var(--warning-bg)}
.badge.good{color:var(--good);background:var(--good-bg)}
.badge.info{color:var(--info);background:var(--info-bg)}
.place{color:var(--soft);font-size:.8rem}
.loop{color:var(--soft);font-size:.75rem;letter-spacing:.04em;
text-transform:uppercase;
margin-top:.8rem}
.segment{border-left:3px solid var(--line);padding:.3rem 0 .4rem .8rem;
margin-top:.35rem}
.segment.faulty{border-left-color:var(--error)}
.head{font-weight:600}.number{display:inline-block;min-width:2.2rem;color:var(--soft);
font-weight:400;font-size:.8rem}
code{color:var(--accent);font-weight:700;margin-right:.35rem}
table{border-collapse:collapse;margin:.15rem 0 0 2.2rem;font-size:.92rem}
th{font-weight:400;color:var(--soft);text-align:left;padding:.05rem .6rem .05rem 0;
vertical-align:top;font-variant-numeric:tabular-nums}
td{padding:.05rem .8rem .05rem 0;vertical-align:top;overflow-wrap:anywhere}
td:nth-child(2){color:var(--soft);width:17rem}
samp{font-family:ui-monospace,Menlo,Consolas,monospace}
.meaning{color:var(--soft)}.meaning:before{content:"("}.meaning:after{content:")"}
.box{border-radius:8px;padding:.45rem .7rem;margin:.35rem 0;font-size:.9rem}
.box .place{display:block}
.box.error{background:var(--error-bg)}.box.error b{color:var(--error)}
.box.warning{background:var(--warning-bg)}.box.warning b{color:var(--warning)}
.box.info{background:var(--info-bg)}.box.info b{color:var(--info)}
@media print{body{background:none}section{break-inside:auto;border:0;padding:0}
.segment{break-inside:avoid}}
"""
    + _DEPTHS
)
