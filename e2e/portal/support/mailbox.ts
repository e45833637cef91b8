import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { z } from "zod";

const mails = z.object({ data: z.array(z.object({ subject: z.string(), text: z.string() })) });

function mailboxUrl(): string {
  const dir = process.env.PORTAL_TEST_DATA_DIR ?? ".agatha";
  const ports = z
    .object({ mailbox: z.number() })
    .parse(JSON.parse(readFileSync(join(dir, "ports.json"), "utf8")));
  return `http://127.0.0.1:${ports.mailbox}`;
}

/** The text of the newest mail to `address` whose subject matches; undefined while there is none. */
export async function emailedText(address: string, subject: RegExp): Promise<string | undefined> {
  const answer = await fetch(`${mailboxUrl()}/api/messages?to=${encodeURIComponent(address)}`);
  return mails.parse(await answer.json()).data.find((mail) => subject.test(mail.subject))?.text;
}

/** The first link in the newest mail to `address` whose subject matches, waiting for it to come. */
export async function emailedLink(address: string, subject: RegExp): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        link = (await emailedText(address, subject))?.match(/https?:\/\/\S+/)?.[0];
        return link;
      },
      { message: `a mail to ${address} about ${subject}`, timeout: 15_000 },
    )
    .toBeTruthy();
  return link ?? "";
}
