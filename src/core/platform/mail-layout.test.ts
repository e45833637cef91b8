import { describe, expect, it } from "vitest";
import { renderMail } from "./mail-layout";

describe("mail layout", () => {
  it("says the same in text and HTML", () => {
    const { html, text } = renderMail({
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

  it("lets no markup of a stranger through", () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const { html } = renderMail({
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
      expect(() => renderMail({ title: "t", paragraphs: [], action: { label: "Go", url } })).toThrow();
    },
  );

  it("loads nothing from afar", () => {
    const { html } = renderMail({ title: "t", paragraphs: ["p"] });
    expect(html).not.toMatch(/src=|url\(|<link|<script|@import/);
  });
});
