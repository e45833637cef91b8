import type { Mail } from "./mail";

const STYLE = `
:root{--paper:#FAF8F4;--surface:#FFF;--ink:#17171C;--muted:#6A6872;--line:#E7E3DA;--accent:#0F766E}
@media (prefers-color-scheme:dark){:root{--paper:#111114;--surface:#18181D;--ink:#F3F1EC;--muted:#9C99A6;--line:#2A2930;--accent:#2DD4BF}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/20px "Geist",ui-sans-serif,system-ui,sans-serif}
main{max-width:800px;margin:0 auto;padding:32px 16px}
h1{font-size:20px;line-height:28px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:14px;line-height:20px;margin:24px 0 8px}
p{margin:0 0 16px}.muted{color:var(--muted)}
a{color:var(--accent)}a:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
ul{list-style:none;margin:24px 0 0;padding:0;border:1px solid var(--line);border-radius:8px;background:var(--surface)}
li+li{border-top:1px solid var(--line)}
li a{display:grid;grid-template-columns:1fr auto;gap:0 16px;padding:12px 16px;color:inherit;text-decoration:none}
li a:hover strong{color:var(--accent)}
time,.to{color:var(--muted);font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:16px 0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
pre,iframe{width:100%;margin:0;border:1px solid var(--line);border-radius:8px;background:var(--surface)}
pre{padding:16px;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/20px "Geist Mono",ui-monospace,monospace}
iframe{height:480px;background:#fff}`;

/** The mark: an agate's concentric bands. */
const MARK = `<svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="var(--accent)" stroke-width="1.5" aria-hidden="true"><path d="M12 2c6 0 10 4 10 9.5S18 22 12 22 2 18 2 12.5 6 2 12 2Z"/><path d="M12.3 6c3.7 0 6 2.4 6 5.7s-2.5 6.3-6.2 6.3S6 15.5 6 12.3 8.6 6 12.3 6Z"/><path d="M12.5 10c1.4 0 2.2.8 2.2 2s-.9 2.3-2.3 2.3-2.3-.9-2.3-2.1.9-2.2 2.4-2.2Z"/></svg>`;

const layout = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${MARK}${body}</main></body></html>`;

export function renderList(mails: readonly Mail[]): string {
  const rows = mails.map(
    (
      mail,
    ) => `<li><a href="/messages/${mail.id}"><strong>${escapeHtml(mail.subject || "(no subject)")}</strong>
<time datetime="${mail.received_at}">${shortTime(mail.received_at)}</time><span class="to">${escapeHtml(mail.to.join(", "))}</span></a></li>`,
  );
  const body = mails.length
    ? `<p class="muted">The last ${mails.length} mails this installation sent, newest first. None of them left this machine.</p><ul>${rows.join("")}</ul>`
    : `<p class="muted">No mail yet. Sign up in the portal, and the verification mail arrives here.</p>`;
  return layout("Mailbox", `<h1>Mailbox</h1>${body}`);
}

export function renderMessage(mail: Mail): string {
  const html = mail.html
    ? `<h2>As it looks</h2><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail as it looks" src="/html/${mail.id}"></iframe>`
    : "";
  return layout(
    mail.subject,
    `<h1>${escapeHtml(mail.subject || "(no subject)")}</h1><p><a href="/">All mails</a></p>
<dl><dt>From</dt><dd>${escapeHtml(mail.from)}</dd><dt>To</dt><dd>${escapeHtml(mail.to.join(", "))}</dd><dt>Received</dt><dd><time datetime="${mail.received_at}">${shortTime(mail.received_at)}</time></dd></dl>
<h2>As text</h2><pre>${withLinks(mail.text)}</pre>${html}`,
  );
}

const shortTime = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const withLinks = (text: string) =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) =>
      index % 2 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part),
    )
    .join("");
