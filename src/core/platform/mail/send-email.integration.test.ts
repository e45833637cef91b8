import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { renderEmail } from "./email-layout";
import { closeEmail, sendEmail } from "./send-email";

let stack: TestStack;

beforeAll(async () => {
  stack = await useTestStack();
});

afterAll(() => closeEmail());

describe("mail", () => {
  it("arrives with subject, text and HTML as written", async () => {
    const mail = renderEmail({
      title: "Confirm your address",
      paragraphs: ["Hello Zoë,"],
      action: { label: "Confirm", url: `https://app.example/verify-email?token=${"t".repeat(43)}` },
    });
    await sendEmail({ to: "zoe@example.com", subject: "Confirm your address – AgathaAI", ...mail });
    const received = await stack.mailbox.waitFor("zoe@example.com");
    expect(received).toMatchObject({ subject: "Confirm your address – AgathaAI" });
    expect(received.text).toContain(`token=${"t".repeat(43)}`);
    expect(received.html).toContain("Hello Zoë,");
  });

  it("goes to one recipient, whatever the address contains", async () => {
    await sendEmail({ to: "a@example.com,b@example.com", subject: "s", text: "t", html: "<p>t</p>" }).catch(
      () => {},
    );
    expect(stack.mailbox.messagesTo("a@example.com")).toEqual([]);
    expect(stack.mailbox.messagesTo("b@example.com")).toEqual([]);
  });

  it("takes no further headers from a subject", async () => {
    await sendEmail({ to: "eve@example.com", subject: "x\r\nBcc: all@example.com", text: "t", html: "t" });
    await stack.mailbox.waitFor("eve@example.com");
    expect(stack.mailbox.messagesTo("all@example.com")).toEqual([]);
  });
});
