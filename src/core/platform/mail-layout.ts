export interface MailContent {
  title: string;
  /** Plain text; everything is escaped here. */
  paragraphs: readonly string[];
  action?: { label: string; url: string } | undefined;
  /** Smaller, at the end: why the reader gets this, and what to do if they did not ask for it. */
  footer?: string | undefined;
}

/**
 * A mail as HTML and as text, in the product's colors. Tables and inline styles, for mail programs know little else;
 * no image and nothing loaded from afar, so that opening it tells nobody.
 */
export function renderMail({ title, paragraphs, action, footer }: MailContent): {
  html: string;
  text: string;
} {
  const url = action === undefined ? undefined : webAddress(action.url);
  const text = [
    title,
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}: ${url}`]),
    ...(footer === undefined ? [] : [`--\n${footer}`]),
  ];
  return {
    text: `${text.join("\n\n")}\n`,
    html: page(
      title,
      [
        `<h1 style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600;color:${ink}">${escapeHtml(title)}</h1>`,
        ...paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`),
        ...(action === undefined || url === undefined ? [] : [button(action.label, url)]),
        ...(footer === undefined
          ? []
          : [
              `<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid ${line};font-size:13px;line-height:20px;color:${muted}">${escapeHtml(footer)}</p>`,
            ]),
      ].join("\n"),
    ),
  };
}

const paper = "#FAF8F4";
const surface = "#FFFFFF";
const ink = "#17171C";
const muted = "#6A6872";
const line = "#E7E3DA";
const accent = "#0F766E";

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:0;background:${paper}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:${paper}">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
<tr><td style="padding:0 0 16px;font:600 15px/20px ${fonts};color:${ink}">AgathaAI</td></tr>
<tr><td style="padding:32px;background:${surface};border:1px solid ${line};border-radius:8px;font:16px/26px ${fonts};color:${ink}">
${body}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const fonts = "Geist,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** The address is also written out: some readers distrust buttons, and some programs drop them. */
function button(label: string, url: string): string {
  return `<p style="margin:24px 0"><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 20px;border-radius:8px;background:${accent};color:#FFFFFF;font-weight:600;text-decoration:none">${escapeHtml(label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;line-height:20px;color:${muted};word-break:break-all">${escapeHtml(url)}</p>`;
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
