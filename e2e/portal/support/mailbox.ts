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

/** The text of the newest mail to `address` whose subject matches, and that names `about`; undefined while there is none. */
export async function emailedText(address: string, subject: RegExp, about = ""): Promise<string | undefined> {
  const answer = await fetch(`${mailboxUrl()}/api/messages?to=${encodeURIComponent(address)}`);
  const { data } = mails.parse(await answer.json());
  return data.find((mail) => subject.test(mail.subject) && mail.text.includes(about))?.text;
}

/** The first link in that mail, waiting for it to come. `about` tells mails apart that many tests cause at one address. */
export async function emailedLink(address: string, subject: RegExp, about?: string): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        link = (await emailedText(address, subject, about))?.match(/https?:\/\/\S+/)?.[0];
        return link;
      },
      { message: `a mail to ${address} about ${subject}`, timeout: 15_000 },
    )
    .toBeTruthy();
  return link ?? "";
}
