import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeSamlProvider } from "../../../../infra/stand-ins/saml/saml-provider";
import { setConnectionInputSchema } from "./schemas";

vi.mock("../../platform/env", () => ({
  env: () => ({ AGATHA_PRIVATE_IDENTITY_PROVIDERS: false, LOG_LEVEL: "silent", NODE_ENV: "test" }),
}));

let certificate: string;
beforeAll(async () => {
  certificate = (await makeSamlProvider()).certificate;
});

const parse = (input: object) => setConnectionInputSchema.safeParse(input);
const refusedFields = (input: object) => parse(input).error?.issues.map(({ path }) => path.join("."));
const saml = () => ({
  kind: "saml",
  issuer: "urn:example:idp",
  sso_url: "https://idp.example.com/sso?tenant=1",
  certificates: [certificate],
});

describe("a connection is set", () => {
  it("by OpenID Connect unless it says otherwise, with what that needs", () => {
    const input = { issuer: "https://idp.example.com", client_id: "x", client_secret: "y" };
    expect(parse(input)).toMatchObject({ success: true, data: { kind: "oidc", default_role: "developer" } });
    expect(refusedFields({ ...input, client_id: undefined })).toEqual(["client_id"]);
    for (const issuer of [
      "urn:x",
      "http://idp.example.com",
      "https://127.0.0.1",
      "https://idp.example.com?a",
    ])
      expect(refusedFields({ ...input, issuer }), issuer).toEqual(["issuer"]);
  });

  it("by SAML with what that needs, certificates in PEM or as metadata has them", () => {
    expect(parse(saml())).toMatchObject({ success: true });
    const bare = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, "");
    const pem = parse(saml()).data?.certificates;
    expect(parse({ ...saml(), certificates: [bare] }).data?.certificates).toEqual(pem);
    expect(refusedFields({ ...saml(), sso_url: undefined })).toEqual(["sso_url"]);
    expect(refusedFields({ ...saml(), certificates: [] })).toEqual(["certificates"]);
    expect(refusedFields({ ...saml(), certificates: ["no certificate"] })).toEqual(["certificates.0"]);
    for (const sso_url of ["http://idp.example.com", "javascript:alert(1)", "https://10.0.0.1/sso"])
      expect(refusedFields({ ...saml(), sso_url }), sso_url).toEqual(["sso_url"]);
  });
});
