import type { render } from "@react-email/render";

/** What React can render. The templates use React's components, never React itself. */
export type EmailNode = Parameters<typeof render>[0];

/** A template with its data, sent as HTML and as text. */
export interface Email {
  subject: string;
  body: EmailNode;
  /** Where its link is the only way to what it is about: kept where an organization's emails carry no details. */
  link?: { label: string; url: string };
}

interface TextElement {
  attribs?: { href?: string };
  children: unknown;
}

/** The part of html-to-text's builder used here, which has no types. */
interface TextBuilder {
  openBlock(options: { leadingLineBreaks: number }): void;
  closeBlock(options: { trailingLineBreaks: number }): void;
  addInline(text: string, options?: { noWordTransform: boolean }): void;
}

type Formatter = (
  element: TextElement,
  walk: (children: unknown, builder: TextBuilder) => void,
  builder: TextBuilder,
) => void;

/** "label: URL", on a line of its own. */
const labeledLink: Formatter = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  walk(element.children, builder);
  builder.addInline(`: ${element.attribs?.href ?? ""}`, { noWordTransform: true });
  builder.closeBlock({ trailingLineBreaks: 2 });
};

/** The first half of "name: value". */
const factName: Formatter = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(": ");
};

const textOptions = {
  selectors: [
    { selector: "h1", options: { uppercase: false } },
    { selector: "hr", options: { length: 2 } },
    { selector: "a.labeled", format: "labeledLink" },
    { selector: "tr.fact", format: "block", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: "td.name", format: "factName" },
    { selector: "td.value", format: "inline" },
  ],
  formatters: { labeledLink, factName },
};

/** The renderer is loaded with the first email, so that a process that sends none starts faster. */
export async function renderEmail({ body }: Email): Promise<{ html: string; text: string }> {
  const { render, toPlainText } = await import("@react-email/render");
  const html = await render(body);
  return { html, text: `${toPlainText(html, textOptions)}\n` };
}
