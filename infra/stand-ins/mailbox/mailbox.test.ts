import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { expect, test } from "vitest";
import { startMailbox } from "./mailbox";

test("mails are kept over a restart, found by receiver, and shown without running anything in them", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "agathaai-mailbox-")), "mails.json");
  const first = await startMailbox({ smtpPort: 0, port: 0, file });
  await createTransport(first.smtpUrl).sendMail({
    from: "AgathaAI <no-reply@agathaai.com>",
    to: ["Ann@Example.com", "bob@example.com"],
    subject: "Verify <script>alert(1)</script>",
    text: "Open https://example.com/verify?token=a&b=c\n<b>not bold</b>",
    html: "<p>Open <a href='https://example.com'>this</a></p><script>alert(1)</script>",
  });
  await first.stop();

  const second = await startMailbox({ smtpPort: 0, port: 0, file });
  const get = (path: string) => fetch(`${second.url.replace("localhost", "127.0.0.1")}${path}`);
  expect(await (await get("/api/messages?to=ann@example.com")).json()).toMatchObject({
    data: [{ from: expect.stringContaining("no-reply@agathaai.com") }],
  });
  expect(await (await get("/api/messages?to=carl@example.com")).json()).toEqual({ data: [] });

  const list = await (await get("/")).text();
  expect(list).toContain("ann@example.com, bob@example.com");
  expect(list).not.toContain("<script>");
  const [mail] = second.messagesTo("bob@example.com");
  const page = await (await get(`/messages/${mail?.id}`)).text();
  expect(page).toContain('<a href="https://example.com/verify?token=a&#38;b=c">');
  expect(page).not.toContain("<script>");
  expect((await get(`/html/${mail?.id}`)).headers.get("content-security-policy")).toContain(
    "default-src 'none'",
  );
  expect((await get("/messages/0")).status).toBe(404);
  await second.stop();
});
