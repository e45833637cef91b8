import { env } from "../platform/env";

export interface Letter {
  subject: string;
  text: string;
  html: string;
}

export function verificationLetter(name: string, token: string): Letter {
  return letter({
    subject: "Confirm your e-mail address",
    greeting: name,
    paragraphs: [
      "Confirm this address to make live API keys. Until then your account works with test keys.",
      "The link works once, for 24 hours.",
    ],
    action: { label: "Confirm address", url: link("/verify-email", token) },
    closing: "If you did not sign up, ignore this mail: without the confirmation nothing happens.",
  });
}

export function passwordResetLetter(name: string, token: string): Letter {
  return letter({
    subject: "Choose a new password",
    greeting: name,
    paragraphs: [
      "Someone, probably you, asked to reset the password of your AgathaAI account.",
      "The link works once, for one hour. Choosing a new password signs you out everywhere; API keys keep working.",
    ],
    action: { label: "Choose a new password", url: link("/reset-password", token) },
    closing: "If it was not you, ignore this mail: your password stays as it is.",
  });
}

export function passwordChangedLetter(name: string): Letter {
  return letter({
    subject: "Your password was changed",
    greeting: name,
    paragraphs: [
      "The password of your AgathaAI account was just changed, and other sessions were signed out.",
      "API keys keep working. Revoke any you do not recognize.",
    ],
    action: { label: "Sign in", url: new URL("/sign-in", env().APP_URL).href },
    closing: "If it was not you, reset your password at once and write to security@agathaai.com.",
  });
}

export function providerLinkedLetter(name: string, provider: string): Letter {
  return letter({
    subject: `${provider} can now sign you in`,
    greeting: name,
    paragraphs: [
      `Someone signed in to your AgathaAI account with a ${provider} account of the same confirmed e-mail address. From now on ${provider} opens it.`,
    ],
    action: { label: "Open AgathaAI", url: new URL("/overview", env().APP_URL).href },
    closing: "If it was not you, write to security@agathaai.com at once.",
  });
}

interface Parts {
  subject: string;
  greeting: string;
  paragraphs: readonly string[];
  action: { label: string; url: string };
  closing: string;
}

function letter({ subject, greeting, paragraphs, action, closing }: Parts): Letter {
  const text = [`Hello ${greeting},`, ...paragraphs, `${action.label}: ${action.url}`, closing, "AgathaAI"];
  const paragraph = (content: string) => `<p style="margin:0 0 16px">${content}</p>`;
  const button = `<a href="${escapeHtml(action.url)}" style="display:inline-block;padding:10px 16px;border-radius:8px;background:#0f766e;color:#ffffff;text-decoration:none">${escapeHtml(action.label)}</a>`;
  const body = [
    paragraph(`Hello ${escapeHtml(greeting)},`),
    ...paragraphs.map((content) => paragraph(escapeHtml(content))),
    paragraph(button),
    `<p style="margin:0 0 16px;color:#6a6872">${escapeHtml(closing)}</p>`,
    `<p style="margin:0;color:#6a6872">AgathaAI</p>`,
  ];
  return {
    subject,
    text: `${text.join("\n\n")}\n`,
    html: `<!doctype html><html lang="en"><body style="margin:0;padding:32px;background:#faf8f4;color:#17171c;font:16px/26px system-ui,sans-serif"><div style="max-width:520px;margin:0 auto">${body.join("")}</div></body></html>`,
  };
}

function link(path: string, token: string): string {
  const url = new URL(path, env().APP_URL);
  url.searchParams.set("token", token);
  return url.href;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
