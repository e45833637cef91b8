import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { closeEmail, sendEmail } from "./send-email";

let stack: TestStack;

beforeAll(async () => {
  stack = await useTestStack();
});

afterAll(() => closeEmail());

describe("an email", () => {
  it("arrives with subject, text and HTML as written", async () => {
    await sendEmail({
      to: "zoe@example.com",
      subject: "Verify your address – AgathaAI",
      body: `Hello Zoë, token=${"t".repeat(43)}`,
    });
    const received = await stack.mailbox.waitFor("zoe@example.com");
    expect(received).toMatchObject({ subject: "Verify your address – AgathaAI" });
    expect(received.text).toContain(`token=${"t".repeat(43)}`);
    expect(received.html).toContain("Hello Zoë,");
  });

  it("goes to one recipient, whatever the address contains", async () => {
    await sendEmail({ to: "a@example.com,b@example.com", subject: "s", body: "t" }).catch(() => {});
    expect(stack.mailbox.messagesTo("a@example.com")).toEqual([]);
    expect(stack.mailbox.messagesTo("b@example.com")).toEqual([]);
  });

  it("takes no additional headers from a subject", async () => {
    await sendEmail({ to: "eve@example.com", subject: "x\r\nBcc: all@example.com", body: "t" });
    await stack.mailbox.waitFor("eve@example.com");
    expect(stack.mailbox.messagesTo("all@example.com")).toEqual([]);
  });
});
