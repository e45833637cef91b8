import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { closeDb, db } from "../../platform/db/client";
import { type Email, renderEmail } from "../../platform/mail";
import { closeEmail } from "../../platform/mail/send-email";
import { emailMember, emailOwners } from "./email-user";

const stack = await useTestStack();
afterAll(async () => {
  closeEmail();
  await closeDb();
});

const telling: Email = {
  subject: "The key “Oncology” reached its cap",
  body: "The API key “Oncology” of “St. Zephyrine” has spent $12.",
};

/** Without the one that verifies the address. */
const sentTo = (to: string) => stack.mailbox.messagesTo(to).filter(({ subject }) => !/verify/i.test(subject));

async function person(hipaa: boolean) {
  const user = await makeUser({ verified: true });
  const { orgId } = user;
  if (hipaa)
    await db().organization.update({
      where: { id: orgId },
      data: { hipaaSince: new Date(), storage: "forbidden", retentionDays: 0, archiveDays: 0 },
    });
  return user;
}

describe("an email about an organization in HIPAA mode", () => {
  it("says that something happened and where to see it, and nothing else", async () => {
    const { email: to, orgId, userId } = await person(true);
    await emailMember(db(), { orgId, userId }, telling);
    await emailOwners(db(), { orgId }, telling);
    const sent = sentTo(to);
    expect(sent).toHaveLength(2);
    for (const { subject, text, html } of sent) {
      expect(subject).toBe("Something happened in your organization");
      expect(`${subject} ${text} ${html}`).not.toMatch(/Oncology|Zephyrine|\$12/);
      expect(text).toContain("/overview");
    }
  });

  it("keeps the link that is the only way to what it is about", async () => {
    const { email: to, orgId, userId } = await person(true);
    const link = { label: "View invitation", url: "https://agatha.example/invite?token=abc" };
    await emailMember(db(), { orgId, userId }, { ...telling, link });
    const [sent] = sentTo(to);
    expect(sent?.text).toContain(link.url);
    expect(sent?.text).not.toMatch(/Oncology|Zephyrine/);
  });

  it("is as written where the mode is off", async () => {
    const { email: to, orgId, userId } = await person(false);
    await emailMember(db(), { orgId, userId }, telling);
    expect(sentTo(to)[0]).toMatchObject({ subject: telling.subject });
  });
});

/** Emails that say nothing of an organization: to an account, to our team, to subscribers, about our sub-processors. */
const ofNoOrganization: readonly string[] = [
  "billing/incidents/notify-incidents.ts",
  "exports/lifecycle/send-links.ts",
  "inquiries/submit-inquiry.ts",
  "members/invitations/invite-member.ts",
  "operators/suspensions/notify-suspension.ts",
  "org-deletion/erasure/erase-account.ts",
  "platform/mail/send-email.ts",
  "status/subscribers/send-status-emails.ts",
  "status/subscribers/subscribe.ts",
  "sub-processors/notify-changes.ts",
];

it("no email about an organization is sent another way than by which it loses its details", () => {
  const core = join(import.meta.dirname, "../..");
  const files = readdirSync(core, { recursive: true, encoding: "utf8" });
  const direct = files.filter(
    (file) =>
      /\.tsx?$/.test(file) &&
      !/\.test\.|generated|^accounts\//.test(file) &&
      /\b(emailUser|sendEmail)\(/.test(readFileSync(join(core, file), "utf8")),
  );
  expect(direct.sort()).toEqual(ofNoOrganization);
});

it("the subject and the body of such an email are the same for every organization", async () => {
  const { withoutDetails } = await import("./without-details");
  expect(await renderEmail(withoutDetails({}))).toEqual(await renderEmail(withoutDetails({})));
});
