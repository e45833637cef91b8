import { Body } from "@react-email/body";
import { Button } from "@react-email/button";
import { Container } from "@react-email/container";
import { Head } from "@react-email/head";
import { Heading } from "@react-email/heading";
import { Hr } from "@react-email/hr";
import { Html } from "@react-email/html";
import { Link } from "@react-email/link";
import { Preview } from "@react-email/preview";
import { Section } from "@react-email/section";
import { Text } from "@react-email/text";
import type { EmailNode } from "./render-email";

/** The brand's colors: warm paper, deep ink, one accent. */
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

/** For email programs with dark mode; the others use the inline light colors. */
const darkRules = `:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
.paper, .paper > table > tbody > tr > td { background: ${dark.paper} !important; }
.surface { background: ${dark.surface} !important; border-color: ${dark.line} !important; }
.line { border-color: ${dark.line} !important; }
.ink { color: ${dark.ink} !important; }
.muted { color: ${dark.muted} !important; }
.mark { border-color: ${dark.accent} !important; }
.button { background: ${dark.accent} !important; color: ${dark.onAccent} !important; }
}`;

const fontFamily = "Geist,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const body = { fontFamily, fontSize: 16, lineHeight: "26px", color: light.ink, margin: "0 0 16px" };
const small = { ...body, fontSize: 13, lineHeight: "20px", color: light.muted, margin: 0 };

interface EmailLayoutProps {
  title: string;
  /** The first paragraph. Lists of emails also show it next to the subject. */
  lead: string;
  children?: EmailNode;
  /** Smaller, at the end: why the reader gets this email, and what to do if it wasn't them. */
  footer: string;
  /** Where the reader can turn off emails of this kind. */
  preferencesUrl?: string | undefined;
  /** Where a reader without an account ends the emails. */
  unsubscribeUrl?: string | undefined;
}

/**
 * The layout of every email, in light and dark. Tables and inline styles, because email programs support little else.
 * No image and nothing remote, so opening an email tells no one.
 */
export function EmailLayout({
  title,
  lead,
  children,
  footer,
  preferencesUrl,
  unsubscribeUrl,
}: EmailLayoutProps) {
  const [link, label] =
    unsubscribeUrl === undefined
      ? [preferencesUrl, "Choose which emails you get"]
      : [unsubscribeUrl, "Unsubscribe"];
  return (
    <Html lang="en">
      <Head>
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{title}</title>
        <style>{darkRules}</style>
      </Head>
      <Body className="paper" style={{ margin: 0, padding: "32px 16px", background: light.paper }}>
        <Preview>{lead}</Preview>
        <Container style={{ maxWidth: 560 }}>
          <Text
            className="ink"
            data-skip-in-text="true"
            style={{ ...body, margin: "0 4px 16px", fontSize: 15, lineHeight: "20px", fontWeight: 600 }}
          >
            <Mark />
            AgathaAI
          </Text>
          <Section
            className="surface"
            style={{
              padding: "32px 28px 16px",
              background: light.surface,
              border: `1px solid ${light.line}`,
              borderRadius: 8,
            }}
          >
            <Heading
              className="ink"
              style={{ ...body, fontSize: 20, lineHeight: "28px", fontWeight: 600, margin: "0 0 16px" }}
            >
              {title}
            </Heading>
            <Paragraph>{lead}</Paragraph>
            {children}
          </Section>
          {/* Only the text version shows it, as "--". */}
          <Hr style={{ display: "none" }} />
          <Text className="muted" style={{ ...small, margin: "16px 4px 0" }}>
            {footer}
          </Text>
          {link !== undefined && (
            <Text className="muted" style={{ ...small, margin: "0 4px" }}>
              <Link
                className="labeled muted"
                href={webUrl(link)}
                style={{ color: light.muted, textDecorationLine: "underline" }}
              >
                {label}
              </Link>
            </Text>
          )}
        </Container>
      </Body>
    </Html>
  );
}

export function Paragraph({ children }: { children: EmailNode }) {
  return (
    <Text className="ink" style={body}>
      {children}
    </Text>
  );
}

/** Names and values, as a small table. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: string])[] }) {
  const cell = { ...body, fontSize: 14, lineHeight: "20px", borderTop: `1px solid ${light.line}` };
  return (
    <table
      role="presentation"
      width="100%"
      cellPadding="0"
      cellSpacing="0"
      style={{ margin: "0 0 16px", borderCollapse: "collapse" }}
    >
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name} className="fact">
            <td
              className="name muted line"
              style={{ ...cell, padding: "8px 16px 8px 0", color: light.muted, whiteSpace: "nowrap" }}
            >
              {name}
            </td>
            <td className="value ink line" style={{ ...cell, padding: "8px 0", wordBreak: "break-word" }}>
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The button, with its URL written out below: some readers distrust buttons, and some programs drop them. */
export function Action({ label, url }: { label: string; url: string }) {
  const href = webUrl(url);
  return (
    <>
      <Button
        className="labeled button"
        href={href}
        style={{
          ...body,
          margin: "8px 0 20px",
          padding: "12px 20px",
          borderRadius: 8,
          background: light.accent,
          color: light.onAccent,
          fontWeight: 600,
        }}
      >
        {label}
      </Button>
      <Text
        className="muted"
        data-skip-in-text="true"
        style={{ ...small, margin: "0 0 16px", wordBreak: "break-all" }}
      >
        {href}
      </Text>
    </>
  );
}

/** An agate's bands, drawn with borders: an image would be remote, or not shown. */
function Mark() {
  return (
    <span
      className="mark"
      style={{
        display: "inline-block",
        boxSizing: "border-box",
        width: 18,
        height: 18,
        margin: "0 8px 0 0",
        verticalAlign: -3,
        border: `6px double ${light.accent}`,
        borderRadius: "54% 46% 50% 50%",
      }}
    />
  );
}

/** @throws Error when it is no web URL: emails link to nothing else. */
function webUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    throw new Error("An email links to web pages only");
  return parsed.href;
}
