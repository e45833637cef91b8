const STYLE = `
:root{color-scheme:light dark;--paper:light-dark(#FAF8F4,#111114);--surface:light-dark(#FFF,#18181D);--ink:light-dark(#17171C,#F3F1EC);--muted:light-dark(#6A6872,#9C99A6);--line:light-dark(#E7E3DA,#2A2930);--accent:light-dark(#0F766E,#2DD4BF);--on:light-dark(#FFF,#06211E);--danger:light-dark(#B42318,#F98A7B)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/22px "Geist",ui-sans-serif,system-ui,sans-serif}
main{max-width:640px;margin:0 auto;padding:40px 16px}
h1{font-size:22px;line-height:28px;margin:0 0 4px;letter-spacing:-.01em}h2{font-size:15px;margin:32px 0 8px}
p{margin:0 0 16px}.muted{color:var(--muted)}.sum{font-size:32px;line-height:40px;font-variant-numeric:tabular-nums;font-weight:600}
a{color:var(--accent)}.bar{border-bottom:1px solid var(--line);padding:8px 16px;color:var(--muted);font-size:13px;text-align:center}
.card{border:1px solid var(--line);border-radius:8px;background:var(--surface);padding:16px;margin:0 0 16px}
label{display:flex;gap:10px;padding:8px 0;align-items:center}fieldset{border:0;padding:0;margin:0 0 16px}legend{padding:0;font-weight:600}
button{font:inherit;font-weight:500;border:1px solid var(--line);border-radius:8px;background:var(--surface);color:var(--ink);padding:8px 16px;cursor:pointer}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on)}
form.row{display:inline-block;margin:0 8px 8px 0}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.bad{color:var(--danger);margin:0 0 16px}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{text-align:left;padding:8px 8px 8px 0;border-top:1px solid var(--line);vertical-align:top;font-weight:400}`;

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export const money = (cents: number) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "usd" }).format(cents / 100);

/** The layout of the stand-in's pages. A bar says on each that no money moves. */
export function layout(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<div class="bar">Local stand-in for Stripe. No money moves and no card is real.</div><main>${body}</main></body></html>`;
}

/** A form with one button and hidden fields. */
export function button(
  action: string,
  label: string,
  fields: Record<string, string> = {},
  main = false,
): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<form class="row" method="post" action="${escapeHtml(action)}">${inputs.join("")}<button${main ? ' class="main"' : ""}>${escapeHtml(label)}</button></form>`;
}

export const cards = [
  { value: "pays", last4: "4242", label: "4242 4242 4242 4242: pays" },
  { value: "declines", last4: "0002", label: "4000 0000 0000 0002: is declined" },
  { value: "confirms", last4: "3155", label: "4000 0025 0000 3155: must be confirmed" },
  { value: "fails_later", last4: "0341", label: "4000 0000 0000 0341: pays now, fails at the renewal" },
] as const;

export function cardChoice(chosen: string): string {
  const choices = cards.map(
    ({ value, label }) =>
      `<label><input type="radio" name="card" value="${value}"${value === chosen ? " checked" : ""}>${label}</label>`,
  );
  return `<fieldset><legend>Card</legend>${choices.join("")}</fieldset>`;
}
