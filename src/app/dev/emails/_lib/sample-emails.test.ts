import { accountEmails } from "@agathaai/core/accounts";
import { billingEmails, incidentEmails } from "@agathaai/core/billing";
import { inquiryEmails } from "@agathaai/core/inquiries";
import { keyEmails, leakedKeyEmails } from "@agathaai/core/keys";
import { leakEmails } from "@agathaai/core/leaks";
import { invitationEmails, memberKeyEmails, ownershipEmails } from "@agathaai/core/members";
import { suspensionEmails } from "@agathaai/core/operators";
import { deletionEmails } from "@agathaai/core/org-deletion";
import { renderEmail } from "@agathaai/core/platform/mail/render-email";
import { statusEmails } from "@agathaai/core/status";
import { usageAlertEmails } from "@agathaai/core/usage-alerts";
import { expect, test, vi } from "vitest";
import { sampleEmails } from "./sample-emails";

vi.mock("@agathaai/core/platform/env", async (load) => ({
  ...(await load<typeof import("@agathaai/core/platform/env")>()),
  env: () => ({ APP_URL: "http://localhost:3000" }),
}));

const nouns = {
  accountEmails,
  billingEmails,
  incidentEmails,
  inquiryEmails,
  keyEmails,
  leakedKeyEmails,
  leakEmails,
  invitationEmails,
  memberKeyEmails,
  ownershipEmails,
  deletionEmails,
  statusEmails,
  suspensionEmails,
  usageAlertEmails,
};

test("every template has a sample", () => {
  const used = sampleEmails.map(({ email }) => String(email)).join("\n");
  const templates = Object.values(nouns).flatMap((templatesOfNoun) => Object.keys(templatesOfNoun));
  expect(templates.filter((template) => !used.includes(template))).toEqual([]);
});

test.each(sampleEmails)(
  "$name renders in HTML and text, with each of its links and nothing left blank",
  async ({ email, links }) => {
    const sample = email();
    if (sample === null) throw new Error("a sample is an email that is sent");
    const { html, text } = await renderEmail(sample);
    expect(text.startsWith(`${sample.subject}\n\n`)).toBe(true);
    expect(text.match(/https?:\/\/\S+/g) ?? []).toEqual(links.map((path) => `http://localhost:3000${path}`));
    for (const path of links)
      expect(html).toContain(`href="http://localhost:3000${path.replaceAll("&", "&amp;")}"`);
    expect(`${sample.subject}${text}${html}`).not.toMatch(/undefined|null|NaN|\[object/);
  },
);

test("what a customer typed reaches no template as markup", async () => {
  const evil = "<img src=x onerror=alert(1)>";
  const emails = [
    ownershipEmails.ownershipReceivedEmail({ organization: evil, giver: evil }),
    ownershipEmails.ownershipGivenEmail({ organization: evil, successor: evil }),
    leakedKeyEmails.leakedKeyEmail(
      { id: "key_1", environment: "live", prefix: "agt_live_4fQz", last_four: "9x2K" },
      { organization: evil, at: new Date(0) },
    ),
    leakEmails.leakedSecretEmail("scim_token", {
      organization: evil,
      shown: { prefix: "agt_scim_4fQz", last_four: "9x2K" },
      at: new Date(0),
    }),
    memberKeyEmails.keysEndedByLeavingEmail({
      organization: evil,
      member: evil,
      ended: { keys: 1, serviceAccounts: 0 },
    }),
    deletionEmails.organizationDeletedEmail({
      organization: evil,
      erasedAt: new Date(0),
      now: true,
      receipt: "t",
    }),
    invitationEmails.invitationEmail({ organization: evil, inviter: evil, role: "admin", token: "t" }),
  ];
  for (const email of emails) {
    const { html } = await renderEmail(email);
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
  }
});
