import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type IdentityProvider,
  startIdentityProvider,
} from "../../../../infra/stand-ins/identity-provider/identity-provider";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { companyToConfirm } from "./company-to-confirm";
import { CompanyBrowser } from "./testing/company-browser";
import { openCompany } from "./testing/open-company";

await useTestStack({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: "true" });
let idp: IdentityProvider;
beforeAll(async () => {
  idp = await startIdentityProvider({ redirectUri: "http://localhost:3000/api/auth/company/callback" });
});
afterAll(async () => {
  await drainAfterResponse();
  await idp.stop();
  await closeDb();
});

const company = () => openCompany({ at: idp });

describe("a browser that is sent to a company's sign-in", () => {
  it("from another site's page stays signed in as who it is, and is signed in to nobody's account", async () => {
    const { start, employ } = await company();
    const [grace, mallory] = [employ("Grace"), await company()];
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), grace.sub);
    const before = await browser.principal();
    const end = await browser.openFromElsewhere(`${await mallory.start()}?next=/billing`);
    expect(end.href).toBe("http://localhost:3000/overview");
    expect((await browser.principal())?.sessionId).toBe(before?.sessionId);
    // By a link of our own they go wherever they want.
    expect((await browser.open(await mallory.start())).headers.get("location")).toContain(idp.issuer);
  });

  it.each(["cross-site", "same-site", "none"])(
    "by a link that is not on our own pages (%s) is asked first, and begins nothing until it says yes",
    async (site) => {
      const { start, domain, orgId } = await company();
      const browser = new CompanyBrowser();
      const asked = await browser.openFromElsewhere(`${await start()}?next=/billing`, site);
      expect([asked.origin, asked.pathname]).toEqual(["http://localhost:3000", "/sign-in/company"]);
      expect(asked.searchParams.get("next")).toBe("/billing");
      // No request, and no secret of this browser: a response that somebody has ready finds nothing to answer.
      expect(await db().companySignInRequest.count({ where: { connection: { orgId } } })).toBe(0);
      expect(browser.cookies(asked)).toBe("");
      expect(await companyToConfirm(asked.searchParams.get("connection") ?? "")).toEqual({
        provider: new URL(idp.issuer).host,
        domain,
      });
    },
  );

  it("that says nothing of where a link stands is believed by its referrer alone", async () => {
    const { start } = await company();
    const from = async (referer?: string) =>
      new URL(
        (
          await new CompanyBrowser().open(await start(), undefined, {
            "sec-fetch-site": "",
            ...(referer && { referer }),
          })
        ).headers.get("location") ?? "",
      ).pathname;
    expect(await from()).toBe("/sign-in/company");
    expect(await from("https://evil.example.org/")).toBe("/sign-in/company");
    expect(await from("http://localhost:3000/sign-in")).not.toBe("/sign-in/company");
  });

  it("is asked about no company that signs nobody in", async () => {
    const { orgId, start } = await company();
    const connection = (await start()).split("/").at(-1);
    await db().organizationDomain.updateMany({ where: { orgId }, data: { verifiedAt: null } });
    expect(await companyToConfirm(connection)).toBeNull();
    expect(await companyToConfirm(undefined)).toBeNull();
    expect(await companyToConfirm("con_nonsense")).toBeNull();
  });

  it("is asked to confirm who it is by our own pages only", async () => {
    const { start, employ } = await company();
    const browser = new CompanyBrowser();
    await browser.signIn(await start(), employ("Grace").sub);
    const at = await browser.openFromElsewhere("/api/auth/company/step-up?next=/keys");
    expect(at.href).toBe("http://localhost:3000/overview");
  });

  it("is led on to another sign-in by none", async () => {
    const { start, employ } = await company();
    const next = encodeURIComponent(await (await company()).start());
    const end = await new CompanyBrowser().signIn(`${await start()}?next=${next}`, employ("Grace").sub);
    expect(end.href).toBe("http://localhost:3000/overview");
  });
});
