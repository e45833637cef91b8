export interface EmailContent {
  title: string;
  /** Plain text; everything is escaped here. The first one is also what lists of mails show beside the subject. */
  paragraphs: readonly string[];
  /** Names and values, as a small table. */
  facts?: readonly (readonly [name: string, value: string])[] | undefined;
  action?: { label: string; url: string } | undefined;
  /** Smaller, at the end: why the reader gets this, and what to do if they did not ask for it. */
  footer?: string | undefined;
  /** Where its reader may switch off mails of this kind. */
  preferencesUrl?: string | undefined;
}

/**
 * A mail as HTML and as text, in the product's colors, light and dark. Tables and inline styles, for mail programs know
 * little else; no image and nothing loaded from afar, so that opening it tells nobody.
 */
export function renderEmail(content: EmailContent): { html: string; text: string } {
  const { title, paragraphs, facts = [], action } = content;
  const url = action === undefined ? undefined : webAddress(action.url);
  const preferencesUrl =
    content.preferencesUrl === undefined ? undefined : webAddress(content.preferencesUrl);
  const footer = [
    ...(content.footer === undefined ? [] : [content.footer]),
    ...(preferencesUrl === undefined ? [] : [`Choose which mails you get: ${preferencesUrl}`]),
  ];
  const text = [
    title,
    ...paragraphs,
    ...(facts.length === 0 ? [] : [facts.map(([name, value]) => `${name}: ${value}`).join("\n")]),
    ...(action === undefined ? [] : [`${action.label}: ${url}`]),
    ...(footer.length === 0 ? [] : [`--\n${footer.join("\n")}`]),
  ];
  return {
    text: `${text.join("\n\n")}\n`,
    html: page(
      title,
      paragraphs[0] ?? title,
      [
        `<h1 class="ink" style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600;color:${light.ink}">${escapeHtml(title)}</h1>`,
        ...paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`),
        ...(facts.length === 0 ? [] : [table(facts)]),
        ...(action === undefined || url === undefined ? [] : [button(action.label, url)]),
      ].join("\n"),
      footerHtml(content.footer, preferencesUrl),
    ),
  };
}

/** BRAND: warm paper and deep ink, one accent. */
const light = {
  paper: "#FAF8F4",
  surface: "#FFFFFF",
  ink: "#17171C",
  muted: "#6A6872",
  line: "#E7E3DA",
  accent: "#0F766E",
  onAccent: "#FFFFFF",
};
const dark: typeof light = {
  paper: "#111114",
  surface: "#18181D",
  ink: "#F3F1EC",
  muted: "#9C99A6",
  line: "#2A2930",
  accent: "#2DD4BF",
  onAccent: "#06211E",
};

/** Programs that know dark mode obey these; the others keep the inline light colors. */
const darkRules = `@media (prefers-color-scheme: dark) {
.paper { background: ${dark.paper} !important; }
.surface { background: ${dark.surface} !important; border-color: ${dark.line} !important; }
.line { border-color: ${dark.line} !important; }
.ink { color: ${dark.ink} !important; }
.muted, .muted a { color: ${dark.muted} !important; }
.mark { border-color: ${dark.accent} !important; }
.button { background: ${dark.accent} !important; color: ${dark.onAccent} !important; }
}`;

function page(title: string, preview: string, body: string, footer: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
${darkRules}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:${light.paper}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(preview)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="paper" style="background:${light.paper}">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
<tr><td class="ink" style="padding:0 4px 16px;font:600 15px/20px ${fonts};color:${light.ink}">${mark}AgathaAI</td></tr>
<tr><td class="surface ink" style="padding:32px 28px;background:${light.surface};border:1px solid ${light.line};border-radius:8px;font:16px/26px ${fonts};color:${light.ink}">
${body}
</td></tr>
${footer}
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const fonts = "Geist,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** An agate's bands as a border can draw them: pictures would be loaded from afar, or not shown. */
const mark = `<span class="mark" style="display:inline-block;box-sizing:border-box;width:18px;height:18px;margin:0 8px 0 0;vertical-align:-3px;border:6px double ${light.accent};border-radius:54% 46% 50% 50%"></span>`;

function table(facts: NonNullable<EmailContent["facts"]>): string {
  const rows = facts.map(
    ([name, value]) =>
      `<tr><td class="muted line" style="padding:8px 16px 8px 0;border-top:1px solid ${light.line};color:${light.muted};white-space:nowrap;vertical-align:top">${escapeHtml(name)}</td><td class="line" style="padding:8px 0;border-top:1px solid ${light.line};word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;font-size:14px;line-height:20px">${rows.join("")}</table>`;
}

/** The address is also written out: some readers distrust buttons, and some programs drop them. */
function button(label: string, url: string): string {
  return `<p style="margin:24px 0"><a class="button" href="${escapeHtml(url)}" style="display:inline-block;padding:10px 20px;border-radius:8px;background:${light.accent};color:${light.onAccent};font-weight:600;text-decoration:none">${escapeHtml(label)}</a></p>
<p class="muted" style="margin:0;font-size:13px;line-height:20px;color:${light.muted};word-break:break-all">${escapeHtml(url)}</p>`;
}

function footerHtml(footer: string | undefined, preferencesUrl: string | undefined): string {
  const lines = [
    ...(footer === undefined ? [] : [escapeHtml(footer)]),
    ...(preferencesUrl === undefined
      ? []
      : [
          `<a href="${escapeHtml(preferencesUrl)}" style="color:${light.muted}">Choose which mails you get</a>`,
        ]),
  ];
  if (lines.length === 0) return "";
  return `<tr><td class="muted" style="padding:16px 4px 0;font:13px/20px ${fonts};color:${light.muted}">${lines.join("<br>")}</td></tr>`;
}

function webAddress(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    throw new Error("A mail links to web pages only");
  return parsed.href;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
