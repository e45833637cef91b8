import { describe, expect, it } from "vitest";
import { Action, EmailLayout, Facts, Paragraph } from "./email-layout";
import { renderEmail } from "./render-email";

describe("email layout", () => {
  it("says the same in text and HTML", async () => {
    const { html, text } = await renderEmail({
      subject: "Verify your address",
      body: (
        <EmailLayout
          title="Verify your address"
          lead="Hello Ada,"
          footer="If you did not sign up, ignore this email."
        >
          <Paragraph>The link works once.</Paragraph>
          <Action label="Verify address" url="https://app.example/verify-email?token=a_b-c" />
        </EmailLayout>
      ),
    });
    expect(text).toBe(
      "Verify your address\n\nHello Ada,\n\nThe link works once.\n\nVerify address: https://app.example/verify-email?token=a_b-c\n\n--\n\nIf you did not sign up, ignore this email.\n",
    );
    for (const part of ["Verify your address", "Hello Ada,", "The link works once.", "ignore this email"]) {
      expect(html).toContain(part);
    }
    expect(html).toContain('href="https://app.example/verify-email?token=a_b-c"');
  });

  it("shows facts as names and values, and the first paragraph next to the subject", async () => {
    const { html, text } = await renderEmail({
      subject: "A key was created",
      body: (
        <EmailLayout title="A key was created" lead="Someone created a key." footer="f">
          <Facts
            rows={[
              ["Key", "agt_live_4fQz…9sXe"],
              ["Device", "<b>Firefox</b>"],
            ]}
          />
        </EmailLayout>
      ),
    });
    expect(text).toContain("Key: agt_live_4fQz…9sXe\nDevice: <b>Firefox</b>\n");
    expect(html).toContain("&lt;b&gt;Firefox&lt;/b&gt;");
    expect(html).toMatch(/display:none[^>]*>Someone created a key\./);
  });

  it("says where an email that can be muted is muted, and nothing of it in the others", async () => {
    const email = (preferencesUrl?: string) => ({
      subject: "Receipt",
      body: <EmailLayout title="Receipt" lead="Thank you." footer="f" preferencesUrl={preferencesUrl} />,
    });
    const { html, text } = await renderEmail(email("https://app.example/settings#notifications"));
    expect(text).toContain("https://app.example/settings#notifications");
    expect(html).toContain('href="https://app.example/settings#notifications"');
    expect((await renderEmail(email())).text).not.toContain("settings");
  });

  it("escapes markup that a customer typed", async () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const { html, text } = await renderEmail({
      subject: evil,
      body: (
        <EmailLayout title={evil} lead={evil} footer={evil}>
          <Paragraph>{evil}</Paragraph>
          <Facts rows={[[evil, evil]]} />
          <Action label={evil} url="https://app.example/?a=1&b=%22" />
        </EmailLayout>
      ),
    });
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#x27;1&#x27;)&quot;&gt;&amp;");
    expect(html).toContain('href="https://app.example/?a=1&amp;b=%22"');
    expect(text).toContain(evil);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "not an address"])(
    "links to web pages only, not %s",
    async (url) => {
      const body = (
        <EmailLayout title="t" lead="l" footer="f">
          <Action label="Go" url={url} />
        </EmailLayout>
      );
      await expect(renderEmail({ subject: "t", body })).rejects.toThrow();
    },
  );

  it("loads no remote content", async () => {
    const { html } = await renderEmail({
      subject: "t",
      body: <EmailLayout title="t" lead="p" footer="f" />,
    });
    expect(html).not.toMatch(/src=|url\(|<link|<script|@import/);
  });

  it("is drawn in light and in dark", async () => {
    const { html } = await renderEmail({
      subject: "t",
      body: <EmailLayout title="t" lead="p" footer="f" />,
    });
    expect(html).toContain("@media (prefers-color-scheme: dark)");
    expect(html).toContain('name="color-scheme" content="light dark"');
  });
});
