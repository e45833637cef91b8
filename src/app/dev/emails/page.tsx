import { env } from "@agathaai/core/platform/env";
import { renderEmail } from "@agathaai/core/platform/mail/render-email";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EmailPreview } from "./_components/email-preview";
import { sampleEmails } from "./_lib/sample-emails";

export const metadata: Metadata = { title: "Emails", robots: { index: false } };

/** Every email with sample data, while developing. */
export default async function EmailsPage({ searchParams }: { searchParams: Promise<{ email?: string }> }) {
  if (env().NODE_ENV !== "development") notFound();
  const names = sampleEmails.map(({ name }) => name);
  const { email: asked } = await searchParams;
  const shown = sampleEmails.find(({ name }) => name === asked) ?? sampleEmails[0];
  const email = shown?.email();
  if (shown === undefined || email == null) notFound();
  const rendered = await renderEmail(email);
  return <EmailPreview names={names} shown={shown.name} subject={email.subject} {...rendered} />;
}
