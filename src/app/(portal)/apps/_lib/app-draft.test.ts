import { appScopes, identityScopes, registerAppInputSchema } from "@agathaai/core/oauth";
import { expect, it } from "vitest";
import { appScopeOrder, scopeLabel } from "@/components/format/scope-labels";
import { appDraftSchema, draftOf, fieldsOf, linesOf, readAsBase64 } from "./app-draft";

it("every scope that an app can have is explained in words, and no other", () => {
  expect(appScopeOrder.toSorted()).toEqual([...identityScopes, ...appScopes].toSorted());
  for (const scope of appScopeOrder) expect(scopeLabel(scope)).toMatch(/^[a-z]+[ ,]/);
});

it("redirect URIs are read one a line, without blanks", () => {
  expect(linesOf(" https://a.example/cb \r\n\n https://b.example/cb\n")).toEqual([
    "https://a.example/cb",
    "https://b.example/cb",
  ]);
});

it("only an app that is connected from devices goes without a redirect URI", () => {
  const draft = {
    ...draftOf(undefined),
    name: "Marble CLI",
    homepage: "https://app.example.com",
    redirectUris: " ",
  };
  expect(appDraftSchema.safeParse(draft).error?.issues).toMatchObject([{ path: ["redirectUris"] }]);
  const device = appDraftSchema.parse({ ...draft, deviceFlow: true });
  const sent = { ...fieldsOf(device, undefined), confidential: false };
  expect(registerAppInputSchema.parse(sent)).toMatchObject({ redirect_uris: [], device_flow: true });
});

it("a draft that is filled in is what the server takes", async () => {
  const draft = {
    ...draftOf(undefined),
    name: "Marble Reports",
    homepage: "https://app.example.com",
    redirectUris: "https://app.example.com/callback",
  };
  const logo = await readAsBase64(new File([new Uint8Array([0, 255, 128])], "logo.png"));
  expect(logo).toBe("AP+A");
  const sent = { ...fieldsOf(draft, logo), confidential: true };
  expect(registerAppInputSchema.parse(sent)).toMatchObject({ scopes: ["openid", "profile", "email"] });
});
