import { describe, expect, it } from "vitest";
import { renderEmail } from "./email-layout";

describe("mail layout", () => {
  it("says the same in text and HTML", () => {
    const { html, text } = renderEmail({
      title: "Confirm your address",
      paragraphs: ["Hello Ada,", "The link works once."],
      action: { label: "Confirm address", url: "https://app.example/verify-email?token=a_b-c" },
      footer: "If you did not sign up, ignore this mail.",
    });
    expect(text).toBe(
      "Confirm your address\n\nHello Ada,\n\nThe link works once.\n\nConfirm address: https://app.example/verify-email?token=a_b-c\n\n--\nIf you did not sign up, ignore this mail.\n",
    );
    for (const part of ["Confirm your address", "Hello Ada,", "The link works once.", "ignore this mail"]) {
      expect(html).toContain(part);
    }
    expect(html).toContain('href="https://app.example/verify-email?token=a_b-c"');
  });

  it("shows facts as names and values, and the first paragraph beside the subject", () => {
    const { html, text } = renderEmail({
      title: "A key was made",
      paragraphs: ["Somebody made a key."],
      facts: [
        ["Key", "agt_live_4fQz…9sXe"],
        ["Device", "<b>Firefox</b>"],
      ],
    });
    expect(text).toContain("Key: agt_live_4fQz…9sXe\nDevice: <b>Firefox</b>\n");
    expect(html).toContain("&lt;b&gt;Firefox&lt;/b&gt;");
    expect(html).toMatch(/display:none[^>]*>Somebody made a key\.</);
  });

  it("says where a mail that can be muted is muted, and nothing of it in the others", () => {
    const content = { title: "Receipt", paragraphs: ["Thank you."] };
    const { html, text } = renderEmail({
      ...content,
      preferencesUrl: "https://app.example/settings#notifications",
    });
    expect(text).toContain("https://app.example/settings#notifications");
    expect(html).toContain('href="https://app.example/settings#notifications"');
    expect(renderEmail(content).text).not.toContain("settings");
  });

  it("lets no markup of a stranger through", () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const { html } = renderEmail({
      title: evil,
      paragraphs: [evil],
      footer: evil,
      action: { label: evil, url: "https://app.example/?a=1&b=%22" },
    });
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;");
    expect(html).toContain('href="https://app.example/?a=1&amp;b=%22"');
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "not an address"])(
    "links to web pages only, not %s",
    (url) => {
      expect(() => renderEmail({ title: "t", paragraphs: [], action: { label: "Go", url } })).toThrow();
    },
  );

  it("loads nothing from afar", () => {
    const { html } = renderEmail({ title: "t", paragraphs: ["p"] });
    expect(html).not.toMatch(/src=|url\(|<link|<script|@import/);
  });
});
